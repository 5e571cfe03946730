"""What a file is a delivery of: the certificates that belong together in it, and what can be asked of their kind.

In a PEM file the order counts; in PKCS#7 it is that of a set, and a PKCS#12 keystore finds the chain by itself. A
KeyDescriptor, a header of a proxy and a DER file hold one certificate by nature.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

from pkitools.checking.delivery.issuers import IssuersAtHand
from pkitools.checking.selection import is_authority
from pkitools.containers import ContainerFormat, Item
from pkitools.findings import Severity
from pkitools.frozen import dataclass
from pkitools.x509 import CertificateFacts


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is asked of a kind of file.

    Args:
        chain: what a missing issuer weighs; ``None`` where none is meant to be in it.
        ordered: the order of its certificates counts.
        tells_root: it is told that a root is in it.
        tells_foreign: it is told that an authority in it belongs to another path.
        tells_repeated: it is told that a certificate stands in it twice.
    """

    chain: Severity | None = None
    ordered: bool = False
    tells_root: bool = False
    tells_foreign: bool = False
    tells_repeated: bool = False

    @classmethod
    def of(cls, container: ContainerFormat) -> Delivery:
        """Return what is asked of a kind of file; nothing where each certificate in it stands by itself."""
        return _OF.get(container, _NOTHING)


_NOTHING: Final = Delivery()
_OF: Final[Mapping[ContainerFormat, Delivery]] = {
    ContainerFormat.PEM: Delivery(Severity.WARNING, True, True, True, True),
    ContainerFormat.KUBERNETES: Delivery(Severity.WARNING, True, True, True, True),
    ContainerFormat.MAIL: Delivery(Severity.NOTICE, True, True, True, True),
    ContainerFormat.PKCS7: Delivery(Severity.WARNING, False, True, True, True),
    ContainerFormat.PKCS12: Delivery(Severity.WARNING, tells_foreign=True),
    ContainerFormat.JKS: Delivery(Severity.WARNING, True, False, True, True),
    ContainerFormat.JWKS: Delivery(None, True, False, True, False),
    ContainerFormat.DER: Delivery(Severity.NOTICE),
    ContainerFormat.BASE64: Delivery(Severity.NOTICE, True, True, True, True),
}
# each named part of these is a file of its own
_IN_PARTS: Final = frozenset({ContainerFormat.JKS, ContainerFormat.KUBERNETES, ContainerFormat.MAIL})


def chain_asked_of(container: ContainerFormat, items: Iterable[Item]) -> Severity | None:
    """Return what it weighs that the chain of a certificate lacks an authority; ``None`` where none is asked of it.

    Args:
        container: what kind of file it lies in.
        items: where in that file.
    """
    return Delivery.of(container).chain if any(_may_be_held(container, item) for item in items) else None


@dataclass(frozen=True)
class Group:
    """The certificates that were delivered together, in the order of the file.

    Args:
        delivery: what is asked of them.
        certificates: they, as often as they stand there.
        holders: the end entities among them, each once.
        own: SHA-256 of what is judged as somebody's own, of the whole file.
    """

    delivery: Delivery
    certificates: tuple[CertificateFacts, ...]
    holders: tuple[CertificateFacts, ...]
    own: frozenset[str] = frozenset()

    @cached_property
    def distinct(self) -> tuple[CertificateFacts, ...]:
        """Each of them once, where it stands first."""
        return tuple({facts.sha256: facts for facts in self.certificates}.values())

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {facts.sha256: place for place, facts in enumerate(self.distinct)}

    def in_order(self, fingerprints: Iterable[str]) -> tuple[CertificateFacts, ...]:
        """Return those of them with these fingerprints, as they stand there."""
        places = sorted({self._places[each] for each in fingerprints if each in self._places})
        return tuple(self.distinct[place] for place in places)

    @cached_property
    def repeated(self) -> tuple[CertificateFacts, ...]:
        """Those that stand there more than once."""
        times = Counter(facts.sha256 for facts in self.certificates)
        return tuple(facts for facts in self.distinct if times[facts.sha256] > 1)

    @cached_property
    def issuers(self) -> IssuersAtHand:
        """The authorities among them."""
        own = {facts.sha256 for facts in self.holders}
        return IssuersAtHand([facts for facts in self.distinct if facts.sha256 not in own])

    @cached_property
    def strangers(self) -> tuple[CertificateFacts, ...]:
        """The authorities that vouch for none of the end entities."""
        reached = self.issuers.reached(self.holders) | self.own
        return tuple(facts for facts in self.distinct if is_authority(facts) and facts.sha256 not in reached)


def groups_of(
    container: ContainerFormat, read: Sequence[tuple[Item, CertificateFacts]], own: Collection[str] = ()
) -> tuple[Group, ...]:
    """Return the certificates of a file as they were delivered together.

    Args:
        container: what kind of file it is.
        read: its certificates, in its order.
        own: SHA-256 of those that are judged.
    """
    delivery = Delivery.of(container)
    if delivery is _NOTHING:
        return ()
    judged = frozenset(own)
    return tuple(_group(delivery, container, pairs, judged) for pairs in _together(container, read))


def _together(
    container: ContainerFormat, read: Sequence[tuple[Item, CertificateFacts]]
) -> Iterator[Sequence[tuple[Item, CertificateFacts]]]:
    if container is ContainerFormat.JWKS:
        by_place: dict[int | None, list[tuple[Item, CertificateFacts]]] = {}
        for pair in read:
            by_place.setdefault(pair[0].place, []).append(pair)
        yield from by_place.values()
        return
    with_key = {item.alias for item, _ in read if item.has_key}
    if container is ContainerFormat.JKS and with_key:
        read = [pair for pair in read if pair[0].alias in with_key]  # what else is trusted is no part of a chain
    elif container is ContainerFormat.JKS or container not in _IN_PARTS:
        yield from _by_value(read)
        return
    by_alias: dict[tuple[int | None, str | None], list[tuple[Item, CertificateFacts]]] = {}
    for pair in read:  # each Secret of a list has a value of that name
        by_alias.setdefault((pair[0].among, pair[0].alias), []).append(pair)
    yield from by_alias.values()


def _by_value(
    read: Sequence[tuple[Item, CertificateFacts]],
) -> Iterable[Sequence[tuple[Item, CertificateFacts]]]:
    """Return the certificates of a file of PEM together; of a text of another kind those of each value."""
    if not any(item.is_value for item, _ in read):
        return [read]
    by_value: dict[tuple[int | None, str | None] | None, list[tuple[Item, CertificateFacts]]] = {}
    for pair in read:
        by_value.setdefault((pair[0].among, pair[0].alias) if pair[0].is_value else None, []).append(pair)
    return by_value.values()


def _group(
    delivery: Delivery, container: ContainerFormat, pairs: Sequence[tuple[Item, CertificateFacts]], own: frozenset[str]
) -> Group:
    certificates = tuple(facts for _, facts in pairs)
    chosen = [facts for item, facts in pairs if not is_authority(facts) and _may_be_held(container, item)]
    return Group(delivery, certificates, tuple({facts.sha256: facts for facts in chosen}.values()), own)


def _may_be_held(container: ContainerFormat, item: Item) -> bool:
    """Return whether a certificate may be the holder's own: in a keystore that is one with a key.

    Which one that is cannot always be seen of PKCS#12. A Java keystore without keys holds what somebody trusts.
    """
    if container is ContainerFormat.JKS:
        return item.has_key is True
    return container is not ContainerFormat.PKCS12 or item.has_key is not False
