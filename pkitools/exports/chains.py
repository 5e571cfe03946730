"""From a heap of certificates to the ordered path of one: what belongs in it, what does not, and what is missing.

The end entity comes first, its issuer next, the root last. What is missing is taken from the embedded certificates of
PKIoverheid and, when the means are given, from the addresses the certificates name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Final
from urllib.parse import urlsplit

from pkitools.arguments import aware
from pkitools.errors import InputError
from pkitools.fetching import Fetcher, IssuerFetch
from pkitools.frozen import dataclass
from pkitools.trust import CAStatus, catalogue, embedded_certificates, is_self_signed
from pkitools.validation.building import Path, Search, pool
from pkitools.x509 import CertificateFacts, read_certificate
from pkitools.x509.given import CERTIFICATE, Given, several_ders
from pkitools.x509.path_certificate import load_cached

_MOST_CANDIDATES: Final = 24


class Origin(StrEnum):
    """Where a certificate of a path comes from."""

    GIVEN = "given"
    EMBEDDED = "embedded"
    FETCHED = "fetched"


class Unneeded(StrEnum):
    """Why a certificate is left out of a path."""

    TWICE = "twice"
    END_ENTITY = "end_entity"
    """It is somebody's own: a path has one of those."""
    OTHER_PATH = "other_path"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Link:
    """One certificate of a path.

    Args:
        facts: the certificate.
        origin: where it comes from.
        status: of an authority, what it is at the moment asked about, as far as is known without its issuer's CRL.
    """

    facts: CertificateFacts
    origin: Origin
    status: CAStatus


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One certificate that is not in the path.

    Args:
        position: its number among what was given, from 1.
        facts: the certificate; ``None`` when it cannot be read.
        reason: why.
    """

    position: int
    facts: CertificateFacts | None
    reason: Unneeded


@dataclass(frozen=True, slots=True)
class CertificatePath:
    """The path of one certificate.

    Args:
        links: the certificate itself, then each issuer; the root last when it is at hand.
        left_out: what was given and does not belong in it.
        has_root: whether the last one signed itself.
        fetches: what was asked of the network.
        why: of a path without a root, why its issuer was not fetched: a code of :mod:`pkitools.fetching`; empty when
            nothing was asked.
    """

    links: tuple[Link, ...]
    left_out: tuple[LeftOut, ...]
    has_root: bool
    fetches: tuple[IssuerFetch, ...] = ()
    why: str = ""

    @property
    def leaf(self) -> CertificateFacts:
        """The certificate it is the path of."""
        return self.links[0].facts

    @property
    def intermediates(self) -> tuple[CertificateFacts, ...]:
        """What stands between the certificate and the root, the issuer of the certificate first."""
        above = self.links[1:-1] if self.has_root else self.links[1:]
        return tuple(link.facts for link in above)

    @property
    def root(self) -> CertificateFacts | None:
        """The root, when it is at hand."""
        return self.links[-1].facts if self.has_root else None

    @property
    def missing(self) -> str | None:
        """The name of the issuer that is not at hand; ``None`` when nothing is missing."""
        return None if self.has_root else self.links[-1].facts.issuer.text

    @property
    def added(self) -> tuple[Link, ...]:
        """What was not given."""
        return tuple(link for link in self.links if link.origin is not Origin.GIVEN)


@cache
def known_hosts() -> frozenset[str]:
    """Return the hosts at which the authorities of the catalogue publish their certificates.

    Following an address in somebody's certificate goes nowhere else.
    """
    found = {
        urlsplit(url).hostname or ""
        for entry in catalogue().entries
        for url in (*entry.ca_issuers, entry.download or "")
    }
    return frozenset(found - {""})


def complete_path(
    leaf: CertificateFacts | Given,
    others: Given | Iterable[Given] = (),
    *,
    moment: datetime,
    fetcher: Fetcher | None = None,
    any_host: bool = False,
) -> CertificatePath:
    """Return the path of a certificate out of a heap, completed where it can be.

    Args:
        leaf: the certificate.
        others: whatever was given beside it, in any order; the certificate itself may be among them.
        moment: what is expired or revoked then is passed over where there is another way.
        fetcher: the means to ask for what is missing; without them nothing is asked.
        any_host: whether addresses at other hosts than those of the catalogue are followed too: somebody's certificate
            names them.

    Raises:
        InputError: the certificate cannot be read.
    """
    aware(moment)
    facts = leaf if isinstance(leaf, CertificateFacts) else read_certificate(leaf)
    given = several_ders(others, CERTIFICATE, "others")
    path, asked = _best_path(facts, given, moment), _Asked()
    if fetcher is not None and not is_self_signed(path[-1]):
        path, asked = _fetched(path, given, moment, fetcher, None if any_host else known_hosts())
    origins = {
        facts.der: Origin.GIVEN,
        **dict.fromkeys(_embedded(), Origin.EMBEDDED),
        **dict.fromkeys(given, Origin.GIVEN),
    }
    links = tuple(Link(one, origins.get(one.der, Origin.FETCHED), _status(one, moment)) for one in path)
    return CertificatePath(links, tuple(_left_out(path, given)), is_self_signed(path[-1]), asked.fetches, asked.why)


def _best_path(leaf: CertificateFacts, given: Sequence[bytes], moment: datetime) -> tuple[CertificateFacts, ...]:
    if is_self_signed(leaf):
        return (leaf,)
    rank = _Rank(frozenset(given), moment)
    ways = [tuple(read_certificate(one.der) for one in way) for way in _ways(leaf, given)]
    return min(ways, key=rank)


def _ways(leaf: CertificateFacts, given: Sequence[bytes]) -> list[Path]:
    """Return the ways up whose signatures hold: those that end in a root or, when there is none, the longest."""
    readable = [der for der in given if _readable(der) is not None]
    roots = [der for der in (*readable, *_embedded()) if is_self_signed(read_certificate(der))]
    own = load_cached(leaf.der)
    search = Search(own, pool((*readable, *_embedded())), pool(tuple(roots)))
    found = []
    for path in search.paths():
        found.append(path)
        if len(found) >= _MOST_CANDIDATES:
            break
    longest = max((len(way) for way in search.dead_ends), default=0)
    return found or [way for way in search.dead_ends if len(way) == longest] or [(own,)]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was asked of the network, and why that was not enough."""

    fetches: tuple[IssuerFetch, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Rank:
    """Which of several ways is the better: nothing in it that is not valid, then as few strangers as can be."""

    given: frozenset[bytes]
    moment: datetime

    def __call__(self, way: Sequence[CertificateFacts]) -> tuple[int, int, int]:
        unfit = sum(_status(one, self.moment) is not CAStatus.VALID for one in way[1:])
        return unfit, sum(one.der not in self.given for one in way[1:]), len(way)


def _status(facts: CertificateFacts, moment: datetime) -> CAStatus:
    from pkitools.trust.authorities import status_by_date

    entry = catalogue().by_sha256.get(facts.sha256)
    return entry.status(moment) if entry else status_by_date(facts.not_before, facts.not_after, moment)


def _fetched(
    path: Sequence[CertificateFacts],
    given: Sequence[bytes],
    moment: datetime,
    fetcher: Fetcher,
    hosts: frozenset[str] | None,
) -> tuple[tuple[CertificateFacts, ...], _Asked]:
    from pkitools.fetching import complete_from_aia

    completion = complete_from_aia([one.der for one in path], fetcher=fetcher, known=_embedded(), hosts=hosts)
    # what came may lead to what is at hand: look again with it among what was given
    more = _best_path(path[0], (*given, *completion.chain[len(path) :]), moment)
    return more, _Asked(completion.fetches, "" if is_self_signed(more[-1]) else str(completion.code))


def _left_out(path: Sequence[CertificateFacts], given: Sequence[bytes]) -> Iterable[LeftOut]:
    used = {one.der for one in path}
    seen: set[bytes] = set()
    for position, der in enumerate(given, start=1):
        facts = _readable(der)
        reason = _reason(facts, der, used, seen)
        seen.add(der)
        if reason is not None:
            yield LeftOut(position, facts, reason)


def _reason(facts: CertificateFacts | None, der: bytes, used: set[bytes], seen: set[bytes]) -> Unneeded | None:
    if der in seen:
        return Unneeded.TWICE
    if der in used:
        return None
    if facts is None:
        return Unneeded.UNREADABLE
    return Unneeded.OTHER_PATH if facts.is_ca else Unneeded.END_ENTITY


def _readable(der: bytes) -> CertificateFacts | None:
    try:
        load_cached(der)
        return read_certificate(der)
    except InputError:
        return None


@cache
def _embedded() -> tuple[bytes, ...]:
    return tuple(certificate.der for certificate in embedded_certificates())
