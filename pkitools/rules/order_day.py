"""When to order the next certificate, as is advised: one way of counting, wherever a day to order by is told."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Final

from pkitools.errors import MissingExtraError

if TYPE_CHECKING:
    from pkitools.rules.working_days import WorkingDays

LEAD_TIME: Final = timedelta(days=91)
"""When to order: Digidentity announces a renewal 12 weeks ahead, Logius flags certificates of under three months."""

AHEAD: Final = timedelta(days=28)
"""How long before the last day for a step it is told as to do now."""
_MOST_MOVED: Final = timedelta(days=7)  # four days in a row are none of work, where Easter meets King's Day


def order_day(begins: date | None, ends: date) -> date:
    """Return the last day to order the next certificate; who knows working days takes the last one at or before it.

    One of a few months was never meant to be ordered three months ahead: then it is a third of its time before its end.

    Args:
        begins, ends: the first and last day of the one that is there, as of :func:`counted_span`; ``None``: the first
            is not known.
    """
    lead = LEAD_TIME if begins is None else min(LEAD_TIME, max(ends - begins, timedelta()) / 3)
    return ends - lead


def counted_span(begins: date, own_end: date, ends: date) -> tuple[date, date]:
    """Return the days between which a certificate counts for the day to order: as long as its own validity.

    Of one that an authority cuts short both are moved: the next takes as long to order as that of one that is not.

    Args:
        begins, own_end: its own first and last day.
        ends: the last day on which it works.
    """
    if ends < own_end:
        begins = date.fromordinal(max(1, ends.toordinal() - (own_end - begins).days))
    return begins, ends


def order_by(begins: date | None, ends: date) -> date:
    """Return the last day to order the next certificate: a working day, where it is known which days are.

    Args:
        begins, ends: as of :func:`order_day`.
    """
    from pkitools.rules.working_days import advised_order  # few come that near to it

    try:
        return advised_order(begins, ends, _calendar())
    except MissingExtraError:
        return order_day(begins, ends)


def is_order_late(begins: date | None, ends: date, today: date) -> bool:
    """Return whether the last day to order the next certificate has gone by: what every command goes by.

    Args:
        begins, ends: as of :func:`order_day`.
        today: the day in UTC.
    """
    day = order_day(begins, ends)
    if today > day or day - today > _MOST_MOVED:  # which days are holidays is not asked for each certificate
        return today > day
    return today > order_by(begins, ends)


def near_order_by(begins: date | None, ends: date, today: date) -> date | None:
    """Return the last day to order the next certificate, where that is near or has gone by; ``None`` before that.

    Args:
        begins, ends: as of :func:`order_day`.
        today: the day in UTC.
    """
    if order_day(begins, ends) - today > AHEAD + _MOST_MOVED:
        return None
    day = order_by(begins, ends)
    return day if day - today <= AHEAD else None


@cache
def _calendar() -> WorkingDays:
    from pkitools.rules.working_days import WorkingDays

    return WorkingDays()
