"""What ``connections.toml`` says: the organisations, and the connections each of them has or wants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime

from pkitools.arguments import aware
from pkitools.connections.lead import LeadKind, LeadTimes, lead_times
from pkitools.environment import Environment
from pkitools.frozen import dataclass, field
from pkitools.portfolio.model import Unread
from pkitools.systems import Stance, System


@dataclass(frozen=True, slots=True)
class ConnectingOrganization:
    """An organisation.

    Args:
        key: what the file calls it.
        oin: as twenty characters.
        name: as it stands in certificates.
        tsp: the name of the TSP it orders at; ``None`` where that is not said.
        subscriber: whether it is a subscriber there already; ``None`` where that is not said.
    """

    key: str
    oin: str
    name: str
    tsp: str | None = None
    subscriber: bool | None = None


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection, as its file states it.

    Args:
        number: its place in the file, from 1: what tells it from all others.
        line: the line of the file where it begins; of those that stand on one line it is the same.
        organization: whose service it is.
        holder: whose certificate it is: another where a supplier connects with his own.
        system: the system; ``None`` where that has still to be filled in.
        environment: in which environment.
        files: where its files are: files, folders and patterns, each as a path.
        entity_id, owner, supplier, common_name, dns, endpoint: as stated.
        live: the day it goes live.
        self_signed: the certificate is made by the organisation itself.
        ordered, sent, tested: the days on which that was done, as stated: no file shows it.
        stated: lead times stated in the file for its system and TSP, in working days.
    """

    number: int
    line: int
    organization: ConnectingOrganization
    holder: ConnectingOrganization
    system: System | None
    environment: Environment
    files: tuple[str, ...]
    entity_id: str | None = None
    owner: str | None = None
    supplier: str | None = None
    common_name: str | None = None
    dns: tuple[str, ...] = ()
    endpoint: str | None = None
    live: date | None = None
    self_signed: bool = False
    ordered: date | None = None
    sent: date | None = None
    tested: date | None = None
    stated: Mapping[LeadKind, int] = field(default_factory=dict, hash=False)

    def tsp_at(self, moment: datetime) -> str | None:
        """Return the name of the TSP that it is ordered at.

        Args:
            moment: when, aware UTC: what a system takes holds between days.

        Returns:
            ``None`` where none is stated, where it is self-signed, and where the system takes test certificates (TRIAL)
            in preproduction and none of a real hierarchy without an objection: what it takes goes before where the
            holder orders for production.
        """
        moment = aware(moment)
        tsp = None if self.self_signed else self.holder.tsp
        if tsp is None or self.system is None or self.environment is Environment.PRODUCTION:
            return tsp
        return None if _takes_tests_only(self.system, self.environment, moment) and not _is_trial(tsp) else tsp

    def lead_times_at(self, moment: datetime) -> LeadTimes:
        """Return how long others take for it, as it is ordered at a moment, aware UTC."""
        stated = {LeadKind.DELIVERY: 0, LeadKind.REGISTRATION: 0, **self.stated} if self.self_signed else self.stated
        system = None if self.system is None else self.system.name
        return lead_times(system=system, tsp=self.tsp_at(moment), stated=stated)

    @property
    def subscriber(self) -> bool | None:
        """Whether its holder is a subscriber; who makes the certificate himself needs not be one."""
        return True if self.self_signed else self.holder.subscriber


@dataclass(frozen=True, slots=True)
class Connections:
    """A file of connections.

    Args:
        name: the file.
        organizations: in the order of the file.
        connections: in the order of the file.
        unread: those of which it is not known what they ask, as the file of one's own that describes their system could
            not be used.
    """

    name: str
    organizations: tuple[ConnectingOrganization, ...]
    connections: tuple[Connection, ...]
    unread: tuple[Unread, ...] = ()

    def told_apart(self) -> Mapping[int, str]:
        """Return by what each connection is told apart from those of the same organisation, system and environment.

        By its number: the name that it states, its entity ID, its first file, or its line; empty of one that is the
        only one of its kind.
        """
        alike: dict[tuple[object, ...], list[Connection]] = {}
        for one in self.connections:
            alike.setdefault((one.organization.name, one.system, one.environment), []).append(one)
        return {number: name for members in alike.values() for number, name in _told_apart(members)}

    def __repr__(self) -> str:
        return f"<Connections: {len(self.connections)} of {len(self.organizations)} organisations>"


def _told_apart(members: list[Connection]) -> Iterator[tuple[int, str]]:
    if len(members) == 1:
        yield members[0].number, ""
        return
    ways = [_ways(one) for one in members]
    counts = [Counter(column) for column in zip(*ways, strict=True)]
    for one, each in zip(members, ways, strict=True):
        # the first that is its own; its number in the file is nobody else's
        own = (value for value, count in zip(each, counts, strict=True) if value is not None and count[value] == 1)
        yield one.number, next(own)


def _ways(one: Connection) -> tuple[str | None, ...]:
    names = one.common_name or next(iter(one.dns), None)
    return names, one.entity_id, next(iter(one.files), None), one.endpoint, f":{one.line}", f"({one.number})"


def _takes_tests_only(system: System, environment: Environment, moment: datetime) -> bool:
    """Return whether a system takes test certificates (TRIAL), and none of a real hierarchy without an objection.

    Args:
        system: it.
        environment: where.
        moment: when, aware UTC.
    """
    from pkitools.profiles import profiles  # most connections name no TSP

    roots = {each.root for each in profiles()}

    def is_taken(form: str, group: str) -> bool:
        said = (system.about_hierarchy(form.format(root), group, environment, moment) for root in roots)
        return any(each is not None and each.answer is Stance.YES for each in said)

    return is_taken("trial-{}", "trial") and not is_taken("{}", "pkioverheid")


def _is_trial(tsp: str) -> bool:
    """Return whether a TSP issues test certificates; one of somebody's own data never does."""
    from pkitools.profiles import tsps  # as above

    return any(each.name == tsp and each.trial for each in tsps())
