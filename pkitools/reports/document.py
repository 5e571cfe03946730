"""Report → plain data, lossless, for JSON."""

from __future__ import annotations

from datetime import datetime

from pkitools import text
from pkitools.arguments import aware
from pkitools.documents import Source
from pkitools.findings import Outcome, Report, Rule
from pkitools.messages import LANGUAGES, outcome_message


def instant(moment: datetime | None) -> str | None:
    """Return a moment as ISO 8601 in UTC with ``Z``."""
    return None if moment is None else text.instant(aware(moment))


def source_document(source: Source) -> dict[str, str]:
    """Return where something stands, as data. A document without an official name goes by its English title."""
    found = source.document
    return {
        "document": found.title["en"],
        "version": found.version,
        "section": source.section,
        "url": found.url,
    }


def rule_document(rule: Rule) -> dict[str, object]:
    """Return one rule as data."""
    return {
        "code": rule.code,
        "severity": rule.severity.name.lower(),
        "certainty": str(rule.certainty),
        "applies_to": list(rule.applies_to),
        "source": source_document(rule.source),
    }


def outcome_document(outcome: Outcome) -> dict[str, object]:
    """Return one outcome as data, with its sentences in every language."""
    document: dict[str, object] = {
        **rule_document(outcome.rule),
        "status": str(outcome.status),
        "reason": outcome.reason or None,
        "certificate": (
            {"sha256": outcome.certificate.sha256, "role": outcome.certificate.role} if outcome.certificate else None
        ),
        "evidence": [{"path": e.path, "value": e.value} for e in outcome.evidence],
        "params": dict(outcome.params),
    }
    for language in LANGUAGES:
        text = outcome_message(outcome, language)
        document[language] = {"title": text.title, "message": text.message, "remedy": text.remedy}
    return document


def report_document(report: Report) -> dict[str, object]:
    """Return a report as data: the verdict, the outcomes that ask attention, and the codes of the others."""
    told = (*report.findings, *report.not_checked)
    return {
        "subject": report.subject,
        "verdict": str(report.verdict),
        "moment": instant(report.moment),
        "environment": str(report.environment) if report.environment else None,
        "system": report.system,
        "findings": [outcome_document(o) for o in report.findings],
        "not_checked": [outcome_document(o) for o in report.not_checked],
        "met": [o.rule.code for o in report.outcomes if o not in told and o.status == "met"],
        "not_applicable": [o.rule.code for o in report.outcomes if o.status == "not_applicable"],
    }
