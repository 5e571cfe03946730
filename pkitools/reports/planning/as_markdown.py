"""Connections in Markdown: what to do, worst first, or the days of each. What a file brings is text and no more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from pkitools.connections.status import ConnectionsStatus, ConnectionStatus, StepState
from pkitools.reports.planning.work import (
    Work,
    WorkTelling,
    at_noon,
    connection_name,
    missed_told,
    past_word,
    step_said,
    step_title,
    unknown_words,
    without_day,
    work_days,
)
from pkitools.reports.portfolio.as_markdown import escaped, row
from pkitools.reports.portfolio.telling import Telling, unread_sentence, word
from pkitools.reports.telling.readable import short_day


def render(work: Work, telling: WorkTelling) -> str:
    """Return the text of the file."""
    lines = _plan(work, telling) if work.status is None else _status(work, work.status, telling)
    return "\n".join((*_head(work, telling), *lines)) + "\n"


def _head(work: Work, telling: WorkTelling) -> Iterator[str]:
    kind = "plan" if work.status is None else "status"
    day = short_day(work.moment, telling.language)
    yield f"# {escaped(word(f'connections.report.{kind}', telling.language, day=day))}"


def _status(work: Work, status: ConnectionsStatus, telling: WorkTelling) -> Iterator[str]:
    counts, apart = Counter(one.state for one in status.statuses), work.told_apart
    kinds = ", ".join(f"{counts[each]} {_state(each, telling)}" for each in StepState if counts[each])
    yield from ("", escaped(f"{len(status.statuses)}: {kinds}."), "")
    yield from _heading(("state", "connection", "next", "due", "certificate", "ends"), telling)
    for one in status.in_order():
        yield row(_cells(one, connection_name(one.connection, telling.language, apart), telling))
    yield from _listed("to_do", _to_do(status, work.told_apart, telling), telling)
    yield from _listed("days", _days(work, telling), telling)
    yield from _listed("absent", _absent(work, status, telling), telling)
    yield from _listed("unread", _unread(work, telling), telling)


def _absent(work: Work, status: ConnectionsStatus, telling: WorkTelling) -> Iterator[str]:
    for one in status.in_order():
        if one.absent:
            yield f"{connection_name(one.connection, telling.language, work.told_apart)}: {', '.join(one.absent)}"


def _unread(work: Work, telling: WorkTelling) -> Iterator[str]:
    return (f"{one.name}: {unread_sentence(one, Telling(telling.language))}" for one in work.unread)


def _cells(one: ConnectionStatus, name: str, telling: WorkTelling) -> tuple[str, ...]:
    step, held = one.next, one.certificate
    due = "" if step is None or step.due is None else short_day(at_noon(step.due), telling.language)
    following = "" if step is None else step_title(step, telling.language)
    ends = "" if held is None else short_day(held.ends, telling.language)
    return _state(one.state, telling), name, following, due, "" if held is None else held.name, ends


def _to_do(status: ConnectionsStatus, apart: Mapping[int, str], telling: WorkTelling) -> Iterator[str]:
    for one in status.in_order():
        if one.missed is not None:
            name = connection_name(one.connection, telling.language, apart)
            yield f"{name}: {missed_told(one.missed, one.connection, telling.language)}"
        step = one.next
        if step is None or one.state is StepState.WAITING:
            continue
        command = None if telling.command is None else telling.command(one, step)
        name = connection_name(one.connection, telling.language, apart)
        said = f"{name}: {step_title(step, telling.language)}. {step_said(step, telling.language)}"
        yield f"{said} {command.told}" if command else said


def _plan(work: Work, telling: WorkTelling) -> Iterator[str]:
    yield ""
    yield from _heading(("day", "what", "connection", "why"), telling)
    for one in sorted(work_days(work, telling.language), key=lambda each: (each.day, each.name)):
        late = past_word(one.date, work.moment.date(), telling.language)
        past = f" ({late})" if late else ""
        day = short_day(at_noon(one.day), telling.language)
        unknown = unknown_words(one.date.unknown, telling.language)
        lacking = word("connections.report.unknown", telling.language, what=unknown) if unknown else ""
        yield row((day, f"{one.title}{past}", one.name, f"{one.why} {lacking}".strip()))
    yield from _listed("no_day", without_day(work, telling.language), telling)
    yield from _listed("unread", _unread(work, telling), telling)


def _days(work: Work, telling: WorkTelling) -> Iterator[str]:
    for one in sorted(work_days(work, telling.language), key=lambda each: (each.day, each.name)):
        if one.day >= work.moment.date():
            yield f"{short_day(at_noon(one.day), telling.language)}: {one.title}: {one.name}"


def _heading(columns: tuple[str, ...], telling: WorkTelling) -> Iterator[str]:
    yield row(tuple(word(f"connections.report.column.{name}", telling.language) for name in columns))
    yield row(("---",) * len(columns), raw=True)


def _listed(heading: str, items: Iterator[str], telling: WorkTelling) -> Iterator[str]:
    listed = tuple(items)
    if listed:
        yield from ("", f"## {escaped(word(f'connections.report.{heading}', telling.language))}", "")
    yield from (f"- {escaped(item)}" for item in listed)


def _state(state: StepState, telling: WorkTelling) -> str:
    return word(f"connections.state.{state.value}", telling.language)
