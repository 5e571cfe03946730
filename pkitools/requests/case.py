"""What a rule about requests looks at, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from pkitools.environment import Environment
from pkitools.findings import Basis, Evidence, Outcome, Rule, Severity, Status
from pkitools.findings.model import NEVER_ERROR
from pkitools.profiles import TSP, Profile
from pkitools.requests.reading import RequestFacts
from pkitools.x509.model import PublicKey


@dataclass(frozen=True, slots=True)
class Case:
    """One request, and what it is held against. What is ``None`` was not given, and its rules do not apply.

    Args:
        facts: the request.
        profile: the certificate it is for.
        tsp: who it goes to.
        key: the public half of the key that should belong to it.
        environment: where the certificate is to be used.
    """

    facts: RequestFacts
    profile: Profile | None
    tsp: TSP | None
    key: PublicKey | None
    environment: Environment | None


@dataclass(frozen=True, slots=True)
class Fault:
    """One violation: the operands of the message, the value seen, and a more precise basis than the rule's own."""

    params: Mapping[str, object] = field(default_factory=dict)
    path: str = ""
    value: str = ""
    basis: Basis | None = None
    severity: Severity | None = None


Answer: TypeAlias = Iterable[Fault] | None
"""The faults found; none: the rule is met. ``None``: the rule does not apply."""

Question: TypeAlias = Callable[[Case], Answer]


def outcomes_of(rule: Rule, question: Question, case: Case, *, raise_crashes: bool) -> list[Outcome]:
    """Return what one rule says about a case: one outcome, or one per fault."""
    try:
        answer = question(case)
        faults = None if answer is None else list(answer)
    except Exception as error:
        if raise_crashes:
            raise
        detail = {"detail": f"{type(error).__name__}: {error}"}
        return [Outcome(rule, Status.NOT_CHECKED, params=detail, reason="crashed")]
    if faults is None:
        return [Outcome(rule, Status.NOT_APPLICABLE)]
    return [_violation(rule, fault) for fault in faults] or [Outcome(rule, Status.MET)]


def _violation(rule: Rule, fault: Fault) -> Outcome:
    evidence = (Evidence(fault.path, fault.value),) if fault.path else ()
    params = {name: str(value) for name, value in fault.params.items()}
    return Outcome(_founded(rule, fault), Status.VIOLATED, None, evidence, params)


def _founded(rule: Rule, fault: Fault) -> Rule:
    """Return the rule with the source and certainty of this fault, and a severity they can carry."""
    certainty = fault.basis.certainty if fault.basis else rule.certainty
    severity = fault.severity or rule.severity
    if certainty in NEVER_ERROR:
        severity = min(severity, Severity.WARNING)
    source = fault.basis.source if fault.basis else rule.source
    return replace(rule, severity=severity, source=source, certainty=certainty)


MET: Final[tuple[Fault, ...]] = ()
