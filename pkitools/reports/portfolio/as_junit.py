"""A portfolio as JUnit XML, which the pages of a CI server show: a test case for each certificate.

FAILED is a failure; what could not be judged, or not be looked at, is an error: it never counts as passed. An authority
is listed as skipped, and so is a copy of what was in use before. The first case is the scan itself, so that what was
stopped, or found nothing, is no green page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from pkitools.findings import Outcome, Verdict
from pkitools.portfolio.model import Gap, HeldCertificate, Portfolio, Unread
from pkitools.portfolio.risk import Risk, Risks
from pkitools.reports.portfolio.across import risk_key, risk_line, risk_said, risks_in, severity_word, unasked
from pkitools.reports.portfolio.order_days import OrderDays, orders_of
from pkitools.reports.portfolio.telling import (
    Telling,
    claims_told,
    connection_names,
    counted,
    deciding,
    for_connections,
    one_line,
    place_names,
    remedies_for,
    said_of,
    standing_word,
    unread_sentence,
    word,
)
from pkitools.reports.telling.answer import told
from pkitools.text import visible

_RESULTS: Final = {Verdict.FAILED: "failure", Verdict.INDETERMINATE: "error", None: "skipped"}
_COUNTED: Final = {"failures": "failure", "errors": "error", "skipped": "skipped"}
_UNASKED: Final = "skipped"
_ASIDE: Final = "skipped"
_SUITE: Final = "pkitools"


def render(portfolio: Portfolio, telling: Telling) -> Iterator[str]:
    """Yield the text of the file, a case at a time. The counts stand before the cases: they are counted first."""
    risks = risks_in(portfolio, telling)
    counts = _counts(portfolio, risks)
    moment = f"{portfolio.moment:%Y-%m-%dT%H:%M:%S}"  # the schema that is in use has no zone
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n{_opening("testsuites", counts)}'
    yield f"  {_opening('testsuite', {**counts, 'timestamp': moment, 'time': '0'})}"
    for case in _cases(portfolio, risks, telling):
        indent(case, level=2)
        yield f"    {tostring(case, encoding='unicode')}\n"
    yield "  </testsuite>\n</testsuites>\n"


def _opening(name: str, attributes: Mapping[str, str]) -> str:
    """Return the tag that begins an element: the values are numbers and words of ours."""
    whole = tostring(Element(name, {"name": _SUITE, **attributes}), encoding="unicode", short_empty_elements=False)
    return f"{whole.removesuffix(f'</{name}>')}\n"


def _cases(portfolio: Portfolio, risks: Risks, telling: Telling) -> Iterator[Element]:
    yield _of_scan(portfolio, telling)
    orders, names = orders_of(portfolio.moment, telling.connections), connection_names(telling)
    yield from (_case(one, portfolio, telling, orders, names) for one in portfolio.certificates)
    yield from (_of_unread(one, telling) for one in portfolio.unread)
    yield from (_of_risk(one, portfolio, telling) for one in risks.found)
    yield from (_of_unasked(one, portfolio, telling) for one in unasked(risks))


def _counts(portfolio: Portfolio, risks: Risks) -> dict[str, str]:
    """Return how many cases there are, and how many of each result."""
    told = chain(
        ["error" if not portfolio.complete or not portfolio.judged else ""],
        (_result(one) or "" for one in portfolio.certificates),
        (_of_gap(one) for one in portfolio.unread),
        ("" for _ in risks.found),
        (_UNASKED for _ in unasked(risks)),
    )
    found = Counter(told)
    return {"tests": str(found.total()), **{name: str(found[tag]) for name, tag in _COUNTED.items()}}


def _of_scan(portfolio: Portfolio, telling: Telling) -> Element:
    case = _named("scan", _SUITE)
    if not portfolio.complete:
        _told(case, "error", "scan.partial", word("portfolio.report.partial", telling.language))
    elif not portfolio.judged:
        _told(case, "error", "scan.nothing", counted(portfolio, telling.language))
    claimed = "\n".join(claims_told(portfolio, telling))
    if claimed:
        _text(SubElement(case, "system-out"), claimed)
    return case


def _case(
    one: HeldCertificate,
    portfolio: Portfolio,
    telling: Telling,
    orders: OrderDays | None,
    names: Mapping[str, str],
) -> Element:
    places = place_names(one)
    case = _named(f"{one.name} ({one.sha256[:16]})", places[0] if places else one.sha256)
    if places:
        case.set("file", visible(one.places[0].name))
    result, decides = _result(one), deciding(one)
    said = said_of(one, portfolio, telling, orders) or standing_word(one.standing(portfolio.moment), telling.language)
    details = (for_connections(one, telling, names), *_details(one, portfolio, telling))
    told_of = "\n".join(filter(None, details))
    if result is not None:
        code = decides.rule.code if decides else str(one.standing(portfolio.moment))
        _told(case, result, code, said, told_of)
    else:
        _text(SubElement(case, "system-out"), "\n".join((said, told_of)))
    return case


def _result(one: HeldCertificate) -> str | None:
    """Return what its case is marked with; ``None`` of what passed."""
    return _ASIDE if one.is_set_aside else _RESULTS.get(one.verdict)


def _details(one: HeldCertificate, portfolio: Portfolio, telling: Telling) -> Iterator[str]:
    """Yield a line for each place, and for each finding with what to do."""
    yield from map(visible, place_names(one))
    for found in (*one.findings, *(one.not_checked if one.verdict is Verdict.INDETERMINATE else ())):
        said = told(found, telling.language, remedies_for(one, telling.remedy), portfolio.moment)
        yield f"{found.rule.code}: {one_line(f'{said.message or said.title} {said.remedy}')}"


def _of_unread(one: Unread, telling: Telling) -> Element:
    position = "" if one.position is None else f" ({one.position})"
    case = _named(f"{one.name}{position}", f"{_SUITE}.{one.gap}")
    _told(case, _of_gap(one), one.code, unread_sentence(one, telling))
    return case


def _of_gap(one: Unread) -> str:
    return "skipped" if one.gap is Gap.SKIPPED else "error"


def _of_risk(one: Risk, portfolio: Portfolio, telling: Telling) -> Element:
    """Return the case of what is told of several together: it warns, and fails nothing, as with the exit code."""
    title = f"{risk_said(one, portfolio, telling).title} ({risk_key(one)[:16]})"
    case = _named(title, f"{_SUITE}.{one.outcome.rule.code}")
    said = f"{severity_word(one.severity, telling.language)}: {risk_line(one, portfolio, telling)}"
    _text(SubElement(case, "system-out"), "\n".join((visible(said), *map(visible, one.places))))
    return case


def _of_unasked(one: Outcome, portfolio: Portfolio, telling: Telling) -> Element:
    case = _named(one.rule.code, f"{_SUITE}.across")
    said = told(one, telling.language, telling.remedy, portfolio.moment)
    _told(case, _UNASKED, one.rule.code, one_line(said.message))
    return case


def _named(name: str, where: str) -> Element:
    return Element("testcase", {"name": visible(name), "classname": visible(where), "time": "0"})


def _told(case: Element, result: str, code: str, said: str, details: str = "") -> None:
    attributes = {"message": visible(said)} | ({} if result == "skipped" else {"type": code})
    _text(SubElement(case, result, attributes), details)


def _text(element: Element, lines: str) -> None:
    element.text = "\n".join(map(visible, lines.split("\n"))) or None
