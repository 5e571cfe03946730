"""Connections held against what lies at the places they name: one scan for each system and environment.

A connection without a certificate that is good is also held against the places of all others: what lies there may be
used again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import chain
from typing import TYPE_CHECKING, Final, TypeAlias

from pkitools.arguments import of_type
from pkitools.connections.described import Metadata, fault_of, misplaced
from pkitools.connections.model import Connection, Connections
from pkitools.connections.naming import bears_name, is_for, lacking_names
from pkitools.connections.owning import Owners, Places
from pkitools.connections.planning import Plan, PlanDate
from pkitools.connections.renewing import delivery_of, has_to_be_replaced, plan_of_live, plan_of_renewal
from pkitools.connections.status import ConnectionsStatus, ConnectionStatus
from pkitools.connections.steps import Seen, gone_by, in_both, steps_of, takes_metadata
from pkitools.environment import Environment
from pkitools.findings import Outcome, Verdict
from pkitools.frozen import dataclass, replace
from pkitools.limits import MAX_PATTERN_FILES
from pkitools.portfolio import Gap, Gathering, HeldCertificate, HeldKey, HeldRequest, Judging, Portfolio, Unread, scan
from pkitools.portfolio.risk import misfits
from pkitools.portfolio.risk.certificates import may_be_in_both
from pkitools.portfolio.where import same_place
from pkitools.renewal.working_days import WorkingDays
from pkitools.rules.order_day import LEAD_TIME
from pkitools.systems import System

if TYPE_CHECKING:
    from concurrent.futures import Executor

CUT: Final = "connections.error.pattern"
"""The code of what stands for more files than are looked at."""
_Group: TypeAlias = tuple[System | None, Environment]


def hold(
    connections: Connections,
    judging: Judging,
    *,
    executor: Executor | None = None,
    calendar: WorkingDays | None = None,
) -> ConnectionsStatus:
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
    statuses = {one.connection.number: one for group in by_group for one in group}
    ordered = _with_both([statuses[one.number] for one in connections.connections], judging.moment)
    return ConnectionsStatus(judging.moment, connections, ordered, tuple(found.unread.values()))


def _cut(pattern: str) -> Unread:
    """Return what stands for more files than are looked at."""
    return Unread(pattern, Gap.UNREADABLE, CUT, {"name": pattern, "limit": MAX_PATTERN_FILES})


class _Found:
    """What was found so far."""

    def __init__(
        self, connections: Connections, judging: Judging, executor: Executor | None, calendar: WorkingDays
    ) -> None:
        self.connections, self.judging, self.executor, self.calendar = connections, judging, executor, calendar
        self.owners = Owners(connections)
        self.places = self.owners.places
        self.metadata = Metadata(judging)
        cut = map(_cut, chain.from_iterable(places.cut for places in self.places.values()))
        self._wrong_at: dict[tuple[str, ...], frozenset[str]] = {}
        self.unread: dict[tuple[str, int | None], Unread] = {
            (one.name, None): one for one in (*connections.unread, *cut)
        }

    def groups(self) -> Mapping[_Group, list[Connection]]:
        """Return the connections by what their certificates are judged for."""
        found: dict[_Group, list[Connection]] = {}
        for one in self.connections.connections:
            found.setdefault((one.system, one.environment), []).append(one)
        return found

    def of_group(self, group: _Group, members: Sequence[Connection]) -> list[ConnectionStatus]:
        """Return how the connections of one system and environment stand."""
        own = self._scanned(group, (self.places[one.number] for one in members))
        statuses = _with_shared([self._status(one, own) for one in members])
        if all(_is_served(one, self.judging.moment) for one in statuses):
            return statuses
        every = self._scanned(group, self.places.values())
        return [one if _is_served(one, self.judging.moment) else self._with_reusable(one, every) for one in statuses]

    def _scanned(self, group: _Group, places: Iterable[Places]) -> _Lying:
        system, environment = group
        asked = replace(self.judging, environment=environment, systems=() if system is None else (system,))
        given = tuple(dict.fromkeys(place for each in places for place in each.there))
        found = self._portfolio(given, asked)
        self.unread |= {(one.name, one.position): one for one in found.unread}
        return _Lying.of(found, self.owners)

    def _portfolio(self, given: tuple[str, ...], asked: Judging) -> Portfolio:
        gathering = Gathering(given, asked)
        for reading in scan(given, asked, executor=self.executor) if given else ():
            gathering.add(reading)
        return gathering.portfolio()

    def _wrong(self, connection: Connection, beside: Iterable[HeldCertificate]) -> tuple[HeldCertificate, ...]:
        """Return those that are revoked, or wrong whatever they are for: one for something else may lie there too."""
        failed = [one for one in beside if _is_wrong(one)]
        moment = self.judging.moment
        return tuple(
            one
            for one in failed
            # the next one may lie ready before it begins
            if one.is_revoked or (one.not_before <= moment and one.sha256 in self._wrong_alone(connection))
        )

    def _wrong_alone(self, connection: Connection) -> frozenset[str]:
        """Return what at the places of a connection is wrong in the environment of its hierarchy, for no system."""
        given = self.places[connection.number].there
        if given not in self._wrong_at:
            found = self._portfolio(given, replace(self.judging, environment=None, systems=()))
            failed = frozenset(one.sha256 for one in found.judged if _is_wrong(one))
            self._wrong_at[given] = failed
        return self._wrong_at[given]

    def _status(self, connection: Connection, found: _Lying) -> ConnectionStatus:
        moment = self.judging.moment
        here = found.certificates.get(connection.number, [])
        of_holder = [one for one in here if one.oin == connection.holder.oin]
        own = [one for one in of_holder if bears_name(one, connection)]
        certificate = _best(own, moment)
        if certificate is not None and certificate.subject == certificate.issuer:
            connection = replace(connection, self_signed=True)  # it shows
        metadata = self.metadata.of(connection, certificate, here)
        status = self._without_steps(connection, certificate, here, own, found)
        cut = map(_cut, self.places[connection.number].cut)
        fault, misplacement, file = _faults(connection, certificate, status.wrong)
        seen = Seen(
            replace(status, metadata_file=metadata.file, fault_file=file),
            moment,
            metadata,
            fault,
            misplacement,
            misnamed=tuple(one for one in of_holder if one not in own and one.not_after >= moment),
            overdue=self._overdue(status),
            at_once=certificate is not None and has_to_be_replaced(certificate, moment),
            lacking=() if certificate is None else lacking_names(certificate, connection),
            unread=next(chain(found.unread.get(connection.number, ()), cut), None),
        )
        judged = replace(seen.status, steps=steps_of(seen))
        live = plan_of_live(connection, moment=moment, calendar=self.calendar)
        return replace(judged, missed=gone_by(judged, live, moment.date()))

    def _without_steps(
        self,
        connection: Connection,
        certificate: HeldCertificate | None,
        here: Sequence[HeldCertificate],
        own: Sequence[HeldCertificate],
        found: _Lying,
    ) -> ConnectionStatus:
        """Return what lies at the places of a connection: its certificate, and what is beside that."""
        moment = self.judging.moment
        others = tuple(one for one in here if one.oin != connection.holder.oin)
        # an old one of another beside the certificate is in nobody's way
        in_the_way = [one for one in others if certificate is None or one.not_after >= moment]
        beside = tuple(one for one in own if one is not certificate and one.not_after >= moment)
        return ConnectionStatus(
            connection,
            (),
            certificate,
            _pending(connection, certificate, found),
            self._plan(connection, certificate),
            others=others,
            beside=beside,
            absent=self.places[connection.number].absent,
            key_file=_key_file(certificate, found),
            list_folders=found.list_folders,
            closed_keys=tuple(found.closed.get(connection.number, ())),
            ordered_later=_ordered_later(connection, moment.date()),
            wrong=self._wrong(connection, beside),
            misfit=None if certificate is None else self._misfit(connection, certificate, found),
            strange=tuple(one for one in in_the_way if self._is_strange(one, connection)),
            delivery=self._delivery(connection),
        )

    def _is_strange(self, one: HeldCertificate, connection: Connection) -> bool:
        """Return whether a certificate lies with its key at a place of a connection, and of none whose OIN it has."""
        owners = [{*self.owners.of(place)} for place in one.places if place.with_key]
        return any(connection in each and all(owner.holder.oin != one.oin for owner in each) for each in owners)

    def _misfit(self, connection: Connection, certificate: HeldCertificate, found: _Lying) -> str | None:
        """Return the file of a key that is beside a certificate, or named with it, and does not fit it."""
        beside = (key.place for key in found.misfits.get(certificate.spki_sha256, ()))
        near = (place.name for place in beside if any(one.number == connection.number for one in self.owners.of(place)))
        has_own = _key_file(certificate, found) is not None
        # a key that the connection names, and that is of nothing that lies there, is held to be of its certificate
        named = (name for name in connection.files if not has_own and same_place(name) in found.stray)
        return next(chain(near, named), None)

    def _delivery(self, connection: Connection) -> PlanDate | None:
        """Return the day by which what was ordered should be there."""
        if connection.ordered is None or connection.ordered > self.judging.moment.date():
            return None
        return delivery_of(connection, connection.ordered, self.calendar)

    def _overdue(self, status: ConnectionStatus) -> date | None:
        """Return the day by which what was ordered should have come, where that is past."""
        today, ordered = self.judging.moment.date(), status.connection.ordered
        if ordered is None or ordered > today:
            return None
        due = ordered + LEAD_TIME if status.delivery is None else status.delivery.day
        return due if due < today else None

    def _plan(self, connection: Connection, certificate: HeldCertificate | None) -> Plan | None:
        """Return the days back from the end of the certificate, or from going live where there is none."""
        if certificate is None or certificate.is_of_provider:
            return plan_of_live(connection, moment=self.judging.moment, calendar=self.calendar)
        return plan_of_renewal(connection, certificate, moment=self.judging.moment, calendar=self.calendar)

    def _with_reusable(self, status: ConnectionStatus, every: _Lying) -> ConnectionStatus:
        """Add the certificates of its holder that lie elsewhere and are good for it, or may be."""
        connection = status.connection
        mine = None if status.certificate is None else status.certificate.sha256
        held = (one for one in every.of_holder.get(connection.holder.oin, []) if one.sha256 != mine)
        valid = [one for one in held if self._is_valid_for(one, connection) and not one.is_authority]
        valid = [one for one in valid if bears_name(one, connection) and not self._is_elsewhere(one, connection)]
        good = tuple(one for one in valid if one.own_verdict is Verdict.PASSED)
        perhaps = tuple(one for one in valid if one.own_verdict is Verdict.INDETERMINATE)
        if connection.system is None:  # what a system asks was not asked
            good, perhaps = (), good + perhaps
        return replace(status, reusable=good, perhaps=perhaps)

    def _is_valid_for(self, certificate: HeldCertificate, connection: Connection) -> bool:
        """Return whether a certificate is valid now and after going live, and may be self-signed where it is."""
        moment, live = self.judging.moment, connection.live
        if not certificate.not_before <= moment <= certificate.not_after:
            return False
        if live is not None and certificate.not_after.date() <= live:
            return False
        system = connection.system
        is_own = certificate.subject == certificate.issuer
        if not is_own or system is None:
            return True
        return system.self_signed_allowed(connection.environment, moment) is True

    def _is_elsewhere(self, certificate: HeldCertificate, connection: Connection) -> bool:
        """Return whether a certificate lies at a place of the other environment, and is to be in one of them alone."""
        owners = [owner for place in certificate.places for owner in self.owners.of(place)]
        if all(owner.environment is connection.environment for owner in owners):
            return False
        systems = {each.system for each in (connection, *owners) if each.system is not None}
        return not may_be_in_both(systems, self.judging.moment)


@dataclass(frozen=True, slots=True)
class _Lying:
    """What a scan found, by the connections at whose places it lies: a file of thousands is looked through once."""

    certificates: Mapping[int, list[HeldCertificate]]
    requests: Mapping[int, list[HeldRequest]]
    of_holder: Mapping[str, list[HeldCertificate]]
    keys: Mapping[str, str]
    stray: frozenset[str]
    misfits: Mapping[str, list[HeldKey]]
    issued: frozenset[str]
    unread: Mapping[int, list[Unread]]
    closed: Mapping[int, list[str]]
    list_folders: tuple[str, ...]

    @classmethod
    def of(cls, found: Portfolio, owners: Owners) -> _Lying:
        certificates: dict[int, list[HeldCertificate]] = {}
        requests: dict[int, list[HeldRequest]] = {}
        of_holder: dict[str, list[HeldCertificate]] = {}
        for one in found.judged:
            of_holder.setdefault(one.oin or "", []).append(one)
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
            of_holder,
            keys,
            stray,
            _misfits(found),
            issued,
            _unread(found, owners),
            _closed(found, owners),
            found.list_folders,
        )


def _closed(found: Portfolio, owners: Owners) -> dict[int, list[str]]:
    """Return the private keys that nobody opened, by the connections at whose places they lie."""
    at: dict[int, list[str]] = {}
    for key in found.keys:
        if key.encrypted and key.spki_sha256 is None:
            for number in {owner.number for owner in owners.of(key.place)}:
                at.setdefault(number, []).append(key.place.name)
    return at


def _unread(found: Portfolio, owners: Owners) -> dict[int, list[Unread]]:
    """Return what could not be looked at, by the connections at whose places it lies."""
    at: dict[int, list[Unread]] = {}
    for one in found.unread:
        places = (one.name, *(named.rpartition(":")[0] for named in one.named_by))
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


def _with_shared(statuses: list[ConnectionStatus]) -> list[ConnectionStatus]:
    """Add to each connection those that are held to have the same certificate."""
    having: dict[str, list[Connection]] = {}
    for one in statuses:
        if one.certificate is not None:
            having.setdefault(one.certificate.sha256, []).append(one.connection)
    return [
        replace(one, shared_with=tuple(each for each in sharing if each.number != one.connection.number))
        if one.certificate is not None and len(sharing := having[one.certificate.sha256]) > 1
        else one
        for one in statuses
    ]


_RANK: Final = {Verdict.PASSED: 2, Verdict.INDETERMINATE: 1, Verdict.FAILED: 0, None: 0}


def _best(certificates: Iterable[HeldCertificate], moment: datetime) -> HeldCertificate | None:
    """Return the certificate that a connection is held to have: not ended, then the best, then the last."""
    return max(
        certificates,
        key=lambda one: (one.not_after >= moment, _RANK[one.own_verdict], one.ends, one.sha256),
        default=None,
    )


def _is_wrong(one: HeldCertificate) -> bool:
    """Return whether a certificate, or a file with it, is wrong: metadata of before it says nothing of what is now."""
    return one.own_verdict is Verdict.FAILED or misplaced(one, in_metadata=False)[0] is not None


def _faults(
    connection: Connection, certificate: HeldCertificate | None, wrong: Sequence[HeldCertificate]
) -> tuple[Outcome | None, Outcome | None, str | None]:
    """Return what is wrong with a certificate, what is so at one of its places, and the file that the verdict is about.

    Args:
        connection: whose it is.
        certificate: it.
        wrong: what is beside it and is wrong: that is told of where it is good itself.
    """
    if certificate is None:
        return None, None, None
    if wrong and certificate.own_verdict is not Verdict.FAILED:
        _, of_file = (
            fault_of(wrong[0]) if wrong[0].own_verdict is Verdict.FAILED else misplaced(wrong[0], in_metadata=False)
        )
        return None, None, of_file
    if certificate.own_verdict is not Verdict.PASSED:
        fault, of_file = fault_of(certificate)
        return fault, None, of_file
    found, of_file = misplaced(certificate, in_metadata=not takes_metadata(connection))
    return None, found, of_file


def _ordered_later(connection: Connection, today: date) -> date | None:
    return connection.ordered if connection.ordered is not None and connection.ordered > today else None


def _pending(connection: Connection, certificate: HeldCertificate | None, found: _Lying) -> HeldRequest | None:
    """Return a request of the holder at its places, for its name, for which there is no certificate yet."""
    here = found.requests.get(connection.number, [])
    waiting = (one for one in here if one.spki_sha256 not in found.issued)
    own = (one for one in waiting if one.oin in {None, connection.holder.oin})
    return next((one for one in own if is_for(one, connection, certificate)), None)


def _key_file(certificate: HeldCertificate | None, found: _Lying) -> str | None:
    if certificate is None:
        return None
    beside = (place.name for place in certificate.places if place.with_key)
    return next(beside, None) or found.keys.get(certificate.spki_sha256)


def _with_both(statuses: Sequence[ConnectionStatus], moment: datetime) -> tuple[ConnectionStatus, ...]:
    """Add to each connection one in the other environment that has the same key, where each is to have its own."""
    having: dict[str, list[Connection]] = {}
    for one in statuses:
        if one.certificate is not None and one.certificate.not_after >= moment:
            having.setdefault(one.certificate.spki_sha256, []).append(one.connection)
    apart = {key: members for key, members in having.items() if _are_apart(members, moment)}
    return tuple(_with_other(one, apart) for one in statuses)


def _are_apart(members: Sequence[Connection], moment: datetime) -> bool:
    systems = {each.system for each in members if each.system is not None}
    return len({each.environment for each in members}) > 1 and not may_be_in_both(systems, moment)


def _with_other(one: ConnectionStatus, apart: Mapping[str, Sequence[Connection]]) -> ConnectionStatus:
    members = () if one.certificate is None else apart.get(one.certificate.spki_sha256, ())
    others = [each for each in members if each.environment is not one.connection.environment]
    if not others or one.certificate is None or one.certificate.own_verdict is Verdict.FAILED:
        return one
    return replace(one, in_both=others[0], steps=tuple(in_both(step, others[0]) for step in one.steps))


def _is_served(status: ConnectionStatus, moment: datetime) -> bool:
    certificate = status.certificate
    if certificate is None or certificate.not_after < moment:
        return False
    return certificate.own_verdict is not Verdict.FAILED
