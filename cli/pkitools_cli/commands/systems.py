"""``pkitools systems``: what each connected system asks of a certificate, per environment, and who says so."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterator
from datetime import datetime

import click

from pkitools.environment import Environment
from pkitools.messages import message
from pkitools.reports import source_document
from pkitools.reports.document import instant
from pkitools.systems import Stance, Statement, System, Topic, get_system, systems
from pkitools.systems.model import ANSWERED
from pkitools.trust import hierarchies
from pkitools_cli.exit_codes import ExitCode
from pkitools_cli.framework import Command, Group
from pkitools_cli.i18n import language, tr
from pkitools_cli.options import environment_option, json_option, moment_option
from pkitools_cli.output import emit_json, say, say_lines

_MOST_COLUMNS = 100  # longer lines are hard to read, whatever the terminal
_MARKS = {Stance.YES: "+", Stance.NO: "-", Stance.DISCOURAGED: "!", Stance.UNKNOWN: "?"}


@click.group("systems", cls=Group, help="cli.systems.help")
def group() -> None:
    """Nouns of systems."""


@group.command("list", cls=Command, help="cli.systems.list.help")
@moment_option
@json_option
def list_(moment: datetime, as_json: bool) -> int:
    """Show every system in a few lines."""
    if as_json:
        emit_json("pkitools.systems-list/v1", {"systems": [_summary_document(s, moment) for s in systems()]})
        return ExitCode.PASSED
    for system in systems():
        say(f"{system.name:<18}{system.title} ({system.owner})", bold=True)
        for environment in Environment:
            say(f"    {tr(f'cli.systems.environment.{environment}'):<16}{_summary(system, environment, moment)}")
    say()
    say(tr("cli.systems.list.more"))
    return ExitCode.PASSED


@group.command("show", cls=Command, help="cli.systems.show.help")
@click.argument("name", metavar="SYSTEM")
@environment_option
@moment_option
@json_option
def show(name: str, environment: str | None, moment: datetime, as_json: bool) -> int:
    """Show what one system asks."""
    system = get_system(name)
    wanted = [Environment(environment)] if environment else list(Environment)
    if as_json:
        emit_json("pkitools.systems-show/v1", _show_document(system, wanted, moment))
        return ExitCode.PASSED
    say(f"{system.title} ({system.owner})", bold=True)
    _say_wrapped(system.about[language()], "  ")
    for heading, said in _sections(system, wanted, moment):
        say()
        say(heading, bold=True)
        _say_statements(said)
    say()
    say(tr("cli.systems.show.legend"))
    say(tr("cli.systems.show.retrieved", day=system.retrieved))
    return ExitCode.PASSED


_Section = dict[Topic, list[Statement]]


def _sections(system: System, environments: list[Environment], moment: datetime) -> Iterator[tuple[str, _Section]]:
    """Yield what differs per environment, then what holds in all of them: nothing is said twice."""
    said = [_by_topic(system, environment, moment) for environment in environments]
    common = {topic for topic in Topic if len(said) > 1 and all(s[topic] == said[0][topic] for s in said)}
    for environment, statements in zip(environments, said, strict=True):
        own = {topic: found for topic, found in statements.items() if topic not in common}
        yield tr(f"cli.systems.environment.{environment}").capitalize(), own
    if common:
        yield tr("cli.systems.environment.both"), {topic: said[0][topic] for topic in Topic if topic in common}


def _by_topic(system: System, environment: Environment, moment: datetime) -> _Section:
    return {topic: system.statements_at(environment, moment, topic) for topic in Topic}


def _say_statements(section: _Section) -> None:
    for topic, said in section.items():
        if not said and topic not in ANSWERED:
            continue
        say(f"  {tr(f'cli.systems.topic.{topic}')}")
        for statement in said:
            _say_statement(statement)
        if not said:
            say(f"    ? {tr('cli.systems.unanswered')}")


def _say_statement(statement: Statement) -> None:
    lead = f"{', '.join(_labels(statement))}: " if statement.topic is Topic.HIERARCHY else ""
    _say_wrapped(f"{lead}{statement.text[language()]}", "      ", first=f"    {_MARKS[statement.answer]} ")
    _say_wrapped(_source_line(statement), "      ")


def _source_line(statement: Statement) -> str:
    if statement.certainty is None:
        return f"[{tr('cli.systems.unknown')}]"
    where = statement.source.text(language())
    certainty = message(f"report.certainty.{statement.certainty}", {}, language()).title
    weight = f"; {tr(f'cli.systems.severity.{statement.severity.name.lower()}')}" if statement.weighs else ""
    return f"[{where}; {certainty}{weight}]"


def _labels(statement: Statement) -> Iterator[str]:
    known = {h.name: h.label for h in hierarchies()}
    for value in statement.values:
        yield known.get(value) or tr(f"cli.systems.group.{'others' if value == '*' else value}")


def _summary(system: System, environment: Environment, moment: datetime) -> str:
    parts = []
    for answer in (Stance.YES, Stance.DISCOURAGED, Stance.UNKNOWN):
        said = [s for s in system.statements_at(environment, moment, Topic.HIERARCHY) if s.answer is answer]
        labels = ", ".join(label for s in said for label in _labels(s))
        if labels:
            parts.append(tr(f"cli.systems.summary.{answer}", hierarchies=labels))
    if any(s.answer is Stance.YES for s in system.statements_at(environment, moment, Topic.SELF_SIGNED)):
        parts.append(tr("cli.systems.summary.self_signed"))
    return "; ".join(parts)


def _say_wrapped(text: str, indent: str, first: str | None = None) -> None:
    width = min(shutil.get_terminal_size().columns, _MOST_COLUMNS)
    start = indent if first is None else first
    say_lines(
        textwrap.wrap(text, max(width, 40), initial_indent=start, subsequent_indent=indent, break_on_hyphens=False)
    )


# JSON


def _system_document(system: System) -> dict[str, object]:
    return {
        "name": system.name,
        "title": system.title,
        "owner": system.owner,
        "about": dict(system.about),
        "retrieved": system.retrieved.isoformat(),
    }


def _summary_document(system: System, moment: datetime) -> dict[str, object]:
    return {
        **_system_document(system),
        "environments": {
            str(environment): {
                str(answer): [
                    value
                    for s in system.statements_at(environment, moment, Topic.HIERARCHY)
                    if s.answer is answer
                    for value in s.values
                ]
                for answer in Stance
            }
            for environment in Environment
        },
    }


def _show_document(system: System, environments: list[Environment], moment: datetime) -> dict[str, object]:
    return {
        **_system_document(system),
        "moment": instant(moment),
        "environments": {
            str(environment): {
                "statements": [_statement_document(s) for s in system.statements_at(environment, moment)],
                "unanswered": sorted(
                    str(topic) for topic in ANSWERED if not system.statements_at(environment, moment, topic)
                ),
            }
            for environment in environments
        },
    }


def _statement_document(statement: Statement) -> dict[str, object]:
    return {
        "topic": str(statement.topic),
        "answer": str(statement.answer),
        "values": list(statement.values),
        "number": statement.number,
        "since": statement.since.isoformat() if statement.since else None,
        "until": statement.until.isoformat() if statement.until else None,
        "text": dict(statement.text),
        "certainty": str(statement.certainty) if statement.certainty else None,
        "severity": statement.severity.name.lower() if statement.weighs else None,
        "source": source_document(statement.source),
    }
