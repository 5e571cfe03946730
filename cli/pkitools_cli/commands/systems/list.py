"""``pkitools systems list``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

import click

from pkitools.environment import Environment
from pkitools.reports import systems_list_document
from pkitools.systems import Stance, System, Topic, systems
from pkitools_cli.commands.systems.hierarchies import labels
from pkitools_cli.framework import Command
from pkitools_cli.i18n import tr
from pkitools_cli.options import moment_option
from pkitools_cli.reply import Line, Reply


@click.command("list", cls=Command, help="cli.systems.list.help")
@moment_option
def command(*, moment: datetime) -> Reply[Sequence[System]]:
    """Show every system in a few lines."""
    return Reply(systems(), document=partial(systems_list_document, moment=moment), text=partial(_text, moment=moment))


def _text(found: Sequence[System], moment: datetime) -> Iterator[Line | str]:
    for system in found:
        yield Line(f"{system.name:<18}{system.title} ({system.owner})", bold=True)
        for environment in Environment:
            yield f"    {tr(f'cli.systems.environment.{environment}'):<16}{_summary(system, environment, moment)}"
    yield ""
    yield tr("cli.systems.list.more")


def _summary(system: System, environment: Environment, moment: datetime) -> str:
    parts = []
    for answer in (Stance.YES, Stance.DISCOURAGED, Stance.UNKNOWN):
        said = [s for s in system.statements_at(environment, moment, Topic.HIERARCHY) if s.answer is answer]
        named = ", ".join(label for s in said for label in labels(s))
        if named:
            parts.append(tr(f"cli.systems.summary.{answer}", hierarchies=named))
    if any(s.answer is Stance.YES for s in system.statements_at(environment, moment, Topic.SELF_SIGNED)):
        parts.append(tr("cli.systems.summary.self_signed"))
    return "; ".join(parts)
