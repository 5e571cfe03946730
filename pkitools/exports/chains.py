"""From a heap of certificates to the ordered path of one: what belongs in it, what does not, and what is missing.

The end entity comes first, its issuer next, the root last. What is missing is taken from the embedded certificates of
PKIoverheid and, when the means are given, from the addresses the certificates name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache
from itertools import islice
from typing import Final
from urllib.parse import urlsplit

from pkitools.arguments import aware
from pkitools.errors import InputError, LimitError
from pkitools.fetching import Fetcher, IssuerFetch
from pkitools.frozen import dataclass
from pkitools.limits import MAX_SIGNATURE_CHECKS
from pkitools.trust import CAStatus, HierarchyKind, catalogue, embedded_certificates, is_self_signed
from pkitools.trust.known_authorities import bears_known_name, imitated
from pkitools.validation.building import Path, Search, pool
from pkitools.x509 import CertificateFacts, read_certificate
from pkitools.x509.given import CERTIFICATE, Given, several_ders
from pkitools.x509.path_certificate import load_cached

MAX_HEAP: Final = 10_000
"""Certificates looked through for the path of one: no delivery has a hundredth of that."""

_MOST_CANDIDATES: Final = 24
_EXHAUSTED: Final = "exhausted"


class LinkOrigin(StrEnum):
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
    origin: LinkOrigin
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

    @property
    def is_imitation(self) -> bool:
        """Whether it bears the name of an authority of PKIoverheid with another key: it is nobody's to use."""
        return self.facts is not None and imitated(self.facts) is not None


@dataclass(frozen=True, slots=True)
class CertificatePath:
    """The path of one certificate.

    Args:
        links: the certificate itself, then each issuer; the root last when it is at hand.
        left_out: what was given and does not belong in it.
        has_root: whether the last one signed itself.
        fetches: what was asked of the network.
        why: of a path without a root, why its issuer was not fetched: a code of :mod:`pkitools.fetching`; empty when
            nothing was asked. ``exhausted`` when not every way was looked at: what is missing is not known then.
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
    def address(self) -> str | None:
        """Where the certificate that is missing can be had, by what the highest one says."""
        return None if self.has_root else next(iter(self.links[-1].facts.ca_issuers_uris), None)

    @property
    def lacks_root_only(self) -> bool:
        """Whether the issuer that is not at hand is a root, by its name alone: a chain is handed on without it.

        Not where the name is known: the root of that name is at hand, and did not sign.
        """
        last = self.links[-1].facts
        if self.has_root or self.why == _EXHAUSTED or not last.is_ca or len(self.links) == 1:
            return False
        name = last.issuer.common_name or ""
        return "root" in name.casefold().split() and not bears_known_name(name)

    @property
    def imitation(self) -> CertificateFacts | None:
        """The highest one that bears the name of an authority of PKIoverheid without its key: nobody passes that on.

        A new key of the authority itself is none: the path ends in its own root then.
        """
        found = (link.facts for link in reversed(self.links) if not self._is_proven(link.facts))
        return next(found, None)

    @property
    def is_sound(self) -> bool:
        """Whether the path is whole, and none in it an imitation."""
        return self.has_root and self.imitation is None

    @property
    def is_handed_on(self) -> bool:
        """Whether it can go out as a chain, which holds no root: nothing else is missing, and none is an imitation."""
        return (self.has_root or self.lacks_root_only) and self.imitation is None

    def _is_proven(self, facts: CertificateFacts) -> bool:
        """Whether a certificate is no imitation: it bears no such name, or the root of that authority stands above."""
        entry = imitated(facts)
        end = catalogue().by_sha256.get(self.root.sha256) if self.root is not None else None
        if entry is None or end is None or end.kind is not HierarchyKind.PRODUCTION:
            return entry is None
        return all(link.facts.is_ca for link in self.links[1:]) and entry.hierarchy in {None, end.hierarchy}

    @property
    def added(self) -> tuple[Link, ...]:
        """What was not given."""
        return tuple(link for link in self.links if link.origin is not LinkOrigin.GIVEN)


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
        LimitError: there are more than :data:`MAX_HEAP`.
    """
    aware(moment)
    facts = leaf if isinstance(leaf, CertificateFacts) else read_certificate(leaf)
    heap = _Heap(several_ders(others, CERTIFICATE, "others"))
    way, asked = _best_way(facts, heap, moment), _Asked()
    path = way.path
    if fetcher is not None and not is_self_signed(path[-1]):
        path, asked = _fetched(path, heap, moment, fetcher, None if any_host else known_hosts())
    links = tuple(Link(one, _origin(one, facts, heap), _status(one, moment)) for one in path)
    has_root = is_self_signed(path[-1])
    why = _EXHAUSTED if way.exhausted and not has_root else asked.why
    return CertificatePath(links, tuple(_left_out(path, heap)), has_root, asked.fetches, why)


def refuse_too_many(certificates: Sequence[bytes]) -> None:
    """Refuse a heap that takes longer to look through than anybody waits.

    Raises:
        LimitError: it is one.
    """
    if len(certificates) > MAX_HEAP:
        raise LimitError("exports.error.too_many", count=len(certificates), limit=MAX_HEAP)


class _Heap:
    """The certificates that were given, each read once; ``None`` stands for one that cannot be read."""

    def __init__(self, ders: Sequence[bytes]) -> None:
        refuse_too_many(ders)
        self.ders = tuple(ders)
        self.facts = {der: _readable(der) for der in dict.fromkeys(self.ders)}

    def with_more(self, ders: Sequence[bytes]) -> _Heap:
        """Return a heap with these as well."""
        return _Heap((*self.ders, *ders))

    def few_of_a_name(self, moment: datetime) -> tuple[CertificateFacts, ...]:
        """Return those that can be read, of each name so many as can be tried: first what is valid at this moment."""
        by_name: dict[bytes, list[CertificateFacts]] = {}
        for facts in filter(None, self.facts.values()):
            by_name.setdefault(facts.subject.der, []).append(facts)
        ranked = (sorted(namesakes, key=lambda one: not _is_valid(one, moment)) for namesakes in by_name.values())
        return tuple(facts for namesakes in ranked for facts in namesakes[:MAX_SIGNATURE_CHECKS])


@dataclass(frozen=True, slots=True)
class _Way:
    """A way up, and whether the budget was spent before all ways were looked at."""

    path: tuple[CertificateFacts, ...]
    exhausted: bool = False


def _best_way(leaf: CertificateFacts, heap: _Heap, moment: datetime) -> _Way:
    if is_self_signed(leaf):
        return _Way((leaf,))
    ways, exhausted = _ways(leaf, heap, moment)
    paths = [tuple(read_certificate(one.der) for one in way) for way in ways]
    return _Way(min(paths, key=_Rank(frozenset(heap.ders), moment)), exhausted)


def _ways(leaf: CertificateFacts, heap: _Heap, moment: datetime) -> tuple[list[Path], bool]:
    """Return the ways up whose signatures hold: those that end in a root or, when there is none, the longest."""
    tried = heap.few_of_a_name(moment)
    named_roots = [facts for facts in tried if facts.is_ca and facts.is_self_issued]
    roots = [facts.der for facts in named_roots[:MAX_SIGNATURE_CHECKS] if is_self_signed(facts)]
    own = load_cached(leaf.der)
    between = pool((*(facts.der for facts in tried), *_embedded()))
    search = Search(own, between, pool((*roots, *_embedded_roots())))
    found = list(islice(search.paths(), _MOST_CANDIDATES))
    longest = max((len(way) for way in search.dead_ends), default=0)
    ways = found or [way for way in search.dead_ends if len(way) == longest] or [(own,)]
    is_all = len(tried) == sum(facts is not None for facts in heap.facts.values())
    return ways, not (found or (is_all and not search.exhausted and len(named_roots) <= MAX_SIGNATURE_CHECKS))


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


def _is_valid(facts: CertificateFacts, moment: datetime) -> bool:
    return facts.not_before <= moment <= facts.not_after


def _origin(one: CertificateFacts, leaf: CertificateFacts, heap: _Heap) -> LinkOrigin:
    if one.der == leaf.der or one.der in heap.facts:
        return LinkOrigin.GIVEN
    return LinkOrigin.EMBEDDED if one.der in _embedded() else LinkOrigin.FETCHED


def _status(facts: CertificateFacts, moment: datetime) -> CAStatus:
    from pkitools.trust.authorities import status_by_date

    entry = catalogue().by_sha256.get(facts.sha256)
    return entry.status(moment) if entry else status_by_date(facts.not_before, facts.not_after, moment)


def _fetched(
    path: Sequence[CertificateFacts],
    heap: _Heap,
    moment: datetime,
    fetcher: Fetcher,
    hosts: frozenset[str] | None,
) -> tuple[tuple[CertificateFacts, ...], _Asked]:
    from pkitools.fetching import complete_from_aia

    completion = complete_from_aia([one.der for one in path], fetcher=fetcher, known=_embedded(), hosts=hosts)
    # what came may lead to what is at hand: look again with it among what was given
    more = _best_way(path[0], heap.with_more(completion.chain[len(path) :]), moment).path
    return more, _Asked(completion.fetches, "" if is_self_signed(more[-1]) else str(completion.code))


def _left_out(path: Sequence[CertificateFacts], heap: _Heap) -> Iterable[LeftOut]:
    used = {one.der for one in path}
    seen: set[bytes] = set()
    for position, der in enumerate(heap.ders, start=1):
        facts = heap.facts[der]
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


@cache
def _embedded_roots() -> tuple[bytes, ...]:
    return tuple(certificate.der for certificate in embedded_certificates() if certificate.level == "root")
