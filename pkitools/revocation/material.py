"""The lists and responses of one validation: what was handed in, and what was read since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final
from weakref import WeakKeyDictionary

from pkitools.crl.reading import CertificateRevocationList, read_crl
from pkitools.fetching.model import Cache
from pkitools.frozen import dataclass, field
from pkitools.revocation.ocsp import OcspResponse, is_about
from pkitools.revocation.retrieval import DocumentSources
from pkitools.revocation.status_information import RevocationContext
from pkitools.x509.path_certificate import PathCertificate

_MAX_KEPT_BYTES: Final = 64 * 1024 * 1024
"""Of the lists that a cache gave out and that are kept read; with their indexes they take at most thrice as much."""


class ReadLists:
    """CRLs that were read, by identity of their bytes, which are kept beside them. The oldest go first."""

    def __init__(self, limit: int = _MAX_KEPT_BYTES) -> None:
        self._limit, self._size = limit, 0
        self._read: dict[int, tuple[bytes, CertificateRevocationList]] = {}

    def crl(self, data: bytes) -> CertificateRevocationList:
        """Read a CRL, or return the same one read before."""
        known = self._read.get(id(data))
        if known is None:
            known = self._read[id(data)] = (data, read_crl(data))
            self._size += len(data)
            while self._size > self._limit and len(self._read) > 1:
                oldest, _ = self._read.pop(next(iter(self._read)))
                self._size -= len(oldest)
        return known[1]


_OF_CACHES: Final[WeakKeyDictionary[Cache, ReadLists]] = WeakKeyDictionary()


def lists_of(cache: Cache | None) -> ReadLists:
    """Return what was read of the documents of a cache, in every validation that it was used for.

    A list with its index and the keys that signed it is the same for every certificate: a list of a million entries is
    read once, and not for each. A cache that gives out other bytes each time gains nothing by it and loses nothing.
    """
    if cache is None:
        return ReadLists()
    try:
        return _OF_CACHES.setdefault(cache, ReadLists())
    except TypeError:  # it has no hash, or no weak reference can be had of it
        return ReadLists()


@dataclass(frozen=True, slots=True)
class RevocationMaterial:
    """What is the same for every certificate of the path.

    Args:
        crls, responses: handed in and readable.
        sources: cache and network.
        context: how to judge.
        known: CRLs of documents that were fetched or kept, read in this validation or before.
        used: those of this validation.
    """

    crls: tuple[CertificateRevocationList, ...]
    responses: tuple[OcspResponse, ...]
    sources: DocumentSources
    context: RevocationContext
    known: ReadLists = field(default_factory=ReadLists)
    used: dict[int, CertificateRevocationList] = field(default_factory=dict)

    def crl(self, data: bytes) -> CertificateRevocationList:
        """Read a CRL, or return the same one read before."""
        crl = self.known.crl(data)
        return self.used.setdefault(id(crl), crl)

    @property
    def lists(self) -> tuple[CertificateRevocationList, ...]:
        """Every list handed in or read so far."""
        return (*self.crls, *self.used.values())

    def unrelated_responses(self, path: Sequence[PathCertificate]) -> Iterator[OcspResponse]:
        """Yield the handed-in responses that are about no certificate of the path."""
        pairs = list(pairwise(path))
        for response in self.responses:
            if not any(is_about(single, *pair) for single in response.responses for pair in pairs):
                yield response
