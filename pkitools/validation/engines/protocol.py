"""What every engine is asked and what it answers."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from pkitools.frozen import dataclass
from pkitools.validation.policy import PolicyInput
from pkitools.x509.path_certificate import PathCertificate


@dataclass(frozen=True, slots=True)
class EngineRequest:
    """One path to judge: end entity first, trust anchor last; no engine ever searches for another.

    Args:
        path: one certificate or more.
        moment: aware UTC, whole seconds count.
        policies: inputs to policy processing.
    """

    path: tuple[PathCertificate, ...]
    moment: datetime
    policies: PolicyInput


@dataclass(frozen=True, slots=True)
class EngineResult:
    """What an engine said.

    Args:
        engine: its name.
        accepted: whether it accepts the path. Whatever it could not process is not accepted.
        reason: its own words when it does not; evidence, never a basis for decisions.
        policies: the policies of the user's domain the path is valid for; ``None`` where the engine knows none.
    """

    engine: str
    accepted: bool
    reason: str = ""
    policies: frozenset[str] | None = None


class PathEngine(Protocol):
    """An engine."""

    @property
    def name(self) -> str:
        """Name for the report."""

    def verify(self, request: EngineRequest) -> EngineResult:
        """Judge one path. Never raises for what a certificate holds."""
