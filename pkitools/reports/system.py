"""What systems ask, as data: ``docs/schemas/systems-list-v1.json`` and ``systems-show-v1.json``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pkitools.arguments import choice, several
from pkitools.environment import Environment
from pkitools.reports.document import instant, source_document
from pkitools.systems import Stance, Statement, System, Topic
from pkitools.systems.model import ANSWERED


def systems_list_document(systems: Iterable[System], moment: datetime) -> dict[str, object]:
    """Return the whole document: each system with the hierarchies it takes at this moment, per environment."""
    return {"schema": "pkitools.systems-list/v1", "systems": [_summary(system, moment) for system in systems]}


def systems_show_document(
    system: System, moment: datetime, environments: Environment | str | Iterable[Environment | str] = tuple(Environment)
) -> dict[str, object]:
    """Return the whole document: every statement of one system that holds at this moment."""
    asked = [choice(Environment, each, "environments") for each in several(environments, str, "environments")]
    return {
        "schema": "pkitools.systems-show/v1",
        **_system(system),
        "moment": instant(moment),
        "environments": {
            str(environment): {
                "statements": [_statement(s) for s in system.statements_at(environment, moment)],
                "unanswered": sorted(
                    str(topic) for topic in ANSWERED if not system.statements_at(environment, moment, topic)
                ),
            }
            for environment in asked
        },
    }


def _system(system: System) -> dict[str, object]:
    return {
        "name": system.name,
        "title": system.title,
        "owner": system.owner,
        "about": dict(system.about),
        "retrieved": system.retrieved.isoformat(),
    }


def _summary(system: System, moment: datetime) -> dict[str, object]:
    return {**_system(system), "environments": {str(e): _hierarchies(system, e, moment) for e in Environment}}


def _hierarchies(system: System, environment: Environment, moment: datetime) -> dict[str, list[str]]:
    said = system.statements_at(environment, moment, Topic.HIERARCHY)
    return {str(answer): [value for s in said if s.answer is answer for value in s.values] for answer in Stance}


def _statement(statement: Statement) -> dict[str, object]:
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
