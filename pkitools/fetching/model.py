"""What is asked of the network and of the cache, and what comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from pkitools.errors import NetworkError


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


Clock = Callable[[], float]
"""Seconds that only ever grow, for durations: :func:`time.monotonic`."""
