"""What ``csr create`` makes of what it was given: the order, completed by what a system asks and what people answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import click

from pkitools.errors import PkitoolsError
from pkitools.ordering import NoChoiceError, choice_of, missing, plan_order
from pkitools.ordering.orders import FOR, Knowledge
from pkitools_cli.commands.next_steps import free_prefix
from pkitools_cli.framework import is_for_people
from pkitools_cli.i18n import language, tr
from pkitools_cli.lines import labelled
from pkitools_cli.output import complain, complain_lines
from pkitools_cli.own_data import system_named, tsp_named
from pkitools_cli.passphrases import can_ask
from pkitools_cli.remedies import error_line

if TYPE_CHECKING:
    from pkitools.ordering import Choice, Order, Renewal

OPTIONS: Final[Mapping[str, str]] = {
    FOR: "--for",
    "profile": "--profile",
    "environment": "--environment",
    "oin": "--oin",
    "organization": "--organization",
    "common_name": "--common-name",
    "locality": "--locality",
    "province": "--province",
    "kvk": "--kvk",
    "tsp": "--tsp",
    "out": "--out",
}
"""Field of an order → the option that gives it."""

Wishes = dict[str, Any]
Ask = Callable[[str], str]


def known() -> Knowledge:
    """Return where systems and TSPs are looked up: those of one's own as well."""
    return Knowledge(system_named, tsp_named)


def chosen_for(wishes: Mapping[str, Any], moment: datetime) -> Choice | None:
    """Return what is chosen for the system of an order, and tell what the system says where nothing can be."""
    try:
        return choice_of(wishes, moment=moment, knowledge=known())
    except NoChoiceError as error:
        tell_why_not(error)
        raise


def tell_why_not(error: NoChoiceError) -> None:
    """Tell what a system says of the certificates it takes, in which nothing fits."""
    for statement in error.statements:
        complain(f"{statement.text[language()]} ({statement.source.text(language())})")


def planned(wishes: Mapping[str, Any], moment: datetime) -> Order:
    """Return the plan of an order, nothing of which is missing."""
    return plan_order(wishes, moment=moment, knowledge=known())


def renewed(renewal: Renewal, wishes: Wishes, moment: datetime) -> Wishes:
    """Return an order with what the old certificate gives: of what a system makes of it, only what there is."""
    found = renewal.wishes(wishes)
    chosen = chosen_for(found, moment)
    return found if chosen is None else renewal.wishes(wishes, chosen)


def completed(wishes: Wishes, prefix: str | None, moment: datetime, *, asks_tsp: bool = True) -> tuple[Wishes, str]:
    """Return an order with everything it needs, and where its files go; on a terminal what is missing is asked.

    Raises:
        UsageError: something is missing, and nobody is there to be asked.
    """
    wishes = dict(wishes)
    if can_ask() and is_for_people():
        return _asked(wishes, prefix, moment, asks_tsp=asks_tsp)
    lacking = [word for word in _basics(wishes) if word not in wishes]
    if "environment" not in lacking and FOR in wishes:
        chosen = chosen_for(wishes, moment)
        assert chosen is not None, "a system is named"
        lacking += [word for word in missing(wishes, chosen) if word not in lacking]
        _tell_whom(chosen, lacking)
    if lacking or not prefix:
        names = [OPTIONS[word] for word in lacking] + ([] if prefix else ["--out"])
        raise click.UsageError(tr("cli.csr.create.missing", options=", ".join(names)))
    return wishes, prefix


def _basics(wishes: Mapping[str, Any]) -> tuple[str, ...]:
    system = () if FOR in wishes or "profile" in wishes else ("profile",)
    return (*system, "environment", "common_name")


def _tell_whom(chosen: Choice, lacking: list[str]) -> None:
    """Tell that it is the TSP who asks what is missing."""
    asked = [word for word in lacking if word in chosen.wanted]
    if asked and chosen.tsp is not None:
        options = ", ".join(OPTIONS[word] for word in asked)
        complain(tr("cli.csr.create.tsp_wants", tsp=chosen.tsp.title, options=options))


# -- on a terminal ----------------------------------------------------------------------------------------------------


def _asked(wishes: Wishes, prefix: str | None, moment: datetime, *, asks_tsp: bool) -> tuple[Wishes, str]:
    """Ask what is missing, one thing at a time, and say what was chosen before the names are asked."""
    if FOR not in wishes and "profile" not in wishes:
        _ask(wishes, FOR, lambda answer: system_named(answer).name)
    if "environment" not in wishes:
        _ask(wishes, "environment", _environment)
    if FOR in wishes and "tsp" not in wishes and asks_tsp:
        _ask_tsp(wishes)
    chosen = chosen_for(wishes, moment)
    if chosen is not None:
        complain_lines(choice_told(chosen))
    wanted = ("common_name",) if chosen is None else missing(wishes, chosen)
    for word in (word for word in wanted if word not in wishes):
        _ask(wishes, word, _oin if word == "oin" else str)
    if prefix is None:
        prefix = _prompt("out", default=free_prefix(wishes["common_name"]))
    return wishes, prefix


def _ask(wishes: Wishes, word: str, read: Callable[[str], str]) -> None:
    """Ask one thing until the answer is one, and keep it."""
    while True:
        try:
            wishes[word] = read(_prompt(word))
        except PkitoolsError as error:
            complain(error_line(error))
        else:
            return


def _ask_tsp(wishes: Wishes) -> None:
    """Ask who it goes to; nothing is an answer too."""
    while answer := _prompt("tsp", default=""):
        try:
            wishes["tsp"] = tsp_named(answer).name
        except PkitoolsError as error:
            complain(error_line(error))
        else:
            return


def _prompt(word: str, default: str | None = None) -> str:
    shown = bool(default)
    answer: str = click.prompt(tr(f"cli.csr.create.ask.{word}"), default=default, show_default=shown, err=True)
    return answer.strip()


def _environment(answer: str) -> str:
    from pkitools.requests.batch import environment_named

    return str(environment_named(answer))


def _oin(answer: str) -> str:
    from pkitools.oin import OIN

    return str(OIN.parse(answer.replace(" ", "").replace(".", "")))


# -- told -------------------------------------------------------------------------------------------------------------


def choice_told(chosen: Choice) -> Iterator[str]:
    """Yield what was chosen for a system, each with its reason."""
    title = tr("cli.csr.create.chosen", system=chosen.system.title, where=_where(chosen))
    yield title
    yield from labelled("cli.csr.create.about", _reasons(chosen))


def _reasons(chosen: Choice) -> Iterator[tuple[str, str]]:
    for reason in chosen.reasons:
        source = reason.statement.source if reason.statement else reason.basis.source if reason.basis else None
        named = f" ({source.text(language())})" if source is not None and source.document.key != "none" else ""
        yield str(reason.about), f"{reason.sentence(language())}{named}"


def _where(chosen: Choice) -> str:
    return tr(f"cli.cert_check.environment.{chosen.environment}")
