"""No two days of one connection go against each other in silence: stated, computed, or of what lies there."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Final

import pytest

from pkitools.connections import ConnectionStatus, Step, StepState
from pkitools.findings import Severity, Verdict
from pkitools.messages import LANGUAGES
from pkitools.reports.planning.work import step_said
from tests.connections.support import CHAIN, certificate, connection, held
from tests.support.cases import in_one_test
from tests.support.chains import MOMENT

TODAY: Final = MOMENT.date()
DAY: Final = timedelta(days=1)
STATED: Final = {
    "past": TODAY - 5 * DAY,
    "today": TODAY,
    "soon": TODAY + 9 * DAY,
    "late": TODAY + 40 * DAY,
    "absent": None,
}
"""Days to state; of those that go by, all after the first day of the certificate."""
OTHERS_NAME: Final = "other.example.nl"


def _one(folder: Path, lead: str = "", **stated: str | date | None) -> ConnectionStatus:
    fields = {name: day if isinstance(day, str) else day.isoformat() for name, day in stated.items() if day is not None}
    row = connection(**{"files": '["f"]', "system": '"mijnoverheid"', **fields})
    # of this one it stands in a document how long it takes
    tsp = 'tsp = "kpn"\n' if "tsp.kpn" in lead else ""
    (one,) = held(folder, f"{tsp}subscriber = true\n{lead}{row}").statuses
    return one


def _lead(delivery: int | None = None, handling: int | None = None) -> str:
    given = {"[tsp.kpn]\ndelivery": delivery, "[system.mijnoverheid]\nhandling": handling}
    return "".join(f"{name} = {days}\n" for name, days in given.items() if days is not None)


def _lay(folder: Path, **files: bytes) -> None:
    (folder / "f").mkdir()
    for name, data in files.items():
        (folder / "f" / f"{name}.pem").write_bytes(data + CHAIN)


def _of(one: ConnectionStatus, step: Step) -> tuple[StepState, str]:
    found = one.of(step)
    assert found is not None
    for language in LANGUAGES:
        assert step_said(found, language)
    return found.state, found.code.rpartition(".")[2]


def _by(step: Step, live: date) -> str:
    """How a step without a day stands by its own: today is a Sunday, and nobody sends on that."""
    return "late" if step is Step.SENT and live == TODAY else "by"


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """The places of a connection with a certificate that began ten days ago and lasts."""
    _lay(tmp_path, a=certificate(start=MOMENT - 10 * DAY))
    return tmp_path


@pytest.mark.parametrize(("live", "sent", "tested"), [*product(STATED, repeat=3)])
def test_the_days_of_going_live_sending_and_testing(good: Path, live: str, sent: str, tested: str) -> None:
    days = {"live": STATED[live], "sent": STATED[sent], "tested": STATED[tested]}
    one = _one(good, **days)
    goes = days["live"]
    for step, day in ((Step.SENT, days["sent"]), (Step.TESTED, days["tested"])):
        state, why = _of(one, step)
        if day is None:
            assert why == ("unknown" if goes is None else "unknown_live" if goes < TODAY else _by(step, goes))
            is_near = goes is not None and TODAY <= goes <= TODAY + 28 * DAY
            assert state is (StepState.LATE if why == "late" else StepState.NOW if is_near else StepState.UNKNOWN)
        elif day > TODAY and goes is not None and day > goes:
            assert (state, why) == (StepState.LATE, "planned_late")
            assert one.worst is Severity.WARNING
            assert one.against
        elif day > TODAY:
            assert (state, why) == (StepState.WAITING, "planned")
        else:
            assert why in {"stated", "before_sent"}
    if not one.against and None not in {days["sent"], days["tested"]}:
        is_in_order = days["sent"] <= days["tested"] or days["tested"] > TODAY  # type: ignore[operator]  as is asked
        assert (one.state in {StepState.DONE, StepState.WAITING}) is is_in_order


@pytest.mark.parametrize("sent", ["past", "soon"])
def test_a_day_of_going_live_of_an_earlier_certificate_says_nothing_of_this_one(good: Path, sent: str) -> None:
    """It was renewed since: the days of the next are stated, and that of going live stays."""
    day = STATED[sent]
    for ordered in (None, TODAY - 700 * DAY, TODAY - 40 * DAY):
        one = _one(good, live=TODAY - 600 * DAY, ordered=ordered, sent=day, tested=day)
        assert one.state is (StepState.DONE if sent == "past" else StepState.WAITING)
    # ordered to be live on that day, and it came later
    late = _one(good, live=TODAY - 20 * DAY, ordered=TODAY - 40 * DAY, sent=day, tested=day)
    assert late.state is (StepState.DONE if sent == "past" else StepState.LATE)


@in_one_test
@pytest.mark.parametrize("live", STATED)
@pytest.mark.parametrize("far", [-1, 0, 1, 300])
@pytest.mark.parametrize("field", ["sent", "tested"])
def test_nothing_is_sent_or_tested_after_the_end_of_its_certificate(
    tmp_path: Path, field: str, far: int, live: str
) -> None:
    end, goes = TODAY + 30 * DAY, STATED[live]
    _lay(tmp_path, a=certificate(start=MOMENT - 10 * DAY, end=MOMENT + 30 * DAY))
    one = _one(tmp_path, **{"sent": TODAY, "tested": TODAY, "live": goes, field: end + far * DAY})
    state, why = _of(one, Step(field))
    is_late = goes is not None and end + far * DAY > goes
    assert why == ("planned_late" if is_late else "planned_over" if far > 0 else "planned")
    assert state is (StepState.WAITING if why == "planned" else StepState.LATE)
    step = one.of(field)
    assert (step in one.against) is (why != "planned")
    assert why != "planned_over" or (step is not None and step.params["end"] == end.isoformat())


def test_sending_takes_the_time_of_the_other_side(good: Path) -> None:
    live = TODAY + 30 * DAY
    days = {"live": live, "tested": live}
    assert _of(_one(good, _lead(handling=5), sent=live - 12 * DAY, **days), Step.SENT)[1] == "planned"
    short = _one(good, _lead(handling=5), sent=live - 2 * DAY, **days)
    assert _of(short, Step.SENT) == (StepState.NOW, "planned_short")
    assert short.worst is Severity.WARNING
    gone_by = _one(good, _lead(handling=30), sent=live - 2 * DAY, **days)
    assert _of(gone_by, Step.SENT) == (StepState.LATE, "planned_short_late")
    assert gone_by.missed is None, "it is told once"
    assert _of(_one(good, sent=live - 2 * DAY, **days), Step.SENT)[1] == "planned"


@in_one_test
@pytest.mark.parametrize("handling", [None, 0, 20])
@pytest.mark.parametrize("delivery", [None, 1, 20, 30, 60])
@pytest.mark.parametrize("ends", [30, 50, 120])
def test_what_comes_after_the_end_of_the_one_in_use(
    tmp_path: Path, ends: int, delivery: int | None, handling: int | None
) -> None:
    _lay(tmp_path, a=certificate(start=MOMENT - 100 * DAY, end=MOMENT + ends * DAY))
    done = {"sent": TODAY - 50 * DAY, "tested": TODAY - 50 * DAY}
    one = _one(tmp_path, _lead(delivery, handling), ordered=TODAY, **done)
    state, why = _of(one, Step.RENEWAL)
    end = TODAY + ends * DAY
    assert (one.delivery is None) is (delivery is None)
    # a working day or more for each that is counted; holidays come on top
    if one.delivery is None:
        assert why == "ordered"
        return
    least = one.delivery.day + (handling or 0) * DAY
    if least > end:
        assert (state, why, one.worst) == (StepState.LATE, "awaited_late", Severity.WARNING)
    if one.delivery.day + (handling or 0) * 2 * DAY < end:
        assert why == "ordered"
        assert one.state is StepState.DONE
    if why == "awaited_late":
        step = one.of(Step.RENEWAL)
        assert step is not None
        assert step in one.against
        assert isinstance(step.params["days"], int)
        assert step.params["days"] >= (least - end).days
        assert step.params["days"] > 0
    assert one.ordered == TODAY  # it is waited for all the same


@pytest.mark.parametrize("delivery", [None, 2, 30])
def test_what_comes_after_the_day_of_going_live(tmp_path: Path, delivery: int | None) -> None:
    _lay(tmp_path)
    one = _one(tmp_path, _lead(delivery), ordered=TODAY, live=TODAY + 20 * DAY)
    is_late = delivery == 30
    assert _of(one, Step.ORDER) == ((StepState.LATE, "stated_late") if is_late else (StepState.DONE, "stated"))
    assert one.state is (StepState.LATE if is_late else StepState.WAITING)
    assert one.worst is (Severity.WARNING if is_late else None)
    assert one.ordered == TODAY


@in_one_test
@pytest.mark.parametrize("ordered", [None, TODAY - 20 * DAY])
@pytest.mark.parametrize("in_use", [6, 300])
@pytest.mark.parametrize("gap", [timedelta(days=-3), timedelta(seconds=1), timedelta(hours=6), timedelta(days=59)])
def test_the_next_one_begins_after_the_end_of_the_one_in_use(
    tmp_path: Path, in_use: int, gap: timedelta, ordered: date | None
) -> None:
    end = MOMENT + in_use * DAY
    old = certificate(serial=1, start=MOMENT - 300 * DAY, end=end)
    _lay(tmp_path, old=old, new=certificate(serial=2, start=end + gap, end=end + 400 * DAY))
    one = _one(tmp_path, ordered=ordered, sent=TODAY - 30 * DAY, tested=TODAY - 30 * DAY)
    assert one.certificate is not None
    assert one.certificate.not_after == end
    state, why = _of(one, Step.RENEWAL)
    assert (why == "gap") is (gap >= timedelta(hours=1))
    if why == "gap":
        assert state is (StepState.LATE if in_use == 6 or ordered else StepState.NOW)
        step = one.of(Step.RENEWAL)
        assert step is not None
        assert step.params["days"] == max(1, gap.days)
        assert step in one.against
        assert one.state is state


NAMED: Final = {
    "good": {"serial": 1},
    "ended": {"serial": 2, "start": MOMENT - 300 * DAY, "end": MOMENT - 10 * DAY},
}


@in_one_test
@pytest.mark.parametrize("field", ["common_name", "dns"])
@pytest.mark.parametrize("lies", NAMED)
@pytest.mark.parametrize("ordered", [None, TODAY - 60 * DAY, TODAY - 2 * DAY])
@pytest.mark.parametrize("live", [None, TODAY - 40 * DAY, TODAY + 90 * DAY])
@pytest.mark.parametrize("stated", [(), ("sent",), ("sent", "tested")])
def test_a_name_that_nothing_there_bears_though_it_was_tested(
    tmp_path: Path, field: str, lies: str, ordered: date | None, live: date | None, stated: tuple[str, ...]
) -> None:
    _lay(tmp_path, a=certificate(cn=OTHERS_NAME, **NAMED[lies]))  # type: ignore[arg-type]  of different kinds
    name = '"host.example.nl"' if field == "common_name" else '["host.example.nl"]'
    was_there = dict.fromkeys(stated, TODAY - 30 * DAY)
    one = _one(tmp_path, ordered=ordered, live=live, **was_there, **{field: name})
    assert one.certificate is None
    state, why = _of(one, Step.CERTIFICATE)
    if live is not None and live < TODAY:
        assert one.verdict is Verdict.FAILED
    elif stated:
        assert one.verdict is Verdict.INDETERMINATE
        assert one.state in {StepState.NOW, StepState.LATE}
        assert why in {"misnamed", "overdue"}
        assert one.ordered is None, "what was there before is missed, and not waited for"
    if why == "misnamed":
        step = one.of(Step.CERTIFICATE)
        assert step is not None
        assert OTHERS_NAME in str(step.params["found"])
        assert state is not StepState.WAITING
