"""What ``csr create`` makes of what it was given: the order, completed by what a system asks and what people answer."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import click

from pkitools.environment import Environment
from pkitools.ordering import NoChoiceError, choice_of, lacking, missing, plan_order
from pkitools.ordering.orders import FOR, OrderingKnowledge
from pkitools_cli.framework import is_for_people
from pkitools_cli.i18n import language, tr
from pkitools_cli.lines import labelled
from pkitools_cli.output import complain
from pkitools_cli.own_data import system_named, tsp_named
from pkitools_cli.passphrases import can_ask

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

TOLD: Final = "pkitools.choice_told"  # in this run, to who is at the terminal

Wishes = dict[str, Any]


def known() -> OrderingKnowledge:
    """Return where systems and TSPs are looked up: those of one's own as well."""
    return OrderingKnowledge(system_named, tsp_named)


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


def completed(
    wishes: Wishes, prefix: str | None, moment: datetime, *, self_signed: bool = False, has_key: bool = False
) -> tuple[Wishes, str]:
    """Return an order with everything it needs, and where its files go; on a terminal what is missing is asked.

    What only the TSP wishes (L, ST) is asked too on a terminal; elsewhere the request is made and warned of without it.

    Args:
        wishes: what was given of it.
        prefix: where its files go, where that was given.
        moment: when.
        self_signed: it is not for a TSP, and a system has to be named that takes it so.
        has_key: a key was given.

    Raises:
        UsageError: something is missing, and nobody is there to be asked.
    """
    wishes = dict(wishes)
    if can_ask() and is_for_people():
        from pkitools_cli.commands.csr.asking import asked  # a script needs none of it

        return asked(wishes, prefix, moment, self_signed=self_signed, has_key=has_key)
    absent = [word for word in _basics(wishes, self_signed) if word not in wishes]
    chosen = chosen_for(wishes, moment) if "environment" not in absent and FOR in wishes else None
    if chosen is not None:
        absent += [word for word in lacking(wishes, chosen) if word not in absent]
    if absent or not prefix:
        if chosen is not None:
            _tell_wishes(wishes, chosen)
        names = [_option(word) for word in absent] + ([] if prefix else ["--out"])
        raise click.UsageError(tr("cli.csr.create.missing", options=", ".join(names)))
    return wishes, prefix


def _basics(wishes: Mapping[str, Any], self_signed: bool) -> tuple[str, ...]:
    """Return what no order can do without; whether it may be self-signed, only a system says."""
    system = () if FOR in wishes or "profile" in wishes else (FOR if self_signed else "profile",)
    return (*system, "environment", "common_name")


def _option(word: str) -> str:
    """Return what gives a field; of a profile also the system, which is what people know that they need it for."""
    return tr("cli.csr.create.for_or_profile") if word == "profile" else OPTIONS[word]


def _tell_wishes(wishes: Wishes, chosen: Choice) -> None:
    """Tell what the TSP asks as well, while somebody is to complete the order anyway: alone it is warned of only."""
    wished = [word for word in missing(wishes, chosen) if word in chosen.wanted]
    if wished and chosen.tsp is not None:
        options = ", ".join(OPTIONS[word] for word in wished)
        complain(tr("cli.csr.create.tsp_wants", tsp=chosen.tsp.title, options=options))


# -- told -------------------------------------------------------------------------------------------------------------


def choice_told(chosen: Choice) -> Iterator[str]:
    """Yield what was chosen for a system, each with its reason."""
    title = tr("cli.csr.create.chosen", system=chosen.system.title, where=_where(chosen))
    yield title
    yield from labelled("cli.csr.create.about", _reasons(chosen))


def self_signed_too(choice: Choice | None, moment: datetime) -> str | None:
    """Return that a self-signed certificate would do for a system; ``None`` where it would not, or nobody says so."""
    if choice is None or not takes_self_signed(choice, moment):
        return None
    return tr("cli.csr.create.self_signed_too", system=choice.system.title)


def takes_self_signed(choice: Choice, moment: datetime) -> bool:
    """Return whether the system that a choice is for says that it takes a certificate that one makes oneself."""
    is_production = choice.environment is Environment.PRODUCTION
    return not is_production and choice.system.self_signed_allowed(choice.environment, moment) is True


def was_told() -> bool:
    """Return whether who reads the answer saw what was chosen while being asked."""
    ctx = click.get_current_context(silent=True)
    return ctx is not None and ctx.meta.get(TOLD, False) and sys.stdout.isatty()


def _reasons(chosen: Choice) -> Iterator[tuple[str, str]]:
    for reason in chosen.reasons:
        source = reason.statement.source if reason.statement else reason.basis.source if reason.basis else None
        named = f" ({source.text(language())})" if source is not None and source.document.key != "none" else ""
        yield str(reason.about), f"{reason.sentence(language())}{named}"


def _where(chosen: Choice) -> str:
    return tr(f"cli.cert_check.environment.{chosen.environment}")
