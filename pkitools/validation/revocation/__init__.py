"""Revocation: CRLs of every level and OCSP for the end entity, from files, a cache and the network.

:func:`check_revocation` answers ``GOOD``, ``REVOKED``, ``UNKNOWN`` with a code, or ``NOT_CHECKED`` for each certificate
of a verified path, with every attempt it made. It reads no clock and opens no socket: the moment, the fetcher and the
cache are arguments. :class:`HttpFetcher <pkitools.validation.revocation.fetch.HttpFetcher>` and
:class:`DiskCache <pkitools.validation.revocation.cache.DiskCache>` are the ones the command line hands in.
"""

from pkitools.validation.revocation.check import check_revocation, clock_is_plausible
from pkitools.validation.revocation.crl import CertificateRevocationList, read_crl
from pkitools.validation.revocation.model import (
    Attempt,
    Cache,
    CacheEntry,
    CertificateRevocation,
    Fetched,
    Fetcher,
    FetchError,
    FetchRequest,
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
