"""What a report on connections is made of, and the texts that every form of it makes alike."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from pkitools.arguments import aware, choice, several
from pkitools.connections.planning import BEGIN, TO_DO, PlanDate, PlanKind
from pkitools.connections.status import ConnectionsStatus, ConnectionStatus, StepState, StepStatus
from pkitools.environment import Environment
from pkitools.frozen import dataclass, field
from pkitools.messages import Language, message
from pkitools.reports.connections import Planned, StepCommand
from pkitools.reports.portfolio.telling import one_line, word
from pkitools.reports.telling.readable import readable, short_day
from pkitools.rules.working_days import YEARS
from pkitools.text import visible

if TYPE_CHECKING:
    from pkitools.connections import Connection, Connections, LeadKind
    from pkitools.portfolio import Unread
    from pkitools.systems import System

_DONE_BY_NEXT: Final = BEGIN | {PlanKind.SEND, PlanKind.NEXT_END}
_USING: Final = frozenset({PlanKind.SWITCH_SEND, PlanKind.TEST, PlanKind.SWITCH})
_DONE_BY_ORDER: Final = BEGIN | {PlanKind.NEXT_END}  # what is ordered later would end then


Commanding = Callable[[ConnectionStatus, StepStatus], StepCommand | None]
"""What does a step, in the words of whoever tells it; ``None`` where nothing does."""


@dataclass(frozen=True, slots=True)
class WorkTelling:
    """How to tell a report on connections.

    Args:
        language: of the sentences and headings.
        command: gives what does a step, where the caller has something for it.
        before: gives what there is to say before that command. For it and what follows a page alone has room.
        beside: gives what else there is to say of a connection, in the caller's sentences.
        now: what to do first; empty where the caller says nothing of it.
        remarks: what there is to say of all connections, in the caller's sentences.
    """

    language: Language = "en"
    command: Commanding | None = None
    before: Callable[[ConnectionStatus, StepStatus], str] | None = None
    beside: Callable[[ConnectionStatus], Iterable[str]] | None = None
    now: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """How connections stand, or their days.

    Args:
        moment: as of when, aware UTC.
        planned: the days of each.
        status: how they stand; ``None`` of days alone.
        unread: what could not be looked at, where only days are told.
        told_apart: by what connections that are alike are told apart, by their numbers.
        states: how each connection stands, where only days are told and that is counted.
    """

    moment: datetime
    planned: tuple[Planned, ...]
    status: ConnectionsStatus | None = None
    unread: tuple[Unread, ...] = ()
    told_apart: Mapping[int, str] = field(default_factory=dict, hash=False)
    states: tuple[StepState, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "moment", aware(self.moment))
        states = tuple(choice(StepState, one, "states") for one in several(self.states, str, "states"))
        object.__setattr__(self, "states", states)

    @classmethod
    def of_status(cls, status: ConnectionsStatus) -> Work:
        """Return the work of how connections stand; their days are in it."""
        states = tuple(one.state for one in status.statuses)
        return cls(status.moment, planned_of(status), status, status.unread, status.connections.told_apart(), states)


def planned_of(status: ConnectionsStatus) -> tuple[Planned, ...]:
    """Return the days of each connection, in the order of the file."""
    return tuple(map(Planned.of, status.statuses))


@dataclass(frozen=True, slots=True)
class WorkDay:
    """One day of one connection, told.

    Args:
        uid: what it is called, the same in every report of the same connection.
        day: when.
        kind: what has to happen or happens.
        title: the same in words.
        why: what the day rests on; empty where nothing is to be said of it.
        is_past: it lies before today.
        planned: of what it is.
        name: what to call that.
    """

    uid: str
    day: date
    kind: PlanKind
    title: str
    why: str
    is_past: bool
    planned: Planned
    name: str
    date: PlanDate = field(repr=False)


def work_days(work: Work, language: Language) -> Iterator[WorkDay]:
    """Yield the days of every connection, each connection's in their order."""
    apart, today = work.told_apart, work.moment.date()
    seen: dict[str, int] = {}
    for planned in work.planned:
        name, of = connection_name(planned, language, apart), _identity(planned)
        for one in shown_dates(planned):
            kind = f"{of}-{one.kind.value}"
            seen[kind] = seen.get(kind, 0) + 1  # of a kind there may be several
            uid = kind if seen[kind] == 1 else f"{kind}-{seen[kind]}"
            title, why = date_title(one, planned, language), date_why(one, language)
            yield WorkDay(uid, one.day, one.kind, title, why, is_past(one, today), planned, name, one)


def shown_dates(planned: Planned) -> Iterator[PlanDate]:
    """Yield the days that concern a connection, in their order: the end of a root only where it comes first.

    What was ordered, or of which the request lies there, needs not be begun any more. That it was ordered is told
    instead, and by when it should be there, where that is known. What has to be replaced at once is ordered today, and
    for no other reason. Of a next one that is there, and is not stated to be live, the day on which the one before it
    ends is told as well; of one with which somebody goes live, that day and the one to send it by.
    """
    switching = () if planned.switch is None else planned.switch.dates
    yield from sorted((*switching, *planned.to_live, *_counted_back(planned)), key=_place)


def _place(one: PlanDate) -> tuple[date, bool]:
    return one.day, one.kind not in _USING


def days_to_do(planned: Planned) -> Iterator[PlanDate]:
    """Yield the days on which there is something to do: who may be a subscriber registers only if he is none."""
    is_open = planned.connection is not None and planned.connection.subscriber is None
    kinds = TO_DO - {PlanKind.REGISTER} if is_open else TO_DO
    return (one for one in shown_dates(planned) if one.kind in kinds)


def first_to_do(planned: Planned, today: date) -> PlanDate | None:
    """Return what there is to do first: what is late before what is not; ``None`` where nothing is.

    Args:
        planned: the days.
        today: the day of the moment, in UTC.
    """
    to_do = list(days_to_do(planned))
    return min(to_do, key=lambda one: (one.late_after >= today, one.day), default=None)


def _counted_back(planned: Planned) -> Iterator[PlanDate]:
    plan, ordered, switch = planned.plan, planned.ordered, planned.switch
    at_once = [] if planned.at_once is None else [PlanDate(planned.at_once.day, PlanKind.ORDER)]
    if plan is None:
        yield from at_once
        return
    dates = plan.begun.dates if planned.is_begun else plan.dates
    shown = [one for one in dates if one.kind is not PlanKind.HIERARCHY_ENDS or one.day <= plan.day]
    if switch is not None and switch.is_of(plan.day):  # the next is there
        shown = [one for one in shown if one.kind not in _DONE_BY_NEXT]
    if ordered is not None:
        delivery = () if planned.delivery is None else (planned.delivery,)
        stated = (PlanDate(ordered, PlanKind.ORDERED), *delivery)
        kept = (one for one in shown if one.kind not in _DONE_BY_ORDER)
        shown = sorted((*stated, *kept), key=lambda one: one.day)
    elif at_once:
        rest = (one for one in shown if one.kind is not PlanKind.ORDER)
        shown = sorted((*at_once, *rest), key=lambda one: one.day)
    yield from shown


def _identity(planned: Planned) -> str:
    """Return what a connection goes by: by what is stated of it, and not by where that stands, or where its files are.

    Of what is stated alike, the first in the file has the first of each day.
    """
    one = planned.connection
    system = "" if planned.system is None else planned.system.name
    stated = () if one is None else (one.organization.oin, one.holder.oin, one.entity_id, one.common_name, *one.dns)
    text = "\0".join(str(each or "") for each in (system, planned.environment, *stated))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def connection_name(one: Planned | Connection, language: Language, apart: Mapping[int, str]) -> str:
    """Return what to call a connection: whose, for what, where, and what tells it from others of that kind.

    Args:
        one: it, or its days.
        language: of the words.
        apart: what tells them apart: :meth:`~pkitools.connections.Connections.told_apart`.
    """
    connection = one.connection if isinstance(one, Planned) else one
    organization = [] if connection is None else [connection.organization.name]
    own = [] if connection is None else [apart.get(connection.number, "")]
    parts = (*organization, system_title(one.system, language), environment_word(one.environment, language), *own)
    return ", ".join(filter(None, parts))


def names_by_claim(connections: Connections | None, language: Language) -> Mapping[str, str]:
    """Return what to call each connection, by the name of what it claims, which is for scripts.

    Args:
        connections: they; ``None``: nobody states any.
        language: of the words.
    """
    if connections is None:
        return {}
    from pkitools.connections.claiming import claiming  # a status reads no claims

    apart = connections.told_apart()
    return {name: connection_name(one, language, apart) for name, one in claiming(connections).items()}


def system_title(system: System | None, language: Language) -> str:
    """Return how a system is called; words for none where it is not stated."""
    return word("connections.report.no_system", language) if system is None else system.title


def environment_word(environment: Environment, language: Language) -> str:
    """Return how an environment is called."""
    return word(f"portfolio.report.environment.{environment}", language)


def is_past(one: PlanDate, today: date) -> bool:
    """Return whether a day has gone by on which something was to be done or to happen."""
    return one.day < today and one.kind is not PlanKind.ORDERED


def past_word(one: PlanDate, today: date, language: Language) -> str:
    """Return what is said of a day that has gone by: of what can be done yet that it is late; empty of one to come."""
    if not is_past(one, today):
        return ""
    if one.kind not in TO_DO:
        return word("connections.plan.past", language)
    if one.latest is not None and one.latest >= today:  # an advice makes nothing late
        return word("connections.plan.advised", language, day=short_day(one.latest, language))
    return word("connections.plan.late", language)


def without_day(work: Work, language: Language) -> Iterator[str]:
    """Yield the connections without a day to count back from, and of one whose certificate lasts too long that day."""
    for one in work.planned:
        if one.plan is not None or one.at_once is not None or one.connection is None:
            continue
        name = connection_name(one, language, work.told_apart)
        yield name if one.far is None else f"{name}: {far_told(one.far, language)}"


def far_told(day: date, language: Language) -> str:
    """Return that a certificate ends too far ahead to plan for."""
    return word("connections.report.far", language, day=short_day(day, language), last=YEARS[-1])


def date_title(one: PlanDate, planned: Planned, language: Language) -> str:
    """Return what has to happen on a day: a certificate of one's own making is made, and not ordered."""
    is_made = planned.connection is not None and planned.connection.self_signed
    if one.kind is PlanKind.ORDER and planned.at_once is not None:
        return word("connections.plan.at_once", language, name=visible(planned.at_once.name))
    kind = "make" if is_made and one.kind is PlanKind.ORDER else one.kind.value
    if one.by is not None:
        kind = "works_until"
    if (
        one.kind in {PlanKind.SEND, PlanKind.SWITCH_SEND} and one.unknown
    ):  # how long the other side takes: the day is the last there can be
        kind = "send_latest"
    return word(f"connections.plan.{kind}", language, days=one.days or "")


def date_why(one: PlanDate, language: Language) -> str:
    """Return what a day rests on: what a source says, whoever plans, or advice; empty where it needs no reason."""
    if one.by is not None:
        return word("connections.plan.by", language, issuer=visible(one.by))
    if one.lead is not None and one.lead.basis is None:
        return word("connections.plan.stated", language, count=one.lead.amount) if one.lead.amount else ""
    said = one.lead.text.get(language, "") if one.lead is not None else ""
    if one.basis is None:
        return said
    certainty = word(f"report.certainty.{one.basis.certainty.value}", language)
    return f"{said} ({one.basis.source.text(language)}; {certainty})".strip()


def missed_told(one: PlanDate, connection: Connection, language: Language) -> str:
    """Return that the day of going live is short: what should have been done by when, and what says so.

    Args:
        one: the day that went by.
        connection: of which it is; it has a day of going live.
        language: of the words.
    """
    assert connection.live is not None  # of nothing else is counted back
    days = {"live": short_day(at_noon(connection.live), language), "day": short_day(at_noon(one.day), language)}
    return f"{word(f'connections.missed.{one.kind.value}', language, **days)} {date_why(one, language)}".rstrip()


def unknown_words(unknown: tuple[LeadKind, ...], language: Language) -> str:
    """Return what is not known of how long others take, in words."""
    return "; ".join(word(f"connections.lead.{kind.value}", language) for kind in unknown)


def step_title(step: StepStatus, language: Language) -> str:
    """Return how a step is called."""
    return word(f"connections.title.{step.step.value}", language)


def step_said(step: StepStatus, language: Language) -> str:
    """Return why a step stands as it does, in a sentence or two."""
    return one_line(message(step.code, readable(step.params, language), language).message)


def at_noon(day: date) -> datetime:
    """Return a day as a moment, for what is told of moments."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
