"""Get the bytes of a source: from the cache, from the network, or not at all, and say which."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from pkitools.errors import InputError, LimitError
from pkitools.fetching.model import Cache, CacheEntry, Clock, Fetched, Fetcher, FetchError, FetchRequest
from pkitools.revocation.model import Origin, RevocationOptions, SourceKind

CONTENT_TYPES: Final = {SourceKind.CRL: "application/pkix-crl", SourceKind.OCSP: "application/ocsp-response"}
_ALSO_RIGHT: Final = frozenset({"application/x-pkcs7-crl", "application/x-x509-crl"})
_REQUEST_TYPE: Final = "application/ocsp-request"
_REFUSALS: Final = frozenset({"url", "redirect", "address"})


@dataclass(frozen=True, slots=True)
class Obtained:
    """What was obtained from one place.

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
    code: str = ""
    detail: str = ""
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    passed: tuple[str, ...] = ()
    stored_at: datetime | None = None

    @property
    def via_proxy(self) -> bool:
        """A proxy stood between."""
        return "via-proxy" in self.notes


class Sources:
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
        self._asked: dict[tuple[str, bytes | None], Obtained] = {}

    @property
    def online(self) -> bool:
        """Whether there is a network to ask."""
        return self._fetcher is not None

    def kept(self, key: str, issuer_key: bytes) -> Obtained | None:
        """Return what the cache holds, or ``None``."""
        entry = self._cache.load(key, issuer_key) if self._cache else None
        if entry is None:
            return None
        return Obtained(Origin.CACHE, entry.body, stored_at=entry.stored_at)

    def is_recent(self, kept: Obtained) -> bool:
        """Whether a kept document need not be fetched again yet."""
        return kept.stored_at is not None and self._moment - kept.stored_at < self._options.refresh_after

    def keep(self, key: str, issuer_key: bytes, body: bytes) -> None:
        """Put a document that proved usable into the cache."""
        if self._cache is not None:
            self._cache.store(key, issuer_key, CacheEntry(body, self._moment))

    def cache_notes(self) -> tuple[str, ...]:
        """Return what the cache had to ignore since the last call."""
        return self._cache.take_notes() if self._cache else ()

    def fetch(self, kind: SourceKind, url: str, body: bytes | None = None) -> Obtained:
        """Ask the network."""
        known = self._asked.get((url, body))
        if known is None:
            known = self._asked[(url, body)] = self._fetch(kind, url, body)
        return known

    def _fetch(self, kind: SourceKind, url: str, body: bytes | None) -> Obtained:
        if self._fetcher is None:
            return Obtained(Origin.NONE, code="offline")
        started = self._clock()
        left = self._options.total_seconds - (started - self._started)
        if left <= 0:
            return Obtained(Origin.NONE, code="timeout", detail="the total time is used up")
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
            return Obtained(origin, None, error.fault, error.detail, (), seconds, () if refused else ("allowed",))
        notes = _notes(fetched, kind)
        return Obtained(Origin.NETWORK, fetched.body, "", "", notes, self._clock() - started, ("allowed", "fetched"))


def _notes(fetched: Fetched, kind: SourceKind) -> tuple[str, ...]:
    notes = []
    if fetched.content_type != CONTENT_TYPES[kind] and not (
        kind is SourceKind.CRL and fetched.content_type in _ALSO_RIGHT
    ):
        notes.append("content-type")
    if fetched.via_proxy:
        notes.append("via-proxy")
    return tuple(notes)


def code_of(error: InputError, *, via_proxy: bool = False) -> str:
    """Return the code of an attempt whose bytes could not be read."""
    if isinstance(error, LimitError):
        return "too-large"
    if error.code.endswith("_truncated"):
        return "truncated"
    if error.code.endswith("_not_der"):
        return "proxy-page" if via_proxy else "not-der"
    return "malformed"
