"""The end that counts: what stands above a certificate may end before it, and then it works no longer than that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Final, TypeAlias

from pkitools.errors import InputError
from pkitools.validation.building import Pool
from pkitools.x509 import CertificateFacts, read_certificate
from pkitools.x509.above import Above, AboveRole
from pkitools.x509.path_certificate import PathCertificate, load_cached
from pkitools.x509.signatures import certificate_signed_by

_MOST_NAMESAKES: Final = 16
"""Authorities of one name that are tried: an authority was renewed a few times, and a file can hold thousands."""
_MOST_ABOVE: Final = 8
_MOST_REMEMBERED: Final = 256

Certificates: TypeAlias = Sequence[PathCertificate | CertificateFacts]


def first_to_end(end: datetime, above: Certificates) -> Above | None:
    """Return the first authority above a certificate to end, where that is before it does; of equals the lowest.

    Args:
        end: of the certificate, aware.
        above: what stands above it, its issuer first.
    """
    first = min(above, key=lambda one: one.not_after, default=None)
    if first is None or first.not_after >= end:
        return None
    return above_of(first.der, is_issuer=first is above[0])


@lru_cache(maxsize=_MOST_REMEMBERED)
def above_of(der: bytes, *, is_issuer: bool) -> Above:
    """Return an authority as what stands above a certificate: of ten thousand certificates it is one of a few.

    Args:
        der: its certificate, which can be read.
        is_issuer: it issued the certificate itself.
    """
    facts = read_certificate(der)
    role = AboveRole.ISSUER if is_issuer else AboveRole.ROOT if facts.is_self_issued else AboveRole.CA
    return Above(facts.subject.text.short, facts.not_after, facts.sha256, role)


def way_up(leaf: PathCertificate, pools: Sequence[Pool]) -> tuple[PathCertificate, ...]:
    """Return the authorities above a certificate of which no path was proved, as far as they are at hand, issuer first.

    Of several that signed, it is the one that ends last, as where a path is built: an authority of which another
    certificate lasts longer ends nothing.

    Args:
        leaf: the certificate.
        pools: where its authorities are looked for.

    Returns:
        Nothing where all that may stand above it by name last as long as it does: then no signature is verified.
    """
    if all(each.not_after >= leaf.not_after for each in _by_name(leaf, pools)):
        return ()
    return tuple(_above(leaf, pools))


def _by_name(leaf: PathCertificate, pools: Sequence[Pool]) -> Iterator[PathCertificate]:
    """Yield all that may stand above a certificate by the names of issuers alone."""
    names, done = {leaf.issuer}, set[bytes]()
    while names:
        reached = [each for name in names for some in pools for each in some.named(name) if each.der != leaf.der]
        yield from reached
        done |= names
        names = {each.issuer for each in reached} - done


def _above(leaf: PathCertificate, pools: Sequence[Pool]) -> Iterator[PathCertificate]:
    below, seen = leaf, {leaf.der}
    for _ in range(_MOST_ABOVE):
        named = (each for some in pools for each in some.named(below.issuer) if each.der not in seen)
        last_first = sorted(named, key=lambda each: each.not_after, reverse=True)
        signed = (each for each in islice(last_first, _MOST_NAMESAKES) if _signed(below.der, each.der))
        if (issuer := next(signed, None)) is None:
            return
        yield issuer
        seen.add(issuer.der)
        below = issuer


@lru_cache(maxsize=256)
def _signed(child: bytes, issuer: bytes) -> bool:
    """Return whether one certificate signed another; ``False`` as well of what cannot be read to verify it."""
    try:
        return certificate_signed_by(load_cached(child), load_cached(issuer))
    except InputError:
        return False
