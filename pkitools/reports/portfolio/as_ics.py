"""A portfolio as a calendar (RFC 5545): of each certificate the day to order the next one by, and the day it ends.

Only those that are somebody's own are in it. What an event is called does not change from one report to the next, so
that a calendar that is read in again moves no event and doubles none.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from pkitools._version import __version__
from pkitools.errors import brought_by
from pkitools.portfolio.model import HeldCertificate, Portfolio
from pkitools.reports.portfolio.telling import Telling, counted, place_names, word
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
    calendar = Calendar()
    calendar.add("prodid", f"-//pkitools//pkitools {__version__}//{telling.language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("description", _of_scan(portfolio, telling))  # RFC 7986
    for one in sorted(portfolio.judged, key=lambda each: (each.not_after, each.name, each.sha256)):
        for event in _events(one, portfolio, telling):
            calendar.add_component(event)
    text: str = calendar.to_ical().decode("utf-8")
    return text


def _of_scan(portfolio: Portfolio, telling: Telling) -> str:
    found = counted(portfolio, telling.language)
    return found if portfolio.complete else f"{word('portfolio.report.partial', telling.language)} {found}"


def _events(one: HeldCertificate, portfolio: Portfolio, telling: Telling) -> Iterator[Event]:
    yield _event("order", order_by(one.not_before, one.not_after).date(), one, portfolio, telling)
    yield _event("expires", one.not_after.date(), one, portfolio, telling)


def _event(kind: str, day: date, one: HeldCertificate, portfolio: Portfolio, telling: Telling) -> Event:
    event = Event()
    event.add("uid", f"{one.sha256}-{kind}@pkitools")
    event.add("dtstamp", portfolio.moment)
    event.add("dtstart", day)  # a date without a time: it lasts that day
    event.add("summary", _text(word(f"portfolio.report.event.{kind}", telling.language, name=one.name)))
    event.add("description", "\n".join(map(_text, _description(kind, one, telling))))
    event.add("categories", ["pkitools", kind])
    event.add("transp", "TRANSPARENT")  # it takes nobody's time
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
