"""A portfolio as a calendar (RFC 5545): of each certificate the day to order the next one by, and the day it ends.

Only those that are somebody's own are in it. What an event is called does not change from one report to the next, so
that a calendar that is read in again moves no event and doubles none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Final

from pkitools._version import __version__
from pkitools.errors import brought_by
from pkitools.messages import Language
from pkitools.portfolio.model import HeldCertificate, Portfolio
from pkitools.portfolio.risk import Hanging
from pkitools.reports.portfolio.across import hanging_line, risks_in
from pkitools.reports.portfolio.telling import Telling, counted, place_names, word
from pkitools.reports.telling.readable import short_day
from pkitools.rules.advice import order_by
from pkitools.text import visible

with brought_by("reports"):
    from icalendar import Calendar, Event

_MOST_PLACES: Final = 10  # of an event people read a few lines


def render(portfolio: Portfolio, telling: Telling) -> str:
    """Return the text of the file.

    Raises:
        MissingExtraError: the extra ``pkitools-nl[reports]`` is not installed.
    """
    calendar = calendar_of(_of_scan(portfolio, telling), telling.language)
    for one in sorted(portfolio.judged, key=lambda each: (each.not_after, each.name, each.sha256)):
        for event in _events(one, portfolio, telling):
            calendar.add_component(event)
    for hanging in risks_in(portfolio, telling).hanging:
        if hanging.ends is not None:
            calendar.add_component(_of_authority(hanging, hanging.ends.date(), portfolio, telling))
    text: str = calendar.to_ical().decode("utf-8")
    return text


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


def _events(one: HeldCertificate, portfolio: Portfolio, telling: Telling) -> Iterator[Event]:
    yield _event("order", order_by(one.not_before, one.not_after).date(), one, portfolio, telling)
    yield _event("expires", one.not_after.date(), one, portfolio, telling)


def _event(kind: str, day: date, one: HeldCertificate, portfolio: Portfolio, telling: Telling) -> Event:
    # a month is read without the day that an event stands on: it says its own
    said = short_day(day, telling.language)
    summary = word(f"portfolio.report.event.{kind}", telling.language, name=one.name, day=said)
    lines = _description(kind, one, telling)
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


def _description(kind: str, one: HeldCertificate, telling: Telling) -> Iterator[str]:
    day = f"{one.not_after:%Y-%m-%d %H:%M} UTC"
    yield word(f"portfolio.report.event.{kind}.why", telling.language, end=day)
    for name, value in (
        ("portfolio.report.column.oin", one.oin),
        ("portfolio.report.serial", one.serial_number),
        ("portfolio.report.thumbprint", one.sha256),
    ):
        if value:
            yield f"{word(name, telling.language)}: {value}"
    places = place_names(one)
    yield from (f"- {place}" for place in places[:_MOST_PLACES])
    if len(places) > _MOST_PLACES:
        yield word("portfolio.report.more_places", telling.language, count=len(places) - _MOST_PLACES)


def _text(value: str) -> str:
    r"""Return a text that is shown as it is. Some readers take ``\N`` for a line break, however it is escaped."""
    return visible(value).replace("\\", "/")
