"""What the judgement of one certificate found; also of one that was judged in another process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from pkitools.checking.question import Question
from pkitools.findings import Outcome, Report, Verdict
from pkitools.findings.considered import Remade
from pkitools.frozen import dataclass, field
from pkitools.oin import OIN
from pkitools.revocation import RevocationResult
from pkitools.trust import Hierarchy, Recognition
from pkitools.validation import VerifiedPath
from pkitools.x509 import CertificateFacts, read_certificate
from pkitools.x509.above import Above


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What :func:`~pkitools.checking.judgement.check` found.

    Args:
        report: every outcome of every room, and the verdict.
        facts: the certificate.
        oin: its OIN; ``None`` when it holds none, or more than one.
        path: the proof that a path leads to an anchor trusted here; ``None`` when there is none.
        hierarchy: the hierarchy that path ends in; ``None`` also for a root nobody lists.
        recognition: what the certificate's issuer seems to be, by name: advice, never proof.
        engine: the engine that judged the path.
        revocation: the status of each certificate of the path, with every attempt; of nothing without a path.
        ends_by: the first authority above it to end, where that is before it does: of the path, or else of what is at
            hand and signed what is below it. ``None`` where it lasts its own time.
    """

    report: Report
    facts: CertificateFacts
    oin: OIN | None
    path: VerifiedPath | None
    hierarchy: Hierarchy | None
    recognition: Recognition
    engine: str
    revocation: RevocationResult
    ends_by: Above | None = None
    _again: Callable[[], CheckResult] | None = field(default=None, init=False, repr=False, compare=False)
    _der: bytes = field(default=b"", init=False, repr=False, compare=False)
    _made: CheckResult | None = field(default=None, init=False, repr=False, compare=False)

    @classmethod
    def of(  # noqa: PLR0917 made in one place, of what came from another process
        cls,
        der: bytes,
        asked: Question,
        subject: str,
        told: Sequence[Outcome],
        looked: bool,
        again: Callable[[], CheckResult],
    ) -> CheckResult:
        """Return a result of which verdict and findings are here, and the rest is made when it is asked for.

        Args:
            der: the certificate.
            asked: what was asked of it.
            subject, told, looked: of the report.
            again: judges the certificate again, with the same answer.
        """
        result, put = object.__new__(cls), object.__setattr__
        considered = Remade(told, looked, lambda: result._whole().report.outcomes)
        report = Report.of(subject, considered, asked.moment, asked.environment, asked.named_systems)
        for name, value in (("report", report), ("_again", again), ("_der", der), ("_made", None)):
            put(result, name, value)
        return result

    if not TYPE_CHECKING:  # else it would give a type to every misspelt name

        def __getattr__(self, name: str) -> object:
            # asked only for what is not there yet
            if name not in _LATER or self._again is None:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            if name == "facts":
                object.__setattr__(self, name, read_certificate(self._der))
            else:
                object.__setattr__(self, name, getattr(self._whole(), name))
            return getattr(self, name)

    def _whole(self) -> CheckResult:
        assert self._again is not None
        if self._made is None:
            object.__setattr__(self, "_made", self._again())
        assert self._made is not None
        return self._made

    def __reduce__(self) -> tuple[object, ...]:
        return CheckResult, (self.report, *(getattr(self, name) for name in _LATER))

    @property
    def verdict(self) -> Verdict:
        """The verdict of the report."""
        return self.report.verdict

    @property
    def ends(self) -> datetime:
        """The last moment at which it works: its own end, or that of an authority above it where that is before."""
        return self.facts.not_after if self.ends_by is None else self.ends_by.not_after

    def __repr__(self) -> str:
        """One line: whose certificate, and the verdict with what is violated."""
        return f"<CheckResult of {self.facts.subject.text!r}: {self.report.summary}>"


_LATER: Final = ("facts", "oin", "path", "hierarchy", "recognition", "engine", "revocation", "ends_by")
"""What a result that was made elsewhere has when it is asked for, in the order of the fields."""
