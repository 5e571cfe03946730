"""A portfolio in Markdown, for an issue, a wiki or a pull request: a table, what to do, and what was not looked at.

What a certificate or a file brings is text and nothing else: no link, picture, HTML, mention or cell of its own
(CommonMark 0.31, with the tables and bare links of GitHub).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pkitools.portfolio.model import HeldCertificate, Portfolio, Standing
from pkitools.reports.portfolio.across import (
    hanging_line,
    risk_line,
    risk_said,
    risks_in,
    severity_word,
    unasked_told,
    untold,
)
from pkitools.reports.portfolio.order_days import orders_of
from pkitools.reports.portfolio.telling import (
    Telling,
    claimed_by,
    connection_names,
    counted,
    judged_how,
    named_in_told,
    place_names,
    said_of,
    standing_word,
    unread_sentence,
    word,
)
from pkitools.reports.telling.readable import short_day
from pkitools.text import pattern, visible

_COLUMNS: Final = ("standing", "ends", "days", "name", "oin", "where")
_CLAIMED: Final = "connection"  # the last column, where there are any
_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;", "@": "&#64;"}
_ACTS: Final = pattern(r"[&<>|@]|[\\`*_{}\[\]#~$!]|(?<=www)\.|:(?=//)", re.IGNORECASE)
_BEGINS: Final = pattern(r"([-+=]|[0-9]{1,9}(?=[.)]))")  # a list, an underlined heading


def render(portfolio: Portfolio, telling: Telling) -> Iterator[str]:
    """Yield the text of the file, a line at a time."""
    return (f"{line}\n" for line in _lines(portfolio, telling))


def escaped(value: str) -> str:
    """Return a text that Markdown shows as it is, on one line, wherever it stands."""
    safe = _ACTS.sub(lambda found: _ENTITIES.get(found[0], f"\\{found[0]}"), visible(value).strip())
    begin = _BEGINS.match(safe)
    if begin is None:
        return safe
    number = begin[0] if begin[0].isdigit() else ""
    return f"{number}\\{safe[len(number) :]}"


def _lines(portfolio: Portfolio, telling: Telling) -> Iterator[str]:
    language = telling.language
    yield f"# {escaped(word('portfolio.report.title', language, day=short_day(portfolio.moment, language)))}"
    if not portfolio.complete:
        yield from ("", f"**{escaped(word('portfolio.report.partial', language))}**")
    yield from ("", escaped(counted(portfolio, language)))
    for sentence in judged_how(portfolio, telling):
        yield from ("", escaped(sentence))
    if portfolio.certificates:
        yield ""
        yield from _table(portfolio, telling)
    yield from _list("to_do", _to_do(portfolio, telling), telling)
    yield from _list("across", _across(portfolio, telling), telling)
    yield from _list("hanging", _hanging(portfolio, telling), telling)
    yield from _list("unread", _unread(portfolio, telling), telling)


def _table(portfolio: Portfolio, telling: Telling) -> Iterator[str]:
    columns = (*_COLUMNS, _CLAIMED) if portfolio.connections else _COLUMNS
    names = connection_names(telling)
    yield row(tuple(word(f"portfolio.report.column.{name}", telling.language) for name in columns))
    yield row(("---",) * len(columns), raw=True)
    for standing, one in portfolio.in_order():
        yield row(
            (
                standing_word(standing, telling.language),
                short_day(one.ends, telling.language),
                str(one.days_left(portfolio.moment)),
                one.name,
                one.oin or "",
                _where(one, telling),
                *([claimed_by(one, names)] if portfolio.connections else []),
            )
        )


def _where(one: HeldCertificate, telling: Telling) -> str:
    """Return every place of a certificate, and what names it."""
    places, named = ", ".join(place_names(one)), named_in_told(one, telling.language)
    return f"{places}; {named}" if named else places


def row(cells: tuple[str, ...], *, raw: bool = False) -> str:
    """Return a row of a table.

    Args:
        cells: what is in it.
        raw: they are Markdown already.
    """
    return "| " + " | ".join(cells if raw else map(escaped, cells)) + " |"


def _list(heading: str, items: Iterator[str], telling: Telling) -> Iterator[str]:
    """Yield a heading with a list below it; nothing where there is nothing to list."""
    for number, item in enumerate(items):
        if not number:
            title = word(f"portfolio.report.{heading}", telling.language)
            yield from ("", f"## {escaped(title)}", "")
        yield f"- {item}"


def _to_do(portfolio: Portfolio, telling: Telling) -> Iterator[str]:
    orders = orders_of(portfolio.moment, telling.connections)
    for standing, one in portfolio.in_order():
        said = said_of(one, portfolio, telling, orders)
        if said and standing is not Standing.NOT_JUDGED:
            yield f"**{escaped(_called(one))}**: {escaped(said)}"


def _across(portfolio: Portfolio, telling: Telling) -> Iterator[str]:
    risks = risks_in(portfolio, telling)
    for one in untold(risks, portfolio):
        title = f"{severity_word(one.severity, telling.language)}: {risk_said(one, portfolio, telling).title}"
        yield f"**{escaped(title)}**: {escaped(risk_line(one, portfolio, telling))}"
    for titles, said in unasked_told(risks, telling, portfolio.moment).items():
        yield escaped(f"{said} ({titles})")


def _hanging(portfolio: Portfolio, telling: Telling) -> Iterator[str]:
    risks = risks_in(portfolio, telling)
    yield from (escaped(hanging_line(one, telling.language)) for one in risks.hanging)
    if risks.more_authorities:
        yield escaped(word("portfolio.across.more", telling.language, count=risks.more_authorities))


def _called(one: HeldCertificate) -> str:
    return one.name if one.name.strip() else one.sha256


def _unread(portfolio: Portfolio, telling: Telling) -> Iterator[str]:
    for one in portfolio.unread:
        yield f"**{escaped(one.name)}**: {escaped(unread_sentence(one, telling))}"
