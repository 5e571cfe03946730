"""Report → plain data, lossless, for JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from pkitools import text
from pkitools.arguments import aware
from pkitools.documents import Source
from pkitools.findings import Outcome, Report, Rule
from pkitools.messages import LANGUAGES, outcome_message

_IN_LIST: Final = "\n    "


def instant(moment: datetime | None) -> str | None:
    """Return a moment as ISO 8601 in UTC with ``Z``."""
    return None if moment is None else text.instant(aware(moment))


def json_pieces(document: Mapping[str, object]) -> Iterator[str]:
    """Yield a document as text, ASCII alone: each value of it, and each of what stands in a list, by itself.

    The standard library writes an indented text in Python, by a generator for every level; this takes two thirds.

    Args:
        document: what :mod:`json` takes, but that an iterator is a list too, written as it comes.
    """
    written = _writer()
    before = "{\n  "
    for name, value in document.items():
        yield f"{before}{written(name, '')}: "
        if isinstance(value, Iterator | list | tuple):
            yield from _listed(value, written)
        else:
            yield written(value, "\n  ")
        before = ",\n  "
    yield "\n}" if document else "{}"


def _listed(several: Iterable[object], written: Callable[[object, str], str]) -> Iterator[str]:
    before = "["
    for one in several:
        yield f"{before}\n    {written(one, _IN_LIST)}"
        before = ","
    yield "[]" if before == "[" else "\n  ]"


def _writer() -> Callable[[object, str], str]:
    """Return what writes a value as JSON, given the line break and the spaces that stand before its last sign."""
    import json  # who asks for text does without
    from json.encoder import encode_basestring_ascii as quoted

    def written(value: object, before: str) -> str:
        if isinstance(value, str):
            return quoted(value)
        if isinstance(value, dict) and value:
            inner = before + "  "
            each = [f"{inner}{quoted(_key(name))}: {written(one, inner)}" for name, one in value.items()]
            return f"{{{','.join(each)}{before}}}"
        if isinstance(value, list | tuple) and value:
            inner = before + "  "
            return f"[{','.join([inner + written(one, inner) for one in value])}{before}]"
        return json.dumps(value)

    def _key(name: object) -> str:
        return name if isinstance(name, str) else json.dumps(name)

    return written


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
