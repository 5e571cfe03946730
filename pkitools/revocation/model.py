"""What is asked about revocation and what comes back.

A status is never stored as "valid": ``GOOD`` only when a list or response that covers the certificate at the moment,
signed by who may sign it, says so. Everything else is ``UNKNOWN`` with the code of what went wrong.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from pkitools.arguments import choice, several
from pkitools.findings import CertificateRef, Outcome
from pkitools.findings.considered import Block
from pkitools.frozen import dataclass, field
from pkitools.messages import NOTHING
from pkitools.revocation.codes import AttemptStep, Code, CrlFault, MaybeCode, Note


class RevocationPolicy(StrEnum):
    """What an unknown status means.

    ``REQUIRE``: not valid. ``PREFER``: valid with a warning. ``OFF``: nothing is looked at, and the report says so.
    A certificate known to be revoked is not valid under either of the first two.
    """

    REQUIRE = "require"
    PREFER = "prefer"
    OFF = "off"


class StatusKind(StrEnum):
    """The four answers for one certificate."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True)
class RevocationStatus:
    """The answer for one certificate.

    Args:
        kind: good, revoked, unknown or not checked.
        code: why it is unknown or was not checked: ``stale``, ``timeout``, ``http-404``, ``offline`` …; else empty.
        reason: name of the CRLReason of a revoked certificate; ``None`` where none was given.
        revoked_at: since when, aware UTC.
    """

    kind: StatusKind
    code: MaybeCode = ""
    reason: str | None = None
    revoked_at: datetime | None = None

    @property
    def is_good(self) -> bool:
        """Known not to be revoked."""
        return self.kind is StatusKind.GOOD


HOLD: Final = "certificateHold"
"""The reason of a revocation that may end."""

LASTING: Final = "lasting"
"""The operand of what is told of a revocation that is empty of a hold, which has texts of its own: it can be lifted."""


def is_on_hold(outcome: Outcome) -> bool:
    """Return whether something is told to be revoked for a time: who set the hold can lift it."""
    return outcome.params.get(LASTING) == NOTHING


REMOVED: Final = "removeFromCRL"
"""The reason by which a delta lifts a hold."""

GOOD: Final = RevocationStatus(StatusKind.GOOD)


def unknown(code: Code) -> RevocationStatus:
    """Return the status UNKNOWN with its reason."""
    return RevocationStatus(StatusKind.UNKNOWN, code)


class SourceKind(StrEnum):
    """The two kinds of source."""

    CRL = "crl"
    OCSP = "ocsp"


class Origin(StrEnum):
    """Where the bytes came from."""

    SUPPLIED = "supplied"
    CACHE = "cache"
    NETWORK = "network"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One look at one source for one certificate.

    Args:
        certificate: which certificate it was for.
        source: CRL or OCSP.
        origin: handed in, from the cache, from the network; ``NONE`` when nothing was asked (offline, refused URL).
        url: as the certificate has it; empty for what was handed in.
        code: empty when the source was usable, else what was wrong with it.
        status: what it says of the certificate; UNKNOWN where it says nothing.
        seconds: wall clock.
        detail: the particulars, for people; not made safe.
        notes: what was odd and accepted.
        produced: thisUpdate of what came.
        expires: its nextUpdate.
        passed: the steps it came through before the one that failed.
        named: it could not be used, and has an entry of the certificate all the same.
        maker: of a list that the issuer of the certificate cannot have made, DER of the name of who did.
        fault: why the issuer cannot have made it; empty of any other.
        given: what it is called, of what was handed in and cannot be used.
    """

    certificate: CertificateRef
    source: SourceKind
    origin: Origin
    url: str
    code: MaybeCode
    status: RevocationStatus
    seconds: float = 0.0
    detail: str = ""
    notes: tuple[Note, ...] = ()
    produced: datetime | None = None
    expires: datetime | None = None
    passed: tuple[AttemptStep, ...] = ()
    named: bool = False
    maker: bytes = field(default=b"", repr=False)
    fault: CrlFault | None = None
    given: str = ""


@dataclass(frozen=True, slots=True)
class CertificateRevocation:
    """One certificate of the path, its status, and every attempt made for it."""

    certificate: CertificateRef
    status: RevocationStatus
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True)
class RevocationResult:
    """What :func:`~pkitools.revocation.check_revocation` found.

    Args:
        certificates: one per certificate of the path except the trust anchor, end entity first.
        outcomes: for the report; where nothing is wrong they are only made when they are asked for.
        policy: what was asked.
    """

    certificates: tuple[CertificateRevocation, ...]
    outcomes: tuple[Outcome, ...]
    policy: RevocationPolicy
    _block: Block | None = field(default=None, init=False, repr=False, compare=False)

    @classmethod
    def of(
        cls, certificates: tuple[CertificateRevocation, ...], policy: RevocationPolicy, block: Block
    ) -> RevocationResult:
        """Return a result whose outcomes are made when they are asked for."""
        result, put = object.__new__(cls), object.__setattr__
        for name, value in (("certificates", certificates), ("policy", policy), ("_block", block)):
            put(result, name, value)
        return result

    if not TYPE_CHECKING:  # else it would give a type to every misspelt name

        def __getattr__(self, name: str) -> object:
            # asked only for what is not there yet
            if name != "outcomes" or self._block is None:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            object.__setattr__(self, "outcomes", tuple(self._block.outcomes))
            return self.outcomes

    def __reduce__(self) -> tuple[object, ...]:
        if self._block is None:
            return RevocationResult, (self.certificates, self.outcomes, self.policy)
        return RevocationResult.of, (self.certificates, self.policy, self._block)

    @property
    def block(self) -> Block:
        """The outcomes as a group."""
        return Block.of(self.outcomes) if self._block is None else self._block

    def __repr__(self) -> str:
        return f"<RevocationResult {', '.join(str(s.kind) for s in self.statuses) or 'of nothing'}>"

    @property
    def statuses(self) -> tuple[RevocationStatus, ...]:
        """The statuses, end entity first."""
        return tuple(certificate.status for certificate in self.certificates)

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """All attempts, in the order made."""
        return tuple(attempt for certificate in self.certificates for attempt in certificate.attempts)


@dataclass(frozen=True, slots=True)
class RevocationOptions:
    """How sources are asked and judged.

    Args:
        skew: how far thisUpdate may lie ahead and nextUpdate behind.
        max_age: how old a list or response without nextUpdate may be; ``None`` accepts none.
        refresh_after: a kept document older than this is fetched again, where there is a fetcher. Logius advises four
            hours.
        end_entity_sources, authority_sources: order in which the network is asked. CRL first for authorities: those of
            G4 have no OCSP.
        nonce: send a nonce with OCSP requests.
        require_nonce: a response without our nonce proves nothing; rules out handed-in and kept responses.
        total_seconds: for all fetches of one validation together.
        crl_limit, ocsp_limit: most bytes fetched.
        moment_is_now: the moment comes from the system clock; one that cannot be right is then refused.
    """

    skew: timedelta = timedelta(minutes=5)
    max_age: timedelta | None = None
    refresh_after: timedelta = timedelta(hours=4)
    end_entity_sources: tuple[SourceKind | str, ...] = (SourceKind.OCSP, SourceKind.CRL)
    authority_sources: tuple[SourceKind | str, ...] = (SourceKind.CRL, SourceKind.OCSP)
    nonce: bool = True
    require_nonce: bool = False
    total_seconds: float = 60.0
    crl_limit: int = 32 * 1024 * 1024
    ocsp_limit: int = 64 * 1024
    moment_is_now: bool = False

    def __post_init__(self) -> None:
        for name in ("end_entity_sources", "authority_sources"):
            given = several(getattr(self, name), (str, SourceKind), name)
            object.__setattr__(self, name, tuple(choice(SourceKind, kind, name) for kind in given))


class SignatureBudget:
    """Counts signature checks over one validation; beyond the bound nothing more is checked."""

    def __init__(self, checks: int) -> None:
        self.left = checks
        self._done: set[tuple[int, bytes]] = set()

    def is_new(self, check: tuple[int, bytes]) -> bool:
        """Whether this check, of an object by its identity with a key, was not asked before; from now on it was."""
        known = check in self._done
        self._done.add(check)
        return not known

    def spend(self) -> bool:
        """Take one check; ``False`` when there is none left."""
        self.left -= 1
        return self.left >= 0
