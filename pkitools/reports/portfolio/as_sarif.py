"""A portfolio as SARIF 2.1.0 (OASIS), which the pages of a code host show beside the files.

A result for each finding of a certificate, at all places it lies; one for each rule that could not be looked at, as
``open``: no reader takes that for passed. What was not looked at is told as a notification of the run.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator
from itertools import chain
from typing import Final
from urllib.parse import quote

from pkitools._version import __version__
from pkitools.findings import Outcome, Rule, Severity, Status
from pkitools.messages import Language, message, template
from pkitools.portfolio.model import OF_PEER, Gap, HeldCertificate, Place, Portfolio, Unread
from pkitools.portfolio.risk import Risk
from pkitools.reports.document import instant, json_pieces
from pkitools.reports.portfolio.across import risk_key, risk_line, risk_said, risks_in, unasked
from pkitools.reports.portfolio.order_days import orders_of
from pkitools.reports.portfolio.telling import (
    Telling,
    claimed_by,
    claims_told,
    connection_names,
    one_line,
    place_text,
    remedies_for,
    renewal_told,
    unread_sentence,
    word,
)
from pkitools.reports.telling.answer import told
from pkitools.text import visible

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTICE: "note", Severity.INFO: "none"}


def render(portfolio: Portfolio, telling: Telling) -> Iterator[str]:
    """Yield the text of the file, a result at a time."""
    yield f'{{\n"$schema": {json.dumps(SCHEMA)},\n"version": "2.1.0",\n"runs": ['
    yield from json_pieces(_run(portfolio, telling))
    yield "]\n}\n"


def _run(portfolio: Portfolio, telling: Telling) -> dict[str, object]:
    """Return the run. Its rules stand before its results, so that the certificates are gone over twice."""
    risks = risks_in(portfolio, telling)
    peers = {place.name for each in portfolio.certificates for place in each.places if place.is_of_peer}
    together = (*risks.found, *map(Risk, unasked(risks)))
    rules = {outcome.rule.code: outcome.rule for _, outcome in _found(portfolio)}
    rules |= {one.outcome.rule.code: one.outcome.rule for one in together}
    numbers = {code: number for number, code in enumerate(rules)}
    results = (_result(one, outcome, numbers, portfolio, telling) for one, outcome in _found(portfolio))
    return {
        "tool": {"driver": _driver(rules.values(), telling.language)},
        "language": telling.language,
        "invocations": [_invocation(portfolio, telling)],
        "results": chain(results, (_of_all(one, numbers, peers, portfolio, telling) for one in together)),
    }


def _found(portfolio: Portfolio) -> Iterator[tuple[HeldCertificate, Outcome]]:
    return ((one, outcome) for one in portfolio.certificates for outcome in (*one.findings, *one.not_checked))


def _driver(rules: Iterable[Rule], language: Language) -> dict[str, object]:
    described = [_rule(rule, language) for rule in rules]
    return {"name": "pkitools", "semanticVersion": __version__, "language": language, "rules": described}


def _rule(rule: Rule, language: Language) -> dict[str, object]:
    url = rule.source.document.url
    described: dict[str, object] = {
        "id": rule.code,
        "shortDescription": _message(message(rule.code, {}, language, texts=rule.texts).title),
        "help": _message(_help(rule, language)),
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"certainty": str(rule.certainty), "tags": ["security"]},
    }
    return described | ({"helpUri": url} if url else {})


def _help(rule: Rule, language: Language) -> str:
    """Return what to do, where that hangs on nothing that was found, and where the rule stands."""
    entry = template(rule.code, language) if rule.texts is None else rule.texts[language]
    remedy = entry.get("remedy", "")
    said = "" if "{" in remedy else remedy
    return one_line(f"{said} {word('portfolio.report.source', language, source=rule.source.text(language))}")


def _result(
    one: HeldCertificate, outcome: Outcome, numbers: dict[str, int], portfolio: Portfolio, telling: Telling
) -> dict[str, object]:
    code, kind = outcome.rule.code, _kind(outcome, does_count=not one.is_set_aside)
    said = told(outcome, telling.language, remedies_for(one, telling.remedy), portfolio.moment)
    text = f"{visible(one.name, 100)}: {said.title}. {one_line(f'{said.message} {said.remedy}')}"
    return {
        "ruleId": code,
        "ruleIndex": numbers[code],
        "kind": kind,
        "level": _LEVELS[outcome.rule.severity] if kind == "fail" else "none",
        "message": _message(text),
        "locations": [_location(place) for place in _places(one)],
        "partialFingerprints": {"certificateAndRule/v1": f"{one.sha256}:{code}"},
        "properties": {"sha256": one.sha256, "oin": one.oin, "notAfter": instant(one.not_after)},
    }


def _of_all(
    one: Risk, numbers: dict[str, int], peers: Container[str], portfolio: Portfolio, telling: Telling
) -> dict[str, object]:
    """Return the result of what is told of several together, at every place of them."""
    code = one.outcome.rule.code
    text = f"{risk_said(one, portfolio, telling).title}. {risk_line(one, portfolio, telling)}"
    kind = _kind(one.outcome)
    return {
        "ruleId": code,
        "ruleIndex": numbers[code],
        "kind": kind,
        "level": _LEVELS[one.severity] if kind == "fail" else "none",
        "message": _message(text),
        "locations": [_location(Place(name, container=OF_PEER if name in peers else "")) for name in one.places],
        "partialFingerprints": {"risk/v1": risk_key(one)},
        "properties": {"certificates": list(one.certificates)},
    }


def _kind(outcome: Outcome, *, does_count: bool = True) -> str:
    """Return the kind of a result: of a copy of what was in use before nothing fails, or is open."""
    if not does_count:
        return "informational"
    if outcome.status is Status.NOT_CHECKED:
        return "open"
    return "informational" if outcome.rule.severity is Severity.INFO else "fail"


def _places(one: HeldCertificate) -> Iterator[Place]:
    """Yield the places of a certificate, of two that are told alike the first."""
    return iter({place_text(place): place for place in one.places}.values())


def _location(place: Place) -> dict[str, object]:
    """Return where something lies: the file, and its name in there; of a peer there is no file."""
    logical: dict[str, object] = {"logicalLocations": [{"fullyQualifiedName": visible(place_text(place))}]}
    if place.is_of_peer:
        return logical
    return {"physicalLocation": {"artifactLocation": {"uri": file_uri(place.name)}}, **logical}


def file_uri(name: str) -> str:
    """Return the URI of a file: relative as its name is, or with ``file:``."""
    try:
        raw = name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # no name of a file on this system
        raw = visible(name).encode()
    begin = "file://" if name.startswith("/") else ""
    return begin + quote(raw, safe="/")


def _invocation(portfolio: Portfolio, telling: Telling) -> dict[str, object]:
    told_of = [_notification(one, telling) for one in portfolio.unread]
    told_of += [{"level": "note", "message": _message(each)} for each in _beside(portfolio, telling)]
    if not portfolio.complete:
        told_of.append({"level": "error", "message": _message(word("portfolio.report.partial", telling.language))})
    return {
        "executionSuccessful": portfolio.is_whole,
        "endTimeUtc": instant(portfolio.moment),
        "toolExecutionNotifications": told_of,
    }


def _beside(portfolio: Portfolio, telling: Telling) -> Iterator[str]:
    """Yield what is no finding of a rule: whose certificates are, and by when the next are to be ordered."""
    yield from claims_told(portfolio, telling)
    orders, names = orders_of(portfolio.moment, telling.connections), connection_names(telling)
    for one in portfolio.judged:
        claimed, said = claimed_by(one, names), renewal_told(one, portfolio, telling.language, orders)
        if said:
            yield f"{visible(one.name, 100)}{claimed and f' ({claimed})'}: {said}"


def _notification(one: Unread, telling: Telling) -> dict[str, object]:
    return {
        "level": "note" if one.gap is Gap.SKIPPED else "error",
        "descriptor": {"id": one.code},
        "message": _message(f"{visible(one.name)}: {unread_sentence(one, telling)}"),
    }


def _message(text: str) -> dict[str, str]:
    """Return a message in which nothing is a placeholder (3.11.5) or a link (3.11.6)."""
    return {"text": visible(text).replace("{", "{{").replace("}", "}}").replace("](", "] (")}
