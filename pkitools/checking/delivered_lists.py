"""What is said of revocation in the files themselves: used as what is given beside them is, and never thrown away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from pkitools.checking.question import Revocation
from pkitools.containers import Contents, Item, ItemKind
from pkitools.errors import InputError
from pkitools.frozen import replace
from pkitools.revocation import CertificateRevocationList, read_crl
from pkitools.x509.der import DERError

LISTS: Final = frozenset({ItemKind.CRL, ItemKind.OCSP_RESPONSE})
"""What tells of certificates whether they are revoked."""


def refuse_unreadable(item: Item) -> None:
    """Refuse a list of revoked certificates, or an OCSP response, of which not everything can be read.

    Args:
        item: it.

    Raises:
        InputError: it is damaged, or no DER; of a list also one of its entries.
    """
    if item.kind is ItemKind.OCSP_RESPONSE:
        from pkitools.revocation.ocsp import read_response

        read_response(item.der)
        return
    try:
        _ = read_crl(item.der).index  # which reads every entry
    except DERError as error:
        raise InputError("revocation.error.crl_malformed", detail=error.detail) from None


def refuse_unreadable_lists(contents: Contents) -> None:
    """Refuse a file that holds lists and OCSP responses alone, of which one cannot be read: it was not used.

    Args:
        contents: of the file.

    Raises:
        InputError: as of :func:`refuse_unreadable`.
    """
    if LISTS.issuperset(item.kind for item in contents.items):
        for item in contents.items:
            refuse_unreadable(item)


def with_delivered(
    revocation: Revocation | None, files: Iterable[Contents], *, is_for_it: bool = True
) -> Revocation | None:
    """Return how revocation is to be checked, with the CRLs and OCSP responses of some files, each once.

    Who signed them is judged where they are used, as of all others: what a stranger signed proves nothing.

    Args:
        revocation: how it is to be checked by what was given; ``None`` where nothing was.
        files: what came.
        is_for_it: they are for the certificate that is judged; else nothing is told of one that is for others.
    """
    files = tuple(files)
    given = revocation or Revocation()
    crls = tuple(_new(files, ItemKind.CRL, map(_der, given.material.crls)))
    responses = tuple(_new(files, ItemKind.OCSP_RESPONSE, given.material.ocsp_responses))
    if not crls and not responses:
        return revocation
    material = given.material
    return replace(
        given,
        crls=(*material.crls, *crls),
        ocsp_responses=(*material.ocsp_responses, *responses),
        names={**_names(files), **material.names},
        beside=material.beside if is_for_it else material.beside.union(crls, responses),
    )


def _names(files: Iterable[Contents]) -> dict[bytes, str]:
    """Return what the file is called of each list and response, by its DER."""
    return {item.der: contents.name for contents in files for item in contents.items if item.kind in LISTS}


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
