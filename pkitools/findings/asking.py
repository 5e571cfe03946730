"""The one answer to a rule, in every room: met, violated, not applicable, or not checked and why.

A check is a function that looks at something and returns an :data:`Answer`; :func:`ask` makes the outcome of it::

    def serial_positive(at: RuleContext) -> Answer:
        return met_if(at.facts.serial_number > 0, "serialNumber", at.facts.serial_number)

A check never raises on purpose, never asks network or clock. One that raises all the same, or that returns anything
but an answer, is NOT_CHECKED with the reason ``crashed``, and silences no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from pkitools.findings.model import (
    NEVER_ERROR,
    Basis,
    CertificateRef,
    Evidence,
    Outcome,
    Rule,
    Severity,
    Status,
)
from pkitools.frozen import dataclass, field, replace
from pkitools.limits import MAX_LISTED
from pkitools.messages import Detail
from pkitools.text import DayText, NameText, joined

CRASHED: Final = "crashed"
"""The reason of a rule whose check raised, or returned no answer."""

CRASHES: Final = (Exception, SystemExit)
"""What a check that crashes may raise: one of a package that ends the program would be an answer of none."""


@dataclass(frozen=True, slots=True)
class Met:
    """The rule looked and found nothing wrong.

    Args:
        evidence: what was seen, and where.
        params: operands of the message.
    """

    evidence: tuple[Evidence, ...] = ()
    params: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """The rule has nothing to say about this subject."""


@dataclass(frozen=True, slots=True)
class NotChecked:
    """The rule could not look.

    Args:
        reason: a code whose sentence is ``report.reason.<reason>``.
        detail: operand of that sentence.
        params: further operands.
        evidence: what was seen all the same, and where.
    """

    reason: str
    detail: str = ""
    params: Mapping[str, str] = field(default_factory=dict, hash=False)
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Violated:
    """The rule is violated.

    Args:
        evidence: what was seen, and where.
        params: operands of the message.
        basis: a more precise source than the rule's own, with its certainty; see :func:`founded`.
        severity: what this violation weighs, where that differs from the rule.
    """

    evidence: tuple[Evidence, ...] = ()
    params: Mapping[str, str] = field(default_factory=dict, hash=False)
    basis: Basis | None = None
    severity: Severity | None = None


Answer: TypeAlias = Met | NotApplicable | NotChecked | Violated
"""What a check says of a rule."""

Answers: TypeAlias = Answer | Iterable[Violated]
"""An answer, or the several violations of one rule that a check found; no violation at all is :class:`Met`."""

MET: Final = Met()
NOT_APPLICABLE: Final = NotApplicable()


def violated(
    path: str, value: object, *, basis: Basis | None = None, severity: Severity | None = None, **params: object
) -> Violated:
    """Return a violation with one value as evidence, which is also the operand ``value`` of the message."""
    shown = "" if value is None else str(value)
    # an empty operand would leave a hole in the sentence
    operands = {"value": value if isinstance(value, DayText) else shown or "–", **_texts(params)}
    return Violated((Evidence(path, shown),), operands, basis, severity)


def met_if(
    good: bool,
    path: str,
    value: object,
    *,
    basis: Basis | None = None,
    severity: Severity | None = None,
    **params: object,
) -> Answer:
    """Return MET, or a violation that shows ``value``."""
    return MET if good else violated(path, value, basis=basis, severity=severity, **params)


def met_if_none(path: str, offenders: Iterable[object], *, basis: Basis | None = None, **params: object) -> Answer:
    """Return MET when there is no offender, else a violation that shows the first ten."""
    found = [str(offender) for offender in offenders]
    if not found:
        return MET
    operands = {"value": joined(found), **_texts(params)}
    return Violated(tuple(Evidence(path, value) for value in found[:MAX_LISTED]), operands, basis)


def _texts(params: Mapping[str, object]) -> dict[str, str]:
    # str() would take the short form of a name away, and the code of a detail
    return {
        name: operand if isinstance(operand, (NameText, Detail)) else str(operand) for name, operand in params.items()
    }


def ask(
    rule: Rule,
    check: Callable[..., Answers],
    *subject: Any,
    certificate: CertificateRef | None = None,
    raise_crashes: bool = False,
    silent: Outcome | None = None,
) -> list[Outcome]:
    """Return what a rule says of a subject: one outcome, or one per violation.

    Args:
        rule: the rule.
        check: looks at the subject.
        subject: the arguments of the check.
        certificate: the certificate the outcome is about, where there is one.
        raise_crashes: let a fault of the check itself through instead of reporting it as NOT_CHECKED; for tests.
        silent: the outcome of the rule when it has nothing to say, where that was made before.
    """
    try:
        answer = check(*subject)
        if answer is NOT_APPLICABLE and silent is not None:
            return [silent]
        return heard(rule, answer, certificate)
    except CRASHES as error:
        if raise_crashes:
            raise
        return [outcome(rule, crash(error), certificate)]


def heard(rule: Rule, answer: Answers, certificate: CertificateRef | None = None) -> list[Outcome]:
    """Return the outcomes of what a check answered: one, or one per violation.

    Raises:
        TypeError: that is no answer. What else it raises comes from a check that is still at work.
    """
    if isinstance(answer, _ANSWERS):
        return [outcome(rule, answer, certificate)]
    if not isinstance(answer, (list, tuple, Iterator)):
        raise TypeError(f"a check returned {type(answer).__name__} where an answer is meant")
    # a check may be a generator: what it raises, it raises here
    return [outcome(rule, _violation(each), certificate) for each in answer] or [outcome(rule, MET, certificate)]


def crash(error: BaseException) -> NotChecked:
    """Return the answer of a check that raised."""
    try:
        words = f": {error}"
    except Exception:  # an error whose own text raises must not escape the guard
        words = ""
    return NotChecked(CRASHED, type(error).__name__ + words)


def _violation(answer: object) -> Violated:
    if not isinstance(answer, Violated):
        raise TypeError(f"a check returned {type(answer).__name__} where an answer is meant")
    return answer


def outcome(rule: Rule, answer: Answer, certificate: CertificateRef | None = None) -> Outcome:
    """Return the outcome of a rule that answered so: the one way from an answer to an :class:`Outcome`.

    Raises:
        TypeError: it is no answer.
    """
    if isinstance(answer, Met):
        return Outcome(rule, _MET, certificate, answer.evidence, answer.params)
    if isinstance(answer, NotApplicable):
        return Outcome(rule, _NOT_APPLICABLE, certificate)
    if isinstance(answer, NotChecked):
        params = {"detail": answer.detail, **answer.params} if answer.detail else answer.params
        return Outcome(rule, Status.NOT_CHECKED, certificate, answer.evidence, params, answer.reason)
    if isinstance(answer, Violated):
        return Outcome(founded(rule, answer), Status.VIOLATED, certificate, answer.evidence, answer.params)
    raise TypeError(f"a check returned {type(answer).__name__} where an answer is meant")


def founded(rule: Rule, answer: Violated) -> Rule:
    """Return the rule with the source, certainty and severity of this violation.

    What is inferred or a third party's word weighs no more than a WARNING, whatever the rule weighs.
    """
    basis, severity = answer.basis, answer.severity
    if basis is None and severity is None:
        return rule
    certainty = basis.certainty if basis else rule.certainty
    weighs = severity or rule.severity
    if certainty in NEVER_ERROR:
        weighs = min(weighs, Severity.WARNING)
    return replace(rule, severity=weighs, source=basis.source if basis else rule.source, certainty=certainty)


_MET: Final = Status.MET  # an enum looks a member up each time it is named, and a check asks this some 370 times
_NOT_APPLICABLE: Final = Status.NOT_APPLICABLE
_ANSWERS: Final = (Met, NotApplicable, NotChecked, Violated)
