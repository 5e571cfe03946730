"""A check: one rule with its question, asked of a subject."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from pkitools.findings import Evidence, Outcome, Rule, Severity, Status

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Check(Generic[S]):
    """A rule with its question.

    Args:
        rule: the rule.
        ask: ``True`` when the subject meets it, ``False`` when not, ``None`` when it does not apply.
        operands: what the message shows.
    """

    rule: Rule
    ask: Callable[[S], bool | None]
    operands: Callable[[S], Mapping[str, str]]

    def outcome(self, subject: S, evidence: Evidence) -> Outcome:
        """Return what came of it."""
        answer = self.ask(subject)
        if answer is None:
            return Outcome(self.rule, Status.NOT_APPLICABLE)
        if answer:
            return Outcome(self.rule, Status.MET)
        return Outcome(self.rule, Status.VIOLATED, evidence=(evidence,), params=self.operands(subject))


def first_error(checks: Iterable[Check[S]], subject: S) -> Check[S] | None:
    """Return the first check of severity ERROR that the subject fails."""
    return next((c for c in checks if c.rule.severity is Severity.ERROR and c.ask(subject) is False), None)
