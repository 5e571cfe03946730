"""How long others take, as data: ``data/lead_times.toml``; whoever plans may say it himself, and that goes first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from pkitools.arguments import choice, mapping, of_type, optional, whole
from pkitools.arguments import day as a_day
from pkitools.arguments import text as a_text
from pkitools.documents import cite
from pkitools.findings import Basis, Certainty
from pkitools.frozen import Frozen, dataclass, field
from pkitools.messages import LANGUAGES
from pkitools.package_data import read_toml

if TYPE_CHECKING:
    from pkitools.rules.working_days import WorkingDays

MAX_DAYS: Final = 1000
"""The longest lead time that somebody may state, in working days: four years."""


class LeadKind(StrEnum):
    """What takes the time."""

    REGISTRATION = "registration"
    """A TSP registers a new subscriber."""
    DELIVERY = "delivery"
    """A TSP delivers a certificate to somebody who is its subscriber."""
    HANDLING = "handling"
    """The other side takes a certificate in: registers its public part, reports on a test."""
    COURSE = "course"
    """All of a new connection, from the first registration to going live."""


class LeadUnit(StrEnum):
    """In what it is counted."""

    WORKING_DAYS = "working_days"
    DAYS = "days"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class LeadTime:
    """How long something takes at most.

    Args:
        kind: what.
        amount, unit: how long.
        basis: what it rests on; ``None``: whoever plans says so.
        text: what the source says, by language; empty where there is none.

    Raises:
        InvalidValueError: a value is none, or ``amount`` more than :data:`MAX_DAYS`.
    """

    kind: LeadKind
    amount: int
    unit: LeadUnit = LeadUnit.WORKING_DAYS
    basis: Basis | None = None
    text: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", choice(LeadKind, self.kind, "kind"))
        object.__setattr__(self, "unit", choice(LeadUnit, self.unit, "unit"))
        whole(self.amount, "amount", most=MAX_DAYS)
        optional(self.basis, Basis, "basis")
        for said in mapping(self.text, "text").values():
            a_text(said, "text")

    def back_from(self, day: date, calendar: WorkingDays) -> date:
        """Return the last working day on which it can begin, to be over on a day."""
        day, calendar = _counted(day, calendar)
        if self.unit is LeadUnit.WORKING_DAYS:
            return calendar.before(day, self.amount)
        if self.unit is LeadUnit.DAYS:
            return calendar.at_or_before(day - timedelta(days=self.amount))
        return calendar.at_or_before(_months_before(day, self.amount))

    def over_by(self, day: date, calendar: WorkingDays) -> date:
        """Return the last working day on which it is over, where it began on a day: as :meth:`back_from` counts."""
        day, calendar = _counted(day, calendar)
        if self.unit is LeadUnit.WORKING_DAYS:
            return calendar.after(day, self.amount)
        days = day + timedelta(days=self.amount) if self.unit is LeadUnit.DAYS else _months_before(day, -self.amount)
        return max(day, calendar.at_or_before(days))


def _counted(day: date, calendar: WorkingDays) -> tuple[date, WorkingDays]:
    from pkitools.rules.working_days import WorkingDays  # reading a file of connections does without

    return a_day(day, "day"), of_type(calendar, WorkingDays, "calendar")


def _months_before(day: date, months: int) -> date:
    """Return the same day so many months ago, or ahead, or the last of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (first_of_next - timedelta(days=1)).day))


@dataclass(frozen=True, slots=True)
class LeadTimes:
    """What is known of each kind for one connection.

    Args:
        known: by kind; one that is not in it is unknown.
    """

    known: Mapping[LeadKind, LeadTime] = field(hash=False)

    def of(self, kind: LeadKind | str) -> LeadTime | None:
        """Return the lead time of a kind; ``None`` where it is not known."""
        return self.known.get(choice(LeadKind, kind, "kind"))


def lead_times(
    *, system: str | None = None, tsp: str | None = None, stated: Mapping[LeadKind, int] | None = None
) -> LeadTimes:
    """Return what is known of how long others take.

    Args:
        system: the name of the system.
        tsp: the name of the TSP.
        stated: what whoever plans says himself, in working days: it goes before what documents say.

    Raises:
        InvalidValueError: a value is none.
    """
    system, tsp = optional(system, str, "system"), optional(tsp, str, "tsp")
    given = mapping({} if stated is None else stated, "stated")
    found = {one.kind: one for whose, one in documented() if whose in {("system", system), ("tsp", tsp)}}
    own = {choice(LeadKind, kind, "stated"): whole(days, "stated", most=MAX_DAYS) for kind, days in given.items()}
    found |= {kind: LeadTime(kind, days) for kind, days in own.items()}
    return LeadTimes(Frozen(found))


@cache
def documented() -> tuple[tuple[tuple[str, str], LeadTime], ...]:
    """Return every lead time that a document tells, each with whose it is: ``tsp`` or ``system``, and its name."""
    return tuple(map(_lead_time, read_toml("pkitools.connections", "data/lead_times.toml")["lead_time"]))


def _lead_time(row: Mapping[str, Any]) -> tuple[tuple[str, str], LeadTime]:
    whose = ("tsp", row["tsp"]) if "tsp" in row else ("system", row["system"])
    basis = Basis(cite(row["source"], row.get("section", "")), Certainty(row["certainty"]))
    text: Mapping[str, str] = Frozen({str(language): row[language] for language in LANGUAGES})
    return whose, LeadTime(LeadKind(row["kind"]), row["amount"], LeadUnit(row["unit"]), basis, text)
