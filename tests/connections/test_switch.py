"""While the next certificate lies ready, the day on which the one in use ends stays told until the next is live."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import combinations, product
from pathlib import Path
from typing import Any, Final

import pytest
from icalendar import Calendar

from pkitools.connections import Connections, ConnectionsStatus, ConnectionStatus, Step, hold, read_connections
from pkitools.connections.planning import PlanKind
from pkitools.reports.connections import Planned
from pkitools.reports.planning import Work, WorkTelling, work_report
from pkitools.reports.planning.work import shown_dates, work_days
from tests.cli.conftest import run
from tests.conftest import LEVEL
from tests.connections.support import CHAIN, OIN, certificate, connection, held, written
from tests.portfolio.support import judging
from tests.support.chains import good_chain
from tests.support.command import Command
from tests.support.deliveries import pem
from tests.support.schemas import assert_valid

__all__ = ["run"]  # a fixture

pytestmark = pytest.mark.slow

AT: Final = "2026-11-22T12:00:00Z"
TODAY: Final = date(2026, 11, 22)
BEGAN: Final = datetime(2026, 1, 10, tzinfo=UTC)
NEXT_BEGAN: Final = datetime(2026, 10, 1, tzinfo=UTC)
NEXT_ENDS: Final = datetime(2028, 3, 1, 12, tzinfo=UTC)
ENDS: Final = {
    "far": datetime(2027, 3, 1, 12, tzinfo=UTC),
    "near": datetime(2026, 12, 10, 12, tzinfo=UTC),
    "today": datetime(2026, 11, 22, 11, tzinfo=UTC),  # an hour ago
    "over": datetime(2026, 11, 20, 12, tzinfo=UTC),
}
STATED: Final = {
    None: None,
    "earlier": "2026-02-01",
    "since": "2026-11-10",
    "after": "2026-11-21",
    "to come": "2026-12-01",
}


@dataclass(frozen=True)
class Case:
    """What there is, and what is stated of it: each a key of ``ENDS`` or ``STATED``."""

    old: str
    live: str | None
    sent: str | None
    tested: str | None

    @property
    def is_told(self) -> bool:
        """By the law: until it is stated to be live, or was tested on a day on which the old one was over."""
        return self.live not in {"since", "after"} and not (self.old == "over" and self.tested == "after")


CASES: Final = tuple(Case(*each) for each in product(ENDS, STATED, (None, "earlier", "since"), STATED))
ASKED: Final = CASES if LEVEL == "deep" else CASES[::4]
"""What commands are asked of: they tell what is found of each by itself, and here every two values meet."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("switch")
    (folder / "root.pem").write_bytes(pem(good_chain().root.der))
    text = []
    for number, case in enumerate(CASES):
        name, place = f"c{number}.example.nl", folder / str(number)
        place.mkdir()
        (place / "old.pem").write_bytes(certificate(OIN, name, ENDS[case.old], start=BEGAN) + CHAIN)
        (place / "next.pem").write_bytes(certificate(OIN, name, NEXT_ENDS, start=NEXT_BEGAN) + CHAIN)
        stated = {each: STATED[getattr(case, each)] for each in ("live", "sent", "tested")}
        days = {each: day for each, day in stated.items() if day is not None}
        text.append(connection(files=f'["{number}"]', common_name=f'"{name}"', **days))
    asked = [one for one, case in zip(text, CASES, strict=True) if case in ASKED]
    written(folder, "".join(asked)).rename(folder / "asked.toml")
    written(folder, "".join(text))
    return folder


def test_what_commands_are_asked_of_holds_every_two_values_together() -> None:
    every, asked = (
        {pair for case in several for pair in combinations(vars(case).items(), 2)} for several in (CASES, ASKED)
    )
    assert every == asked


@pytest.fixture(scope="module")
def connections(folder: Path) -> Connections:
    file = folder / "connections.toml"
    return read_connections(file.read_bytes(), str(file))


@pytest.fixture(scope="module")
def status(connections: Connections) -> ConnectionsStatus:
    return hold(connections, judging())


def _days(one: ConnectionStatus) -> list[date]:
    return [each.day for each in shown_dates(Planned.of(one)) if each.kind is PlanKind.SWITCH]


def test_the_day_stays_until_the_next_is_stated_to_be_live(status: ConnectionsStatus) -> None:
    assert {one.certificate.ends for one in status.statuses if one.certificate} == {NEXT_ENDS}, "the next hides the old"
    expected = {case: [ENDS[case.old].date()] if case.is_told else [] for case in CASES}
    assert dict(zip(CASES, map(_days, status.statuses), strict=True)) == expected
    assert {each.is_told for each in CASES if each.old in {"far", "near"}} == {True, False}


def test_it_is_told_as_near_as_it_is(status: ConnectionsStatus) -> None:
    for case, one in zip(CASES, status.statuses, strict=True):
        step = one.of(Step.RENEWAL)
        assert step is not None
        if not case.is_told:
            assert step.code == "connections.renewal.later"
            continue
        why, state = {"far": ("switch", "waiting"), "near": ("switch", "now")}.get(case.old, ("switch_late", "late"))
        assert (step.code, str(step.state)) == (f"connections.renewal.{why}", state)
        assert step.due == ENDS[case.old].date()
        assert case.old == "far" or str(one.state) in {"now", "late"}, "what is near is not told as done"


def test_every_form_tells_that_day(folder: Path, run: Command, status: ConnectionsStatus, tmp_path: Path) -> None:
    given = ("--connections", folder / "asked.toml", "--trust", folder / "root.pem", "--moment", AT)
    ics = tmp_path / "days.ics"
    found = json.loads(run("plan", *given, "--report", ics, "--json").out)
    assert_valid(found, "plan-v1")
    told = json.loads(run("status", *given, "--json").out)
    assert_valid(told, "status-v1")
    ends = {one["connection"]["common_name"]: _ends(one["plan"]) for one in found["plans"]}
    expected = {
        f"c{number}.example.nl": [*([f"{ENDS[case.old]:%Y-%m-%d}"] if case.is_told else []), f"{NEXT_ENDS:%Y-%m-%d}"]
        for number, case in enumerate(CASES)
        if case in ASKED
    }
    assert ends == expected
    assert {one["common_name"]: _ends(one["plan"]) for one in told["connections"]} == expected
    events = [
        each for each in Calendar.from_ical(ics.read_bytes()).walk("VEVENT") if each["UID"].endswith("-switch@pkitools")
    ]
    ahead = [ENDS[case.old].date() for case in ASKED if case.is_told and ENDS[case.old].date() >= TODAY]
    assert sorted(each["DTSTART"].dt for each in events) == sorted(ahead)
    work = Work.of_status(status)
    titles = [each.title for each in work_days(work, "nl") if each.kind is PlanKind.SWITCH]
    for form in (".csv", ".md", ".html"):
        report = work_report(Work(status.moment, work.planned), form, WorkTelling("nl"))
        assert report.count(titles[0].encode()) >= len(titles) == sum(case.is_told for case in CASES), form


def _ends(plan: Any) -> list[str]:
    return [each["day"] for each in plan["dates"] if each["kind"] == "end"]


def test_what_the_other_side_takes_is_counted_until_it_is_sent(tmp_path: Path) -> None:
    """DigiD Machtigen takes five working days."""
    for sent, expected in ((None, [date(2026, 12, 3)]), ("2026-10-10", []), ("2026-02-01", [date(2026, 12, 3)])):
        (tmp_path / "old.pem").write_bytes(certificate(end=ENDS["near"], start=BEGAN) + CHAIN)
        (tmp_path / "next.pem").write_bytes(certificate(end=NEXT_ENDS, start=NEXT_BEGAN) + CHAIN)
        stated = {} if sent is None else {"sent": sent}
        (one,) = held(tmp_path, connection(files='["old.pem", "next.pem"]', **stated)).statuses
        assert [each.day for each in shown_dates(Planned.of(one)) if each.kind is PlanKind.SWITCH_SEND] == expected
        assert _days(one) == [ENDS["near"].date()]


def test_a_copy_that_was_set_aside_and_one_of_another_name_have_no_next(tmp_path: Path) -> None:
    (tmp_path / "next.pem").write_bytes(certificate(end=NEXT_ENDS, start=NEXT_BEGAN) + CHAIN)
    for name, cn, told in (("old.pem.bak", "host.example.nl", False), ("other.pem", "other.example.nl", False)):
        (tmp_path / name).write_bytes(certificate(cn=cn, end=ENDS["near"], start=BEGAN) + CHAIN)
        (one,) = held(tmp_path, connection(files=f'["{name}", "next.pem"]')).statuses
        assert bool(_days(one)) is told, name
