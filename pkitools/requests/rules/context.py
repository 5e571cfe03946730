"""What a rule about requests looks at, and how it is declared: beside its check.

Where a profile or a TSP says something, its own source and certainty replace those of the declaration, and what is
inferred or a third party's word weighs no more than a WARNING.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from pkitools.documents import Source
from pkitools.environment import Environment
from pkitools.findings import NOT_APPLICABLE, Answers, Certainty, Evidence, Rule, Severity, Violated
from pkitools.frozen import dataclass
from pkitools.profiles import TSP, Profile
from pkitools.profiles.conformance import Departure, Particulars, Requirement, departures
from pkitools.requests.reading import RequestFacts
from pkitools.x509.model import PublicKey


@dataclass(frozen=True, slots=True)
class RequestContext:
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

    @property
    def particulars(self) -> Particulars:
        """What the request says, to be held to the profile."""
        return Particulars(
            subject=tuple(self.facts.subject),
            names=self.facts.subject_alternative_name,
            key=self.facts.public_key,
            environment=self.environment,
            trial=self.tsp is not None and self.tsp.trial,
        )


Check: TypeAlias = Callable[[RequestContext], Answers]


class RequestRules:
    """The rules of one subject, each declared beside its check and reported in that order."""

    def __init__(self) -> None:
        self.entries: list[tuple[Rule, Check]] = []

    def rule(
        self, code: str, severity: Severity, source: Source, certainty: Certainty = Certainty.STANDARD
    ) -> Callable[[Check], Check]:
        """Declare a rule; decorates its check."""

        def declare(check: Check) -> Check:
            self.entries.append((Rule(code, severity, source, certainty), check))
            return check

        return declare

    def profile_rule(
        self,
        code: str,
        severity: Severity,
        source: Source,
        certainty: Certainty,
        requirement: Requirement,
        *,
        judged: Callable[[RequestContext, Departure], bool] = lambda context, departure: True,
    ) -> None:
        """Declare a rule that holds the request to one requirement of its profile.

        Args:
            code: the rule.
            severity: what a violation weighs.
            source: where it stands, as far as the profile does not say better.
            certainty: how well that is founded.
            requirement: what the profile asks.
            judged: leaves out departures that are another rule's.
        """

        def check(context: RequestContext) -> Answers:
            found = departures(requirement, context.profile, context.particulars)
            return NOT_APPLICABLE if found is None else _violations(d for d in found if judged(context, d))

        self.rule(code, severity, source, certainty)(check)


def _violations(found: Iterable[Departure]) -> Iterator[Violated]:
    for each in found:
        operands = {name: str(operand) for name, operand in each.operands.items()}
        yield Violated((Evidence(each.path, each.value),), {"value": each.value, **operands}, each.basis)
