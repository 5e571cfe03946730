"""The systems, and what each asks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from pkitools.environment import Environment
from pkitools.frozen import dataclass
from pkitools.systems import Stance, Statement, System, Topic, status_of
from pkitools.systems.model import ANSWERED
from pkitools_cli.commands.systems.hierarchies import is_for_others, labels
from pkitools_cli.commands.systems.list import summary
from pkitools_cli.commands.systems.show import by_topic, mark, source_told
from pkitools_cli.i18n import language, tr
from pkitools_cli.own_data import every_system, system_named
from pkitools_cli.page.exchange import Request, Screen
from pkitools_cli.page.site import Site, left_out


@dataclass(frozen=True, slots=True)
class Said:
    """What a system says of one topic.

    Args:
        topic: how it is called.
        lines: each with the word for its answer, its text and its source; none where nobody says anything.
    """

    topic: str
    lines: tuple[tuple[str, str, str], ...]


def every(site: Site, _request: Request) -> Screen:
    """Show every system in short, by owner."""
    moment = site.given.clock()
    ordered = sorted(every_system(), key=lambda system: (system.owner.casefold(), system.name))
    owners = [(owner, list(owned)) for owner, owned in groupby(ordered, key=lambda system: system.owner)]
    told = [(owner, [(system, tuple(_in_short(system, moment))) for system in owned]) for owner, owned in owners]
    return Screen("systems.html", {"owners": told, "left_out": left_out("systems")})


def _in_short(system: System, moment: datetime) -> Iterator[tuple[str, str]]:
    for environment in Environment:
        yield tr(f"cli.systems.environment.{environment}"), summary(system, environment, moment)


def one(site: Site, request: Request) -> Screen:
    """Show what one system asks.

    Raises:
        InvalidValueError: there is no such system.
    """
    system, moment = system_named(request.path.removeprefix("/systems/")), site.given.clock()
    standing = status_of(system)
    return Screen(
        "system.html",
        {
            "system": system,
            "about": system.about[language()],
            "places": [_place(system, each, moment) for each in Environment],
            "read": standing.read,
            "documents": [f"{each.title[language()]} {each.version}".rstrip() for each in standing.documents],
        },
    )


def _place(system: System, environment: Environment, moment: datetime) -> tuple[str, str, tuple[Said, ...], bool]:
    """Return an environment, what it is called, what is said there, and whether a certificate is ordered for it."""
    said = tuple(_said(system, environment, moment))
    return str(environment), tr(f"cli.systems.environment.{environment}"), said, _takes(system, environment, moment)


def _takes(system: System, environment: Environment, moment: datetime) -> bool:
    said = system.statements_at(environment, moment, Topic.HIERARCHY)
    return any(each.answer is Stance.YES for each in said)


def _said(system: System, environment: Environment, moment: datetime) -> Iterator[Said]:
    for topic, said in by_topic(system, environment, moment).items():
        if said or topic in ANSWERED:
            lines = (_line(statement, said) for statement in sorted(said, key=is_for_others))
            yield Said(tr(f"cli.systems.topic.{topic}"), tuple(lines))


def _line(statement: Statement, said: list[Statement]) -> tuple[str, str, str]:
    lead = f"{', '.join(labels(statement, said=said))}: " if statement.topic is Topic.HIERARCHY else ""
    return (
        tr(f"cli.page.stance.{_slug(mark(statement))}"),
        f"{lead}{statement.text[language()]}",
        source_told(statement),
    )


def _slug(sign: str) -> str:
    return {"+": "yes", "-": "no", "!": "discouraged", "?": "unknown"}.get(sign, "read")
