"""What systems ask, as data: ``docs/schemas/systems-list-v2.json`` and ``systems-show-v2.json``, and the older ones."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pkitools.arguments import choice, several
from pkitools.environment import Environment
from pkitools.findings import Certainty
from pkitools.reports.document import instant, source_document
from pkitools.systems import Stance, Statement, System, Topic, status_of
from pkitools.systems.model import ANSWERED
from pkitools.unknowns import Unknown


def systems_list_document(
    systems: Iterable[System], moment: datetime, unread: Iterable[Unknown] = ()
) -> dict[str, object]:
    """Return the whole document: each system with the hierarchies it takes now, per environment, and its status.

    Args:
        systems: the systems.
        moment: aware UTC.
        unread: systems whose requirements nobody could read; named only.
    """
    return {
        "schema": "pkitools.systems-list/v2",
        "systems": [{**_summary(system, moment), "status": _status(system)} for system in systems],
        "unread": [_unread(system) for system in unread],
    }


def systems_list_document_v1(systems: Iterable[System], moment: datetime) -> dict[str, object]:
    """Return the document as it was before systems had a status."""
    return {"schema": "pkitools.systems-list/v1", "systems": [_summary(system, moment) for system in systems]}


def systems_show_document(
    system: System, moment: datetime, environments: Environment | str | Iterable[Environment | str] = tuple(Environment)
) -> dict[str, object]:
    """Return the whole document: every statement of one system that holds at this moment, and its status."""
    found = systems_show_document_v1(system, moment, environments)
    return {**found, "schema": "pkitools.systems-show/v2", "status": _status(system)}


def systems_show_document_v1(
    system: System, moment: datetime, environments: Environment | str | Iterable[Environment | str] = tuple(Environment)
) -> dict[str, object]:
    """Return the document as it was before systems had a status."""
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


def _status(system: System) -> dict[str, object]:
    found = status_of(system)
    return {
        "read": found.read.isoformat(),
        "documents": [document.key for document in found.documents],
        "certainties": {str(certainty): found.certainties.get(certainty, 0) for certainty in Certainty},
        "unknown": found.unknown,
        "quoted": found.quoted,
    }


def _unread(system: Unknown) -> dict[str, object]:
    names = {"name": system.key, "title": system.title, "owner": system.owner}
    return {**names, "told": system.told or None, "looked": system.looked.isoformat()}


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
