"""A portfolio as a CSV that a spreadsheet opens without harm: a row for each certificate.

In Dutch a semicolon stands between the columns, as Dutch spreadsheets expect.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from io import StringIO
from typing import Final

from pkitools.messages import Language, Message
from pkitools.portfolio.model import HeldCertificate, Portfolio
from pkitools.portfolio.risk import Risk
from pkitools.reports.csv_cells import BYTE_ORDER_MARK, Cell, cell
from pkitools.reports.portfolio.across import risk_said, risks_in
from pkitools.reports.portfolio.order_days import OrderDays, orders_of
from pkitools.reports.portfolio.telling import (
    Telling,
    claimed_by,
    connection_names,
    deciding,
    in_order_to_be_looked_at,
    mend_told,
    place_text,
    remedies_for,
    renewal_told,
    standing_word,
    unconfirmed,
    unread_sentence,
    without_certificate,
    word,
)
from pkitools.reports.telling.answer import told
from pkitools.text import visible

COLUMNS: Final = (
    "standing",
    "not_after",
    "days_left",
    "name",
    "organization",
    "oin",
    "hierarchy",
    "environment",
    "key",
    "dns_names",
    "finding",
    "remedy",
    "places",
    "serial_number",
    "issuer",
    "sha256",
    "risks",
    "connections",
    "order_by",
    "renewal",
    "ends",
    "ends_by",
    "named_by",
)
"""The headings, the same in every language: scripts name them. What is added stands last: some count them."""


def render(portfolio: Portfolio, telling: Telling) -> Iterator[str]:
    """Yield the text of the file, a row at a time.

    Below the certificates stand what is wrong of files without one, and what could not be looked at.
    """
    out, risks = StringIO(), risks_in(portfolio, telling)
    orders = orders_of(portfolio.moment, telling.connections, advice=True)
    names = connection_names(telling)
    by_certificate: dict[str, list[str]] = {}
    for risk in risks.found:
        for sha256 in risk.certificates:
            by_certificate.setdefault(sha256, []).append(risk_said(risk, portfolio, telling).title)
    out.write(BYTE_ORDER_MARK)
    writer = csv.writer(out, delimiter=";" if telling.language == "nl" else ",")
    writer.writerow(COLUMNS)
    for one in portfolio.certificates:
        titles = dict.fromkeys(by_certificate.get(one.sha256, ()))
        by = None if one.ends_by is None else one.ends_by.name
        named = "; ".join(in_order_to_be_looked_at(one))
        next_one = _next(one, portfolio, telling, orders, names)
        row = *_row(one, portfolio, telling), "; ".join(titles), *next_one, one.ends.date(), by, named
        writer.writerow(map(cell, row))
        yield _taken(out)
    for risk in risks.found:
        if not risk.certificates:
            writer.writerow(map(cell, _row_without(risk, portfolio, telling)))
        yield _taken(out)
    for name in without_certificate(portfolio, telling):
        said = word("portfolio.report.without_certificate", telling.language, names=visible(name))
        writer.writerow(map(cell, _only(finding=said, connections=name)))
    for row in _rows_unread(portfolio, telling):
        writer.writerow(map(cell, row))
        yield _taken(out)
    yield _taken(out)


def _taken(out: StringIO) -> str:
    """Return what was written, and forget it."""
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text


def _row_without(risk: Risk, portfolio: Portfolio, telling: Telling) -> tuple[str, ...]:
    said = risk_said(risk, portfolio, telling)
    return _only(finding=said.title, remedy=said.remedy, places="; ".join(risk.places), risks=said.title)


def _rows_unread(portfolio: Portfolio, telling: Telling) -> Iterator[tuple[str, ...]]:
    """Yield what was not looked at, and that the scan did not come to its end."""
    standing = word("portfolio.report.not_looked_at", telling.language)
    for one in portfolio.unread:
        yield _only(standing=standing, finding=unread_sentence(one, telling), places=one.name)
    if not portfolio.complete:
        yield _only(standing=standing, finding=word("portfolio.report.partial", telling.language))


def _next(
    one: HeldCertificate, portfolio: Portfolio, telling: Telling, orders: OrderDays | None, names: Mapping[str, str]
) -> tuple[str, date | None, str]:
    """Return whose a certificate is, by which day the next is to be ordered, and what is to be said of that."""
    day = None if orders is None else orders.day_by(one)
    return claimed_by(one, names), day, renewal_told(one, portfolio, telling.language, orders)


def _only(**values: str) -> tuple[str, ...]:
    """Return a row of no certificate."""
    return tuple(values.get(column, "") for column in COLUMNS)


def _said(one: HeldCertificate, portfolio: Portfolio, telling: Telling) -> tuple[Message, ...]:
    """Return what decides about a certificate, and beside its own that nothing tells whether it is revoked."""
    decides = deciding(one)
    if decides is None:
        return ()
    first = told(decides, telling.language, remedies_for(one, telling.remedy), portfolio.moment)
    beside = unconfirmed(one, decides, portfolio, telling)
    return (first,) if beside is None else (first, beside)


def _to_do(one: HeldCertificate, said: Iterable[Message], language: Language) -> str:
    """Return what to do about a certificate: about its chain too, where something else decides about it."""
    return " ".join(dict.fromkeys(filter(None, (mend_told(one, language), *(each.remedy for each in said)))))


def _row(one: HeldCertificate, portfolio: Portfolio, telling: Telling) -> tuple[Cell, ...]:
    said = _said(one, portfolio, telling)
    return (
        standing_word(one.standing(portfolio.moment), telling.language),
        one.not_after.date(),
        one.days_left(portfolio.moment),
        one.name,
        one.organization,
        one.oin,
        one.hierarchy,
        " ".join(map(str, one.environments)),
        one.key,
        " ".join(one.dns_names),
        "; ".join(each.title for each in said),
        _to_do(one, said, telling.language),
        "; ".join(map(place_text, one.places)),
        one.serial_number,
        one.issuer,
        one.sha256,
    )
