"""The findings of a report, and what could not be checked, as texts: whoever shows them lays them out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pkitools.findings import Outcome, Report, Rule
from pkitools.frozen import dataclass
from pkitools.limits import MAX_LISTED
from pkitools.messages import Language, Message, RemedyText, message
from pkitools.reports.telling.answer import answer_of, told
from pkitools.text import shown


@dataclass(frozen=True, slots=True)
class ToldFinding:
    """What one rule says, of however many certificates.

    Args:
        rule: the rule.
        title: what is wrong, in a few words.
        messages: what is wrong, each once; of many the last says how many more there are.
        remedies: what to do, each once.
        source: where it stands, and how sure that is.
    """

    rule: Rule
    title: str
    messages: tuple[str, ...]
    remedies: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class ToldGap:
    """What could not be checked for one reason.

    Args:
        reason: why.
        remedy: what to do; empty where there is nothing.
        codes: the rules. Their titles say what would be wrong: where nothing was looked at they read as faults.
    """

    reason: str
    remedy: str
    codes: tuple[str, ...]


def told_findings(report: Report, language: Language, remedy_text: RemedyText | None = None) -> Iterator[ToldFinding]:
    """Yield the findings, the gravest first; above all what says what was given, where it is no OIN.

    Args:
        report: the report.
        language: ``nl`` or ``en``.
        remedy_text: the program's own remedies.
    """
    grouped: dict[tuple[object, ...], list[Outcome]] = {}
    because = answer_of(report).because
    for outcome in sorted(report.findings, key=lambda found: found is not because):
        grouped.setdefault((outcome.rule.severity, outcome.rule.code), []).append(outcome)
    for outcomes in grouped.values():
        texts = [told(outcome, language, remedy_text, report.moment) for outcome in outcomes]
        yield _finding(outcomes[0].rule, texts, language)


def _finding(rule: Rule, texts: list[Message], language: Language) -> ToldFinding:
    certainty = message(f"report.certainty.{rule.certainty}", {}, language).title
    return ToldFinding(
        rule,
        texts[0].title,
        _first_ones(text.message for text in texts),
        tuple(filter(None, dict.fromkeys(text.remedy for text in texts))),
        f"{rule.source.text(language)} ({certainty})",
    )


def told_gaps(report: Report, language: Language, remedy_text: RemedyText | None = None) -> Iterator[ToldGap]:
    """Yield what could not be checked, by reason.

    Args:
        report: the report.
        language: ``nl`` or ``en``.
        remedy_text: the program's own remedies.
    """
    for reason, outcomes in by_reason(report).items():
        text = told(outcomes[0], language, remedy_text, report.moment)
        codes = tuple(dict.fromkeys(outcome.rule.code for outcome in outcomes))
        yield ToldGap(text.message or shown(reason), text.remedy, codes)


def by_reason(report: Report) -> dict[str, list[Outcome]]:
    """Return what could not be checked, by the reason."""
    grouped: dict[str, list[Outcome]] = {}
    for outcome in report.not_checked:
        grouped.setdefault(outcome.reason, []).append(outcome)
    return grouped


def _first_ones(texts: Iterable[str]) -> tuple[str, ...]:
    found = tuple(text for text in dict.fromkeys(texts) if text)
    more = len(found) - MAX_LISTED
    return found if more <= 0 else (*found[:MAX_LISTED], f"… (+{more})")
