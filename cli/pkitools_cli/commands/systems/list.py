"""``pkitools systems list``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

import click

from pkitools.arguments import all_named
from pkitools.environment import Environment
from pkitools.frozen import dataclass
from pkitools.reports import systems_list_document
from pkitools.reports.system import systems_list_document_v1
from pkitools.systems import Stance, Statement, System, Topic, systems
from pkitools.text import visible
from pkitools.unknowns import Unknown, unread_systems
from pkitools_cli.commands.systems.hierarchies import labels, named
from pkitools_cli.exit_codes import of_list
from pkitools_cli.framework import Command
from pkitools_cli.i18n import tr
from pkitools_cli.lines import wrapped
from pkitools_cli.options import moment_option
from pkitools_cli.own_data import given_data, unusable
from pkitools_cli.reply import Line, Reply


@dataclass(frozen=True, slots=True)
class Listed:
    """The systems listed, and the moment that is asked about."""

    systems: tuple[System, ...]
    unread: tuple[Unknown, ...]
    moment: datetime


@click.command("list", cls=Command, help="cli.systems.list.help")
@click.option("--all", "everything", is_flag=True, help="cli.systems.list.all")
@moment_option
def command(*, everything: bool, moment: datetime) -> Reply[Listed]:
    """Show every system in a few lines."""
    return Reply(
        Listed(_every_system(), _unread_by_all() if everything else (), moment),
        document=lambda listed: systems_list_document(listed.systems, listed.moment, listed.unread),
        text=_text,
        older={1: lambda listed: systems_list_document_v1(listed.systems, listed.moment)},
        warnings=(left_out := unusable("systems")),
        code=of_list(left_out),
    )


def _every_system() -> tuple[System, ...]:
    data = given_data()
    return (*systems(), *(data.systems if data else ()))


def _unread_by_all() -> tuple[Unknown, ...]:
    """Return the systems whose requirements nobody could read, but for those that one's own data describe."""
    known = {system.name: (system.title,) for system in _every_system()}
    return tuple(one for one in unread_systems() if not any(all_named(each, known) for each in (one.key, one.title)))


def _text(listed: Listed) -> Iterator[Line | str]:
    for owner, owned in groupby(sorted(listed.systems, key=_by_owner), key=lambda system: system.owner):
        yield Line(owner, bold=True)
        for system in owned:
            yield from _system(system, listed.moment)
    yield from _unread(listed.unread)
    yield ""
    data = given_data()
    for tsp in data.tsps_of_ours if data else ():
        yield from wrapped(tr("cli.facts.own.tsp", tsp=visible(tsp.title)), "")
    yield from wrapped(tr("cli.systems.list.more"), "")
    if not listed.unread:
        yield from wrapped(tr("cli.systems.list.hidden", count=len(_unread_by_all())), "")


def _by_owner(system: System) -> tuple[str, str]:
    return system.owner.casefold(), system.name


def _system(system: System, moment: datetime) -> Iterator[Line | str]:
    yield Line(f"  {system.name:<18}{system.title}", bold=True)
    for environment in Environment:
        name = tr(f"cli.systems.environment.{environment}")
        yield from wrapped(summary(system, environment, moment), " " * 20, f"    {name:<16}")


def summary(system: System, environment: Environment, moment: datetime) -> str:
    """Return which hierarchies a system takes in an environment, in one line."""
    parts = []
    hierarchies = system.statements_at(environment, moment, Topic.HIERARCHY)
    if _is_all_unknown(hierarchies):
        return tr("cli.systems.summary.not_found")
    if _takes_none(hierarchies):
        return tr("cli.systems.summary.nothing")
    for answer in (Stance.YES, Stance.DISCOURAGED, Stance.NO, Stance.UNKNOWN):
        said = [s for s in hierarchies if s.answer is answer]
        of = named if answer is Stance.NO else labels  # what is refused with all others goes without saying
        told = ", ".join(label for s in said for label in of(s))
        if told:
            parts.append(tr(f"cli.systems.summary.{answer}", hierarchies=told))
    if any(s.answer is Stance.YES for s in system.statements_at(environment, moment, Topic.SELF_SIGNED)):
        parts.append(tr("cli.systems.summary.self_signed"))
    return "; ".join(parts) or tr("cli.systems.summary.nothing")


def _takes_none(said: list[Statement]) -> bool:
    refused = {value for s in said if s.answer is Stance.NO for value in s.values}
    return "pkioverheid" in refused and not any(s.answer in {Stance.YES, Stance.DISCOURAGED} for s in said)


def _is_all_unknown(said: list[Statement]) -> bool:
    return all(s.answer is Stance.UNKNOWN or s.answer is Stance.NO for s in said) and any(
        "*" in s.values for s in said if s.answer is Stance.UNKNOWN
    )


def _unread(unread: tuple[Unknown, ...]) -> Iterator[Line | str]:
    if unread:
        yield ""
        yield Line(tr("cli.systems.list.unread"), bold=True)
    for system in unread:
        ask = tr(f"cli.systems.list.{'ask' if system.told else 'ask_perhaps'}", title=system.title, owner=system.owner)
        yield from wrapped(ask, " " * 20, f"  {system.key:<18}")
