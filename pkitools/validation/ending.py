"""The end that counts: what stands above a certificate may end before it, and then it works no longer than that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from heapq import heappop, heappush
from itertools import count
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
_MOST_VISITED: Final = 64
"""Certificates whose issuers are looked for."""
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


def way_up(leaf: PathCertificate, pools: Sequence[Pool], further: Sequence[Pool] = ()) -> tuple[PathCertificate, ...]:
    """Return the authorities above a certificate of which no path was proved, as far as they are at hand, issuer first.

    Of several ways up it is the one whose earliest end is latest: an authority of which another certificate lasts
    longer ends nothing, unless what stands above that other ends before.

    Args:
        leaf: the certificate.
        pools: where its authorities are looked for.
        further: where the issuer is looked for of what has none in those.

    Returns:
        Nothing where all that may stand above it by name last as long as it does: then no signature is verified.
    """
    if all(each.not_after >= leaf.not_after for each in _by_name(leaf, (*pools, *further))):
        return ()
    return _longest(leaf, pools, further)


def _by_name(leaf: PathCertificate, pools: Sequence[Pool]) -> Iterator[PathCertificate]:
    """Yield all that may stand above a certificate by the names of issuers alone."""
    names, done = {leaf.issuer}, set[bytes]()
    while names:
        reached = [each for name in names for some in pools for each in some.named(name) if each.der != leaf.der]
        yield from reached
        done |= names
        names = {each.issuer for each in reached} - done


def _longest(leaf: PathCertificate, pools: Sequence[Pool], further: Sequence[Pool]) -> tuple[PathCertificate, ...]:
    """Go on from what ends last of all that was reached, until that has nothing above it: none lasts longer."""
    number = count()  # of equal ends the highest reached, then the first
    waiting: list[tuple[float, int, int, tuple[PathCertificate, ...]]] = [(-leaf.not_after.timestamp(), 0, 0, (leaf,))]
    done = set[bytes]()
    way: tuple[PathCertificate, ...] = (leaf,)
    while waiting and len(done) < _MOST_VISITED:
        end, _, _, way = heappop(waiting)
        below = way[-1]
        if below.der in done:
            continue
        done.add(below.der)
        issuers = [] if len(way) > _MOST_ABOVE or below.issuer == below.subject else _issuers(way, pools, further)
        if not issuers:
            break
        for one in issuers:
            if one.der not in done:
                first = max(end, -one.not_after.timestamp())
                heappush(waiting, (first, -len(way), next(number), (*way, one)))
    return way[1:]


def _issuers(
    way: tuple[PathCertificate, ...], pools: Sequence[Pool], further: Sequence[Pool]
) -> Sequence[PathCertificate]:
    """Return what signed the last of a way, of the first pools that have one; what lasts longest first."""
    below, passed = way[-1], {each.der for each in way}
    for group in (pools, further):
        named = {each.der: each for some in group for each in some.named(below.issuer) if each.der not in passed}
        last_first = sorted(named.values(), key=lambda each: each.not_after, reverse=True)
        if signed := [each for each in last_first[:_MOST_NAMESAKES] if _signed(below.der, each.der)]:
            return signed
    return ()


@lru_cache(maxsize=256)
def _signed(child: bytes, issuer: bytes) -> bool:
    """Return whether one certificate signed another; ``False`` as well of what cannot be read to verify it."""
    try:
        return certificate_signed_by(load_cached(child), load_cached(issuer))
    except InputError:
        return False
