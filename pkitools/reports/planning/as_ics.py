"""The days of connections as a calendar (RFC 5545): what has to be begun, ordered and sent, what goes live and ends.

What an event is called hangs on what is stated of its connection: one that is read in again moves to its new day.
No event lies in the past: what is late stands together on one of today.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import TYPE_CHECKING, Final

from pkitools.connections.planning import TO_DO, PlanKind
from pkitools.reports.planning.work import (
    Work,
    WorkDay,
    WorkTelling,
    at_noon,
    unknown_words,
    without_day,
    work_days,
)
from pkitools.reports.portfolio.as_ics import all_day, calendar_of, listed, of_unread
from pkitools.reports.portfolio.telling import Telling, word
from pkitools.reports.telling.readable import short_day

if TYPE_CHECKING:
    from icalendar import Event

_LEFT_OUT: Final = frozenset({PlanKind.NEXT_END, PlanKind.ORDERED})  # of what is not there yet, and what is done
_NOTHING_TO_DO: Final = frozenset({PlanKind.SHORTER, PlanKind.HIERARCHY_ENDS})  # where it has gone by


def render(work: Work, telling: WorkTelling) -> str:
    """Return the text of the file.

    Raises:
        MissingExtraError: the extra ``pkitools-nl[reports]`` is not installed.
    """
    calendar = calendar_of(word("connections.report.calendar", telling.language), telling.language)
    days = sorted(work_days(work, telling.language), key=lambda each: (each.day, each.name, each.uid))
    shown = [one for one in days if one.kind not in _LEFT_OUT]
    for one in (each for each in shown if not each.is_past):
        lines = _lines(one, telling)
        event = all_day(one.uid, one.day, f"{one.title}: {one.name}", lines, moment=work.moment, kind=one.kind.value)
        calendar.add_component(event)
    for event in (*_late(shown, work, telling), *_without_day(work, telling)):
        calendar.add_component(event)
    for event in of_unread("plan", work.unread, work.moment, Telling(telling.language)):
        calendar.add_component(event)
    text: str = calendar.to_ical().decode("utf-8")
    return text


def _late(days: Sequence[WorkDay], work: Work, telling: WorkTelling) -> Iterator[Event]:
    """Yield an event of today of the connections that are late, each with what it has to do first.

    In the past nobody looks at it.
    """
    first: dict[int, WorkDay] = {}
    for one in sorted(days, key=lambda each: (each.kind not in TO_DO, each.day)):
        if one.is_past and one.kind not in _NOTHING_TO_DO:
            first.setdefault(id(one.planned), one)
    late = sorted(first.values(), key=lambda each: (each.day, each.name))
    if not late:
        return
    told = [f"{short_day(at_noon(one.day), telling.language)}: {one.title}: {one.name}" for one in late]
    summary = word("connections.report.event.late", telling.language, count=len(late))
    today = work.moment.astimezone(UTC).date()
    yield all_day("plan-late", today, summary, listed(told, Telling(telling.language)), moment=work.moment, kind="late")


def _without_day(work: Work, telling: WorkTelling) -> Iterator[Event]:
    """Yield an event of today where there are connections without a day: they are in no other."""
    names = tuple(without_day(work, telling.language))
    if names:
        summary = word("connections.report.event.no_day", telling.language, count=len(names))
        lines = listed(names, Telling(telling.language))
        today = work.moment.astimezone(UTC).date()
        yield all_day("plan-no-day", today, summary, lines, moment=work.moment, kind="no_day")


def _lines(one: WorkDay, telling: WorkTelling) -> Iterator[str]:
    language, connection = telling.language, one.planned.connection
    if one.why:
        yield one.why
    if one.date.unknown:
        yield word("connections.report.unknown", language, what=unknown_words(one.date.unknown, language))
    if connection is not None:
        yield f"OIN: {connection.holder.oin}"
        yield from (each for each in (connection.owner, connection.supplier) if each)
