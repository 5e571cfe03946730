"""Revocation: CRLs of every level and OCSP for the end entity, from files, a cache and the network.

:func:`check_revocation` answers ``GOOD``, ``REVOKED``, ``UNKNOWN`` with a code, or ``NOT_CHECKED`` for each certificate
of a verified path, with every attempt it made. It reads no clock and opens no socket: the moment, the fetcher and the
cache are arguments. :class:`HttpFetcher <pkitools.fetching.fetcher.HttpFetcher>` and
:class:`DiskCache <pkitools.fetching.cache.DiskCache>` are the ones the command line hands in.
"""

from pkitools.crl.reading import CertificateRevocationList, read_crl
from pkitools.fetching.model import Cache, CacheEntry, Fetched, Fetcher, FetchError, FetchRequest
from pkitools.revocation.check import check_revocation, clock_is_plausible
from pkitools.revocation.model import (
    Attempt,
    CertificateRevocation,
    Origin,
    RevocationOptions,
    RevocationPolicy,
    RevocationResult,
    RevocationStatus,
    SourceKind,
    StatusKind,
)

__all__ = [
    "Attempt",
    "Cache",
    "CacheEntry",
    "CertificateRevocation",
    "CertificateRevocationList",
    "FetchError",
    "FetchRequest",
    "Fetched",
    "Fetcher",
    "Origin",
    "RevocationOptions",
    "RevocationPolicy",
    "RevocationResult",
    "RevocationStatus",
    "SourceKind",
    "StatusKind",
    "check_revocation",
    "clock_is_plausible",
    "read_crl",
]
