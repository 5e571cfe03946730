"""Connections held against what lies at the places they name: one scan for each system and environment.

A connection without a certificate that is good is also held against the places of all others: what lies there may be
used again.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from pkitools.arguments import of_type
from pkitools.connections.calendar import WorkingDays
from pkitools.connections.model import Connection, Connections
from pkitools.connections.planning import Anchor, Plan, generation_for, plan
from pkitools.connections.status import ConnectionStatus, Status
from pkitools.connections.steps import Seen, steps_of
from pkitools.environment import Environment
from pkitools.findings import Verdict
from pkitools.frozen import dataclass, replace
from pkitools.limits import MAX_PATTERN_FILES
from pkitools.portfolio import Gathering, HeldCertificate, HeldRequest, Judging, Place, Portfolio, Standing, Unread, scan
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
    statuses = {one.connection.line: one for group in found.groups() for one in found.of_group(group)}
    ordered = tuple(statuses[one.line] for one in connections.connections)
    return Status(judging.moment, connections, ordered, tuple(found.unread.values()))


class _Found:
    """What was found so far."""

    def __init__(
        self, connections: Connections, judging: Judging, executor: Executor | None, calendar: WorkingDays
    ) -> None:
        self.connections, self.judging, self.executor, self.calendar = connections, judging, executor, calendar
        self.places = {one.line: _Places.of(one.files) for one in connections.connections}
        self.unread: dict[tuple[str, int | None], Unread] = {}

    def groups(self) -> Mapping[_Group, None]:
        return dict.fromkeys((one.system, one.environment) for one in self.connections.connections)

    def of_group(self, group: _Group) -> list[ConnectionStatus]:
        members = [one for one in self.connections.connections if (one.system, one.environment) == group]
        own = self._scanned(group, (self.places[one.line] for one in members))
        statuses = [self._status(one, own) for one in members]
        if all(_is_served(one, self.judging.moment) for one in statuses):
            return statuses
        every = self._scanned(group, self.places.values())
        return [one if _is_served(one, self.judging.moment) else self._with_reusable(one, every) for one in statuses]

    def _scanned(self, group: _Group, places: Iterable[_Places]) -> Portfolio:
        system, environment = group
        asked = replace(self.judging, environment=environment, systems=() if system is None else (system,))
        given = list(dict.fromkeys(place for each in places for place in each.there))
        gathering = Gathering(given, asked)
        for reading in scan(given, asked, executor=self.executor) if given else ():
            gathering.add(reading)
        found = gathering.portfolio()
        self.unread |= {(one.name, one.position): one for one in found.unread}
        return found

    def _status(self, connection: Connection, found: Portfolio) -> ConnectionStatus:
        places = self.places[connection.line]
        here = [one for one in found.judged if any(map(places.hold, one.places))]
        own = [one for one in here if one.oin == connection.holder.oin]
        certificate = _best(own, found.moment)
        request = _pending(connection, places, found)
        planned = self._plan(connection, certificate)
        others = tuple(one for one in here if one.oin != connection.holder.oin)
        metadata, metadata_file = _in_metadata(connection, certificate, here)
        ended = certificate is not None and certificate.not_after < found.moment
        today = found.moment.date()
        seen = Seen(connection, today, certificate, request, planned, ended, len(others), metadata)
        return ConnectionStatus(
            connection,
            steps_of(seen),
            certificate,
            request,
            planned,
            others=others,
            absent=places.absent,
            key_file=_key_file(certificate, found),
            metadata_file=metadata_file,
        )

    def _plan(self, connection: Connection, certificate: HeldCertificate | None) -> Plan | None:
        """Return the days back from the end of the certificate, or from going live where there is none."""
        moment = self.judging.moment
        day = connection.live if certificate is None else certificate.not_after.date()
        if day is None:
            return None
        generation = None if certificate is None else _generation(certificate)
        if certificate is None and connection.system is not None:
            generation = generation_for(connection.system, connection.environment, moment)
        return plan(
            day,
            Anchor.LIVE if certificate is None else Anchor.END,
            moment=moment,
            lead_times=connection.lead_times,
            subscriber=connection.subscriber,
            generation=generation,
            calendar=self.calendar,
        )

    def _with_reusable(self, status: ConnectionStatus, every: Portfolio) -> ConnectionStatus:
        """Add the certificates of its holder that lie elsewhere and are good for it."""
        connection, moment = status.connection, self.judging.moment
        held = [one for one in every.judged if one.oin == connection.holder.oin and one is not status.certificate]
        good = [one for one in held if one.standing(moment) in {Standing.PASSED, Standing.ENDS_SOON}]
        good = [one for one in good if one.verdict is Verdict.PASSED]
        usable = (one for one in good if not (_asks_separate(connection, moment) and self._is_elsewhere(one, connection)))
        return replace(status, reusable=tuple(usable))

    def _is_elsewhere(self, certificate: HeldCertificate, connection: Connection) -> bool:
        """Return whether a certificate lies at a place of the same system in the other environment."""
        return any(
            other.system is connection.system
            and other.environment is not connection.environment
            and any(map(self.places[other.line].hold, certificate.places))
            for other in self.connections.connections
        )


@dataclass(frozen=True, slots=True)
class _Places:
    """The places of one connection: those that are there, and those that are not."""

    there: tuple[str, ...]
    absent: tuple[str, ...]

    @classmethod
    def of(cls, files: Sequence[str]) -> _Places:
        found = {each: _matches(each) for each in files}
        there = dict.fromkeys(path for paths in found.values() for path in paths)
        return cls(tuple(there), tuple(each for each, paths in found.items() if not paths))

    def hold(self, place: Place) -> bool:
        """Return whether a place lies at one of these, or is named by a file that does."""
        names = (place.name, *(named.rpartition(":")[0] for named in place.named_by))
        return any(_is_below(name, each) for name in names for each in self.there)


def _matches(path: str) -> list[str]:
    if os.path.lexists(path):
        return [path]
    if not glob.has_magic(path):
        return []
    from itertools import islice

    return sorted(islice(glob.iglob(path), MAX_PATTERN_FILES))


def _is_below(name: str, place: str) -> bool:
    name = os.path.normpath(name)
    return name == place or name.startswith(place.rstrip(os.sep) + os.sep) or place == os.curdir


_RANK = {Verdict.PASSED: 2, Verdict.INDETERMINATE: 1, Verdict.FAILED: 0, None: 0}


def _best(certificates: Iterable[HeldCertificate], moment: datetime) -> HeldCertificate | None:
    """Return the certificate that a connection is held to have: one that has not ended, then the best, then the last."""
    return max(
        certificates,
        key=lambda one: (one.not_after >= moment, _RANK[one.verdict], one.not_after, one.sha256),
        default=None,
    )


def _pending(connection: Connection, places: _Places, found: Portfolio) -> HeldRequest | None:
    """Return a request of the holder at its places for which there is no certificate yet."""
    issued = {one.spki_sha256 for one in found.certificates}
    open_ones = (
        one
        for one in found.requests
        if places.hold(one.place) and one.spki_sha256 not in issued and one.oin in {None, connection.holder.oin}
    )
    return next(open_ones, None)


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


def _generation(certificate: HeldCertificate) -> str | None:
    """Return the generation of a certificate of production: its dates do not bind those of TRIAL and tests."""
    found = next((each for each in hierarchies() if each.name == certificate.hierarchy), None)
    is_test = found is not None and found.kind is not HierarchyKind.PRODUCTION
    return None if is_test else certificate.generation


def _key_file(certificate: HeldCertificate | None, found: Portfolio) -> str | None:
    if certificate is None:
        return None
    beside = (place.name for place in certificate.places if place.with_key)
    apart = (key.place.name for key in found.keys if key.spki_sha256 == certificate.spki_sha256)
    return next(beside, None) or next(apart, None)


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
