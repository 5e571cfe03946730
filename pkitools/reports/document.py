"""Report → plain data, lossless, for JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from pkitools import text
from pkitools.arguments import aware
from pkitools.documents import Source
from pkitools.findings import Outcome, Report, Rule
from pkitools.messages import LANGUAGES, outcome_message

if TYPE_CHECKING:
    from json import JSONEncoder


def instant(moment: datetime | None) -> str | None:
    """Return a moment as ISO 8601 in UTC with ``Z``."""
    return None if moment is None else text.instant(aware(moment))


def json_pieces(document: Mapping[str, object]) -> Iterator[str]:
    """Yield a document as text, ASCII alone. A value that is an iterator is a list, written as it comes.

    Args:
        document: what :mod:`json` takes, but for such values.
    """
    import json  # who asks for text does without

    encoder = json.JSONEncoder(indent=2, ensure_ascii=True)
    before = "{\n  "
    for name, value in document.items():
        yield f"{before}{json.dumps(name)}: "
        yield from _listed(value, encoder) if isinstance(value, Iterator) else _indented(encoder.iterencode(value), 2)
        before = ",\n  "
    yield "\n}" if document else "{}"


def _listed(several: Iterator[object], encoder: JSONEncoder) -> Iterator[str]:
    before = "["
    for one in several:
        yield f"{before}\n    "
        yield from _indented([encoder.encode(one)], 4)
        before = ","
    yield "[]" if before == "[" else "\n  ]"


def _indented(pieces: Iterable[str], by: int) -> Iterator[str]:
    """Yield JSON deeper in a document: a line break in it is never part of a text."""
    return (piece.replace("\n", "\n" + " " * by) for piece in pieces)


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
