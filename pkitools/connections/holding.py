"""Connections held against what lies at the places they name: one scan for each system and environment.

A connection without a certificate that is good is also held against the places of all others: what lies there may be
used again.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Final, TypeAlias

from pkitools.arguments import of_type
from pkitools.connections.calendar import WorkingDays
from pkitools.connections.model import Connection, Connections
from pkitools.connections.planning import YEARS, Anchor, Plan, generation_for, plan
from pkitools.connections.status import ConnectionStatus, Status
from pkitools.connections.steps import Seen, steps_of
from pkitools.environment import Environment
from pkitools.findings import Verdict
from pkitools.frozen import dataclass, replace
from pkitools.limits import MAX_PATTERN_FILES
from pkitools.portfolio import Gathering, HeldCertificate, HeldRequest, Judging, Place, Portfolio, Unread, scan
from pkitools.systems import Stance, System, Topic
from pkitools.trust import HierarchyKind, hierarchies

if TYPE_CHECKING:
    from concurrent.futures import Executor

_Group: TypeAlias = tuple[System | None, Environment]


def hold(
    connections: Connections,
    judging: Judging,
    *,
    executor: Executor | None = None,
    calendar: WorkingDays | None = None,
) -> Status:
    """Return how connections stand, by what lies at the places they name. No connection is opened.

    Args:
        connections: the connections.
        judging: what every certificate is asked; its environment and systems are those of each connection.
        executor: does the work of the scans; ``None``: this process.
        calendar: the working days; ``None``: those of the Netherlands.

    Raises:
        MissingExtraError: the library that knows Dutch holidays is not installed.
    """
    of_type(connections, Connections, "connections")
    found = _Found(connections, judging, executor, calendar or WorkingDays())
    by_group = (found.of_group(group, members) for group, members in found.groups().items())
    statuses = {one.connection.line: one for group in by_group for one in group}
    ordered = tuple(statuses[one.line] for one in connections.connections)
    return Status(judging.moment, connections, ordered, tuple(found.unread.values()))


class _Found:
    """What was found so far."""

    def __init__(
        self, connections: Connections, judging: Judging, executor: Executor | None, calendar: WorkingDays
    ) -> None:
        self.connections, self.judging, self.executor, self.calendar = connections, judging, executor, calendar
        self.places = {one.line: _Places.of(one.files) for one in connections.connections}
        self.owners: dict[str, list[Connection]] = {}
        for one in connections.connections:
            for place in self.places[one.line].there:
                self.owners.setdefault(place, []).append(one)
        self.unread: dict[tuple[str, int | None], Unread] = {}

    def groups(self) -> Mapping[_Group, list[Connection]]:
        """Return the connections by what their certificates are judged for."""
        found: dict[_Group, list[Connection]] = {}
        for one in self.connections.connections:
            found.setdefault((one.system, one.environment), []).append(one)
        return found

    def of_group(self, group: _Group, members: Sequence[Connection]) -> list[ConnectionStatus]:
        """Return how the connections of one system and environment stand."""
        own = self._scanned(group, (self.places[one.line] for one in members))
        statuses = [self._status(one, own) for one in members]
        if all(_is_served(one, self.judging.moment) for one in statuses):
            return statuses
        every = self._scanned(group, self.places.values())
        return [one if _is_served(one, self.judging.moment) else self._with_reusable(one, every) for one in statuses]

    def _scanned(self, group: _Group, places: Iterable[_Places]) -> _Lying:
        system, environment = group
        asked = replace(self.judging, environment=environment, systems=() if system is None else (system,))
        given = list(dict.fromkeys(place for each in places for place in each.there))
        gathering = Gathering(given, asked)
        for reading in scan(given, asked, executor=self.executor) if given else ():
            gathering.add(reading)
        found = gathering.portfolio()
        self.unread |= {(one.name, one.position): one for one in found.unread}
        return _Lying.of(found, self.owners)

    def _status(self, connection: Connection, found: _Lying) -> ConnectionStatus:
        here = found.certificates.get(connection.line, [])
        moment = self.judging.moment
        certificate = _best((one for one in here if one.oin == connection.holder.oin), moment)
        if certificate is not None and certificate.subject == certificate.issuer:
            connection = replace(connection, self_signed=True)  # it shows
        request = _pending(connection, found)
        planned = self._plan(connection, certificate)
        others = tuple(one for one in here if one.oin != connection.holder.oin)
        metadata, metadata_file = _in_metadata(connection, certificate, here)
        ended = certificate is not None and certificate.not_after < moment
        seen = Seen(connection, moment.date(), certificate, request, planned, ended, len(others), metadata)
        return ConnectionStatus(
            connection,
            steps_of(seen),
            certificate,
            request,
            planned,
            others=others,
            absent=self.places[connection.line].absent,
            key_file=_key_file(certificate, found),
            metadata_file=metadata_file,
        )

    def _plan(self, connection: Connection, certificate: HeldCertificate | None) -> Plan | None:
        """Return the days back from the end of the certificate, or from going live where there is none."""
        moment = self.judging.moment
        day = connection.live if certificate is None else certificate.not_after.date()
        if day is None or day.year not in YEARS:  # a certificate may end in 9999, or have ended long ago
            return None
        generation = None if certificate is None else _generation(certificate, connection.environment)
        if certificate is None and connection.system is not None:
            generation = generation_for(connection.system, connection.environment, moment)
        return plan(
            day,
            Anchor.LIVE if certificate is None else Anchor.END,
            moment=moment,
            lead_times=connection.lead_times,
            # whoever has a certificate was a subscriber to get it
            subscriber=True if certificate is not None and connection.subscriber is None else connection.subscriber,
            generation=generation,
            calendar=self.calendar,
        )

    def _with_reusable(self, status: ConnectionStatus, every: _Lying) -> ConnectionStatus:
        """Add the certificates of its holder that lie elsewhere and are good for it."""
        connection, moment = status.connection, self.judging.moment
        held = (one for one in every.of_holder.get(connection.holder.oin, []) if one.verdict is Verdict.PASSED)
        good = [one for one in held if one.not_before <= moment <= one.not_after and not one.is_authority]
        if _asks_separate(connection, moment):
            good = [one for one in good if not self._is_elsewhere(one, connection)]
        mine = None if status.certificate is None else status.certificate.sha256
        return replace(status, reusable=tuple(one for one in good if one.sha256 != mine))

    def _is_elsewhere(self, certificate: HeldCertificate, connection: Connection) -> bool:
        """Return whether a certificate lies at a place of the same system in the other environment."""
        owners = (owner for place in certificate.places for owner in _owners(place, self.owners))
        return any(
            other.system is connection.system and other.environment is not connection.environment for other in owners
        )


@dataclass(frozen=True, slots=True)
class _Lying:
    """What a scan found, by the connections at whose places it lies: a file of thousands is looked through once."""

    certificates: Mapping[int, list[HeldCertificate]]
    requests: Mapping[int, list[HeldRequest]]
    of_holder: Mapping[str, list[HeldCertificate]]
    keys: Mapping[str, str]
    issued: frozenset[str]

    @classmethod
    def of(cls, found: Portfolio, owners: Mapping[str, list[Connection]]) -> _Lying:
        certificates: dict[int, list[HeldCertificate]] = {}
        requests: dict[int, list[HeldRequest]] = {}
        of_holder: dict[str, list[HeldCertificate]] = {}
        for one in found.judged:
            of_holder.setdefault(one.oin or "", []).append(one)
            for line in {owner.line for place in one.places for owner in _owners(place, owners)}:
                certificates.setdefault(line, []).append(one)
        for request in found.requests:
            for line in {owner.line for owner in _owners(request.place, owners)}:
                requests.setdefault(line, []).append(request)
        keys = {key.spki_sha256: key.place.name for key in found.keys if key.spki_sha256 is not None}
        return cls(certificates, requests, of_holder, keys, frozenset(one.spki_sha256 for one in found.certificates))


def _owners(place: Place, owners: Mapping[str, list[Connection]]) -> Iterator[Connection]:
    """Yield the connections at whose places something lies, or a file that names it."""
    for name in (place.name, *(named.rpartition(":")[0] for named in place.named_by)):
        path = PurePath(os.path.normpath(name))
        for each in (path, *path.parents):
            yield from owners.get(str(each), ())


@dataclass(frozen=True, slots=True)
class _Places:
    """The places of one connection: those that are there, and those that are not."""

    there: tuple[str, ...]
    absent: tuple[str, ...]

    @classmethod
    def of(cls, files: Sequence[str]) -> _Places:
        found = {each: matches(each) for each in files}
        there = dict.fromkeys(path for paths in found.values() for path in paths)
        return cls(tuple(there), tuple(each for each, paths in found.items() if not paths))


def matches(path: str) -> list[str]:
    """Return the files and folders that a path or pattern of a connection stands for, as there are now."""
    if os.path.lexists(path):
        return [path]
    if not glob.has_magic(path):
        return []
    from itertools import islice

    # the one of pathlib takes no pattern that begins at the root
    return sorted(islice(glob.iglob(path), MAX_PATTERN_FILES))  # noqa: PTH207  as said


_RANK: Final = {Verdict.PASSED: 2, Verdict.INDETERMINATE: 1, Verdict.FAILED: 0, None: 0}


def _best(certificates: Iterable[HeldCertificate], moment: datetime) -> HeldCertificate | None:
    """Return the certificate that a connection is held to have: not ended, then the best, then the last."""
    return max(
        certificates,
        key=lambda one: (one.not_after >= moment, _RANK[one.verdict], one.not_after, one.sha256),
        default=None,
    )


def _pending(connection: Connection, found: _Lying) -> HeldRequest | None:
    """Return a request of the holder at its places for which there is no certificate yet."""
    here = found.requests.get(connection.line, [])
    waiting = (one for one in here if one.spki_sha256 not in found.issued)
    return next((one for one in waiting if one.oin in {None, connection.holder.oin}), None)


def _in_metadata(
    connection: Connection, certificate: HeldCertificate | None, here: Iterable[HeldCertificate]
) -> tuple[bool | None, str | None]:
    """Return whether the certificate is in metadata at the places of a connection, and a file with those."""
    described = {
        place.name: one is certificate
        for one in sorted(here, key=lambda each: each is certificate)
        for place in one.places
        if place.entity_id is not None and connection.entity_id in {None, place.entity_id}
    }
    if not described:
        return None, None
    return any(described.values()), max(described, key=lambda name: described[name])


def _generation(certificate: HeldCertificate, environment: Environment) -> str | None:
    """Return the generation of a certificate of production: its dates do not bind those of TRIAL and tests."""
    found = next((each for each in hierarchies() if each.name == certificate.hierarchy), None)
    kind = HierarchyKind.PRODUCTION if found is None and environment is Environment.PRODUCTION else None
    return certificate.generation if (found.kind if found else kind) is HierarchyKind.PRODUCTION else None


def _key_file(certificate: HeldCertificate | None, found: _Lying) -> str | None:
    if certificate is None:
        return None
    beside = (place.name for place in certificate.places if place.with_key)
    return next(beside, None) or found.keys.get(certificate.spki_sha256)


def _is_served(status: ConnectionStatus, moment: datetime) -> bool:
    certificate = status.certificate
    if certificate is None or certificate.not_after < moment:
        return False
    return certificate.verdict is not Verdict.FAILED


def _asks_separate(connection: Connection, moment: datetime) -> bool:
    if connection.system is None:
        return False
    said = connection.system.statements_at(connection.environment, moment, Topic.SEPARATE_CERTIFICATE)
    return any(each.answer is Stance.YES for each in said)
