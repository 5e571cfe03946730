"""When to order the next certificate, as is advised: one way of counting, wherever a day to order by is told."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

LEAD_TIME: Final = timedelta(days=91)
"""When to order: Digidentity announces a renewal 12 weeks ahead, Logius flags certificates of under three months."""


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
