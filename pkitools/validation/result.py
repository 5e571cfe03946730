"""What path validation answers: a proof, or a report of why there is none."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property, lru_cache
from typing import Final

from cryptography import x509

from pkitools.errors import PkitoolsError
from pkitools.findings import (
    MET,
    NOT_APPLICABLE,
    CertificateRef,
    NotChecked,
    Outcome,
    Report,
    Rule,
    Violated,
    outcome,
)
from pkitools.findings.considered import Block
from pkitools.frozen import dataclass, field
from pkitools.validation import rules
from pkitools.validation.checks import Refusal, violates
from pkitools.x509.path_certificate import PathCertificate

_MADE_HERE: Final = object()
_ALWAYS: Final = frozenset({rules.SERIAL_NUMBER.code, rules.UNREADABLE.code})  # no path is needed to look at these
_NO_PATH: Final = NotChecked("no_path")
# a report has these thirty times and more, and they do not differ: made once, by the one way there is
_MET_OUTCOMES: Final = {rule.code: outcome(rule, MET) for rule in rules.RULES}
_UNASKED_OUTCOMES: Final = {rule.code: outcome(rule, NOT_APPLICABLE) for rule in rules.RULES}


class VerifiedPath:
    """A path that was verified. Holding one is the proof: only :func:`verified` makes it, and only after success.

    The end entity comes first, the trust anchor last.
    """

    __slots__ = ("_certificates", "engine", "moment", "policies", "purpose")
    _certificates: tuple[PathCertificate, ...]
    moment: datetime
    engine: str
    purpose: str | None
    policies: frozenset[str] | None

    def __init__(
        self,
        certificates: tuple[PathCertificate, ...],
        moment: datetime,
        engine: str,
        *,
        purpose: str | None = None,
        policies: frozenset[str] | None = None,
        made_by: object = None,
    ) -> None:
        if made_by is not _MADE_HERE:
            raise TypeError("a VerifiedPath is the result of verify_path, it cannot be made by hand")
        set_field = object.__setattr__
        set_field(self, "_certificates", certificates)
        set_field(self, "moment", moment)
        set_field(self, "engine", engine)
        set_field(self, "purpose", purpose)
        set_field(self, "policies", policies)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a VerifiedPath does not change")

    def __reduce__(self) -> tuple[object, ...]:
        # to another process, that trusts what it unpickles: such data can run any code, and so make any proof
        return _again, (self._certificates, self.moment, self.engine, self.purpose, self.policies)

    def __deepcopy__(self, memo: dict[int, object]) -> VerifiedPath:
        return self  # nothing in it changes

    def __len__(self) -> int:
        return len(self._certificates)

    def __repr__(self) -> str:
        return f"<VerifiedPath of {len(self)} to {self._certificates[-1].sha256[:16]} at {self.moment.isoformat()}>"

    @property
    def certificates(self) -> tuple[bytes, ...]:
        """DER of every certificate."""
        return tuple(c.der for c in self._certificates)

    @property
    def as_loaded(self) -> tuple[PathCertificate, ...]:
        """Every certificate as path validation read it."""
        return self._certificates

    @property
    def native(self) -> tuple[x509.Certificate, ...]:
        """The certificates as ``cryptography`` objects."""
        return tuple(c.native for c in self._certificates)

    @property
    def end_entity(self) -> bytes:
        """DER of the end entity."""
        return self._certificates[0].der

    @property
    def intermediates(self) -> tuple[bytes, ...]:
        """DER of the certificates between, from the end entity up."""
        return tuple(c.der for c in self._certificates[1:-1])

    @property
    def trust_anchor(self) -> bytes:
        """DER of the trust anchor."""
        return self._certificates[-1].der


def verified(
    certificates: tuple[PathCertificate, ...],
    moment: datetime,
    engine: str,
    *,
    purpose: str | None,
    policies: frozenset[str] | None,
) -> VerifiedPath:
    """Make the proof. For :mod:`pkitools.validation.path`, after an engine and our own checks accepted the path."""
    return VerifiedPath(certificates, moment, engine, purpose=purpose, policies=policies, made_by=_MADE_HERE)


def _again(
    certificates: tuple[PathCertificate, ...],
    moment: datetime,
    engine: str,
    purpose: str | None,
    policies: frozenset[str] | None,
) -> VerifiedPath:
    return VerifiedPath(certificates, moment, engine, purpose=purpose, policies=policies, made_by=_MADE_HERE)


def role(index: int, length: int) -> str:
    """Return the role of the certificate at ``index`` in a path of ``length``: 0 is the end entity."""
    if index == 0:
        return "end_entity"
    return "trust_anchor" if index == length - 1 else "intermediate"


@dataclass(frozen=True, slots=True)
class PathAttempt:
    """One path tried: what keeps it from being accepted, and what was asked of it.

    Args:
        path: end entity first. It need not reach an anchor (``complete``).
        refusals: what rules answered that keep it from being accepted; empty when it is.
        engine: who judged it; empty when no engine was asked.
        asked: rules looked at: met, unless they are among the refusals.
        policies: what the engine says the path is valid for.
    """

    path: tuple[PathCertificate, ...]
    refusals: tuple[Refusal, ...]
    complete: bool
    engine: str = ""
    asked: tuple[Rule, ...] = ()
    policies: frozenset[str] | None = None

    @property
    def accepted(self) -> bool:
        """Complete, judged by an engine, and nothing against it."""
        return self.complete and bool(self.engine) and not self.refusals


@dataclass(frozen=True)
class PathResult:
    """What :func:`pkitools.validation.validate_path` found.

    Args:
        path: the proof, or ``None``.
        attempt: the path the report is about.
        moment: the validation time.
        candidates: how many complete paths were tried.
        not_applicable: rules nobody asked for (a host name, ``strict``).
        unreadable: certificates among those offered that could not be read; no verdict depends on them.
    """

    path: VerifiedPath | None
    attempt: PathAttempt
    moment: datetime
    candidates: int
    not_applicable: tuple[Rule, ...] = field(default=(), repr=False)
    unreadable: int = 0

    def __repr__(self) -> str:
        return f"<PathResult {self.report.summary}>"

    @property
    def engine(self) -> str:
        """The engine that judged the path of the report; empty when none was asked."""
        return self.attempt.engine

    @cached_property
    def report(self) -> Report:
        """One outcome, or one per certificate that violates it, for every rule considered."""
        outcomes: list[Outcome] = []
        for rule in rules.RULES:
            refusals = [refusal for refusal in self.attempt.refusals if refusal.rule.code == rule.code]
            outcomes.extend([outcome(rule, each.answer, self._ref(each.index)) for each in refusals])
            if not refusals:
                outcomes.append(self._unrefused(rule))
        return Report(self.attempt.path[0].sha256, tuple(outcomes), self.moment)

    @cached_property
    def _not_asked(self) -> frozenset[str]:
        return frozenset(rule.code for rule in self.not_applicable)  # comparing rules costs more than comparing codes

    @cached_property
    def _asked(self) -> frozenset[str]:
        return frozenset(rule.code for rule in self.attempt.asked)

    def _ref(self, index: int | None) -> CertificateRef | None:
        if index is None:
            return None
        path = self.attempt.path
        # an incomplete path has no anchor: its last certificate is an intermediate, or the end entity itself
        length = len(path) if self.attempt.complete else len(path) + 1
        return CertificateRef(path[index].sha256, role(index, length))

    def _unrefused(self, rule: Rule) -> Outcome:
        if rule is rules.UNREADABLE and self.unreadable:
            return outcome(rule, Violated(params={"count": str(self.unreadable)}))
        if rule is rules.SERIAL_NUMBER and (odd := self._odd_serial_number()) is not None:
            return outcome(rule, odd.answer, self._ref(odd.index))
        if rule.code in self._not_asked:
            return _UNASKED_OUTCOMES[rule.code]
        if self.path is not None or rule.code in _ALWAYS or rule.code in self._asked:
            return _MET_OUTCOMES[rule.code]
        if rule is rules.ENGINE and self.engine:
            return _MET_OUTCOMES[rule.code]
        return outcome(rule, _NO_PATH)

    def _odd_serial_number(self) -> Refusal | None:
        """What is told of such a number; it alone keeps no path from being accepted."""
        for index, certificate in enumerate(self.attempt.path):
            anchor = self.attempt.complete and index == len(self.attempt.path) - 1
            if not anchor and certificate.has_odd_serial_number:
                params = {"name": certificate.subject_text, "serial_number": str(certificate.serial_number)}
                return violates(rules.SERIAL_NUMBER, index, **params)
        return None


def block_of_path(result: PathResult) -> Block:
    """Return the outcomes of a result as a group: of an accepted path of which nothing is told they are made once."""
    if result.path is None or result.unreadable or any(c.has_odd_serial_number for c in result.attempt.path):
        return Block.of(result.report.outcomes)
    return _accepted(tuple([rule.code for rule in result.not_applicable]))


@lru_cache(maxsize=32)
def _accepted(unasked: tuple[str, ...]) -> Block:
    return Block((), _Accepted(unasked), looked=True)


class _Accepted:
    """The outcomes of an accepted path, of which certificates play no part."""

    __slots__ = ("_unasked",)

    def __init__(self, unasked: tuple[str, ...]) -> None:
        self._unasked = unasked

    def __call__(self) -> list[Outcome]:
        unasked = self._unasked
        return [(_UNASKED_OUTCOMES if rule.code in unasked else _MET_OUTCOMES)[rule.code] for rule in rules.RULES]

    def __reduce__(self) -> tuple[object, ...]:
        return _Accepted, (self._unasked,)


class PathNotVerifiedError(PkitoolsError):
    """The path was refused. ``result`` holds the report."""

    def __init__(self, result: PathResult) -> None:
        from pkitools.messages import outcome_message

        reasons = [outcome_message(outcome, "en").title for outcome in result.report.findings[:3]]
        super().__init__("validation.error.not_verified", reasons="; ".join(reasons))
        self.result = result

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.result,)
