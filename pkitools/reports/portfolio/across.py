"""What is told of all that was found together: the texts that every form of report makes alike."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from pkitools.checking.private_keys import AUTHORITY, BESIDE, FOREIGN, NAMED
from pkitools.findings import Outcome, Severity, Status
from pkitools.messages import LANGUAGES, NOTHING, Language, Message, message, outcome_message
from pkitools.portfolio.model import HeldCertificate, Portfolio
from pkitools.portfolio.risk import Hanging, Risk, Risks, risks_of
from pkitools.reports.document import instant, source_document
from pkitools.reports.portfolio.telling import Telling, deciding, deciding_files, one_line, word
from pkitools.reports.telling.answer import told
from pkitools.reports.telling.readable import number_of, short_day

_MISFIT: Final = "risk.key.misfit"
_STRANGE: Final = frozenset((AUTHORITY.code, FOREIGN.code, BESIDE.code, NAMED.code))


def risks_in(portfolio: Portfolio, telling: Telling) -> Risks:
    """Return what is told of all together: as it was handed in, else by what the folders are called."""
    return telling.risks or risks_of(portfolio)


def untold(risks: Risks, portfolio: Portfolio) -> tuple[Risk, ...]:
    """Return the risks but for a key of which a certificate above them says already that it does not fit."""
    if not any(_is_misfit(one) for one in risks.found):
        return risks.found
    said = {file for each in portfolio.certificates for file in _strange_keys(each)}
    return tuple(one for one in risks.found if not (_is_misfit(one) and said.intersection(one.places)))


def _is_misfit(risk: Risk) -> bool:
    return risk.outcome.rule.code == _MISFIT


def _strange_keys(one: HeldCertificate) -> Iterator[str]:
    """Yield the files with a key that does not fit, where that is what decides about a certificate."""
    decides = deciding(one)
    if decides is None or decides.rule.code not in _STRANGE:
        return
    named = decides.params.get("file")
    yield from deciding_files(one) if named in {None, NOTHING} else (str(named),)


def risk_said(risk: Risk, portfolio: Portfolio, telling: Telling) -> Message:
    """Return what a risk is and what to do about it."""
    return told(risk.outcome, telling.language, telling.remedy, portfolio.moment)


def risk_line(risk: Risk, portfolio: Portfolio, telling: Telling) -> str:
    """Return a risk in a sentence or two, on one line."""
    said = risk_said(risk, portfolio, telling)
    return one_line(f"{said.message} {said.remedy}")


def risk_key(risk: Risk) -> str:
    """Return what a risk goes by from one report to the next: its rule, and what it is about."""
    parts = "\0".join((risk.outcome.rule.code, *sorted(risk.certificates), *sorted(risk.places)))
    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()


def severity_word(severity: Severity, language: Language) -> str:
    """Return how a severity is called."""
    return word(f"report.severity.{severity.name.lower()}", language)


def hanging_line(one: Hanging, language: Language) -> str:
    """Return what hangs on an authority, in a sentence; where several have its name, between which days they end."""
    code, first = f"portfolio.across.hanging.{number_of(one.count)}", short_day(one.first_end, language)
    ends = _ends_told(one, language)
    said = word(code, language, name=one.name, ends=ends, count=one.count, first=first)
    services = "; ".join(one.services)
    more = word("portfolio.across.more", language, count=one.more_services) if one.more_services else ""
    return one_line(f"{said} {services} {more}")


def _ends_told(one: Hanging, language: Language) -> str:
    if one.ends is None:
        return word("portfolio.across.ends.unknown", language)
    day, last = (short_day(each, language) for each in (one.ends, one.last_end or one.ends))
    codes = ("one", "range") if one.authorities == 1 else ("several_one", "several")
    code = codes[day != last]
    return word(f"portfolio.across.ends.{code}", language, day=day, last=last, count=one.authorities)


def unasked(risks: Risks) -> Iterator[Outcome]:
    """Yield what could not be looked at of all together."""
    return (one for one in risks.outcomes if one.status is Status.NOT_CHECKED)


def unasked_told(risks: Risks, telling: Telling, moment: datetime) -> dict[str, str]:
    """Return what could not be looked at of all together: each sentence once, by the titles of the rules it is of."""
    titles: dict[str, list[str]] = {}
    for one in unasked(risks):
        said = told(one, telling.language, telling.remedy, moment)
        titles.setdefault(one_line(said.message), []).append(message(one.rule.code, {}, telling.language).title)
    return {"; ".join(each): said for said, each in titles.items()}


def risks_document(risks: Risks) -> dict[str, object]:
    """Return what is told of all together as data."""
    return {
        "risks": [_risk(one) for one in risks.found],
        "risks_not_checked": [
            {"code": one.rule.code, "reason": one.reason, "params": dict(one.params)} for one in unasked(risks)
        ],
        "hanging": [_hanging(one) for one in risks.hanging],
        "more_authorities": risks.more_authorities,
    }


def _risk(one: Risk) -> dict[str, object]:
    rule = one.outcome.rule
    sentences = {str(tongue): _sentences(one, tongue) for tongue in LANGUAGES}
    return {
        "id": risk_key(one),
        "code": rule.code,
        "severity": rule.severity.name.lower(),
        "certainty": rule.certainty.value,
        "source": source_document(rule.source),
        "params": dict(one.outcome.params),
        "certificates": list(one.certificates),
        "places": list(one.places),
        **sentences,
    }


def _sentences(one: Risk, language: Language) -> dict[str, str]:
    said = outcome_message(one.outcome, language)
    return {"title": said.title, "message": said.message, "remedy": said.remedy}


def _hanging(one: Hanging) -> dict[str, object]:
    return {
        "name": one.name,
        "issuer": one.issuer,
        "hierarchy": one.hierarchy,
        "generation": one.generation or None,
        "ends": None if one.ends is None else instant(one.ends),
        "certificates": one.count,
        "organizations": one.organizations,
        "services": list(one.services),
        "more_services": one.more_services,
        "first_end": instant(one.first_end),
    }
