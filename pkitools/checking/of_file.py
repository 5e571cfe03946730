"""What a file says by itself of the certificates in it: its keys, its requests, the IDs and dates that it states.

Whoever judges a file asks all of it here, so that no command forgets a part of it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from pkitools.checking.private_keys import (
    check_private_keys,
    check_public_keys,
    check_requests,
    check_stated_keys,
    is_named,
)
from pkitools.checking.stated_ids import (
    check_given_against,
    check_stated_ids,
    holds_nothing_to_judge,
)
from pkitools.containers import ContainerFormat, Contents, Item, ItemKind
from pkitools.containers.kubernetes import KEY
from pkitools.findings import Outcome
from pkitools.frozen import dataclass, field
from pkitools.x509 import CertificateFacts, PublicKey
from pkitools.x509.keys import names_of, thumbprints

if TYPE_CHECKING:
    from pkitools.checking.sections import Standing
    from pkitools.environment import Environment
    from pkitools.systems import System


@dataclass(frozen=True, slots=True)
class FileKeys:
    """What lies in a file beside its certificates.

    Args:
        contents: what the file holds.
        name: what it is called.
        read: its certificates, and where they stand.
        halves: of its private keys the public halves.
        passphrase: of its keys.
        unasked: those of its private keys that are not of the certificate that was asked about, where one was.
    """

    contents: Contents
    name: str
    read: Sequence[tuple[Item, CertificateFacts]]
    halves: Mapping[Item, PublicKey | None]
    passphrase: bytes | None = field(default=None, repr=False)
    unasked: frozenset[Item] = frozenset()

    def outcomes(self, *, raise_crashes: bool = False) -> Iterator[Outcome]:
        """Yield what there is to say of the keys in the file: whose they are, and what stands beside them.

        Args:
            raise_crashes: let a check that crashes raise instead of becoming NOT_CHECKED.
        """
        keys = names_of(facts.public_key for _, facts in self.read)
        yield from check_private_keys(
            self.contents,
            keys,
            self.passphrase,
            raise_crashes=raise_crashes,
            halves=self.halves,
            standing=_held_to(self.read, self.halves),
            unasked=self.unasked | _spare(self.halves),
            read=self.read,
        )
        requests = [(item, item) for item in self.contents.of_kind(ItemKind.REQUEST)]
        called = _standing(self.read, requests, by_name=True)
        standing, private_keys = _standing(self.read, requests), names_of(self.halves.values())
        yield from check_requests(self.contents, keys, self.name, standing, called, private_keys=private_keys)
        yield from check_public_keys(self.contents, keys, self.name)
        yield from check_stated_keys(self.read)
        if self.contents.container is ContainerFormat.PEM and self.halves and len(self.read) > 1:
            from pkitools.checking.served import check_first  # few files hold a key and several certificates

            yield from check_first(self.read, self.halves)
        if any(item.is_served for item in self.halves):
            from pkitools.checking.served import check_served  # few files are Secrets

            yield from check_served(self.read, self.halves)

    def of_none(self) -> frozenset[Item]:
        """Return the private keys that stand under a name in a text with certificates, and with none of these."""
        if not self.read or not any(map(is_named, self.halves)):
            return frozenset()
        held = _held_to(self.read, self.halves)
        return frozenset(item for item in self.halves if is_named(item) and not held.get(item))


@dataclass(frozen=True, slots=True)
class StatedIds:
    """For which entity IDs the certificates of a file are.

    Args:
        given: the one that the caller says instead; ``None`` for those that metadata states.
        chosen: those of metadata that are a text of somebody's choice, which no system asks about.
    """

    given: str | None
    chosen: Sequence[str]

    @classmethod
    def of(cls, stated: Iterable[str | None], given: str | None, systems: Sequence[System]) -> StatedIds:
        """Choose among those that metadata states.

        Args:
            stated: the entity IDs, each for a certificate that is judged.
            given: the one that is judged instead.
            systems: what the certificates are for.
        """
        asked = [each for each in stated if each and given is None]
        return cls(given, [each for each in asked if holds_nothing_to_judge(each, systems)])

    def asked_of(self, entity_id: str | None) -> str | None:
        """Return the entity ID that a certificate is held against beside the one that was given."""
        return None if self.given is not None or entity_id in self.chosen else entity_id

    def outcomes(self, contents: Contents, judged: Iterable[str | None], environment: Environment) -> Iterator[Outcome]:
        """Yield what there is to say of the IDs themselves.

        Args:
            contents: what the file holds.
            judged: the entity IDs that it states for the certificates that are judged.
            environment: where they are to be used.
        """
        yield from check_stated_ids(self.chosen, contents.service_ids, environment)
        yield from check_given_against(self.given, judged)


def _spare(keys: Iterable[Item]) -> frozenset[Item]:
    """Return the private keys of Secrets that no server loads, for it takes the first."""
    served = [item for item in keys if item.is_served and item.alias == KEY]
    first = {item.place: item for item in reversed(served)}
    return frozenset(item for item in served if item is not first[item.place])


def _standing(
    read: Sequence[tuple[Item, CertificateFacts]], items: Sequence[tuple[Item, Hashable]], *, by_name: bool = False
) -> dict[Item, frozenset[str]]:
    """Return the keys of the certificates that each of these items stands with in its file.

    Args:
        read: the certificates of the file, and where they stand.
        items: each with what tells it from the others; ``None`` where that is not known.
        by_name: only with those that are called as it is.
    """
    standing = _standing_of(read, items)
    if standing is None:
        return {}
    return {item: frozenset().union(*standing.with_item(item, by_name=by_name)) for item, _ in items}


def _held_to(
    read: Sequence[tuple[Item, CertificateFacts]], halves: Mapping[Item, PublicKey | None]
) -> dict[Item, frozenset[str]]:
    """Return the keys of the certificates that each private key is held to in its file.

    Args:
        read: the certificates of the file, and where they stand.
        halves: the private keys, each with its public half.
    """
    standing = _standing_of(read, [*halves.items()])
    if standing is None:
        return {}
    by_name: dict[str, list[tuple[Item, frozenset[str]]]] = {}
    for item, facts in read:
        names = thumbprints(facts.public_key)
        for name in names:
            by_name.setdefault(name, []).append((item, names))
    named: dict[Hashable, frozenset[str]] = {half: thumbprints(half) for half in halves.values() if half is not None}

    def held_to(item: Item, half: PublicKey | None) -> frozenset[str]:
        mark: Hashable = item if half is None else half
        fitting = (pair for name in named.get(mark, frozenset()) for pair in by_name.get(name, ()))
        return frozenset().union(*standing.held_to(item, mark, fitting, _fits))

    def _fits(mark: Hashable, names: frozenset[str]) -> bool:
        return not names.isdisjoint(named.get(mark, frozenset()))

    return {item: held_to(item, half) for item, half in halves.items()}


def _standing_of(
    read: Sequence[tuple[Item, CertificateFacts]], items: Sequence[tuple[Item, Hashable]]
) -> Standing[frozenset[str]] | None:
    """Return what stands together in a file; ``None`` where nothing there says that."""
    if not read or all(item.among is None and item.place is None for item, _ in items):
        return None
    from pkitools.checking.sections import Standing  # in few files names or sections say what belongs together
    from pkitools.checking.selection import end_entities

    own = {facts.sha256 for facts in end_entities(facts for _, facts in read)}
    return Standing(
        [(item, thumbprints(facts.public_key)) for item, facts in read],
        [(item, item if mark is None else mark) for item, mark in items],
        [item for item, facts in read if facts.sha256 not in own],
    )
