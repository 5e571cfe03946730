"""Get the bytes of a source: from the cache, from the network, or not at all, and say which."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Final

from pkitools.errors import InputError, LimitError
from pkitools.fetching.model import Cache, CacheEntry, Clock, Fetched, Fetcher, FetchError, FetchFault, FetchRequest
from pkitools.frozen import dataclass, field
from pkitools.messages import Detail
from pkitools.revocation.codes import AttemptCode, AttemptStep, MaybeCode, Note, code_of_fault
from pkitools.revocation.model import Origin, RevocationOptions, SourceKind

CONTENT_TYPES: Final = {SourceKind.CRL: "application/pkix-crl", SourceKind.OCSP: "application/ocsp-response"}
_ALSO_RIGHT: Final = frozenset({"application/x-pkcs7-crl", "application/x-x509-crl"})
_REQUEST_TYPE: Final = "application/ocsp-request"
_REFUSALS: Final = frozenset({FetchFault.URL, FetchFault.REDIRECT, FetchFault.ADDRESS})


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What came of getting one document from one place.

    Args:
        origin: cache, network, or none when nothing was asked.
        body: the document; ``None`` when there is none.
        code, detail: why there is none.
        notes: what was odd.
        seconds: wall clock.
        passed: steps that went well.
        stored_at: of a kept document.
    """

    origin: Origin
    body: bytes | None = field(default=None, repr=False)
    code: MaybeCode = ""
    detail: str = ""
    notes: tuple[Note, ...] = ()
    seconds: float = 0.0
    passed: tuple[AttemptStep, ...] = ()
    stored_at: datetime | None = None

    @property
    def via_proxy(self) -> bool:
        """A proxy stood between."""
        return Note.VIA_PROXY in self.notes


def handed_in(data: bytes) -> Retrieval:
    """Return what came of getting a document that was handed in."""
    return Retrieval(Origin.SUPPLIED, data)


class DocumentSources:
    """The cache and the network for one validation: no URL is asked twice, and all fetches share one total time."""

    def __init__(
        self,
        fetcher: Fetcher | None,
        cache: Cache | None,
        options: RevocationOptions,
        moment: datetime,
        clock: Clock = time.monotonic,
    ) -> None:
        self._fetcher, self._cache, self._options, self._moment = fetcher, cache, options, moment
        self._clock = clock
        self._started = clock()
        self._asked: dict[tuple[str, bytes | None], Retrieval] = {}

    @property
    def online(self) -> bool:
        """Whether there is a network to ask."""
        return self._fetcher is not None

    def kept(self, key: str, issuer_key: bytes) -> Retrieval | None:
        """Return what the cache holds, or ``None``."""
        entry = self._cache.load(key, issuer_key) if self._cache else None
        if entry is None:
            return None
        return Retrieval(Origin.CACHE, entry.body, stored_at=entry.stored_at)

    def is_recent(self, kept: Retrieval) -> bool:
        """Whether a kept document need not be fetched again yet: one that was kept at a later moment is not recent."""
        if kept.stored_at is None:
            return False
        return timedelta(0) <= self._moment - kept.stored_at < self._options.refresh_after

    def keep(self, key: str, issuer_key: bytes, body: bytes) -> None:
        """Put a document that proved usable into the cache."""
        if self._cache is not None:
            self._cache.store(key, issuer_key, CacheEntry(body, self._moment))

    def cache_notes(self) -> tuple[str, ...]:
        """Return what the cache had to ignore since the last call."""
        return self._cache.take_notes() if self._cache else ()

    def fetch(self, kind: SourceKind, url: str, body: bytes | None = None) -> Retrieval:
        """Ask the network."""
        known = self._asked.get((url, body))
        if known is None:
            known = self._asked[(url, body)] = self._fetch(kind, url, body)
        return known

    def _fetch(self, kind: SourceKind, url: str, body: bytes | None) -> Retrieval:
        if self._fetcher is None:
            return Retrieval(Origin.NONE, code=AttemptCode.OFFLINE)
        started = self._clock()
        left = self._options.total_seconds - (started - self._started)
        if left <= 0:
            return Retrieval(Origin.NONE, code=AttemptCode.TIMEOUT, detail=Detail("revocation.detail.time_used_up"))
        crl = kind is SourceKind.CRL
        request = FetchRequest(
            url=url,
            limit=self._options.crl_limit if crl else self._options.ocsp_limit,
            body=body,
            content_type=_REQUEST_TYPE if body is not None else "",
            accept=CONTENT_TYPES[kind],
            seconds=left,
        )
        try:
            fetched = self._fetcher.fetch(request)
        except FetchError as error:
            refused = error.fault in _REFUSALS
            seconds = self._clock() - started
            origin = Origin.NONE if refused else Origin.NETWORK
            steps = () if refused else (AttemptStep.ALLOWED,)
            return Retrieval(origin, None, code_of_fault(error.fault), error.detail, (), seconds, steps)
        notes = _notes(fetched, kind)
        passed = (AttemptStep.ALLOWED, AttemptStep.FETCHED)
        return Retrieval(Origin.NETWORK, fetched.body, "", "", notes, self._clock() - started, passed)


def _notes(fetched: Fetched, kind: SourceKind) -> tuple[Note, ...]:
    notes = []
    if fetched.content_type != CONTENT_TYPES[kind] and not (
        kind is SourceKind.CRL and fetched.content_type in _ALSO_RIGHT
    ):
        notes.append(Note.CONTENT_TYPE)
    if fetched.via_proxy:
        notes.append(Note.VIA_PROXY)
    return tuple(notes)


def code_of_error(error: InputError, *, via_proxy: bool = False) -> AttemptCode:
    """Return the code of an attempt whose bytes could not be read."""
    if isinstance(error, LimitError):
        return AttemptCode.TOO_LARGE
    if error.code.endswith("_truncated"):
        return AttemptCode.TRUNCATED
    if error.code.endswith("_not_der"):
        return AttemptCode.PROXY_PAGE if via_proxy else AttemptCode.NOT_DER
    return AttemptCode.MALFORMED
