"""Connections held against what lies at the places they name: one scan, whatever the number of systems.

A connection without a certificate that is good is also held against the places of all others: what lies there may be
used again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from glob import has_magic
from itertools import chain
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from pkitools.arguments import of_type, optional
from pkitools.connections.chosen import best_of, key_file_of, key_meant_for
from pkitools.connections.described import Metadata, fault_of, misplaced
from pkitools.connections.looking import Group, Looked, Lying
from pkitools.connections.model import Connection, Connections
from pkitools.connections.naming import asked_names, bears_name, lacking_names
from pkitools.connections.owning import Near, Owners, near
from pkitools.connections.planning import Plan, PlanDate, PlanKind
from pkitools.connections.renewing import (
    delivery_of,
    early_of,
    has_to_be_replaced,
    overdue_of,
    plan_of_live,
    plan_of_renewal,
    ready_by,
    switch_of,
)
from pkitools.connections.seen import Seen
from pkitools.connections.status import ConnectionsStatus, ConnectionStatus
from pkitools.connections.steps import dates_to_live, gone_by, in_both, steps_of, takes_metadata
from pkitools.connections.using import Naming, naming_of
from pkitools.findings import Outcome, Verdict
from pkitools.frozen import replace
from pkitools.limits import MAX_PATTERN_FILES
from pkitools.portfolio import Gap, HeldCertificate, HeldRequest, Judging, Place, Unread
from pkitools.portfolio.claims import Lodger
from pkitools.portfolio.risk.certificates import may_be_in_both
from pkitools.portfolio.waiting import waiting_for
from pkitools.portfolio.where import same_place
from pkitools.portfolio.working import optional_executor
from pkitools.rules.working_days import WorkingDays

if TYPE_CHECKING:
    from concurrent.futures import Executor

_CUT: Final = "connections.error.pattern"
"""The code of what stands for more files than are looked at."""


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
        executor: does the work of the scan; ``None``: this process.
        calendar: the working days; ``None``: those of the Netherlands.

    Raises:
        InvalidValueError: a value is none.
        MissingExtraError: the library that knows Dutch holidays is not installed.
    """
    of_type(connections, Connections, "connections")
    of_type(judging, Judging, "judging")
    calendar = optional(calendar, WorkingDays, "calendar") or WorkingDays()
    found = _Found(connections, judging, optional_executor(executor), calendar)
    statuses = {one.connection.number: one for one in found.statuses()}
    if lends := _to_mend(statuses.values()):
        found = _Found(connections, judging, optional_executor(executor), calendar, lends)
        statuses = {one.connection.number: one for one in found.statuses()}
    ordered = _with_both([statuses[one.number] for one in connections.connections], judging.moment)
    return ConnectionsStatus(judging.moment, connections, ordered, tuple(found.unread.values()))


def _to_mend(statuses: Iterable[ConnectionStatus]) -> tuple[str, ...]:
    """Return the folders of certificates that their chain cuts short: what mends it may lie there, where few look."""
    short = (one.certificate for one in statuses if one.certificate is not None)
    places = (place for one in short if one.ends_by is not None and one.mend is None for place in one.places)
    return tuple(dict.fromkeys(str(PurePath(place.name).parent) for place in places))


def _cut(pattern: str) -> Unread:
    """Return what stands for more files than are looked at."""
    return Unread(pattern, Gap.UNREADABLE, _CUT, {"name": pattern, "limit": MAX_PATTERN_FILES})


class _Found:
    """What was found so far."""

    def __init__(
        self,
        connections: Connections,
        judging: Judging,
        executor: Executor | None,
        calendar: WorkingDays,
        lends: Sequence[str] = (),
    ) -> None:
        self.judging, self.calendar, self.name = judging, calendar, connections.name
        self.owners = Owners(connections)
        self.places = self.owners.places
        self.oins = frozenset(one.holder.oin for one in connections.connections)
        self.metadata = Metadata(judging)
        self.looked = Looked(connections, judging, self.owners, executor, lends)
        cut = map(_cut, chain.from_iterable(places.cut for places in self.places.values()))
        self.unread: dict[tuple[str, int | None], Unread] = {
            (one.name, None): one for one in (*connections.unread, *cut)
        }

    def statuses(self) -> Iterator[ConnectionStatus]:
        """Yield how each connection stands, those of one system and environment together."""
        lying = dict(self.looked.lying())
        self.unread |= {(one.name, one.position): one for one in self.looked.unread()}
        members = [(group, one) for group, each in self.looked.groups.items() for one in each]
        for group, one in members:
            chosen = self._chosen(one, lying[group])
            named = self._named(one, chosen, lying[group])
            for beside in dict.fromkeys((*self._beside(one, chosen, lying[group]), *(each for each, _ in named))):
                # the next one may lie ready before it begins
                if _is_wrong(beside) and not beside.is_revoked and beside.not_before <= self.judging.moment:
                    self.looked.ask_alone(group, one, beside)
            for elsewhere in () if self._is_served(chosen) else self._elsewhere(one, chosen):
                self.looked.ask(group, elsewhere)
        self.unread |= {(one.name, one.position): one for one in self.looked.ask_further()}
        for group, each in self.looked.groups.items():
            found = _with_shared([self._status(one, lying[group], group) for one in each])
            yield from (one if self._is_served(one.certificate) else self._with_reusable(one, group) for one in found)

    def _own(self, connection: Connection, found: Lying) -> list[HeldCertificate]:
        """Return the certificates of its holder at the places of a connection, for its name."""
        here = found.certificates.get(connection.number, ())
        return [one for one in here if one.oin == connection.holder.oin and bears_name(one, connection)]

    def _chosen(self, connection: Connection, found: Lying) -> HeldCertificate | None:
        return best_of(self._own(connection, found), self.judging.moment)

    def _beside(
        self, connection: Connection, certificate: HeldCertificate | None, found: Lying
    ) -> tuple[HeldCertificate, ...]:
        own = self._own(connection, found)
        return tuple(one for one in own if one is not certificate and one.not_after >= self.judging.moment)

    def _named(
        self, connection: Connection, certificate: HeldCertificate | None, found: Lying
    ) -> list[tuple[HeldCertificate, Naming]]:
        """Return what a configuration names of its holder beside its certificate, but for that of another connection.

        One under another name than it states is of a connection that states that, or nobody else looks at it.
        """
        here = found.certificates.get(connection.number, ())
        others = (one for one in here if one is not certificate and one.oin == connection.holder.oin)
        named = ((one, self._naming(one, found)) for one in others)
        return [(one, naming) for one, naming in named if naming is not None and self._is_its(one, connection)]

    def _naming(self, one: HeldCertificate, found: Lying) -> Naming | None:
        return naming_of(one, found.keys, found.alone, self.looked.is_in_use)

    def _is_its(self, one: HeldCertificate, connection: Connection) -> bool:
        if bears_name(one, connection):
            return True
        owners = {owner for place in one.places for owner in self.owners.of(place)}
        return not any(owner.holder.oin == one.oin and bears_name(one, owner) for owner in owners)

    def _elsewhere(self, connection: Connection, certificate: HeldCertificate | None) -> Iterator[HeldCertificate]:
        """Yield what lies anywhere and may be used for a connection, if it is good for that."""
        mine = None if certificate is None else certificate.sha256
        for one in self.looked.of_holder(connection.holder.oin):
            is_candidate = one.sha256 != mine and self._is_valid_for(one, connection) and bears_name(one, connection)
            if is_candidate and not self._is_elsewhere(one, connection):
                yield one

    def _is_served(self, certificate: HeldCertificate | None) -> bool:
        if certificate is None or certificate.not_after < self.judging.moment:
            return False
        return certificate.own_verdict is not Verdict.FAILED

    def _wrong(self, group: Group, beside: Iterable[HeldCertificate]) -> tuple[HeldCertificate, ...]:
        """Return those that are ended, revoked, or wrong whatever they are for: one for another may lie there too."""
        failed = [(one, self.looked.alone(group, one)) for one in beside if self._is_over(one) or _is_wrong(one)]
        return tuple(
            one
            for one, alone in failed
            if one.is_revoked or self._is_over(one) or (alone is not None and _is_wrong(alone))
        )

    def _is_over(self, one: HeldCertificate) -> bool:
        return one.not_after < self.judging.moment

    def _status(self, connection: Connection, found: Lying, group: Group) -> ConnectionStatus:
        moment = self.judging.moment
        here = found.certificates.get(connection.number, [])
        of_holder = [one for one in here if one.oin == connection.holder.oin]
        certificate = self._chosen(connection, found)
        if certificate is not None and certificate.is_self_issued:
            connection = replace(connection, self_signed=True)  # it shows
        metadata = self.metadata.of(connection, certificate, here)
        status = self._without_steps(connection, certificate, found, group)
        cut = map(_cut, self.places[connection.number].cut)
        fault, misplacement, file = _faults(connection, certificate, status.wrong)
        live = plan_of_live(connection, moment=moment, calendar=self.calendar)
        seen = Seen(
            replace(status, metadata_file=metadata.file, fault_file=file),
            moment,
            metadata,
            fault,
            misplacement,
            misnamed=tuple(one for one in of_holder if not bears_name(one, connection)),
            send_by=None if live is None else live.on(PlanKind.SEND),
            ready=ready_by(connection, status.delivery, moment, self.calendar),
            overdue=self._overdue(status),
            at_once=certificate is not None and has_to_be_replaced(certificate, moment),
            lacking=() if certificate is None else lacking_names(certificate, connection),
            unread=next(chain(found.unread.get(connection.number, ()), cut), None),
        )
        steps = steps_of(seen)
        judged = replace(seen.status, steps=steps, to_live=dates_to_live(seen, steps))
        return replace(judged, missed=gone_by(judged, live, moment.date()))

    def _without_steps(
        self,
        connection: Connection,
        certificate: HeldCertificate | None,
        found: Lying,
        group: Group,
    ) -> ConnectionStatus:
        """Return what lies at the places of a connection: its certificate, and what is beside that."""
        moment = self.judging.moment
        here = found.certificates.get(connection.number, ())
        of_others = (one for one in here if one.oin != connection.holder.oin)
        others = tuple(one for one in of_others if not self.owners.is_of_another(one, connection))
        # an old one of another beside the certificate is in nobody's way
        in_the_way = [one for one in others if certificate is None or one.not_after >= moment]
        beside, own = self._beside(connection, certificate, found), self._own(connection, found)
        in_use = self._named(connection, certificate, found)
        named = {one.sha256: naming for one, naming in in_use}
        if certificate is not None and (naming := self._naming(certificate, found)) is not None:
            named[certificate.sha256] = naming
        return ConnectionStatus(
            connection,
            (),
            certificate,
            _waiting(connection, certificate, found),
            self._plan(connection, certificate),
            others=others,
            beside=beside,
            absent=self.places[connection.number].absent,
            key_file=_key_file(certificate, found),
            list_folders=found.list_folders,
            closed_keys=tuple(found.closed.get(connection.number, ())),
            ordered_later=_ordered_later(connection, moment.date()),
            # what is in use is told first
            wrong=self._wrong(group, dict.fromkeys((*(one for one, _ in in_use), *beside))),
            named=named,
            early=early_of(certificate, own, moment),
            misfit=None if certificate is None else self._misfit(connection, certificate, found),
            keyed=self._keyed(connection, certificate, found),
            strange=tuple(one for one in in_the_way if self._is_strange(one, connection, found)),
            delivery=self._delivery(connection),
            switch=switch_of(
                connection,
                certificate,
                own,
                named=named,
                is_its=lambda place: connection.number in {owner.number for owner in self.owners.of(place)},
                moment=moment,
                calendar=self.calendar,
            ),
            tsp=connection.tsp_at(moment),
            near=() if certificate is not None else self._near(connection),
        )

    def _near(self, connection: Connection) -> tuple[Near, ...]:
        """Return what may be meant by places that are not there, or by patterns that stand for other files."""
        places, own = self.places[connection.number], same_place(self.name)
        known = frozenset((own, *map(same_place, places.there)))
        asked = (each for each in connection.files if each in places.absent or has_magic(each))
        return tuple(one for each in asked if (one := near(each, known)) is not None)

    def _is_strange(self, one: HeldCertificate, connection: Connection, found: Lying) -> bool:
        """Return whether a certificate that does not name the holder is used as that of a connection."""
        if one.is_of_provider or one.is_set_aside:
            return False
        here = found.certificates[connection.number]
        if any(each.issuer == one.subject and each.subject != one.subject for each in here):
            return False  # the authority above one of them: its key, where that is there, is told with the verdict
        own = {each.spki_sha256 for each in here if each.oin == connection.holder.oin}
        # a key that is of its own as well says nothing of which of both is used
        has_key = one.spki_sha256 in found.at_hand.get(connection.number, set()) - own
        lodging = (self._lodging(one, place, connection, found, has_key=has_key) for place in one.places)
        return any(each.is_in_place_of_its_own(self.oins, has_own=bool(own)) for each in lodging if each is not None)

    def _lodging(
        self, one: HeldCertificate, place: Place, connection: Connection, found: Lying, *, has_key: bool
    ) -> Lodger | None:
        """Return how a certificate lies at a place of a connection; ``None`` where that is none of its places."""
        owners = {each.number: each for each in self.owners.of(place)}
        if connection.number not in owners:
            return None
        named = map(same_place, self.places[connection.number].named)
        # what a configuration names it for, and not to send it, is to trust it
        is_alone = place.name in found.alone and place.is_alone_for_its_holder and not place.named_by
        return Lodger(
            oin=one.oin,
            enclosed=place.with_key,
            is_used=place.is_sent or has_key,
            is_named=is_alone and same_place(place.name) in named,
            sharing={each.holder.oin for each in owners.values()},
        )

    def _misfit(self, connection: Connection, certificate: HeldCertificate, found: Lying) -> str | None:
        """Return the file of a key that is beside a certificate, or named with it, and does not fit it."""
        beside = (key.place for key in found.misfits.get(certificate.spki_sha256, ()))
        near = (place.name for place in beside if any(one.number == connection.number for one in self.owners.of(place)))
        return next(near, None) or key_meant_for(certificate, connection, found.keys, found.stray)

    def _keyed(
        self, connection: Connection, certificate: HeldCertificate | None, found: Lying
    ) -> HeldCertificate | None:
        """Return the last that has ended and has its key there, where the certificate after it has none anywhere."""
        moment = self.judging.moment
        if certificate is None or certificate.not_after < moment or _key_file(certificate, found) is not None:
            return None
        if found.closed.get(connection.number):
            return None  # it may be in one that nobody opened
        own = (one for one in self._own(connection, found) if one.not_after < moment and not one.is_set_aside)
        return max((one for one in own if _key_file(one, found)), key=lambda one: (one.ends, one.sha256), default=None)

    def _delivery(self, connection: Connection) -> PlanDate | None:
        """Return the day by which what was ordered should be there."""
        if connection.ordered is None or connection.ordered > self.judging.moment.date():
            return None
        return delivery_of(connection, connection.ordered, moment=self.judging.moment, calendar=self.calendar)

    def _overdue(self, status: ConnectionStatus) -> date | None:
        """Return the day by which what was ordered should have come, where that is past."""
        today, ordered = self.judging.moment.date(), status.connection.ordered
        if ordered is None or ordered > today:
            return None
        return overdue_of(ordered, status.delivery, today)

    def _plan(self, connection: Connection, certificate: HeldCertificate | None) -> Plan | None:
        """Return the days back from the end of the certificate, or from going live where there is none."""
        if certificate is None or certificate.is_of_provider:
            return plan_of_live(connection, moment=self.judging.moment, calendar=self.calendar)
        return plan_of_renewal(connection, certificate, moment=self.judging.moment, calendar=self.calendar)

    def _with_reusable(self, status: ConnectionStatus, group: Group) -> ConnectionStatus:
        """Add the certificates of its holder that lie elsewhere and are good for it, or may be."""
        connection = status.connection
        fitting = {one.sha256 for one in self._elsewhere(connection, status.certificate)}
        valid = [one for one in self.looked.asked(group) if one.sha256 in fitting]
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
        if not certificate.is_self_issued or system is None:
            return True
        return system.self_signed_allowed(connection.environment, moment) is True

    def _is_elsewhere(self, certificate: HeldCertificate, connection: Connection) -> bool:
        """Return whether a certificate lies at a place of the other environment, and is to be in one of them alone."""
        owners = [owner for place in certificate.places for owner in self.owners.of(place)]
        if all(owner.environment is connection.environment for owner in owners):
            return False
        systems = {each.system for each in (connection, *owners) if each.system is not None}
        return not may_be_in_both(systems, self.judging.moment)


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


def _waiting(connection: Connection, certificate: HeldCertificate | None, found: Lying) -> HeldRequest | None:
    """Return a request of the holder at its places, for its name, for which there is no certificate yet."""
    here, names = found.requests.get(connection.number, ()), asked_names(connection, certificate)
    return waiting_for(here, found.issued.__contains__, connection.holder.oin, names, is_stated=True)


def _key_file(certificate: HeldCertificate | None, found: Lying) -> str | None:
    return None if certificate is None else key_file_of(certificate, found.keys)


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
