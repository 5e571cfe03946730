"""What lies at the places of connections: found by one scan, and told apart by system and environment.

Each certificate is judged once for every system and environment of the connections whose places lead to it, and for no
other: what else is to be known of some of them is asked of the same scan when all is found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, TypeAlias

from pkitools.connections.model import Connection, Connections
from pkitools.connections.owning import Owners
from pkitools.environment import Environment
from pkitools.frozen import dataclass, replace
from pkitools.portfolio import (
    Claim,
    EnvironmentBasis,
    Gap,
    Gathering,
    HeldCertificate,
    HeldKey,
    HeldRequest,
    Judgement,
    Judging,
    Place,
    Portfolio,
    Reading,
    Unread,
)
from pkitools.portfolio.claims import Claims, namers
from pkitools.portfolio.judging import Judge
from pkitools.portfolio.risk import misfits
from pkitools.portfolio.scanning import Scan
from pkitools.portfolio.where import same_place
from pkitools.systems import System

if TYPE_CHECKING:
    from concurrent.futures import Executor

Group: TypeAlias = tuple[System | None, Environment]
"""What the certificates of connections are judged for."""


class Looked:
    """One scan of the places of connections.

    Args:
        connections: the connections.
        judging: what every certificate is asked; its environment and systems are those of each connection.
        owners: whose places they are.
        executor: does the work; ``None``: this process.
        lends: folders beside those places, with what a chain may be mended with.
    """

    def __init__(
        self,
        connections: Connections,
        judging: Judging,
        owners: Owners,
        executor: Executor | None = None,
        lends: Sequence[str] = (),
    ) -> None:
        groups: dict[Group, list[Connection]] = {}
        for one in connections.connections:
            groups.setdefault((one.system, one.environment), []).append(one)
        self.groups: Mapping[Group, Sequence[Connection]] = groups
        self._owners = owners
        self._numbers = {group: number for number, group in enumerate(groups)}
        claims = tuple(self._claim(group) for group in groups)
        asked = replace(judging, environment=None, systems=(), claims=claims)
        self._names = [claim.name for claim in claims]
        self._gatherings = [Gathering(claim.places, judging) for claim in claims]
        self._oins = frozenset(one.holder.oin for one in connections.connections)
        self._held: dict[str, dict[str, HeldCertificate]] = {}
        self._places: dict[str, list[Place]] = {}
        stated = frozenset(same_place(file) for one in connections.connections for file in one.files)
        self._scan = Scan(
            Judge(asked), None, executor, Claims(claims), keeps=self._may_be_asked, lends=lends, stated=stated
        )
        self._all = Gathering((), judging)
        places = dict.fromkeys(place for each in owners.places.values() for place in each.there)
        reached: list[list[Reading]] = [[] for _ in claims]
        for reading in self._scan.readings(tuple(places)):
            self._keep(reading)
            for number in reading.reached:
                reached[number].append(_only(reading, self._names[number]))
        for claim, gathering, readings in zip(claims, self._gatherings, reached, strict=True):
            for reading in _in_order(readings, claim.places):
                gathering.add(reading)
        self._found = [each.portfolio() for each in self._gatherings]
        self._wanted: dict[str, dict[str, dict[int | None, None]]] = {}
        self._wanted_alone: dict[str, set[int]] = {}
        self._further: dict[int, Mapping[str, HeldCertificate]] = {}

    def _claim(self, group: Group) -> Claim:
        system, environment = group
        places = (place for one in self.groups[group] for place in self._owners.places[one.number].there)
        # by its number, which no other has
        return Claim(
            name=str(self._numbers[group]), places=tuple(dict.fromkeys(places)), environment=environment, system=system
        )

    def _may_be_asked(self, certificate: HeldCertificate) -> bool:
        return not certificate.is_authority and certificate.oin in self._oins

    def _keep(self, reading: Reading) -> None:
        self._all.add(Reading(reading.name, unread=reading.unread))
        for one in reading.certificates:
            if self._may_be_asked(one):
                self._held.setdefault(one.oin or "", {}).setdefault(one.sha256, one)
                self._places.setdefault(one.sha256, []).extend(one.places)

    def lying(self) -> Iterator[tuple[Group, Lying]]:
        """Yield what lies at the places of the connections of each system and environment."""
        # a list that lies at the place of another counts for all
        folders = [folder for found in self._found for folder in found.list_folders]
        for group, found in zip(self.groups, self._found, strict=True):
            lists = tuple(dict.fromkeys((*found.list_folders, *folders)))
            yield group, replace(Lying.of(found, self._owners), list_folders=lists)

    def unread(self) -> Iterator[Unread]:
        """Yield what could not be looked at, with all that names it."""
        whole = {(one.name, one.position): one for one in self._all.portfolio().unread}
        return (whole[one.name, one.position] for found in self._found for one in found.unread)

    def is_in_use(self, origin: str) -> bool:
        """Return whether a line of a configuration, as ``FILE:LINE``, puts what it names into use."""
        return self._scan.is_in_use(origin)

    def of_holder(self, oin: str) -> Iterator[HeldCertificate]:
        """Yield the certificates with an OIN, wherever they lie, with all their places and no judgement."""
        found = self._held.get(oin, {}).values()
        return (replace(one, judgements=(), places=tuple(self._places[one.sha256])) for one in found)

    def ask(self, group: Group, certificate: HeldCertificate) -> None:
        """Have a certificate judged for a system and environment as well, wherever it lies."""
        self._further[self._numbers[group]] = {}  # also where it is already
        for place in self._places[certificate.sha256]:
            self._want(place, certificate, self._numbers[group])

    def ask_alone(self, group: Group, connection: Connection, certificate: HeldCertificate) -> None:
        """Have a certificate at the places of a connection judged for no system, in its own environment."""
        self._further[self._numbers[group]] = {}
        self._wanted_alone.setdefault(certificate.sha256, set()).add(self._numbers[group])
        for place in certificate.places:
            if any(one.number == connection.number for one in self._owners.of(place)):
                self._want(place, certificate, None)

    def _want(self, place: Place, certificate: HeldCertificate, by: int | None) -> None:
        self._wanted.setdefault(place.name, {}).setdefault(certificate.sha256, {})[by] = None

    def ask_further(self) -> Sequence[Unread]:
        """Judge what is to be judged besides; return what could not be."""
        wanted = {name: {sha256: tuple(by) for sha256, by in each.items()} for name, each in self._wanted.items()}
        unread: list[Unread] = []
        for reading in self._scan.further(wanted):
            unread += reading.unread
            for one in reading.certificates:
                self._add_further(one)
        for number in self._further:
            self._further[number] = {one.sha256: one for one in self._gatherings[number].portfolio().judged}
        return unread

    def _add_further(self, one: HeldCertificate) -> None:
        for number, name in enumerate(self._names):
            is_alone = number in self._wanted_alone.get(one.sha256, ())
            told = tuple(
                each for each in one.judgements if each.connection == name or (is_alone and not each.connection)
            )
            if told:
                self._gatherings[number].add(Reading("", (replace(one, judgements=told),), is_again=True))

    def asked(self, group: Group) -> Iterator[HeldCertificate]:
        """Yield what was judged for a system and environment besides, with what was before, the worst first."""
        name = self._names[self._numbers[group]]
        return (_judged(one, name) for one in self._further.get(self._numbers[group], {}).values())

    def alone(self, group: Group, certificate: HeldCertificate) -> HeldCertificate | None:
        """Return a certificate as it was judged for no system; ``None`` where that was not asked."""
        found = self._further.get(self._numbers[group], {}).get(certificate.sha256)
        return None if found is None else _judged(found, None)


def _in_order(readings: Sequence[Reading], places: Sequence[str]) -> Sequence[Reading]:
    """Return readings as they would have come of these places alone: by the place, then what was followed from it."""
    turns: dict[str, int] = {}
    for turn, place in enumerate(places):
        turns.setdefault(same_place(place), turn)

    def turn_of(reading: Reading) -> tuple[bool, int]:
        origins = [*namers(reading.named_by)]
        paths = (PurePath(same_place(name)) for name in origins or (reading.name,))
        found = (turns[str(each)] for path in paths for each in (path, *path.parents) if str(each) in turns)
        return reading.is_again or bool(origins), min(found, default=len(turns))

    return sorted(readings, key=turn_of)


def _only(reading: Reading, name: str) -> Reading:
    """Return of what a file gave the judgements for one system and environment."""
    return replace(reading, certificates=tuple(_by(one, name) for one in reading.certificates))


def _by(one: HeldCertificate, name: str | None) -> HeldCertificate:
    return replace(one, judgements=tuple(each for each in one.judgements if each.connection == name))


def _judged(one: HeldCertificate, name: str | None) -> HeldCertificate:
    return _alone(_by(one, name))


def _alone(one: HeldCertificate) -> HeldCertificate:
    """Return a certificate as one that was asked of alone: what asks for its connections is nobody's name."""
    return replace(one, judgements=tuple(map(_asked, one.judgements)))


def _asked(judgement: Judgement) -> Judgement:
    if judgement.connection is None:
        return judgement
    return replace(judgement, connection=None, basis=EnvironmentBasis.ASKED)


@dataclass(frozen=True, slots=True)
class Lying:
    """What a scan found, by the connections at whose places it lies: a file of thousands is looked through once."""

    certificates: Mapping[int, list[HeldCertificate]]
    requests: Mapping[int, list[HeldRequest]]
    keys: Mapping[str, str]
    stray: frozenset[str]
    misfits: Mapping[str, list[HeldKey]]
    issued: frozenset[str]
    unread: Mapping[int, list[Unread]]
    closed: Mapping[int, list[str]]
    list_folders: tuple[str, ...]
    at_hand: Mapping[int, set[str]]
    alone: frozenset[str]

    @classmethod
    def of(cls, found: Portfolio, owners: Owners) -> Lying:
        """Return what was found by whose places it lies at."""
        certificates: dict[int, list[HeldCertificate]] = {}
        requests: dict[int, list[HeldRequest]] = {}
        for one in map(_alone, found.judged):
            for number in {owner.number for place in one.places for owner in owners.of(place)}:
                certificates.setdefault(number, []).append(one)
        for request in found.requests:
            for number in {owner.number for owner in owners.of(request.place)}:
                requests.setdefault(number, []).append(request)
        keys = {key.spki_sha256: key.place.name for key in found.keys if key.spki_sha256 is not None}
        issued = frozenset(one.spki_sha256 for one in found.certificates)
        known = issued | {one.spki_sha256 for one in found.requests}
        stray = frozenset(same_place(name) for spki, name in keys.items() if spki not in known)
        return cls(
            certificates,
            requests,
            keys,
            stray,
            _misfits(found),
            issued,
            _unread(found, owners),
            _closed(found, owners),
            found.list_folders,
            _at_hand(found, owners),
            _alone_in(found),
        )


def _closed(found: Portfolio, owners: Owners) -> dict[int, list[str]]:
    """Return the private keys that nobody opened, by the connections at whose places they lie."""
    at: dict[int, list[str]] = {}
    for key in found.keys:
        if key.encrypted and key.spki_sha256 is None:
            for number in {owner.number for owner in owners.of(key.place)}:
                at.setdefault(number, []).append(key.place.name)
    return at


def _at_hand(found: Portfolio, owners: Owners) -> dict[int, set[str]]:
    """Return the public keys of the private keys that lie at the places of each connection."""
    at: dict[int, set[str]] = {}
    for key in found.keys:
        if key.spki_sha256 is not None:
            for number in {owner.number for owner in owners.of(key.place)}:
                at.setdefault(number, set()).add(key.spki_sha256)
    return at


def _alone_in(found: Portfolio) -> frozenset[str]:
    """Return the files with one certificate that is of no authority."""
    held = Counter(place.name for one in found.judged for place in one.places)
    return frozenset(name for name, count in held.items() if count == 1)


def _unread(found: Portfolio, owners: Owners) -> dict[int, list[Unread]]:
    """Return what could not be looked at, by the connections at whose places it lies."""
    at: dict[int, list[Unread]] = {}
    for one in found.unread:
        places = (one.name, *namers(one.named_by))
        for number in {owner.number for name in places for owner in owners.named(name)}:
            if one.gap is not Gap.SKIPPED:
                at.setdefault(number, []).append(one)
    return at


def _misfits(found: Portfolio) -> dict[str, list[HeldKey]]:
    """Return the keys that do not fit what they are beside, by the public keys of that."""
    beside: dict[str, list[HeldKey]] = {}
    for key, _, held in misfits(found):
        for spki in held:
            beside.setdefault(spki, []).append(key)
    return beside
