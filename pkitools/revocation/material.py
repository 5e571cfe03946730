"""The lists and responses of one validation: what was handed in, and what was read since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Self

from pkitools.crl.reading import CertificateRevocationList, read_crl
from pkitools.frozen import dataclass, field
from pkitools.limits import MAX_SIGNATURE_CHECKS
from pkitools.revocation.model import SignatureBudget
from pkitools.revocation.retrieval import DocumentSources
from pkitools.revocation.status_information import RevocationContext
from pkitools.x509.path_certificate import PathCertificate

if TYPE_CHECKING:
    from pkitools.revocation.ocsp import OcspResponse

_ENOUGH: Final = 16  # digits of a digest: enough to find one among what was given


def name_of(data: bytes, names: Mapping[bytes, str]) -> str:
    """Return what a list or response that was handed in is called: by what is in it, where nobody named it."""
    return names.get(data) or f"SHA-256 {sha256(data).hexdigest()[:_ENOUGH]}"


@dataclass(frozen=True, slots=True)
class RevocationMaterial:
    """What is the same for every certificate of the path.

    Args:
        crls, responses: handed in and readable.
        sources: cache and network.
        context: how to judge.
        unread: lists handed in of which nothing can be read.
        names: what each that was handed in is called, by its DER.
        beside: DER of what nobody gave for this certificate.
        read: CRLs read in this validation by identity of their bytes, which are kept beside them.
    """

    crls: tuple[CertificateRevocationList, ...]
    responses: tuple[OcspResponse, ...]
    sources: DocumentSources
    context: RevocationContext
    unread: tuple[bytes, ...] = ()
    names: Mapping[bytes, str] = field(default_factory=dict)
    beside: frozenset[bytes] = frozenset()
    read: dict[int, tuple[bytes, CertificateRevocationList]] = field(default_factory=dict)

    def crl(self, data: bytes) -> CertificateRevocationList:
        """Read a CRL, or return the same one read before in this validation."""
        known = self.read.get(id(data))
        if known is None:
            known = self.read[id(data)] = (data, read_crl(data))
        return known[1]

    def with_own_budget(self) -> Self:
        """Return the same with all signature checks left that one certificate may cost."""
        shared = self.context
        context = RevocationContext(
            shared.moment, shared.options, SignatureBudget(MAX_SIGNATURE_CHECKS), shared.raise_crashes
        )
        given = self.crls, self.responses, self.sources, context, self.unread, self.names, self.beside, self.read
        return type(self)(*given)  # each certificate of a path asks for it: replace() takes five times as long

    @property
    def lists(self) -> tuple[CertificateRevocationList, ...]:
        """Every list handed in or read so far."""
        return (*self.crls, *(crl for _, crl in self.read.values()))

    def unrelated_responses(self, path: Sequence[PathCertificate]) -> Iterator[OcspResponse]:
        """Yield the handed-in responses that are about no certificate of the path."""
        pairs = list(pairwise(path))
        for response in self.responses:
            from pkitools.revocation.ocsp import is_about

            if not any(is_about(single, *pair) for single in response.responses for pair in pairs):
                yield response
