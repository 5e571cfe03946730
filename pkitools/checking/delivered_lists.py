"""What is said of revocation in the files themselves: used as what is given beside them is, and never thrown away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pkitools.checking.question import Revocation
from pkitools.containers import Contents, ItemKind
from pkitools.frozen import replace
from pkitools.revocation import CertificateRevocationList


def with_delivered(revocation: Revocation | None, files: Iterable[Contents]) -> Revocation | None:
    """Return how revocation is to be checked, with the CRLs and OCSP responses of some files, each once.

    Who signed them is judged where they are used, as of all others: what a stranger signed proves nothing.

    Args:
        revocation: how it is to be checked by what was given; ``None`` where nothing was.
        files: what came.
    """
    files = tuple(files)
    given = revocation or Revocation()
    crls = tuple(_new(files, ItemKind.CRL, map(_der, given.material.crls)))
    responses = tuple(_new(files, ItemKind.OCSP_RESPONSE, given.material.ocsp_responses))
    if not crls and not responses:
        return revocation
    material = given.material
    return replace(given, crls=(*material.crls, *crls), ocsp_responses=(*material.ocsp_responses, *responses))


def _new(files: Iterable[Contents], kind: ItemKind, known: Iterable[bytes]) -> Iterator[bytes]:
    """Yield what of one kind is in the files and not known yet."""
    seen: set[bytes] | None = None
    for item in (item for contents in files for item in contents.of_kind(kind)):
        seen = set(known) if seen is None else seen
        if item.der not in seen:
            seen.add(item.der)
            yield item.der


def _der(crl: bytes | CertificateRevocationList) -> bytes:
    return crl if isinstance(crl, bytes) else crl.der
