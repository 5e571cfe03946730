"""Fetch the authorities of the catalogue from where PKIoverheid publishes them, and keep only what is what we know.

A certificate is kept when its SHA-256 is that of the catalogue, and for no other reason: what comes over plain HTTP
proves nothing by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from hashlib import sha256
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

from pkitools.errors import PkitoolsError
from pkitools.fetching import Clock, Fetcher, FetchError, FetchRequest, HttpStatus
from pkitools.frozen import dataclass, field
from pkitools.trust import CatalogueEntry, catalogue

PUBLISHER: Final = "cert.pkioverheid.nl"

_MAX_BYTES: Final = 100 * 1024
_MOST_FAILURES: Final = 3  # in a row: then the publisher is not to be reached, and the rest is not asked
_ACCEPT: Final = "application/pkix-cert, application/pkcs7-mime"


class Published(StrEnum):
    """What came of asking for one authority."""

    SAME = "same"
    """Its fingerprint is the one that is known."""
    OTHER = "other"
    """A certificate with another fingerprint."""
    NO_CERTIFICATE = "no_certificate"
    NOT_FETCHED = "not_fetched"
    NOT_ASKED = "not_asked"
    """There is no network, others at the same address failed first, or the time was over."""


@dataclass(frozen=True, slots=True)
class PublishedAuthority:
    """One authority, as its publisher has it.

    Args:
        entry: the authority.
        url: where it was asked.
        state: what came of it.
        der: the certificate, when it is the one that is known.
        detail: why not: a fault of :mod:`pkitools.fetching`, or the fingerprint that came.
        particulars: what is said beside that fault.
    """

    entry: CatalogueEntry
    url: str
    state: Published
    der: bytes | None = field(default=None, repr=False)
    detail: str = ""
    particulars: str = ""

    @property
    def file_name(self) -> str:
        """Return a name for a file with it, after the address."""
        return f"{urlsplit(self.url).path.rpartition('/')[2].rpartition('.')[0]}.pem"


def published_authorities(
    fetcher: Fetcher | None,
    *,
    entries: Iterable[CatalogueEntry] | None = None,
    host: str = PUBLISHER,
    seconds: float = 5.0,
    total_seconds: float = 60.0,
    clock: Clock = monotonic,
) -> tuple[PublishedAuthority, ...]:
    """Return what a publisher has of the authorities whose fingerprint is known.

    Args:
        fetcher: the means to use the network; without them nothing is asked.
        entries: the authorities; those of the catalogue when not said.
        host: only what is published there is asked.
        seconds: for each document.
        total_seconds: for all of them: what is left then is not asked.
        clock: for durations.
    """
    wanted = catalogue().entries if entries is None else entries
    end = clock() + total_seconds
    return tuple(_asked(fetcher, wanted, host, lambda: min(seconds, end - clock())))


def _asked(
    fetcher: Fetcher | None, entries: Iterable[CatalogueEntry], host: str, left: Callable[[], float]
) -> Iterator[PublishedAuthority]:
    failures = 0
    for entry in entries:
        url = entry.download or ""
        if not entry.sha256 or urlsplit(url).hostname != host:
            continue
        seconds = left()
        if fetcher is None or failures >= _MOST_FAILURES or seconds <= 0:
            yield PublishedAuthority(entry, url, Published.NOT_ASKED)
            continue
        found = _one(fetcher, entry, url, seconds)
        is_silent = found.state is Published.NOT_FETCHED and not isinstance(found.detail, HttpStatus)
        failures = failures + 1 if is_silent else 0
        yield found


def _one(fetcher: Fetcher, entry: CatalogueEntry, url: str, seconds: float) -> PublishedAuthority:
    from pkitools.containers import read_source

    try:
        body = fetcher.fetch(FetchRequest(url, _MAX_BYTES, accept=_ACCEPT, seconds=seconds)).body
        ders = read_source(body, url, keystores=False).certificates
    except FetchError as error:
        return PublishedAuthority(entry, url, Published.NOT_FETCHED, None, error.fault, error.detail)
    except PkitoolsError as error:
        return PublishedAuthority(entry, url, Published.NO_CERTIFICATE, detail=error.code)
    for der in ders:
        if sha256(der).hexdigest() == entry.sha256:
            return PublishedAuthority(entry, url, Published.SAME, der)
    if not ders:
        return PublishedAuthority(entry, url, Published.NO_CERTIFICATE)
    return PublishedAuthority(entry, url, Published.OTHER, detail=sha256(ders[0]).hexdigest())
