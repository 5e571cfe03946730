"""The day of each step is one day, ahead or gone by: in ``status`` and in ``plan``, whatever the files show."""

from __future__ import annotations

import html
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Final

import pytest

from pkitools.connections import (
    ConnectionsStatus,
    ConnectionStatus,
    PlanKind,
    StepState,
    hold,
    read_connections,
)
from pkitools.findings import Verdict
from pkitools.messages import LANGUAGES
from pkitools.reports import Planned
from pkitools.reports.planning.work import days_to_do, past_word, planned_of, shown_dates, step_said
from pkitools.reports.telling.readable import short_day
from tests.cli.conftest import run
from tests.connections.support import CHAIN, OIN, certificate, connection, written
from tests.portfolio.support import judging
from tests.support.cases import in_one_test
from tests.support.chains import good_chain
from tests.support.command import Command
from tests.support.deliveries import pem
from tests.support.requests import request, subject

__all__ = ["run"]  # a fixture

DAY: Final = timedelta(days=1)
LIVE: Final = date(2027, 4, 28)
END: Final = datetime(2027, 12, 3, 12, tzinfo=UTC)
ASKED: Final = pem(request(subject(serialNumber=OIN))).replace(b"CERTIFICATE", b"CERTIFICATE REQUEST")
LIES: Final = {
    "nothing": {},
    "a request": {"f/a.csr": ASKED},
    "a certificate": {"f/a.pem": certificate(end=END) + CHAIN},
    "a certificate and a request": {"f/a.pem": certificate(end=END) + CHAIN, "f/a.csr": ASKED},
}
LEADS: Final = {
    "known": "registration = 5\ndelivery = 10\n[system.mijnoverheid]\nhandling = 12\n",
    "unknown": "",
    "a course": "registration = 5\ndelivery = 10\n[system.mijnoverheid]\ncourse = 80\nhandling = 12\n",
}
ASKS_BY: Final = re.compile(
    r"(?:\b(?:[Oo]rder|[Bb]egin|[Rr]egister|[Ss]end|[Tt]est)\b[^.;:]*? by|last day to order is"
    r"|to be (?:ordered|sent) by) (\d+ \w+ \d{4})"
)
SUBSCRIBER: Final = {"one": "subscriber = true\n", "none": "subscriber = false\n", "not said": ""}


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def _file(folder: Path, lies: str, lead: str, subscriber: str, **stated: date | None) -> Path:
    (folder / "f").mkdir()
    for name, data in LIES[lies].items():
        (folder / name).write_bytes(data)
    days = {name: day.isoformat() for name, day in stated.items() if day is not None}
    row = connection(files='["f"]', system='"mijnoverheid"', **days)
    return written(folder, f'{SUBSCRIBER[subscriber]}tsp = "kpn"\n[tsp.kpn]\n{LEADS[lead]}{row}')


def _held(file: Path, day: date) -> ConnectionsStatus:
    return hold(read_connections(file.read_bytes(), str(file)), judging(moment=_at(day)))


def _moments(status: ConnectionsStatus) -> list[date]:
    """Return the days about each day to do something by, and about going live: before it, on it, and after it."""
    days = {day for one in planned_of(status) for each in days_to_do(one) for day in (each.day, each.late_after)}
    return sorted({day + far * DAY for day in (*days, LIVE) for far in (-40, -1, 0, 1, 40)})


def _is_asked_in_the_past(said: str, today: date) -> bool:
    """Return whether a sentence tells to do something by a day that has gone by."""
    asked = ASKS_BY.findall(said)
    return any(datetime.strptime(f"{day} +0000", "%d %B %Y %z").date() < today for day in asked)


def _agree(one: ConnectionStatus, planned: Planned, today: date) -> None:
    """A step is late where a row of the plan is, for the same day; else the first day to come is one of a step."""
    late = min((each.day for each in days_to_do(planned) if each.late_after < today), default=None)
    ahead = sorted(each.day for each in days_to_do(planned))
    assert all(
        past_word(each, today, "en").startswith("late:") is (each.late_after < today) for each in days_to_do(planned)
    )
    for language in LANGUAGES:
        assert all(step_said(step, language) for step in one.steps)
    assert not [said for step in one.steps for said in [step_said(step, "en")] if _is_asked_in_the_past(said, today)]
    steps = [step for step in one.steps if step.due is not None and step.state is not StepState.DONE]
    assert min((step.due for step in steps if step.state is StepState.LATE and step.due), default=None) == late
    if late is None and ahead:
        told = [step for step in steps if step.due == ahead[0]]
        assert told, (ahead, steps)
        assert any(ahead[0].isoformat() in step.params.values() for step in told), "its sentence says the day"
        assert one.state in {StepState.LATE, StepState.NOW} or ahead[0] - 28 * DAY > today


@in_one_test
@pytest.mark.parametrize(("lies", "lead", "subscriber"), list(product(("nothing", "a request"), LEADS, SUBSCRIBER)))
def test_until_it_is_ordered(tmp_path: Path, lies: str, lead: str, subscriber: str) -> None:
    file = _file(tmp_path, lies, lead, subscriber, live=LIVE)
    seen = set()
    for day in _moments(_held(file, date(2026, 6, 1))):
        status = _held(file, day)
        ((one,), (planned,)) = status.statuses, planned_of(status)
        _agree(one, planned, day)
        seen.add(one.state)
        if lies == "a request":
            assert PlanKind.START not in {each.kind for each in shown_dates(planned)}, "it was begun"
            # that its day has come says nothing of whether it was ordered
            assert one.verdict is (Verdict.INDETERMINATE if day <= LIVE else Verdict.FAILED)
    late = {StepState.LATE} if subscriber != "not said" else set()
    assert seen >= {StepState.NOW} | late


@in_one_test
@pytest.mark.parametrize(("lies", "lead"), list(product(("a certificate", "a certificate and a request"), LEADS)))
@pytest.mark.parametrize("stated", [(), ("sent",), ("sent", "tested")])
def test_until_it_is_live_and_renewed(tmp_path: Path, lies: str, lead: str, stated: tuple[str, ...]) -> None:
    done = dict.fromkeys(stated, date(2026, 11, 22))
    file = _file(tmp_path, lies, lead, "one", live=LIVE, **done)
    seen = set()
    for day in _moments(_held(file, date(2026, 11, 22))):
        status = _held(file, day)
        ((one,), (planned,)) = status.statuses, planned_of(status)
        if day <= END.date():
            _agree(one, planned, day)
            kinds = [each.kind for each in shown_dates(planned)]
            assert (PlanKind.SWITCH_SEND in kinds) is ("sent" not in stated and day <= LIVE)
            assert (PlanKind.LIVE in kinds) is ("tested" not in stated and day <= LIVE)
            assert stated[-1:] == ("tested",) or one.verdict is Verdict.INDETERMINATE
            seen.add(one.state)
    assert seen >= {StepState.NOW, StepState.LATE}


@pytest.mark.parametrize("lies", ["nothing", "a request"])
@pytest.mark.parametrize("far", [-1, 0, 1, 40])
def test_an_order_that_is_planned_after_its_last_day(tmp_path: Path, lies: str, far: int) -> None:
    file = _file(tmp_path, lies, "known", "one", live=LIVE)
    (first,) = _held(file, date(2026, 11, 22)).statuses
    assert first.plan is not None
    last = first.plan.order.late_after
    file.write_text(f"{file.read_text(encoding='utf-8')}ordered = {last + far * DAY}\n", encoding="utf-8")
    for today in (last + each * DAY for each in (-60, -1, 0, 1) if far > each):
        status = _held(file, today)
        ((one,), (planned,)) = status.statuses, planned_of(status)
        order = one.of("order")
        assert order is not None
        short = f"connections.order.planned_short{'_late' if today > last else ''}"
        assert (order.code == short) is (far > 0)
        assert not _is_asked_in_the_past(step_said(order, "en"), today)
        state = StepState.LATE if today > last else StepState.NOW
        assert order.state is (state if far > 0 else StepState.WAITING)
        assert (order in planned.against) is (far > 0)


def test_the_next_step_is_told_and_what_is_due_first_comes_first(run: Command, tmp_path: Path) -> None:
    """One of which the request lies there is to be ordered before another has to change to its next one."""
    old = certificate(serial=1, start=_at(date(2025, 12, 1)), end=_at(date(2026, 12, 18)))
    new = certificate(serial=2, start=_at(date(2026, 11, 20)), end=_at(date(2028, 1, 1)))
    for name, data in {"b-old.pem": old + CHAIN, "b-new.pem": new + CHAIN, "c.csr": ASKED}.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "root.pem").write_bytes(pem(good_chain().root.der))
    leads = f'subscriber = true\ntsp = "kpn"\n[tsp.kpn]\ndelivery = 10\n{LEADS["known"].partition("10")[2].strip()}\n'
    done = {"sent": "2026-11-21", "tested": "2026-11-21"}
    rows = connection(files='["b-*.pem"]', system='"digid-machtigen"', **done)
    rows += connection(files='["c.csr"]', system='"mijnoverheid"', live="2026-12-28")
    file = written(tmp_path, leads + rows)

    def told(command: str, day: date) -> str:
        at = ("--moment", _at(day).isoformat(), "--trust", tmp_path / "root.pem")
        return " ".join(run("--lang", "en", command, "--connections", file, *at).told.split())

    (of_b, of_c) = _held(file, date(2026, 11, 23)).statuses
    assert of_b.switch is not None
    assert of_c.plan is not None
    due = of_c.plan.order.day
    assert due < of_b.switch.day
    for today, word in ((due - DAY, "to do now"), (due + DAY, "too late")):
        ran = told("status", today)
        assert ran.index("MijnOverheid") < ran.index("DigiD Machtigen")
        assert f"{word} Gemeente A, MijnOverheid" in ran
    assert f"Now: Order by {short_day(_at(due), 'en')} for Gemeente A, MijnOverheid" in told("plan", due - DAY)
    late = told("plan", due + DAY)
    assert "Now: Order today for Gemeente A, MijnOverheid, preproduction: that should have been by" in late
    (tmp_path / "c.csr").unlink()
    written(tmp_path, leads + connection(files='["b-*.pem"]', system='"digid-machtigen"', **done))
    assert (
        "Now: Change by 18 Dec 2026 to the certificate that is there already for Gemeente A, DigiD Machtigen"
        in told("plan", due)
    )


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Connections of one organisation, system and environment, at all stages, and one of which the certificate ends."""
    folder = tmp_path_factory.mktemp("several")
    there = {"live.pem": certificate(serial=1, end=END, cn="live.example.nl") + CHAIN, "asked.csr": ASKED}
    there["ends.pem"] = certificate(serial=2, end=_at(date(2027, 3, 1)), cn="ends.example.nl") + CHAIN
    for name, data in there.items():
        (folder / name).write_bytes(data)
    (folder / "root.pem").write_bytes(pem(good_chain().root.der))
    rows = [
        connection(files=f'["{file}"]', system='"mijnoverheid"', common_name=f'"{name}.example.nl"', **stated)
        for name, file, stated in (
            ("none", "none", {"live": LIVE.isoformat()}),
            ("asked", "asked.csr", {"live": LIVE.isoformat()}),
            ("live", "live.pem", {"live": (LIVE - 9 * DAY).isoformat(), "sent": "2026-11-22"}),
            ("ends", "ends.pem", {"sent": "2026-11-22", "tested": "2026-11-22"}),
            ("late", "late", {"live": (LIVE + 3 * DAY).isoformat(), "ordered": "2026-11-23"}),
        )
    ]
    return written(folder, f'subscriber = true\ntsp = "kpn"\n[tsp.kpn]\n{LEADS["known"]}{"".join(rows)}')


def test_what_a_plan_tells_first_is_what_is_most_urgent(run: Command, several: Path) -> None:
    """The first that is late in ``status`` is the first in ``plan``, and the rest of those are counted."""
    trusted = several.parent / "root.pem"
    for today in _moments(_held(several, date(2026, 11, 23))):
        status = _held(several, today)
        planned = {one.connection.number: one for one in planned_of(status) if one.connection is not None}
        ended = [one for one in status.statuses if one.certificate is not None and one.certificate.ends < _at(today)]
        urgent = [one for one in status.in_order() if one.state is StepState.LATE and one not in ended]
        asked = [one for one in urgent if one.ordered is None]
        at = ("--moment", _at(today).isoformat(), "--trust", trusted)
        ran = " ".join(run("--lang", "en", "plan", "--connections", several, *at).told.split())
        now = ran.rpartition("Now: ")[2]
        assert ("the certificate has expired. Is it still in use?" in now) is bool(ended)
        (awaited,) = (one.state for one in status.statuses if one.ordered is not None)
        assert ("Ask the TSP" in now) is (awaited in {StepState.LATE, StepState.NOW}), (today, now)
        assert (f"Late as well: {len(asked) - 1} more." in now) is (len(asked) > 1), (today, now)
        if asked:
            assert f"preproduction, {asked[0].connection.common_name}: that should have been by" in now, (today, now)
            continue
        waiting = [one for number, one in planned.items() if status.statuses[number - 1] not in ended]
        ahead = [(each.day, one) for one in waiting for each in days_to_do(one)]
        day, one = min(ahead, key=lambda each: each[0])
        assert one.connection is not None
        assert one.connection.common_name is not None
        assert one.connection.common_name in now, (today, now)
        assert day <= today or short_day(_at(day), "en") in now, (today, now)


def test_a_day_to_test_stands_in_the_plan_and_its_calendar(run: Command, several: Path, tmp_path: Path) -> None:
    """Which is that of going live, as ``status`` says; and its page begins with what to do first, and the counts."""
    live = LIVE - 9 * DAY
    at = ("--moment", _at(live - DAY).isoformat(), "--trust", several.parent / "root.pem")
    reports = [word for form in ("ics", "html") for word in ("--report", tmp_path / f"plan.{form}")]
    ran = " ".join(run("--lang", "en", "plan", "--connections", several, *at, *reports).told.split())
    assert f"{short_day(_at(live), 'en')} Test with the certificate that is there" in ran
    events = (tmp_path / "plan.ics").read_text(encoding="utf-8").replace("\r\n ", "").split("BEGIN:VEVENT")
    (event,) = (each for each in events if "Test with the certificate" in each)
    assert f"DTSTART;VALUE=DATE:{live:%Y%m%d}" in event
    page = (tmp_path / "plan.html").read_text(encoding="utf-8")
    counts = Counter(one.state for one in _held(several, live - DAY).statuses)
    assert f"{counts[StepState.LATE]} too late" in page
    now = ran.rpartition("Now: ")[2]
    assert html.escape(now[:60]) in page
    assert page.index(html.escape(now[:60])) < page.index("<table")


@pytest.mark.parametrize("lies", ["nothing", "a certificate"])
def test_what_is_waited_for_says_when_it_comes_and_what_to_do_where_it_did_not(tmp_path: Path, lies: str) -> None:
    """By the day that the plan has for it; a step that is late is never without something to do."""
    ordered, live = date(2027, 4, 1), None if lies == "a certificate" else LIVE
    file = _file(tmp_path, lies, "known", "one", live=live, ordered=ordered)
    status = _held(file, ordered + DAY)
    ((one,), (planned,)) = status.statuses, planned_of(status)
    (delivery,) = (each.day for each in shown_dates(planned) if each.kind is PlanKind.DELIVERY)
    if lies == "a certificate":
        renewal = one.of("renewal")
        assert renewal is not None
        assert (renewal.code, renewal.params["delivery"]) == ("connections.renewal.ordered", delivery.isoformat())
        assert f"{delivery.day} {delivery:%B %Y}" in step_said(renewal, "en")
        return
    (late,) = _held(file, LIVE + DAY).statuses
    step = late.of("certificate")
    assert step is not None
    assert (step.code, step.state) == ("connections.certificate.late_ordered", StepState.LATE)
    assert "Ask the TSP when it comes" in step_said(step, "en")
    assert late.ordered == ordered
