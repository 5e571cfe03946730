"""What is told of all that was found together, as values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TypeAlias

from pkitools.arguments import choice, text
from pkitools.environment import Environment
from pkitools.findings import NotChecked, Outcome, Severity, Violated
from pkitools.findings.asking import NotApplicable
from pkitools.frozen import dataclass
from pkitools.systems import System


@dataclass(frozen=True, slots=True)
class CertificateUse:
    """For what the certificates at a place are.

    Args:
        environment: in which environment.
        system: for which system; ``None`` where that is not said.
        name: what says so: a connection by its name and line, or the name of a folder.
        is_stated: somebody stated it; else a folder is called so, and nobody said that it means anything.
    """

    environment: Environment
    system: System | None
    name: str
    is_stated: bool

    def __post_init__(self) -> None:
        object.__setattr__(self, "environment", choice(Environment, self.environment, "environment"))


Uses: TypeAlias = Callable[[str], Sequence[CertificateUse]]
"""For what the certificates at a place are, by the name of the place."""


@dataclass(frozen=True, slots=True)
class Risk:
    """One thing that is wrong, or is to be known, of several together.

    Args:
        outcome: the rule that is violated, with the operands of its message.
        certificates: thumbprints (SHA-256, hex) of those it is about; none where it is about keys alone.
        places: the files and peers it is about, each once.
    """

    outcome: Outcome
    certificates: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    @property
    def severity(self) -> Severity:
        """What it weighs."""
        return self.outcome.rule.severity


@dataclass(frozen=True, slots=True)
class Hanging:
    """What hangs on the authorities of one name, mostly one: an overview, not a finding.

    Certificates say by name who issued them, and one name may be of several certificates of an authority.

    Args:
        name: of the authority: its common name, or all of its name where that is not known.
        issuer: its name as it stands in the certificates, one line, not made safe for a terminal.
        hierarchy: the name of the hierarchy; ``None`` where it is none we know.
        generation: such as ``G4``; empty where that is not known.
        ends: when the first of it and of those above it ends, aware UTC; ``None`` where that is not known.
        count: how many certificates hang on it that have not ended.
        services: what these are called, with the organisation: the ten that end first.
        more_services: how many more there are.
        organizations: how many OINs stand in them.
        first_end: when the first of them ends.
        last_end: when that is which ``ends`` says of the first, of the last certificate of that name and its way up.
        authorities: how many certificates of that name stand above them, as far as that is known.
    """

    name: str
    issuer: str
    hierarchy: str | None
    generation: str
    ends: datetime | None
    count: int
    services: tuple[str, ...]
    more_services: int
    organizations: int
    first_end: datetime
    last_end: datetime | None = None
    authorities: int = 1


@dataclass(frozen=True, slots=True)
class Risks:
    """What is told of all that was found together.

    Args:
        found: what is wrong or to be known, worst first.
        outcomes: of every rule what became of it: of one that is violated each violation.
        hanging: what hangs on each authority, most first.
        more_authorities: how many authorities there are besides those.
    """

    found: tuple[Risk, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    hanging: tuple[Hanging, ...] = ()
    more_authorities: int = 0

    @property
    def worst(self) -> Severity | None:
        """The severity of the worst; ``None`` where nothing was found."""
        return max((one.severity for one in self.found), default=None)

    def of(self, sha256: str) -> tuple[Risk, ...]:
        """Return what a certificate takes part in, by its thumbprint (SHA-256, hex)."""
        sha256 = text(sha256, "sha256")
        return tuple(one for one in self.found if sha256 in one.certificates)


@dataclass(frozen=True, slots=True)
class Hit:
    """A violation, and what it is about."""

    violated: Violated
    certificates: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


Told: TypeAlias = Iterable[Hit] | NotApplicable | NotChecked
"""What a check says of a set: what it hit upon, or why it says nothing."""
