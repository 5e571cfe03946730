"""The day of each step is one day, ahead or gone by: in ``status`` and in ``plan``, whatever the files show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Final

import pytest

from pkitools.connections import (
    ConnectionsStatus,
    ConnectionStatus,
    PlanDate,
    PlanKind,
    StepState,
    hold,
    read_connections,
)
from pkitools.connections.planning import TO_DO
from pkitools.findings import Verdict
from pkitools.messages import LANGUAGES
from pkitools.reports import Planned
from pkitools.reports.planning.work import past_word, planned_of, shown_dates, step_said
from pkitools.reports.telling.readable import short_day
from tests.cli.conftest import run
from tests.connections.support import CHAIN, OIN, certificate, connection, written
from tests.portfolio.support import judging
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
    """Return the days about each day to do something by: before it, on it, and after it."""
    (planned,) = planned_of(status)
    days = {day for one in _to_do(planned) for day in (one.day, one.late_after)}
    return sorted({day + far * DAY for day in days for far in (-40, -1, 0, 1)} - {day for day in days if day > LIVE})


def _to_do(planned: Planned) -> Iterator[PlanDate]:
    """Yield the days to do something by; who may be a subscriber registers only if he is none."""
    assert planned.connection is not None
    left_out = {PlanKind.REGISTER} if planned.connection.subscriber is None else set()
    return (one for one in shown_dates(planned) if one.kind in TO_DO - left_out)


def _agree(one: ConnectionStatus, planned: Planned, today: date) -> None:
    """A step is late where a row of the plan is, for the same day; else the first day to come is one of a step."""
    late = min((each.day for each in _to_do(planned) if each.late_after < today), default=None)
    ahead = sorted(each.day for each in _to_do(planned))
    assert all(
        past_word(each, today, "en").startswith("late:") is (each.late_after < today) for each in _to_do(planned)
    )
    for language in LANGUAGES:
        assert all(step_said(step, language) for step in one.steps)
    steps = [step for step in one.steps if step.due is not None and step.state is not StepState.DONE]
    assert min((step.due for step in steps if step.state is StepState.LATE and step.due), default=None) == late
    if late is None and ahead:
        told = [step for step in steps if step.due == ahead[0]]
        assert told, (ahead, steps)
        assert any(ahead[0].isoformat() in step.params.values() for step in told), "its sentence says the day"
        assert one.state in {StepState.LATE, StepState.NOW} or ahead[0] - 28 * DAY > today


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
            assert one.verdict is Verdict.INDETERMINATE
    late = {StepState.LATE} if subscriber != "not said" else set()
    assert seen >= {StepState.NOW} | late


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
        assert (order.code == "connections.order.planned_short") is (far > 0)
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
