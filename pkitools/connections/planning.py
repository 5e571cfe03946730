"""Days backwards: from going live, and from the end of a certificate, to the last day on which each step can begin.

Each day says what it rests on. What nobody published is unknown: the day is then the last one there can be, and for
the order the advice to order three months ahead is taken where that is earlier.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from pkitools.arguments import aware, choice, of_type, optional, optional_day
from pkitools.arguments import day as a_day
from pkitools.connections.lead import LeadKind, LeadTime, LeadTimes
from pkitools.documents import cite
from pkitools.environment import Environment
from pkitools.errors import InvalidValueError
from pkitools.findings import Basis, Certainty
from pkitools.frozen import dataclass, replace
from pkitools.ordering.choosing import NoChoiceError, choose
from pkitools.profiles import get_profile
from pkitools.renewal import migration_facts
from pkitools.rules.working_days import YEARS, WorkingDays, advised_order
from pkitools.systems import System
from pkitools.trust import Hierarchy, HierarchyKind, hierarchies


class Anchor(StrEnum):
    """From which day is counted back."""

    LIVE = "live"
    END = "end"


class PlanKind(StrEnum):
    """What has to happen on a day, or happens."""

    START = "start"
    """Begin with the connection: all of it takes that long."""
    REGISTER = "register"
    """Register as a subscriber of the TSP, for who is none yet."""
    ORDER = "order"
    """Order the certificate."""
    SEND = "send"
    """Send its public part to the other side."""
    LIVE = "live"
    SWITCH_SEND = "switch_send"
    """Send the public part of a certificate that is there: the other side takes its time. In no plan."""
    TEST = "test"
    """The last day to test with a certificate that is there: that of going live. In no plan."""
    SWITCH = "switch"
    """The last day to put the next certificate, which is there, into use: the one before it ends. In no plan."""
    END = "end"
    """The certificate that is in use ends."""
    SHORTER = "shorter"
    """From then on the older generation is issued for so many days at most."""
    HIERARCHY_ENDS = "hierarchy_ends"
    NEXT_END = "next_end"
    """One of the same generation that is ordered on the day of the order ends then at the latest."""
    ORDERED = "ordered"
    """What is waited for was ordered, as is stated. In no plan: it is told instead of what it made superfluous."""
    DELIVERY = "delivery"
    """What was ordered should be there by then. In no plan either."""


BEGIN: Final = frozenset({PlanKind.START, PlanKind.REGISTER, PlanKind.ORDER})
"""What is done before, or by, the order."""
TO_DO: Final = BEGIN | {PlanKind.SWITCH_SEND, PlanKind.TEST, PlanKind.SWITCH}
"""What can still be done where its day has gone by."""


@dataclass(frozen=True, slots=True)
class PlanDate:
    """One day of a plan.

    Args:
        day: the last day on which it can be done, a working day; or the day on which it happens.
        kind: what.
        lead: how long that takes, and so why this day; ``None`` where no lead time was counted.
        basis: what it rests on; ``None`` where whoever plans stated it, or it stands in a certificate.
        unknown: what was not counted because it is not known: it has to be done earlier by that.
        days: of a generation, the longest validity in days.
        by: of the end of a certificate, the name of the authority above it that ends then, where that is before the
            certificate itself does; not made safe for a terminal.
        latest: where the day is an advice, the last one on which it can be done to go live, by what is known; else
            ``None``: by the end of a certificate that is in use the advised day is the last.
    """

    day: date
    kind: PlanKind
    lead: LeadTime | None = None
    basis: Basis | None = None
    unknown: tuple[LeadKind, ...] = ()
    days: int | None = None
    by: str | None = None
    latest: date | None = None

    @property
    def late_after(self) -> date:
        """The day after which it is too late: an advice makes nothing late."""
        return self.day if self.latest is None else self.latest


@dataclass(frozen=True, slots=True)
class Plan:
    """The days of one connection.

    Args:
        anchor, day: from what is counted back.
        dates: in their order.
        unknown: what is not known of how long others take.
    """

    anchor: Anchor
    day: date
    dates: tuple[PlanDate, ...]
    unknown: tuple[LeadKind, ...]

    def on(self, kind: PlanKind | str) -> PlanDate | None:
        """Return the first day of a kind; ``None`` where there is none."""
        kind = choice(PlanKind, kind, "kind")
        return next((one for one in self.dates if one.kind is kind), None)

    @property
    def order(self) -> PlanDate:
        """The last day to order."""
        found = self.on(PlanKind.ORDER)
        assert found is not None  # every plan has one
        return found

    @property
    def begin(self) -> PlanDate:
        """The first thing to do."""
        return min((one for one in self.dates if one.kind in BEGIN), key=lambda one: one.day)

    @property
    def begun(self) -> Plan:
        """The same of what was begun: a request for it lies there."""
        return replace(self, dates=tuple(one for one in self.dates if one.kind is not PlanKind.START))

    def begin_for(self, subscriber: bool | None) -> PlanDate:
        """Return the first thing to do, whatever is not known: who may be a subscriber has not to register for sure."""
        begun = _begun_by(optional(subscriber, bool, "subscriber"))
        return min((one for one in self.dates if one.kind in begun), key=lambda one: one.day)

    def is_late(self, subscriber: bool | None, today: date) -> bool:
        """Return whether it is too late for anything to begin with, as :meth:`begin_for` has it: not by an advice."""
        begun, today = _begun_by(optional(subscriber, bool, "subscriber")), a_day(today, "today")
        return any(one.late_after < today for one in self.dates if one.kind in begun)

    def at_once(self, today: date) -> Plan:
        """Return the same of a certificate that is not good: what is to be begun has to be so today.

        The days that hang on the day of the order are left out.

        Args:
            today: the day of the moment, in UTC.
        """
        today = a_day(today, "today")
        kept = (one for one in self.dates if one.kind not in {PlanKind.SEND, PlanKind.NEXT_END})
        moved = (_not_after(one, today) if one.kind in BEGIN else one for one in kept)
        return replace(self, dates=tuple(sorted(moved, key=_place)))


def _begun_by(subscriber: bool | None) -> frozenset[PlanKind]:
    return BEGIN - {PlanKind.REGISTER} if subscriber is None else BEGIN


def _not_after(one: PlanDate, day: date) -> PlanDate:
    return one if one.day <= day else replace(one, day=day, lead=None, basis=None, latest=None)


def plan(
    day: date,
    anchor: Anchor | str = Anchor.LIVE,
    *,
    moment: datetime,
    lead_times: LeadTimes,
    subscriber: bool | None = None,
    generation: str | None = None,
    begins: date | None = None,
    calendar: WorkingDays | None = None,
) -> Plan:
    """Return the days backwards from a day.

    Args:
        day: the day of going live, or the last day of the certificate.
        anchor: which of both it is.
        moment: when is planned, aware UTC: steps of a generation before it are no longer told.
        lead_times: how long others take.
        subscriber: whether whoever orders is a subscriber of the TSP; ``None``: not known.
        generation: such as ``G1-private``, of the certificate; ``None``: not known.
        begins: the first day of the certificate; ``None``: not known. One of a few months was never meant to be
            ordered three months ahead.
        calendar: the working days; ``None``: those of the Netherlands.

    Raises:
        InvalidValueError: a value is none.
        MissingExtraError: the library that knows Dutch holidays is not installed.
    """
    if a_day(day, "day").year not in YEARS:
        raise InvalidValueError("connections.error.day", day=day.isoformat(), first=YEARS[0], last=YEARS[-1])
    kind, now = choice(Anchor, anchor, "anchor"), aware(moment).date()
    known, begins = of_type(lead_times, LeadTimes, "lead_times"), optional_day(begins, "begins")
    subscriber, generation = optional(subscriber, bool, "subscriber"), optional(generation, str, "generation")
    counted = _Counting(day, kind, known, optional(calendar, WorkingDays, "calendar") or WorkingDays(), begins)
    steps = list(counted.steps(subscriber))
    order = next(one.day for one in steps if one.kind is PlanKind.ORDER)
    steps += _of_generation(generation, now, max(order, now), day)
    needed = (LeadKind.DELIVERY, LeadKind.HANDLING, *counted.asked(subscriber))
    unknown = tuple(one for one in LeadKind if one in needed and lead_times.of(one) is None)
    return Plan(kind, day, tuple(sorted(steps, key=_place)), unknown)


def _place(one: PlanDate) -> tuple[date, int]:
    """Return where a day comes in a plan; of what is on one day, in the order in which it is done."""
    return one.day, tuple(PlanKind).index(one.kind)


def generation_for(system: System, environment: Environment, moment: datetime) -> str | None:
    """Return the generation of the certificate that is chosen for a system; ``None`` where nothing can be chosen."""
    try:
        root = choose(system, environment, moment=moment).profile.root
    except NoChoiceError:
        return None
    return next((each.generation for each in hierarchies() if each.name == root), None)


@dataclass(frozen=True, slots=True)
class _Counting:
    day: date
    anchor: Anchor
    known: LeadTimes
    calendar: WorkingDays
    begins: date | None

    def asked(self, subscriber: bool | None) -> Iterator[LeadKind]:
        if subscriber is not True:
            yield LeadKind.REGISTRATION
        if self.anchor is Anchor.LIVE:
            yield LeadKind.COURSE

    def steps(self, subscriber: bool | None) -> Iterator[PlanDate]:
        send = self._back(PlanKind.SEND, LeadKind.HANDLING, self.day, ())
        order = self._advised(self._back(PlanKind.ORDER, LeadKind.DELIVERY, send.day, send.unknown))
        yield from (PlanDate(self.day, PlanKind(self.anchor.value)), order)
        if self.anchor is Anchor.LIVE or not send.unknown:  # on the day on which the old one ends it would be too late
            yield send
        if subscriber is not True:
            register = self._back(PlanKind.REGISTER, LeadKind.REGISTRATION, order.day, ())
            if order.latest is not None:
                latest = self._back(PlanKind.REGISTER, LeadKind.REGISTRATION, order.latest, ())
                register = replace(register, latest=latest.day)
            yield register
        if self.anchor is Anchor.LIVE and self.known.of(LeadKind.COURSE) is not None:
            yield self._back(PlanKind.START, LeadKind.COURSE, self.day, ())

    def _back(self, kind: PlanKind, lead: LeadKind, day: date, unknown: tuple[LeadKind, ...]) -> PlanDate:
        found = self.known.of(lead)
        if found is None:
            return PlanDate(self.calendar.at_or_before(day), kind, unknown=(*unknown, lead))
        return PlanDate(found.back_from(day, self.calendar), kind, found, found.basis, unknown)

    def _advised(self, order: PlanDate) -> PlanDate:
        """Return the day of the order; where something it hangs on is unknown, not later than is advised."""
        advised = advised_order(self.begins, self.day, self.calendar)
        if not order.unknown or order.day <= advised:
            return order
        basis = Basis(cite("pkitools"), Certainty.ADVICE)
        # by the end of a certificate in use nobody may wait for a last day that leaves no time for what is not known
        latest = order.day if self.anchor is Anchor.LIVE else None
        return PlanDate(advised, PlanKind.ORDER, None, basis, order.unknown, latest=latest)


def _of_generation(generation: str | None, now: date, order: date, last: date) -> Iterator[PlanDate]:
    """Yield what an older generation brings until the day itself, and the end of what is ordered of it."""
    facts = migration_facts()
    if generation not in facts.generations:
        return
    validity, ends = get_profile(facts.older).validity, _root_end(hierarchies(), generation)
    for step in validity.steps:
        if step.start is not None and now < step.start <= min(last, ends or last):
            basis = Basis(step.basis.source, Certainty.INFERRED, step.basis.note)  # the source names months
            yield PlanDate(step.start, PlanKind.SHORTER, None, basis, days=step.days)
    step = validity.step(order)
    next_end = order + timedelta(days=step.days)
    basis = Basis(step.basis.source, Certainty.INFERRED, step.basis.note)
    if ends is not None:
        yield PlanDate(ends, PlanKind.HIERARCHY_ENDS)
        next_end = min(next_end, ends)
    if next_end > order:
        yield PlanDate(next_end, PlanKind.NEXT_END, None, basis, days=(next_end - order).days)


def _root_end(known: Iterable[Hierarchy], generation: str | None) -> date | None:
    of_production = (each for each in known if each.kind is HierarchyKind.PRODUCTION)
    ends = (each.not_after for each in of_production if each.generation == generation)
    return next((end.date() for end in ends if end is not None), None)
