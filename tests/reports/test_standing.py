"""Whether something holds at a moment, and for how long: held to a model that counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pkitools.messages.days import days_left
from pkitools.reports.showing.standing import Standing, State, standing
from pkitools.reports.telling.readable import day_and_distance

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
SECONDS = st.integers(-400 * 86400, 400 * 86400)
LENGTHS = {"days": 86400, "hours": 3600, "minutes": 60}


@given(st.none() | SECONDS, st.none() | SECONDS)
def test_where_a_moment_stands(start: int | None, end: int | None) -> None:
    begins, ends = (None if given is None else AT + timedelta(seconds=given) for given in (start, end))
    found = standing(begins, ends, AT)
    if start is not None and start > 0:
        expected, seconds = State.NOT_YET, start
    elif end is None:
        assert found == Standing(State.OPEN_ENDED)
        return
    else:
        expected, seconds = (State.CURRENT, end) if end >= 0 else (State.EXPIRED, -end)
    assert found.state is expected
    assert found.unit is not None
    assert found.amount is not None
    nights = abs(((ends if found.state is not State.NOT_YET else begins) or AT).date() - AT.date()).days
    assert found.amount == (nights if found.unit == "days" else seconds // LENGTHS[found.unit])
    assert found.amount >= 2 or found.unit == "minutes"
    larger = [length for length in LENGTHS.values() if length > LENGTHS[found.unit]]
    assert all(seconds < 2 * length for length in larger)


def test_both_ends_belong_to_it() -> None:
    assert standing(AT, AT, AT) == Standing(State.CURRENT, 0, "minutes")


@given(SECONDS | st.integers(-3 * 86400, 3 * 86400), st.sampled_from([0, 1]))
def test_every_notion_of_days_left_is_one(seconds: int, micro: int) -> None:
    """The number, the sentence and the standing of one end tell the same days."""
    end = AT + timedelta(seconds=seconds, microseconds=micro)
    days, where = days_left(end, AT), standing(None, end, AT)
    nights = abs((end.date() - AT.date()).days)
    assert (days < 0) == (end < AT) == (where.state is State.EXPIRED)
    assert abs(days) == (max(1, nights) if end < AT else nights)
    assert where.unit != "days" or where.amount == nights
    told = day_and_distance(end, AT, "nl").partition("(")[2]
    assert ("geleden" in told) == (end < AT)
    assert told.split()[0 if end < AT else 1] == (str(nights) if nights else "minder")


@given(SECONDS, SECONDS)
def test_of_two_ends_on_one_day_as_many_days_are_left(seconds: int, other: int) -> None:
    """Whatever the hours: and as many as whoever counts the days that are told finds."""
    one = AT + timedelta(seconds=seconds)
    alike = one.replace(hour=0, minute=0, second=0) + timedelta(seconds=other % 86400)
    if (one < AT) == (alike < AT):
        assert days_left(one, AT) == days_left(alike, AT)
    if one.date() != AT.date():
        assert AT.date() + timedelta(days=days_left(one, AT)) == one.date()
