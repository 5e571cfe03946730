"""The answer of a report, before its details: what the verdict rests on, what to do first, how much there is besides.

Everything here is a value; :mod:`pkitools.reports.text` has the words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from pkitools.findings import Outcome, Report, Severity, Verdict
from pkitools.frozen import dataclass
from pkitools.messages import Language, Message, RemedyText, message, outcome_message
from pkitools.reports.telling.readable import readable

_NO_OIN: Final = "oin.syntax."
_GIVEN_INSTEAD: Final = "oin.input."
_RESERVED: Final = (
    "environment.holder.",
    "revocation.status.unconfirmed",
    "revocation.policy.off",
    "received.private_key.beside",
    "received.private_key.compared",
)
# of a keystore whose passphrase nobody gave it is no more than a notice
_LEAST: Final = {"received.private_key.compared": Severity.WARNING}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reader wants to know first.

    Args:
        verdict: of the report.
        because: what it rests on: of FAILED the gravest finding, or what was given instead of an OIN; of INDETERMINATE
            what could not be checked; ``None`` of PASSED, and where nothing was looked at.
        step: whose remedy comes first: the same, or of PASSED the gravest finding when that is a warning.
        but: of PASSED, what nobody may read over: that it is nobody's to connect with, that revocation is not known, or
            that a private key is not known to fit.
        others: how many rules are violated besides, by severity, the gravest first.
    """

    verdict: Verdict
    because: Outcome | None
    step: Outcome | None
    others: Mapping[Severity, int]
    but: Outcome | None = None


def answer_of(report: Report) -> Answer:
    """Return the answer of a report."""
    because = _because(report)
    step = because or _warning(report)
    return Answer(report.verdict, because, step, _others(report, because), next(iter(reservations(report)), None))


def _because(report: Report) -> Outcome | None:
    if report.verdict is Verdict.FAILED:
        return _what_it_is(report) or report.findings[0]
    if report.verdict is Verdict.PASSED:
        return None
    missing = report.not_checked
    return next((o for o in missing if o.rule.severity is Severity.ERROR), next(iter(missing), None))


def reservations(report: Report) -> tuple[Outcome, ...]:
    """Return what stands beside PASSED wherever it is said in short, the weightiest first."""
    if report.verdict is not Verdict.PASSED:
        return ()
    weighty = (found for found in reversed(report.findings) if found.rule.severity >= _LEAST.get(found.rule.code, 0))
    by_code = {found.rule.code: found for found in weighty if found.rule.code.startswith(_RESERVED)}
    ordered = sorted(by_code, key=lambda code: next(n for n, start in enumerate(_RESERVED) if code.startswith(start)))
    return tuple(by_code[code] for n, code in enumerate(ordered) if not n or code.startswith("received."))


def _what_it_is(report: Report) -> Outcome | None:
    """Return what says what was given instead of an OIN: a KvK number tells more than eight digits do."""
    if not report.findings[0].rule.code.startswith(_NO_OIN):
        return None
    return next((o for o in report.findings if o.rule.code.startswith(_GIVEN_INSTEAD)), None)


def _warning(report: Report) -> Outcome | None:
    found = next(iter(report.findings), None)
    return found if found is not None and found.rule.severity >= Severity.WARNING else None


def _others(report: Report, because: Outcome | None) -> dict[Severity, int]:
    told = {(o.rule.severity, o.rule.code) for o in report.findings}
    if because is not None:
        told.discard((because.rule.severity, because.rule.code))
    counts = Counter(severity for severity, _ in told)
    return {severity: counts[severity] for severity in sorted(counts, reverse=True)}


def told(
    outcome: Outcome, language: Language, remedy_text: RemedyText | None = None, moment: datetime | None = None
) -> Message:
    """Return the message of an outcome for people to read, its operands as :func:`readable` has them.

    Args:
        outcome: violated; or not checked, which is told by its reason.
        language: ``nl`` or ``en``.
        remedy_text: the program's own remedies, shown instead of the library's where it has one.
        moment: when was judged.
    """
    operands = readable(outcome.params, language, moment)
    if outcome.reason:
        return message(f"report.reason.{outcome.reason}", operands, language, remedy_text)
    return outcome_message(outcome, language, remedy_text, operands)
