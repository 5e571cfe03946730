"""What to do after ``cert receive``: about what is not in place, else about what has not come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from pkitools.findings import Report, Severity
from pkitools.frozen import dataclass
from pkitools.ordering import Arrival, Ordered, Receipt, State
from pkitools.systems import Stance
from pkitools.text import joined
from pkitools.trust import HierarchyKind, hierarchy_of
from pkitools.trust.recognition import claimed_test
from pkitools_cli.commands.cert.receiving.why import ORDER
from pkitools_cli.commands.next_steps import NextStep, Words, carried, step
from pkitools_cli.commands.public_part import public_words
from pkitools_cli.commands.renewing import renewal_of_file
from pkitools_cli.i18n import blank
from pkitools_cli.own_data import systems_named, titles

_NO_PATH: Final = "path.anchor.found"
_OWN_DATA: Final = "own_data"


@dataclass(frozen=True, slots=True)
class Invocation:
    """How it was asked.

    Args:
        once_more: the command, as it was given.
        moment: when, aware UTC.
        passphrase_file: the file or variable that the passphrase came from; ``None`` where none was given.
    """

    once_more: Words
    moment: datetime
    passphrase_file: str | None = None


def next_of(receipt: Receipt, asked: Invocation) -> NextStep | None:
    """Return what to do first; ``None`` where nothing came and nothing was ordered."""
    for state in ORDER:
        here = [each for each in receipt.arrivals if each.state is state]
        if here:
            return _of_state(state, here, receipt, asked)
    if receipt.awaited:
        return step("cert_receive.awaited", {"names": _names(receipt.awaited)}, {"again": lambda: asked.once_more})
    if not receipt.arrivals:
        return None
    key = "public" if len(receipt.arrivals) == 1 else "public_each"
    first = receipt.arrivals[0]
    name = "" if first.order is None else first.order.name
    return step(f"cert_receive.{key}", {"name": name}, {"public": lambda: _public(first)})


def _public(arrival: Arrival) -> Words:
    """Return the command that makes the public part of a certificate that is in its place."""
    order = arrival.order
    system, environment = (None, None) if order is None else (order.system, order.environment)
    return public_words(arrival.certificate_file, system, environment)


def _of_state(state: State, here: Sequence[Arrival], receipt: Receipt, asked: Invocation) -> NextStep | None:
    first = here[0]
    name, system = ("", None) if first.order is None else (first.order.name, first.order.system)
    params = {
        "name": name,
        "key_file": first.key_file,
        "secret": asked.passphrase_file or "",
        "place": _unusable(first.report),
        "system": ", ".join(titles([system])) if system else "",
    }
    commands = {
        "again": lambda: asked.once_more,
        "check": lambda: _check(first),
        "renew": lambda: _renew(first, receipt, asked.moment),
        "show": lambda: ("systems", "show", system) if system else ("systems", "list"),
        "trust": lambda: (*asked.once_more, "--trust", blank("folder")),
        "open": lambda: (*asked.once_more, "--passphrase-file", blank("file")),
    }
    if (test := claimed_test(first.facts)) is not None:
        params["test"] = test.word
    return step(f"cert_receive.{_key(state, first, asked)}", params, commands)


def _key(state: State, first: Arrival, asked: Invocation) -> str:
    """Return the key of the sentence."""
    match state:
        case State.FAILED | State.INDETERMINATE:
            return _key_of_judged(state, first, asked.moment)
        case State.NO_KEY if first.problem is None:
            return "other_key"
        case State.LOCKED if asked.passphrase_file is None:
            return "locked_without"
    return str(state)


def _key_of_judged(state: State, first: Arrival, moment: datetime) -> str:
    """Return the key of the sentence about what is not right: of a test authority nobody goes back to a TSP."""
    wrong = _violated(first.report)
    if state is State.INDETERMINATE and _unusable(first.report):
        return "own_data"
    test = claimed_test(first.facts)
    if test is None:
        lacks_path = _NO_PATH in wrong and wrong == {_NO_PATH}
        return "incomplete" if lacks_path else str(state)
    if _refuses(first, test, moment):
        return "trial_refused"
    if _NO_PATH in wrong:
        return "untrusted_trial_given" if "--trust" in carried() else "untrusted_trial"
    return "failed_trial" if state is State.FAILED else str(state)


def _refuses(arrival: Arrival, test: HierarchyKind, moment: datetime) -> bool:
    """Return whether the system of an order says that it takes no certificates of such a test hierarchy."""
    order = arrival.order
    if order is None or order.system is None:
        return False
    named = hierarchy_of(arrival.facts).hierarchy
    said = (
        system.about_hierarchy(str(test) if named is None else named.name, str(test), order.environment, moment)
        for system in systems_named([order.system])
    )
    return any(each is not None and each.answer is Stance.NO for each in said)


def _unusable(report: Report | None) -> str:
    """Return the first file of one's own that could not be used; empty where all could."""
    told = () if report is None else report.not_checked
    return next((each.params["place"] for each in told if each.reason == _OWN_DATA), "")


def _violated(report: Report | None) -> set[str]:
    found = report.findings if report is not None else ()
    return {each.rule.code for each in found if each.rule.severity is Severity.ERROR}


def _check(arrival: Arrival) -> Words | None:
    """Return the command that says everything of a certificate that is not right, asked as it was judged here."""
    order = arrival.order
    if order is None:
        return None
    system = ("--for", order.system) if order.system is not None else ()
    request = () if "request" in arrival.unchecked else ("--csr", f"{arrival.prefix}.csr")
    beside = ("--key", arrival.key_file, *request)
    asked = carried(without=frozenset({"manifest"}))
    return ("cert", "check", arrival.files[0], "-e", str(order.environment), *system, *beside, *asked)


def _renew(arrival: Arrival, receipt: Receipt, moment: datetime) -> Words | None:
    """Return the command that asks for a certificate in the place of one whose key is gone.

    ``None`` where its file holds other certificates as well: which one is meant could not be told.
    """
    order, file = arrival.order, arrival.files[0]
    if order is None or sum(file in each.files for each in receipt.arrivals) > 1:
        return None
    return renewal_of_file(
        file,
        arrival.facts.sha256,
        system=order.system,
        environment=order.environment,
        moment=moment,
        near=f"{arrival.prefix}.pem",  # with what was made for it, and not where mail comes in
    )


def _names(orders: Sequence[Ordered]) -> str:
    return joined([order.name for order in orders])
