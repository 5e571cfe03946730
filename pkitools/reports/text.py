"""Report → lines for people, in Dutch or English. Operands are already made safe by the messages."""

from __future__ import annotations

from pkitools.findings import Outcome, Report, Status
from pkitools.messages import Language, message, outcome_message
from pkitools.text import shown


def report_text(report: Report, language: Language) -> str:
    """Return the verdict line, each finding with its rule, source and remedy, and what could not be checked."""
    lines = [f"{_word(f'verdict.{report.verdict}', language)}  {shown(report.subject)}"]
    for outcome in report.findings:
        lines += _finding(outcome, language)
    for outcome in report.not_checked:
        lines += _not_checked(outcome, language)
    return "\n".join(lines)


def _finding(outcome: Outcome, language: Language) -> list[str]:
    text = outcome_message(outcome, language)
    severity = _word(f"severity.{outcome.rule.severity.name.lower()}", language)
    lines = [f"  {severity}: {text.title}  [{outcome.rule.code}]"]
    lines += [f"      {part}" for part in (text.message,) if part]
    if text.remedy:
        lines.append(f"      → {text.remedy}")
    source = outcome.rule.source
    where = " ".join(part for part in (source.document, source.version, source.section) if part)
    lines.append(
        f"      {_word('source', language)}: {where} ({_word(f'certainty.{outcome.rule.certainty}', language)})"
    )
    return lines


def _not_checked(outcome: Outcome, language: Language) -> list[str]:
    assert outcome.status is Status.NOT_CHECKED
    title = outcome_message(outcome, language).title
    reason = message(f"report.reason.{outcome.reason}", outcome.params, language)
    explained = reason.message or shown(outcome.reason)
    return [f"  {_word('status.not_checked', language)}: {title}  [{outcome.rule.code}]", f"      {explained}"]


def _word(key: str, language: Language) -> str:
    return message(f"report.{key}", {}, language).title
