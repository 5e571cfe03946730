"""``pkitools systems show``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import click

from pkitools.documents import Reading
from pkitools.environment import Environment
from pkitools.frozen import dataclass
from pkitools.reports import systems_show_document
from pkitools.reports.system import systems_show_document_v1
from pkitools.systems import Stance, Statement, System, Topic, status_of
from pkitools.systems.model import ANSWERED, READ_ONLY
from pkitools_cli.commands.next_steps import step
from pkitools_cli.commands.systems.hierarchies import is_for_others, labels
from pkitools_cli.exit_codes import of_list
from pkitools_cli.framework import Command
from pkitools_cli.i18n import language, report_word, tr
from pkitools_cli.lines import wrapped
from pkitools_cli.options import environment_option, moment_option
from pkitools_cli.own_data import refused_for, system_named
from pkitools_cli.reply import Line, Reply

MARKS = {Stance.YES: "+", Stance.NO: "-", Stance.DISCOURAGED: "!", Stance.UNKNOWN: "?"}
_TO_READ = "*"


@dataclass(frozen=True, slots=True)
class AskedSystem:
    """One system, and where and when it is asked about."""

    system: System
    environments: tuple[Environment, ...]
    moment: datetime


@click.command("show", cls=Command, help="cli.systems.show.help")
@click.argument("name", metavar="SYSTEM")
@environment_option
@moment_option
def command(*, name: str, environment: Environment | None, moment: datetime) -> Reply[AskedSystem]:
    """Show what one system asks."""
    wanted = (environment,) if environment else tuple(Environment)
    return Reply(
        AskedSystem(system_named(name), wanted, moment),
        document=lambda asked: systems_show_document(asked.system, asked.moment, asked.environments),
        text=_text,
        warnings=(refused := refused_for(name)),
        code=of_list(refused),
        older={1: lambda asked: systems_show_document_v1(asked.system, asked.moment, asked.environments)},
    )


def _text(asked: AskedSystem) -> Iterator[Line | str]:
    system = asked.system
    yield Line(f"{system.title} ({system.owner})", bold=True)
    yield from wrapped(system.about[language()], "  ")
    for heading, said in sections(asked):
        yield ""
        yield Line(heading, bold=True)
        yield from _statements(said)
    yield ""
    yield from wrapped(tr("cli.systems.show.legend"), "")
    yield from _status(system)
    yield from _next(asked)


def _next(asked: AskedSystem) -> Iterator[str]:
    """Yield how to order a certificate, for a system that says it takes one of PKIoverheid."""
    where = asked.environments[-1]  # of both: production
    said = asked.system.statements_at(where, asked.moment, Topic.HIERARCHY)
    if any(each.answer is Stance.YES for each in said):
        words = ("csr", "create", "--for", asked.system.name, "-e", where.value)
        own = asked.system.statements_at(where, asked.moment, Topic.SELF_SIGNED)
        key = "order_or_self_signed" if any(each.answer is Stance.YES for each in own) else "order"
        found = step(f"systems_show.{key}", {"system": asked.system.title}, {"create": lambda: words})
        yield ""
        yield from found.told() if found is not None else ()


def _status(system: System) -> Iterator[str]:
    found = status_of(system)
    counts = {"firm": found.firm, "weak": found.weak, "unknown": found.unknown}
    yield from wrapped(tr("cli.systems.show.status", day=found.read, count=sum(counts.values()), **counts), "")
    titles = "; ".join(f"{document.title[language()]} {document.version}".rstrip() for document in found.documents)
    if titles:
        yield from wrapped(tr("cli.systems.show.documents", documents=titles), "")


_Section = dict[Topic, list[Statement]]


def sections(asked: AskedSystem) -> Iterator[tuple[str, _Section]]:
    """Yield what differs per environment, then what holds in all of them: nothing is said twice."""
    said = [by_topic(asked.system, environment, asked.moment) for environment in asked.environments]
    common = {topic for topic in Topic if len(said) > 1 and all(s[topic] == said[0][topic] for s in said)}
    for environment, statements in zip(asked.environments, said, strict=True):
        own = {topic: found for topic, found in statements.items() if topic not in common}
        if own:
            yield tr(f"cli.systems.environment.{environment}").capitalize(), own
    if common:
        yield tr("cli.systems.environment.both"), {topic: said[0][topic] for topic in Topic if topic in common}


def by_topic(system: System, environment: Environment, moment: datetime) -> _Section:
    """Return what a system says in an environment, by topic."""
    return {topic: system.statements_at(environment, moment, topic) for topic in Topic}


def _statements(section: _Section) -> Iterator[str]:
    for topic, said in section.items():
        if not said and topic not in ANSWERED:
            continue
        yield f"  {tr(f'cli.systems.topic.{topic}')}"
        for statement in sorted(said, key=is_for_others):
            yield from _statement(statement, said)
        if not said:
            yield f"    ? {tr('cli.systems.unanswered')}"


def _statement(statement: Statement, said: Sequence[Statement]) -> Iterator[str]:
    lead = f"{', '.join(labels(statement, said=said))}: " if statement.topic is Topic.HIERARCHY else ""
    yield from wrapped(f"{lead}{statement.text[language()]}", "      ", first=f"    {mark(statement)} ")
    yield from wrapped(source_told(statement), "      ")


def mark(statement: Statement) -> str:
    """Return the mark of what is said: of what is there to be read a yes is no answer to anything."""
    to_read = statement.topic in READ_ONLY and statement.answer is Stance.YES
    return _TO_READ if to_read else MARKS[statement.answer]


def source_told(statement: Statement) -> str:
    """Return where a statement stands, how certain it is and what it weighs."""
    if statement.certainty is None:
        return f"[{tr('cli.systems.unknown')}]"
    where = statement.source.text(language())
    certainty = report_word("certainty", statement.certainty)
    if not statement.source.was_read:
        slug = "in_part" if statement.source.document.how is Reading.EXCERPT else "quoted"
        certainty += f", {tr(f'cli.systems.{slug}')}"
    weight = f"; {tr(f'cli.systems.severity.{statement.severity.name.lower()}')}" if statement.weighs else ""
    return f"[{where}; {certainty}{weight}]"
