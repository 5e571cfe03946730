"""A portfolio as a calendar (RFC 5545): of each certificate the day to order the next one by, and the day it ends.

Only those that are somebody's own are in it. What an event is called does not change from one report to the next, so
that a calendar that is read in again moves no event and doubles none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import Final

from pkitools._version import __version__
from pkitools.errors import brought_by
from pkitools.messages import Language
from pkitools.portfolio.model import Gap, HeldCertificate, Portfolio, Standing, Unread
from pkitools.portfolio.risk import Hanging
from pkitools.reports.planning.work import at_noon
from pkitools.reports.portfolio.across import hanging_line, risks_in
from pkitools.reports.portfolio.order_days import OrderDay, OrderDays, order_why
from pkitools.reports.portfolio.telling import (
    Telling,
    claimed_by,
    counted,
    cut_short_told,
    one_line,
    place_names,
    said_of,
    unread_sentence,
    without_certificate,
    word,
)
from pkitools.reports.telling.readable import number_of, short_day
from pkitools.text import visible

with brought_by("reports"):
    from icalendar import Calendar, Event

_WIDE: Final = "\uff3c"  # a backslash to the eye, and a slash is what it is in no name
_END: Final = "END:VCALENDAR"
_MOST_PLACES: Final = 10  # of an event people read a few lines


def render(portfolio: Portfolio, telling: Telling) -> Iterator[str]:
    """Yield the text of the file, a certificate at a time, in the order of the portfolio.

    Raises:
        MissingExtraError: the extra ``pkitools-nl[reports]`` is not installed.
    """
    calendar = calendar_of(_of_scan(portfolio, telling), telling.language)
    begin, end, _ = calendar.to_ical().decode("utf-8").rpartition(_END)
    yield begin
    yield from (event.to_ical().decode("utf-8") for event in _all(portfolio, telling))
    yield end


def _all(portfolio: Portfolio, telling: Telling) -> Iterator[Event]:
    days = OrderDays(portfolio.moment, telling.connections)
    for one in portfolio.judged:
        yield from _events(one, days, portfolio, telling)
    yield from _late(days, portfolio, telling)
    yield from _without_certificate(portfolio, telling)
    for hanging in risks_in(portfolio, telling).hanging:
        if hanging.ends is not None:
            yield _of_authority(hanging, hanging.ends.date(), portfolio, telling)
    yield from of_unread("scan", portfolio.unread, portfolio.moment, telling)


def of_unread(of: str, unread: Iterable[Unread], moment: datetime, telling: Telling) -> Iterator[Event]:
    """Yield an event of today where something could not be looked at: its days are in no calendar.

    Args:
        of: which calendar: who reads in two has both.
        unread: what it is, and what needed not be looked at.
        moment: when the report was made, aware.
        telling: how to tell it.
    """
    missed = (one for one in unread if one.gap is not Gap.SKIPPED)
    lines = [f"{visible(one.name)}: {unread_sentence(one, telling)}" for one in islice(missed, _MOST_PLACES)]
    more = sum(1 for _ in missed)
    if lines:
        summary = word("portfolio.report.event.unread", telling.language, count=len(lines) + more)
        if more:
            lines.append(word("portfolio.report.more_places", telling.language, count=more))
        yield all_day(f"{of}-unread", moment.astimezone(UTC).date(), summary, lines, moment=moment, kind="unread")


def calendar_of(description: str, language: Language) -> Calendar:
    """Return a calendar without events.

    Args:
        description: what it is of.
        language: of its texts.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//pkitools//pkitools {__version__}//{language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("description", visible(description))  # RFC 7986
    return calendar


def _of_scan(portfolio: Portfolio, telling: Telling) -> str:
    found = counted(portfolio, telling.language)
    return found if portfolio.complete else f"{word('portfolio.report.partial', telling.language)} {found}"


def _events(one: HeldCertificate, days: OrderDays, portfolio: Portfolio, telling: Telling) -> Iterator[Event]:
    if one.is_done_with:
        return  # a copy of what was in use before: its day is nobody's any more
    order = days.of(one)
    if order is not None and not days.is_past(order):
        yield _order(one, order, days, portfolio, telling)
    yield _event("expires", one.ends.date(), one, portfolio, telling, days=days)


def _late(days: OrderDays, portfolio: Portfolio, telling: Telling) -> Iterator[Event]:
    """Yield an event of today where the day to order by has gone: nobody looks for that in a month that is over.

    Of what has ended nothing is said of it: whether another is wanted nobody knows.
    """
    lines = list(_ordered_late(days, portfolio, telling))
    if lines:
        summary = word(f"portfolio.report.event.late.{number_of(len(lines))}", telling.language, count=len(lines))
        today = portfolio.moment.astimezone(UTC).date()
        yield all_day("scan-late", today, summary, lines, moment=portfolio.moment, kind="late")


def _ordered_late(days: OrderDays, portfolio: Portfolio, telling: Telling) -> Iterator[str]:
    """Yield of each certificate that is of use when the next should have been ordered, and what that rests on."""
    for one in portfolio.judged:
        order = None if one.standing(portfolio.moment) is Standing.EXPIRED else days.of(one)
        if order is not None and days.is_past(order):
            wrong = said_of(one, portfolio, telling) if days.is_at_once(one) else ""
            day = short_day(at_noon(order.day), telling.language)
            yield one_line(f"- {visible(one.name)}: {day}. {wrong} {order_why(order, days, telling.language)}")


def _without_certificate(portfolio: Portfolio, telling: Telling) -> Iterator[Event]:
    """Yield an event of today where of connections nothing was found: their days are in no calendar."""
    names = without_certificate(portfolio, telling)
    if names:
        summary = word("portfolio.report.event.without_certificate", telling.language, count=len(names))
        today = portfolio.moment.astimezone(UTC).date()
        lines = listed(names, telling)
        yield all_day("scan-without", today, summary, lines, moment=portfolio.moment, kind="without_certificate")


def _order(one: HeldCertificate, order: OrderDay, days: OrderDays, portfolio: Portfolio, telling: Telling) -> Event:
    wrong = [said_of(one, portfolio, telling)] if days.is_at_once(one) else []
    why = [each for each in (*wrong, order_why(order, days, telling.language)) if each]
    return _event("order", order.day, one, portfolio, telling, days=days, why=why)


def _event(
    kind: str,
    day: date,
    one: HeldCertificate,
    portfolio: Portfolio,
    telling: Telling,
    *,
    days: OrderDays,
    why: Sequence[str] = (),
) -> Event:
    # a month is read without the day that an event stands on: it says its own
    said = short_day(day, telling.language)
    summary = word(f"portfolio.report.event.{kind}", telling.language, name=one.name, day=said)
    lines = _description(kind, one, days, telling, why)
    return all_day(f"{one.sha256}-{kind}", day, summary, lines, moment=portfolio.moment, kind=kind)


def _of_authority(one: Hanging, day: date, portfolio: Portfolio, telling: Telling) -> Event:
    name = hashlib.sha256(one.issuer.encode("utf-8", "surrogatepass")).hexdigest()
    summary = word("portfolio.report.event.authority", telling.language, name=one.name)
    lines = [hanging_line(one, telling.language)]
    return all_day(f"{name}-authority", day, summary, lines, moment=portfolio.moment, kind="authority")


def all_day(uid: str, day: date, summary: str, lines: Iterable[str], *, moment: datetime, kind: str) -> Event:
    """Return an event that lasts a day, and takes nobody's time.

    Args:
        uid: what it is called, the same in every report.
        day: when.
        summary: what it says.
        lines: what there is to know beside that.
        moment: when the report was made, aware.
        kind: what kind of event it is.
    """
    event = Event()
    event.add("uid", f"{uid}@pkitools")
    event.add("dtstamp", moment)
    event.add("dtstart", day)  # a date without a time: it lasts that day
    event.add("summary", _text(summary))
    event.add("description", "\n".join(map(_text, lines)))
    event.add("categories", ["pkitools", kind])
    event.add("transp", "TRANSPARENT")
    return event


def _description(
    kind: str, one: HeldCertificate, days: OrderDays, telling: Telling, why: Sequence[str]
) -> Iterator[str]:
    day = f"{one.ends:%Y-%m-%d %H:%M} UTC"
    yield from why or [word(f"portfolio.report.event.{kind}.why", telling.language, end=day)]
    if cut_short := cut_short_told(one, days.moment, telling.language):
        yield cut_short
    for name, value in (
        ("portfolio.report.column.connection", claimed_by(one, days.names(telling.language))),
        ("portfolio.report.column.oin", one.oin),
        ("portfolio.report.serial", one.serial_number),
        ("portfolio.report.thumbprint", one.sha256),
    ):
        if value:
            yield f"{word(name, telling.language)}: {value}"
    yield from listed(place_names(one), telling)


def listed(names: Sequence[str], telling: Telling) -> Iterator[str]:
    """Yield the first of many names, a line each, and how many there are besides."""
    yield from (f"- {name}" for name in names[:_MOST_PLACES])
    if len(names) > _MOST_PLACES:
        yield word("portfolio.report.more_places", telling.language, count=len(names) - _MOST_PLACES)


def _text(value: str) -> str:
    r"""Return a text that is shown as it is, but for ``\N``: some readers take that for a line break in any escape."""
    return visible(value).replace("\\", _WIDE)
