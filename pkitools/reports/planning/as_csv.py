"""Connections as a CSV that a spreadsheet opens without harm: a row for each connection, or for each day of a plan."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Final

from pkitools.connections.status import ConnectionStatus, Step
from pkitools.reports.connections import StepCommand
from pkitools.reports.csv_cells import BYTE_ORDER_MARK, Cell, cell
from pkitools.reports.planning.work import (
    Work,
    WorkTelling,
    connection_name,
    step_said,
    step_title,
    unknown_words,
    work_days,
)
from pkitools.reports.portfolio.telling import Telling, unread_sentence, word

_STEPS: Final = tuple(step.value for step in Step)
STATUS_COLUMNS: Final = (
    *("state", "name", "organization", "oin", "holder_oin", "system", "environment", "owner", "supplier"),
    *("next", "due", "said", "command", "begin_by", "order_by", "live", "certificate", "ends", "sha256"),
    *(f"step_{step}" for step in _STEPS),
    *("absent", "add_to_files"),
)
"""The headings of how connections stand, the same in every language: scripts name them. What is added stands last."""
PLAN_COLUMNS: Final = (
    *("day", "kind", "what", "past", "name", "organization", "oin", "system", "environment", "owner", "supplier"),
    *("why", "source", "certainty", "unknown"),
)
"""The headings of days."""


def render(work: Work, telling: WorkTelling) -> str:
    """Return the text of the file."""
    out = StringIO()
    out.write(BYTE_ORDER_MARK)
    writer = csv.writer(out, delimiter=";" if telling.language == "nl" else ",")
    columns = PLAN_COLUMNS if work.status is None else STATUS_COLUMNS
    writer.writerow(columns)
    for row in _days(work, telling) if work.status is None else _connections(work, telling):
        writer.writerow([cell(row.get(column)) for column in columns])
    return out.getvalue()


def _connections(work: Work, telling: WorkTelling) -> Iterator[dict[str, Cell]]:
    apart = work.told_apart
    for one in work.status.in_order() if work.status is not None else ():
        name = connection_name(one.connection, telling.language, apart)
        yield {"name": name, **_of_connection(one), **_next(one, telling), **_certificate(one)}
    yield from _unread(work, telling, "state", "said")


def _of_connection(one: ConnectionStatus) -> dict[str, Cell]:
    connection = one.connection
    return {
        "organization": connection.organization.name,
        "oin": connection.organization.oin,
        "holder_oin": connection.holder.oin,
        "system": None if connection.system is None else connection.system.name,
        "environment": str(connection.environment),
        "owner": connection.owner,
        "supplier": connection.supplier,
        "live": connection.live,
        **{f"step_{step.step.value}": step.state.value for step in one.steps},
        "absent": "; ".join(one.absent),
    }


def _next(one: ConnectionStatus, telling: WorkTelling) -> dict[str, Cell]:
    state, step = word(f"connections.state.{one.state.value}", telling.language), one.next
    days = {} if one.plan is None or one.ordered else {"begin_by": one.plan.begin.day, "order_by": one.plan.order.day}
    told: dict[str, Cell] = {"state": state, **days}
    if step is None:
        return told
    command = None if telling.command is None else telling.command(one, step)
    said = step_said(step, telling.language)
    return {**told, "next": step_title(step, telling.language), "due": step.due, "said": said, **_command(command)}


def _command(command: StepCommand | None) -> dict[str, Cell]:
    return {} if command is None else {"command": command.text, "add_to_files": command.add_to_files}


def _certificate(one: ConnectionStatus) -> dict[str, Cell]:
    held = one.certificate
    if held is None:
        return {}
    return {"certificate": held.name, "ends": held.ends.date(), "sha256": held.sha256}


def _days(work: Work, telling: WorkTelling) -> Iterator[dict[str, Cell]]:
    for one in work_days(work, telling.language):
        connection, basis = one.planned.connection, one.date.basis
        yield {
            "day": one.day,
            "kind": one.kind.value,
            "what": one.title,
            "past": word("connections.plan.past", telling.language) if one.is_past else None,
            "name": one.name,
            "system": None if one.planned.system is None else one.planned.system.name,
            "environment": str(one.planned.environment),
            "organization": None if connection is None else connection.organization.name,
            "oin": None if connection is None else connection.organization.oin,
            "owner": None if connection is None else connection.owner,
            "supplier": None if connection is None else connection.supplier,
            "why": one.why,
            "source": None if basis is None else basis.source.text(telling.language),
            "certainty": None if basis is None else basis.certainty.value,
            "unknown": unknown_words(one.date.unknown, telling.language),
        }
    yield from _unread(work, telling, "what", "why")


def _unread(work: Work, telling: WorkTelling, what: str, why: str) -> Iterator[dict[str, Cell]]:
    """Yield a row for each thing that could not be looked at, in columns of what the row is and why."""
    told = word("portfolio.report.not_looked_at", telling.language)
    for unread in work.unread:
        yield {what: told, "name": unread.name, why: unread_sentence(unread, Telling(telling.language))}
