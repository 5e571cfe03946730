"""Days as people write them, in their language."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache

from pkitools.messages import Language, message


def day(when: date, language: Language) -> str:
    """Return a day as people write it.

    >>> day(date(2027, 5, 14), "nl")
    '14 mei 2027'

    Args:
        when: a date; of a datetime, aware, the day in UTC.
        language: ``nl`` or ``en``.
    """
    if isinstance(when, datetime):
        when = when.astimezone(UTC).date()
    return f"{when.day} {_months(language)[when.month - 1]} {when.year}"


def days_left(end: datetime, moment: datetime) -> int:
    """Return how many days there are until ``end``, as a calendar counts them: the one day less the other.

    Of two ends on one day it is the same, and it is what whoever counts from the days that are told finds: both are
    days in UTC. Negative once it is over, and never zero then: also in what is left of the day itself it is -1.

    >>> end = datetime(2027, 5, 14, 9, tzinfo=UTC)
    >>> [days_left(end, end.replace(day=day, hour=hour)) for day, hour in ((13, 23), (14, 0), (14, 10), (16, 0))]
    [1, 0, -1, -2]

    Args:
        end: the last moment that counts, aware.
        moment: seen from when, aware.
    """
    days = (end.astimezone(UTC).date() - moment.astimezone(UTC).date()).days
    return days if moment <= end else min(-1, days)


@cache
def _months(language: Language) -> tuple[str, ...]:
    return tuple(message("report.months", {}, language).title.split())


def at_time(time: str | None, language: Language) -> str:
    """Return what stands behind a day for its time in UTC, such as ``12:00``; nothing where there is none."""
    return "" if time is None else " " + message("report.time", {"time": time}, language).title


def day_and_time(moment: datetime, language: Language) -> str:
    """Return an aware moment as people write it, to the second."""
    return f"{day(moment, language)}{at_time(f'{moment.astimezone(UTC):%H:%M:%S}', language)}"
