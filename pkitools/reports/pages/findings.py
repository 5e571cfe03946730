"""What a report says beside its verdict, as every page tells it: with a tone for how bad it is; rows under labels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pkitools.findings import Report, Severity, Verdict
from pkitools.frozen import dataclass
from pkitools.messages import Language, RemedyText, message
from pkitools.reports.telling.answer import ToldFinding, ToldGap, told_findings, told_gaps
from pkitools.reports.text import word_of

TONES: Final[dict[Severity | Verdict, str]] = {
    Severity.ERROR: "bad",
    Severity.WARNING: "soon",
    Severity.NOTICE: "plain",
    Severity.INFO: "plain",
    Verdict.FAILED: "bad",
    Verdict.INDETERMINATE: "unsure",
    Verdict.PASSED: "good",
}
"""With which tone a page shows how bad something is: ``pieces.html`` has a form and a colour for each."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What a report says beside its verdict.

    Args:
        found: each finding with its tone and the word for its weight, the gravest first.
        gaps: what could not be checked.
    """

    found: tuple[tuple[str, str, ToldFinding], ...]
    gaps: tuple[ToldGap, ...]

    def __bool__(self) -> bool:
        return bool(self.found or self.gaps)


NOTHING_FOUND: Final = Findings((), ())
"""Of a report that says nothing beside its verdict."""


def findings_of(report: Report, language: Language, remedy: RemedyText | None = None) -> Findings:
    """Return what a report says beside its verdict, as a page tells it."""
    found = told_findings(report, language, remedy)
    weighed = ((TONES[each.rule.severity], _severity(each, language), each) for each in found)
    return Findings(tuple(weighed), tuple(told_gaps(report, language, remedy)))


def _severity(finding: ToldFinding, language: Language) -> str:
    return word_of("severity", finding.rule.severity.name, language)


def labelled(language: Language, *rows: tuple[str, str]) -> Iterator[tuple[str, str]]:
    """Yield rows under their labels; one without a value is left out."""
    for key, value in rows:
        if value:
            yield message(f"pages.row.{key}", {}, language).title, value


def notations(thumbprint: str) -> tuple[str, str]:
    """Return a thumbprint (hex) as most screens write it, and as most settings take it."""
    pairs = ":".join(thumbprint[at : at + 2] for at in range(0, len(thumbprint), 2))
    return pairs.upper(), thumbprint
