"""Report → lines for people, in Dutch or English. Operands are already made safe by the messages."""

from __future__ import annotations

from collections.abc import Iterable

from pkitools.findings import Outcome, Report
from pkitools.limits import MAX_LISTED
from pkitools.messages import Language, RemedyText, message, outcome_message
from pkitools.reports.sentences import language_of
from pkitools.text import shown


def report_text(report: Report, language: Language | str, remedy_text: RemedyText | None = None) -> str:
    """Return the verdict line, each finding with its rule, source and remedy, and what could not be checked.

    What one rule says of several certificates stands together; what could not be checked is told per reason.

    Args:
        report: the report.
        language: ``nl`` or ``en``.
        remedy_text: the program's own remedies, shown instead of the library's where it has one.

    Raises:
        InvalidValueError: there is no such language.
    """
    tongue = language_of(language)
    lines = [f"{_word(f'verdict.{report.verdict}', tongue)}  {shown(report.subject)}"]
    findings: dict[tuple[object, ...], list[Outcome]] = {}
    for outcome in report.findings:
        findings.setdefault((outcome.rule.severity, outcome.rule.code), []).append(outcome)
    for outcomes in findings.values():
        lines += _finding(outcomes, tongue, remedy_text)
    unchecked: dict[str, list[Outcome]] = {}
    for outcome in report.not_checked:
        unchecked.setdefault(outcome.reason, []).append(outcome)
    for outcomes in unchecked.values():
        lines += _not_checked(outcomes, tongue, remedy_text)
    return "\n".join(lines)


def _finding(outcomes: list[Outcome], language: Language, remedy_text: RemedyText | None) -> list[str]:
    rule = outcomes[0].rule
    texts = [outcome_message(outcome, language, remedy_text) for outcome in outcomes]
    lines = [f"  {_word(f'severity.{rule.severity.name.lower()}', language)}: {texts[0].title}  [{rule.code}]"]
    lines += [f"      {part}" for part in _first_ones(text.message for text in texts)]
    lines += [f"      → {part}" for part in dict.fromkeys(text.remedy for text in texts) if part]
    where = rule.source.text(language)
    lines.append(f"      {_word('source', language)}: {where} ({_word(f'certainty.{rule.certainty}', language)})")
    return lines


def _not_checked(outcomes: list[Outcome], language: Language, remedy_text: RemedyText | None) -> list[str]:
    first = outcomes[0]
    reason = message(f"report.reason.{first.reason}", first.params, language, remedy_text)
    lines = [f"  {_word('status.not_checked', language)}: {reason.message or shown(first.reason)}"]
    lines += [f"      → {reason.remedy}"] if reason.remedy else []
    rules = (f"{outcome_message(o, language).title}  [{o.rule.code}]" for o in outcomes)
    return lines + [f"      {part}" for part in _first_ones(rules)]


def _first_ones(texts: Iterable[str]) -> list[str]:
    found = [text for text in dict.fromkeys(texts) if text]
    more = len(found) - MAX_LISTED
    return found if more <= 0 else [*found[:MAX_LISTED], f"… (+{more})"]


def _word(key: str, language: Language) -> str:
    return message(f"report.{key}", {}, language).title
