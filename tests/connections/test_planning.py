"""Days backwards: worked out by hand, with the holidays of 2026 and 2027 in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkitools.connections import (
    Anchor,
    LeadKind,
    LeadTime,
    LeadTimes,
    LeadUnit,
    PlanKind,
    WorkingDays,
    lead_times,
    plan,
)
from pkitools.documents import documents
from pkitools.errors import InvalidValueError, MissingExtraError
from pkitools.findings import Certainty
from pkitools.profiles import tsps
from pkitools.systems import systems
from tests.support.cases import in_one_test
from tests.support.chains import MOMENT

DUTCH = WorkingDays()
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
ALL = {LeadKind.REGISTRATION: 10, LeadKind.DELIVERY: 10, LeadKind.HANDLING: 5, LeadKind.COURSE: 60}


def day(text: str) -> date:
    return date.fromisoformat(text)


@in_one_test
@pytest.mark.parametrize(
    ("start", "count", "found"),
    [
        ("2027-05-24", 5, "2027-05-14"),  # over Whit Monday and a weekend
        ("2027-05-07", 1, "2027-05-05"),  # over Ascension; the fifth of May is a holiday once in five years
        ("2030-05-06", 1, "2030-05-03"),  # 2030 is such a year; the fifth is a Sunday there
        ("2025-05-06", 1, "2025-05-02"),  # so is 2025, and there it is a Monday
        ("2027-04-28", 1, "2027-04-26"),  # over King's Day
        ("2027-03-30", 1, "2027-03-25"),  # over Easter Monday and Good Friday
        ("2026-12-28", 1, "2026-12-24"),  # over Christmas
        ("2027-01-04", 1, "2026-12-31"),  # over New Year
        ("2027-01-03", 0, "2026-12-31"),  # a Sunday: the last working day before it
        ("2027-01-05", 0, "2027-01-05"),
    ],
)
def test_working_days_are_those_of_the_netherlands(start: str, count: int, found: str) -> None:
    assert DUTCH.before(day(start), count) == day(found)


@pytest.mark.slow
@given(DAYS, st.integers(0, 40), st.integers(0, 40))
def test_working_days_add_up(start: date, one: int, other: int) -> None:
    start = DUTCH.at_or_before(start)
    assert DUTCH.before(DUTCH.before(start, one), other) == DUTCH.before(start, one + other)
    assert DUTCH.holds(DUTCH.before(start, one))


@pytest.mark.parametrize(
    ("amount", "start", "found"),
    [
        (6, "2027-06-01", "2026-12-01"),
        (3, "2027-05-31", "2027-02-26"),
        (1, "2028-03-31", "2028-02-29"),
        (12, "2027-01-05", "2026-01-05"),
    ],
)
def test_months_are_counted_by_the_calendar(amount: int, start: str, found: str) -> None:
    lead = LeadTime(LeadKind.COURSE, amount, LeadUnit.MONTHS)
    assert lead.back_from(day(start), DUTCH) == day(found)


def kinds(known: LeadTimes, anchor: Anchor = Anchor.LIVE, **given: object) -> Mapping[str, str]:
    found = plan(day("2027-06-01"), anchor, moment=MOMENT, lead_times=known, **given)  # type: ignore[arg-type]  # as given
    return {one.kind.value: one.day.isoformat() for one in found.dates}


def test_each_day_is_counted_from_the_one_after_it() -> None:
    known = lead_times(system="digid-machtigen", tsp="kpn")
    whole = {
        "start": "2026-12-01",
        "register": "2027-04-23",
        "order": "2027-05-11",
        "send": "2027-05-25",
        "live": "2027-06-01",
    }
    assert kinds(known) == whole
    assert kinds(known, subscriber=False) == whole
    assert kinds(known, subscriber=True) == {each: whole[each] for each in whole if each != "register"}
    end = {"order": "2027-05-11", "send": "2027-05-25", "end": "2027-06-01"}
    assert kinds(known, Anchor.END, subscriber=True) == end


def test_what_is_stated_goes_before_what_documents_say() -> None:
    known = lead_times(system="digid-machtigen", tsp="kpn", stated=ALL)
    assert kinds(known) == {
        "start": "2027-03-02",  # sixty working days; five holidays lie between
        "register": "2027-04-22",
        "order": "2027-05-10",
        "send": "2027-05-25",
        "live": "2027-06-01",
    }
    assert all(lead.basis is None for lead in known.known.values())


@pytest.mark.slow
@given(st.sets(st.sampled_from(tuple(LeadKind))), DAYS, st.sampled_from(Anchor), st.sampled_from([None, True, False]))
def test_what_is_not_known_is_said_to_be_and_makes_no_day_later(
    unknown: set[LeadKind], start: date, anchor: Anchor, subscriber: bool | None
) -> None:
    stated = {kind: days for kind, days in ALL.items() if kind not in unknown}
    given = {"moment": MOMENT, "subscriber": subscriber, "calendar": DUTCH}
    found = plan(start, anchor, lead_times=lead_times(stated=stated), **given)  # type: ignore[arg-type]  # as given
    asked = {LeadKind.DELIVERY, LeadKind.HANDLING}
    asked |= {LeadKind.REGISTRATION} if subscriber is not True else set()
    asked |= {LeadKind.COURSE} if anchor is Anchor.LIVE else set()
    assert set(found.unknown) == unknown & asked
    assert set(found.order.unknown) == unknown & {LeadKind.DELIVERY, LeadKind.HANDLING}
    if found.order.unknown:  # three months ahead, as we advise
        assert start - found.order.day >= timedelta(days=91)
    order = [PlanKind.REGISTER, PlanKind.ORDER, PlanKind.SEND]
    steps = [one for kind in order if (one := found.on(kind)) is not None]
    assert [one.day for one in steps] == sorted(one.day for one in steps)
    assert all(DUTCH.holds(one.day) for one in steps)


@in_one_test
@pytest.mark.parametrize(
    ("begins", "order"),
    [
        (None, "2027-03-02"),  # three months ahead
        ("2026-06-01", "2027-03-02"),
        ("2027-04-02", "2027-05-12"),  # of sixty days a third
        ("2027-05-31", "2027-06-01"),
        ("2027-07-01", "2027-06-01"),  # which begins after it ends
    ],
)
def test_one_of_a_few_weeks_is_not_ordered_three_months_ahead(begins: str | None, order: str) -> None:
    start = None if begins is None else day(begins)
    given = {"moment": MOMENT, "lead_times": lead_times(), "subscriber": True, "calendar": DUTCH}
    found = plan(day("2027-06-01"), Anchor.END, begins=start, **given)  # type: ignore[arg-type]  # as given
    assert found.order.day == day(order)


def test_the_steps_of_the_older_generations_are_told() -> None:
    known = lead_times(system="digid-machtigen", tsp="kpn")
    found = plan(
        day("2028-03-01"), Anchor.END, moment=MOMENT, lead_times=known, subscriber=True, generation="G1-private"
    )
    shorter = found.on(PlanKind.SHORTER)
    assert shorter is not None
    assert shorter.basis is not None
    assert (shorter.day.year, shorter.days, shorter.basis.certainty) == (2027, 366, Certainty.INFERRED)
    next_end, ends = found.on(PlanKind.NEXT_END), found.on(PlanKind.HIERARCHY_ENDS)
    assert next_end is not None
    assert ends is not None
    assert next_end.day == min(ends.day, found.order.day + timedelta(days=366))
    assert {
        one.kind for one in plan(day("2028-03-01"), moment=MOMENT, lead_times=known, generation="G4").dates
    }.isdisjoint({PlanKind.SHORTER, PlanKind.NEXT_END, PlanKind.HIERARCHY_ENDS})


def test_what_documents_say_has_its_source() -> None:
    names = [*(("system", each.name) for each in systems()), *(("tsp", each.name) for each in tsps())]
    found = [one for kind, name in names for one in lead_times(**{kind: name}).known.values()]  # type: ignore[arg-type]  # by its kind
    keys = {document.key for document in documents()}
    assert len(found) >= 5
    for one in found:
        assert one.basis is not None
        assert one.basis.source.key in keys
        assert one.basis.source.key != "none"
        assert set(one.text) == {"nl", "en"}


@pytest.mark.parametrize("wrong", [date(1, 1, 1), date(9999, 12, 31)])
def test_a_year_out_of_reach_is_refused(wrong: date) -> None:
    with pytest.raises(InvalidValueError, match="not between"):
        plan(wrong, moment=MOMENT, lead_times=lead_times())


def test_who_lacks_the_library_is_told_which(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "holidays", None)
    with pytest.raises(MissingExtraError, match="reports"):
        WorkingDays()


def test_after_the_end_of_its_root_nothing_more_is_said_of_a_generation() -> None:
    given = {"moment": MOMENT, "lead_times": lead_times(), "generation": "G1-private", "calendar": DUTCH}
    found = plan(day("2030-06-03"), **given)  # type: ignore[arg-type]  # as given
    ends = found.on(PlanKind.HIERARCHY_ENDS)
    assert ends is not None
    assert all(one.day <= ends.day and one.days for one in found.dates if one.kind is PlanKind.SHORTER)
