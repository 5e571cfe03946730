"""From a heap of certificates to the ordered path of one: what belongs in it, what does not, and what is missing.

The end entity comes first, its issuer next, the root last. What is missing is taken from the embedded certificates of
PKIoverheid and, when the means are given, from the addresses the certificates name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache, cached_property
from itertools import islice
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from pkitools.arguments import aware
from pkitools.errors import InputError, LimitError
from pkitools.fetching import Fetcher, IssuerFetch
from pkitools.frozen import dataclass
from pkitools.limits import MAX_SIGNATURE_CHECKS
from pkitools.trust import CAStatus, HierarchyKind, catalogue, embedded_certificates, is_self_signed
from pkitools.trust.known_authorities import bears_known_name, imitated
from pkitools.validation.building import Path, Pool, Search
from pkitools.x509 import CertificateFacts, read_certificate
from pkitools.x509.given import CERTIFICATE, Given, several_ders
from pkitools.x509.path_certificate import PathCertificate, load_cached

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
    facts = leaf if isinstance(leaf, CertificateFacts) else read_certificate(leaf)
    heap = Heap(several_ders(others, CERTIFICATE, "others"), aware(moment))
    way, asked = _best_way(facts, heap), _Asked()
    if fetcher is not None and not is_self_signed(way.path[-1]):
        way, asked = _fetched(way, heap, fetcher, None if any_host else known_hosts())
    return _completed(way, heap, asked, tuple(_left_out(way.path, heap)))


def path_within(leaf: CertificateFacts, heap: Heap) -> CertificatePath:
    """Return the path of one of many certificates out of a heap that is read once for all of them.

    It is that of :func:`complete_path` with nothing fetched, and what is left out is not told: of many each leaves out
    all the others.
    """
    return _completed(_best_way(leaf, heap), heap, _Asked(), ())


def _completed(way: _Way, heap: Heap, asked: _Asked, left_out: tuple[LeftOut, ...]) -> CertificatePath:
    links = tuple(Link(one, _origin(one, way.path[0], heap), _status(one, heap.moment)) for one in way.path)
    has_root = is_self_signed(way.path[-1])
    why = _EXHAUSTED if way.exhausted and not has_root else asked.why
    return CertificatePath(links, left_out, has_root, asked.fetches, why)


def refuse_too_many(certificates: Sequence[bytes]) -> None:
    """Refuse a heap that takes longer to look through than anybody waits.

    Raises:
        LimitError: it is one.
    """
    if len(certificates) > MAX_HEAP:
        raise LimitError("exports.error.too_many", count=len(certificates), limit=MAX_HEAP)


_Read: TypeAlias = tuple[CertificateFacts, PathCertificate]


class Heap:
    """Certificates among which the path of one is looked for, or of many: each is read once, and put in order once.

    Args:
        ders: of the certificates; one that cannot be read is passed over.
        moment: aware; of one name those that are valid then are tried first.
        known: a heap in which some of them were read already.

    Raises:
        LimitError: there are more than :data:`MAX_HEAP`.
    """

    def __init__(self, ders: Sequence[bytes], moment: datetime, known: Heap | None = None) -> None:
        refuse_too_many(ders)
        self.ders, self.moment = tuple(ders), moment
        before = {} if known is None else known._read
        self._read: dict[bytes, _Read | None] = {
            der: before[der] if der in before else _readable(der) for der in dict.fromkeys(self.ders)
        }

    def __contains__(self, der: bytes) -> bool:
        return der in self._read

    def with_more(self, ders: Sequence[bytes]) -> Heap:
        """Return a heap with these as well."""
        return Heap((*self.ders, *ders), self.moment, self)

    def readable(self, der: bytes) -> CertificateFacts | None:
        """Return the facts of one of the heap; ``None`` of one that cannot be read."""
        read = self._read[der]
        return None if read is None else read[0]

    def facts_of(self, der: bytes) -> CertificateFacts:
        """Return the facts of one that may be from elsewhere."""
        read = self._read.get(der)
        return read_certificate(der) if read is None else read[0]

    @cached_property
    def tried(self) -> tuple[_Read, ...]:
        """Those that can be read, of each name so many as can be tried: first what is valid at this moment."""
        by_name: dict[bytes, list[_Read]] = {}
        for read in filter(None, self._read.values()):
            by_name.setdefault(read[0].subject.der, []).append(read)
        ranked = (sorted(each, key=lambda one: not _is_valid(one[0], self.moment)) for each in by_name.values())
        return tuple(read for namesakes in ranked for read in namesakes[:MAX_SIGNATURE_CHECKS])

    @cached_property
    def between(self) -> Pool:
        """What may stand in a path."""
        return _pool_of([read[1] for read in self.tried], _embedded())

    @cached_property
    def anchors(self) -> Pool:
        """Where a path may end."""
        named = self._named_roots[:MAX_SIGNATURE_CHECKS]
        return _pool_of([read[1] for read in named if is_self_signed(read[0])], _embedded_roots())

    @cached_property
    def is_tried_whole(self) -> bool:
        """Whether nothing of it is passed over unseen."""
        all_tried = len(self.tried) == sum(read is not None for read in self._read.values())
        return all_tried and len(self._named_roots) <= MAX_SIGNATURE_CHECKS

    @cached_property
    def _named_roots(self) -> list[_Read]:
        return [read for read in self.tried if read[0].is_ca and read[0].is_self_issued]


def _pool_of(certificates: Iterable[PathCertificate], embedded: Iterable[bytes]) -> Pool:
    found = {each.der: each for each in (*certificates, *map(load_cached, embedded))}
    return Pool(tuple(found.values()))


@dataclass(frozen=True, slots=True)
class _Way:
    """A way up, and whether the budget was spent before all ways were looked at."""

    path: tuple[CertificateFacts, ...]
    exhausted: bool = False


def _best_way(leaf: CertificateFacts, heap: Heap) -> _Way:
    if is_self_signed(leaf):
        return _Way((leaf,))
    ways, exhausted = _ways(leaf, heap)
    paths = [(leaf, *(heap.facts_of(one.der) for one in way[1:])) for way in ways]
    return _Way(min(paths, key=_Rank(heap)), exhausted)


def _ways(leaf: CertificateFacts, heap: Heap) -> tuple[list[Path], bool]:
    """Return the ways up whose signatures hold: those that end in a root or, when there is none, the longest."""
    own = load_cached(leaf.der)
    search = Search(own, heap.between, heap.anchors)
    found = list(islice(search.paths(), _MOST_CANDIDATES))
    longest = max((len(way) for way in search.dead_ends), default=0)
    ways = found or [way for way in search.dead_ends if len(way) == longest] or [(own,)]
    return ways, not (found or (heap.is_tried_whole and not search.exhausted))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was asked of the network, and why that was not enough."""

    fetches: tuple[IssuerFetch, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Rank:
    """Which of several ways is the better: nothing in it that is not valid, then as few strangers as can be."""

    heap: Heap

    def __call__(self, way: Sequence[CertificateFacts]) -> tuple[int, int, int]:
        unfit = sum(_status(one, self.heap.moment) is not CAStatus.VALID for one in way[1:])
        return unfit, sum(one.der not in self.heap for one in way[1:]), len(way)


def _is_valid(facts: CertificateFacts, moment: datetime) -> bool:
    return facts.not_before <= moment <= facts.not_after


def _origin(one: CertificateFacts, leaf: CertificateFacts, heap: Heap) -> LinkOrigin:
    if one.der == leaf.der or one.der in heap:
        return LinkOrigin.GIVEN
    return LinkOrigin.EMBEDDED if one.der in _embedded() else LinkOrigin.FETCHED


def _status(facts: CertificateFacts, moment: datetime) -> CAStatus:
    from pkitools.trust.authorities import status_by_date

    entry = catalogue().by_sha256.get(facts.sha256)
    return entry.status(moment) if entry else status_by_date(facts.not_before, facts.not_after, moment)


def _fetched(way: _Way, heap: Heap, fetcher: Fetcher, hosts: frozenset[str] | None) -> tuple[_Way, _Asked]:
    from pkitools.fetching import complete_from_aia

    ders = [one.der for one in way.path]
    completion = complete_from_aia(ders, fetcher=fetcher, known=_embedded(), hosts=hosts)
    # what came may lead to what is at hand: look again with it among what was given
    more = _best_way(way.path[0], heap.with_more(completion.chain[len(ders) :])).path
    code = "" if is_self_signed(more[-1]) else str(completion.code)
    return _Way(more, way.exhausted), _Asked(completion.fetches, code)


def _left_out(path: Sequence[CertificateFacts], heap: Heap) -> Iterable[LeftOut]:
    used = {one.der for one in path}
    seen: set[bytes] = set()
    for position, der in enumerate(heap.ders, start=1):
        facts = heap.readable(der)
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


def _readable(der: bytes) -> _Read | None:
    try:
        loaded = load_cached(der)
        return read_certificate(der), loaded
    except InputError:
        return None


@cache
def _embedded() -> tuple[bytes, ...]:
    return tuple(certificate.der for certificate in embedded_certificates())


@cache
def _embedded_roots() -> tuple[bytes, ...]:
    return tuple(certificate.der for certificate in embedded_certificates() if certificate.level == "root")
