"""When certificates end, and by when the next is to be ordered, as pictures: geometry in the units of their viewBox.

A picture has so many rows that each can be read; further certificates are in further pictures, each with an axis of its
own. Of many an overview says how many end when.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Final

from pkitools.frozen import dataclass
from pkitools.messages import Language
from pkitools.reports.telling.readable import short_day

WIDTH: Final = 800
"""Of every picture."""
ROW: Final = 40
"""Of one certificate: a line of text and a bar."""
TOP: Final = 34
"""Of the axis."""
MOST_ROWS: Final = 25
"""Certificates in one picture."""

_LEFT: Final = 12
_RIGHT: Final = WIDTH - 12
_MOST_TICKS: Final = 9
_STEPS: Final = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200)  # months
_MOST_EARLIER: Final = 12  # months before now that a picture shows: what ended long ago tells its day in words
_MOST_LATER: Final = 120  # after now: a certificate of PKIoverheid has three years, and some say the year 9999
_MOST_BUCKETS: Final = 24
_BAR: Final = 90  # the highest of the overview


@dataclass(frozen=True, slots=True)
class Span:
    """One certificate as a timeline has it.

    Args:
        mark: where the page tells of it.
        name: what to call it.
        tone: how it stands, as a tone of a page.
        standing: the word for that.
        begin, order_by, end: the days; it ends on the last. Nothing is ordered where the next is there or ordered.
        days_left: the whole days until then; below 0 when it has ended.
        is_ordered: the next was ordered, and is not there.
        is_late: the day to order by has gone by.
    """

    mark: str
    name: str
    tone: str
    standing: str
    begin: date
    order_by: date | None
    end: date
    days_left: int
    is_ordered: bool = False
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis, and what stands there."""

    x: float
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One certificate in a picture.

    Args:
        span: which.
        y: of its top.
        start, end: of its bar.
        order: of the mark by which to order; ``None`` where that day is left of the axis.
        is_cut: it began before the axis does.
        is_long: it ends after the axis does.
    """

    span: Span
    y: float
    start: float
    end: float
    order: float | None
    is_cut: bool
    is_long: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """One timeline.

    Args:
        first, last: which of all certificates are in it, from 1.
        height: of the picture.
        ticks: the months.
        now: where now is.
        rows: the certificates, in the order in which they end.
    """

    first: int
    last: int
    height: int
    ticks: tuple[Tick, ...]
    now: float
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A span of months in the overview: how many end in it, and by when the next of how many is to be ordered.

    Args:
        text: what it is called: its first month.
        x, width: of its two bars together.
        ending, ordering: how many.
        ending_height, ordering_height: of the bars.
    """

    text: str
    x: float
    width: float
    ending: int
    ordering: int
    ending_height: float
    ordering_height: float


def in_order(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return certificates in the order in which they end."""
    return tuple(sorted(spans, key=lambda span: (span.end, span.order_by or span.end, span.name, span.mark)))


def _ordering(spans: Iterable[Span]) -> list[date]:
    return [span.order_by for span in spans if span.order_by is not None]


def pictures(spans: Sequence[Span], moment: datetime, language: Language) -> tuple[Picture, ...]:
    """Return the timelines of certificates, so many in each as can be read.

    Args:
        spans: in the order in which they end.
        moment: now, aware.
        language: of the months.
    """
    today = moment.astimezone(UTC).date()
    groups = (range(at, min(at + MOST_ROWS, len(spans))) for at in range(0, len(spans), MOST_ROWS))
    return tuple(_picture(spans, group, today, language) for group in groups)


def _picture(spans: Sequence[Span], group: range, today: date, language: Language) -> Picture:
    chosen = [spans[at] for at in group]
    axis = _Axis.of(chosen, today)
    rows = tuple(_row(span, TOP + number * ROW, axis) for number, span in enumerate(chosen))
    height = TOP + len(chosen) * ROW + 6
    return Picture(group.start + 1, group.stop, height, axis.ticks(language), axis.held(today), rows)


def _row(span: Span, y: int, axis: _Axis) -> Row:
    start, end = (axis.held(day) for day in (span.begin, span.end))
    day = span.order_by
    order = axis.held(day) if day is not None and axis.begin <= day <= axis.end else None
    return Row(span, y, start, max(end, start + 2), order, span.begin < axis.begin, span.end > axis.end)


@dataclass(frozen=True, slots=True)
class _Axis:
    """Days to places: from the first day of a month to the last day that is shown."""

    begin: date
    end: date

    @classmethod
    def of(cls, spans: Sequence[Span], today: date) -> _Axis:
        """Return the axis that shows the ends, the days to order by and today; the long gone at its left."""
        days = _shown((today, *_ordering(spans), *(span.end for span in spans)), today)
        return cls(min(days).replace(day=1), _later(max(days).replace(day=1), 1))

    def held(self, day: date) -> float:
        """Return where a day is; one that is not on the axis is at its end."""
        share = (min(max(day, self.begin), self.end) - self.begin).days / (self.end - self.begin).days
        return round(_LEFT + share * (_RIGHT - _LEFT), 1)

    def ticks(self, language: Language) -> tuple[Tick, ...]:
        """Return the months that are named."""
        return tuple(Tick(self.held(first), _month(first, language)) for first in self.months())

    def months(self) -> Iterator[date]:
        """Yield the first days of the months that are named: with one step between them, so that each can be read."""
        step = _step(self.begin, self.end, _MOST_TICKS)
        at = self.begin if step < 12 else date(self.begin.year + (self.begin.month > 1), 1, 1)
        while at < self.end:
            yield at
            at = _later(at, step)


def overview(spans: Sequence[Span], moment: datetime, language: Language) -> tuple[Column, ...]:
    """Return how many certificates end in each span of months, and by when how many are to be ordered again.

    What is long before or after now counts in the first span or the last.

    Args:
        spans: the certificates.
        moment: now, aware.
        language: of the months.
    """
    today = moment.astimezone(UTC).date()
    ends, orders = (_shown(days, today) for days in ([s.end for s in spans], _ordering(spans)))
    edges = _edges((*ends, *orders))
    ending, ordering = _counted(edges, ends), _counted(edges, orders)
    most = max((*ending.values(), *ordering.values()), default=1)
    width = (_RIGHT - _LEFT) / max(len(edges) - 1, 1)
    return tuple(
        Column(
            _month(first, language),
            round(_LEFT + number * width, 1),
            round(width, 1),
            ending[first],
            ordering[first],
            round(_BAR * ending[first] / most, 1),
            round(_BAR * ordering[first] / most, 1),
        )
        for number, (first, _) in enumerate(pairwise(edges))
    )


def _shown(days: Iterable[date], today: date) -> list[date]:
    """Return days as a picture has them: what is further off than it shows is at its end."""
    first, last = (_later(today.replace(day=1), months) for months in (-_MOST_EARLIER, _MOST_LATER))
    return [min(max(day, first), last) for day in days]


def _edges(days: Sequence[date]) -> list[date]:
    if not days:
        return []
    begin, last = min(days).replace(day=1), max(days)
    step = _step(begin, last, _MOST_BUCKETS)
    edges = [begin]
    while edges[-1] <= last:
        edges.append(_later(edges[-1], step))
    return edges


def _counted(edges: Sequence[date], days: Iterable[date]) -> Counter[date]:
    from bisect import bisect_right

    return Counter(edges[bisect_right(edges, day) - 1] for day in days)


def _step(begin: date, end: date, most: int) -> int:
    months = (end.year - begin.year) * 12 + end.month - begin.month + 1
    return next((step for step in _STEPS if months <= step * most), _STEPS[-1])


def _later(first: date, months: int) -> date:
    """Return the first day of the month so many months later; of a year that no calendar has the last or first."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        return date.min if year < date.min.year else date.max
    return date(year, month + 1, 1)


def _month(first: date, language: Language) -> str:
    """Return a month in short, with its year: ``mrt 2027``."""
    return short_day(datetime(first.year, first.month, 1, tzinfo=UTC), language).partition(" ")[2]
