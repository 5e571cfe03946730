"""What is asked about revocation and what comes back.

A status is never stored as "valid": ``GOOD`` only when a list or response that covers the certificate at the moment,
signed by who may sign it, says so. Everything else is ``UNKNOWN`` with the code of what went wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from pkitools.errors import NetworkError
from pkitools.findings import CertificateRef, Outcome


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
        code: why it is unknown or was not checked: ``stale``, ``timeout``, ``http-404``, ``offline`` …
        reason: name of the CRLReason of a revoked certificate; ``None`` where none was given.
        revoked_at: since when, aware UTC.
    """

    kind: StatusKind
    code: str = ""
    reason: str | None = None
    revoked_at: datetime | None = None

    @property
    def is_good(self) -> bool:
        """Known not to be revoked."""
        return self.kind is StatusKind.GOOD


GOOD: Final = RevocationStatus(StatusKind.GOOD)


def unknown(code: str) -> RevocationStatus:
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
        notes: codes of what was odd and accepted: ``content-type``, ``pem``, ``nonce-absent``, ``replayed`` …
        produced: thisUpdate of what came.
        expires: its nextUpdate.
        passed: codes of the steps it came through before the one that failed.
    """

    certificate: CertificateRef
    source: SourceKind
    origin: Origin
    url: str
    code: str
    status: RevocationStatus
    seconds: float = 0.0
    detail: str = ""
    notes: tuple[str, ...] = ()
    produced: datetime | None = None
    expires: datetime | None = None
    passed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CertificateRevocation:
    """One certificate of the path, its status, and every attempt made for it."""

    certificate: CertificateRef
    status: RevocationStatus
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True)
class RevocationResult:
    """What :func:`~pkitools.validation.revocation.check_revocation` found.

    Args:
        certificates: one per certificate of the path except the trust anchor, end entity first.
        outcomes: for the report.
        policy: what was asked.
    """

    certificates: tuple[CertificateRevocation, ...]
    outcomes: tuple[Outcome, ...]
    policy: RevocationPolicy

    @property
    def statuses(self) -> tuple[RevocationStatus, ...]:
        """The statuses, end entity first."""
        return tuple(certificate.status for certificate in self.certificates)

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """All attempts, in the order made."""
        return tuple(attempt for certificate in self.certificates for attempt in certificate.attempts)


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """One document wanted from the network.

    Args:
        url: as a certificate names it.
        limit: most bytes of body.
        body: what to POST; ``None`` is a GET.
        content_type: of ``body``.
        accept: media type asked for.
        seconds: longest time for everything, redirects included; ``None`` leaves it to the fetcher.
    """

    url: str
    limit: int
    body: bytes | None = None
    content_type: str = ""
    accept: str = "*/*"
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came.

    Args:
        body: the document, not encoded in any way.
        content_type: as the server called it, lower case, without parameters.
        url: where it was in the end.
        via_proxy: a proxy stood between, so that addresses could not be tested.
    """

    body: bytes = field(repr=False)
    content_type: str
    url: str
    via_proxy: bool = False


class FetchError(NetworkError):
    """Nothing usable came.

    Args:
        fault: its code: ``connect``, ``dns``, ``timeout``, ``http-404``, ``truncated``, ``too-large``, ``encoding``,
            ``http-protocol``, ``redirect``, ``url``, ``address``, ``tls``, ``proxy-connect``, ``proxy-auth``.
        url: what was asked for.
        detail: the particulars.
    """

    def __init__(self, fault: str, url: str, detail: str = "") -> None:
        super().__init__("revocation.error.fetch", fault=fault, url=url, detail=detail)
        self.fault = fault
        self.url = url
        self.detail = detail


class Fetcher(Protocol):
    """The means to use the network: handed in, or the library stays offline."""

    def fetch(self, request: FetchRequest) -> Fetched:
        """Return the document, or raise :class:`FetchError` and nothing else, in bounded time."""


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """A document kept from an earlier run: never believed, only used again.

    Args:
        body: as it came.
        stored_at: the moment of the validation that fetched it, aware UTC.
    """

    body: bytes = field(repr=False)
    stored_at: datetime


class Cache(Protocol):
    """A place for documents between runs."""

    def load(self, url: str, issuer_key: bytes) -> CacheEntry | None:
        """Return what is kept for this URL and issuer key (DER SubjectPublicKeyInfo)."""

    def store(self, url: str, issuer_key: bytes, entry: CacheEntry) -> None:
        """Keep a document. Failing to is no error."""

    def take_notes(self) -> tuple[str, ...]:
        """Return, and forget, what was ignored since the last call, one line each."""


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
    end_entity_sources: tuple[SourceKind, ...] = (SourceKind.OCSP, SourceKind.CRL)
    authority_sources: tuple[SourceKind, ...] = (SourceKind.CRL, SourceKind.OCSP)
    nonce: bool = True
    require_nonce: bool = False
    total_seconds: float = 60.0
    crl_limit: int = 32 * 1024 * 1024
    ocsp_limit: int = 64 * 1024
    moment_is_now: bool = False


class Budget:
    """Counts signature checks over one validation; beyond the bound nothing more is checked."""

    def __init__(self, checks: int) -> None:
        self.left = checks

    def spend(self) -> bool:
        """Take one check; ``False`` when there is none left."""
        self.left -= 1
        return self.left >= 0


Clock = Callable[[], float]
"""Seconds that only ever grow, for durations: :func:`time.monotonic`."""
