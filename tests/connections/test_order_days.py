"""One certificate has one day to order the next by: in status, plan, scan, their calendars, and on the page."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest
from icalendar import Calendar

from pkitools.connections import Connections, ConnectionsStatus, claims_of, hold, read_connections
from pkitools.connections.planning import PlanKind
from pkitools.portfolio import Portfolio
from pkitools.reports import Telling, portfolio_report
from pkitools.reports.planning import Work, WorkTelling, work_report
from pkitools.reports.planning.work import at_noon
from pkitools.reports.portfolio.order_days import OrderDays
from pkitools.reports.telling.readable import short_day
from tests.cli.conftest import run
from tests.connections.support import CHAIN, OIN, OTHER_OIN, certificate, connection, written
from tests.portfolio.support import judging, scanned
from tests.support.chains import good_chain
from tests.support.command import Command
from tests.support.deliveries import pem
from tests.support.page import GIVEN, Read, Visitor

__all__ = ["run"]  # a fixture

pytestmark = pytest.mark.slow

MOMENT: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
_ENDS: Final = (
    datetime(2026, 11, 1, 12, tzinfo=UTC),  # has ended
    datetime(2027, 1, 15, 12, tzinfo=UTC),  # Christmas before the order
    datetime(2027, 4, 28, 23, 30, tzinfo=UTC),
)
_STATED: Final = """
[organization.kpn]
oin = "00000003100000010000"
name = "With a TSP"
tsp = "kpn"
[organization.new]
oin = "00000003100000020000"
name = "No subscriber yet"
tsp = "kpn"
subscriber = false
[organization.slow]
oin = "00000003100000030000"
name = "With a slow one"
tsp = "digidentity"
[tsp.digidentity]
delivery = 90
[system.digipoort]
handling = 20
"""
_HOLDERS: Final = {
    "a": OIN,  # nothing is known of its TSP
    "kpn": "00000003100000010000",
    "new": "00000003100000020000",
    "slow": "00000003100000030000",  # earlier than the advice, also without what its counterpart takes
}
_SYSTEMS: Final = ('"digid-machtigen"', '"digipoort"')


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificates of their own, one of several connections, one with another's OIN, one that nobody claims."""
    folder = tmp_path_factory.mktemp("days")
    (folder / "root.pem").write_bytes(pem(good_chain().root.der))
    text = [_STATED]
    for number, (end, holder, system) in enumerate(product(_ENDS, _HOLDERS, _SYSTEMS)):
        made = certificate(_HOLDERS[holder], f"h{number}.example.nl", end, serial=number + 9)
        (folder / f"{number}.pem").write_bytes(made)
        text.append(connection(organization=f'"{holder}"', files=f'["{number}.pem"]', system=system))
    (folder / "shared.pem").write_bytes(certificate(cn="shared.example.nl", serial=99))
    text += [connection(files='["shared.pem"]', system=system) for system in _SYSTEMS]
    (folder / "nobody.pem").write_bytes(certificate(OTHER_OIN, "nobody.example.nl"))
    (folder / "chain.pem").write_bytes(CHAIN)
    written(folder, "".join(text))
    return folder


@pytest.fixture(scope="module")
def connections(folder: Path) -> Connections:
    file = folder / "connections.toml"
    return read_connections(file.read_bytes(), str(file))


@pytest.fixture(scope="module")
def portfolio(folder: Path, connections: Connections) -> Portfolio:
    """As a scan of the folder judges what is there."""
    return scanned(folder, asked=judging(claims=claims_of(connections)))


@pytest.fixture(scope="module")
def status(connections: Connections) -> ConnectionsStatus:
    return hold(connections, judging(intermediates=tuple(each.der for each in (good_chain().tsp, good_chain().domain))))


def test_a_scan_names_the_day_of_the_plan_of_whose_it_is(
    folder: Path, connections: Connections, portfolio: Portfolio, status: ConnectionsStatus
) -> None:
    planned = _planned(status)
    assert len(planned) == len(_ENDS) * len(_HOLDERS) * len(_SYSTEMS) + 1
    assert len({*planned.values()}) > len(_ENDS) * 2, "what is known of others makes a difference"
    counted, knowing_nothing = OrderDays(portfolio.moment, connections), OrderDays(portfolio.moment)
    found = {one.sha256: counted.of(one).day for one in portfolio.judged}
    rest = {one.sha256: knowing_nothing.of(one).day for one in portfolio.judged if one.sha256 not in planned}
    assert [one.oin for one in portfolio.judged if one.sha256 in rest] == [OTHER_OIN]
    assert found == planned | rest
    telling = Telling(connections=connections)
    ahead = {sha256: day for sha256, day in found.items() if day >= MOMENT.date()}
    assert _ordered(portfolio_report(portfolio, ".ics", telling)) == ahead != {}
    page = portfolio_report(portfolio, ".html", telling)
    assert _shown(Read(page), portfolio) == found
    late = sorted(day.isoformat() for sha256, day in found.items() if sha256 not in ahead)
    told = re.findall(r'datetime="([^"]+)">[^<]*</time> \(too late\)', page.decode())
    assert sorted(told) == sorted(late * 2) != [], "in the table and with its certificate"


def test_the_page_names_it_in_both_its_halves(
    folder: Path, portfolio: Portfolio, connections: Connections, status: ConnectionsStatus
) -> None:
    given = replace(
        GIVEN,
        places=(str(folder),),
        connections=str(folder / "connections.toml"),
        trust=(str(folder / "root.pem"),),
        clock=lambda: MOMENT,
    )
    read = Read(Visitor(given).get("/portfolio"))
    counted = OrderDays(MOMENT, connections)
    assert _shown(read, portfolio) == {one.sha256: counted.of(one).day for one in portfolio.judged}
    days = [found["datetime"] for tag, found in read.elements if tag == "time" and found.get("data-kind") == "order"]
    assert sorted(days) == sorted(one.plan.order.day.isoformat() for one in status.statuses if one.plan is not None)


def test_the_calendar_of_the_connections_and_their_next_step_name_it_too(status: ConnectionsStatus) -> None:
    calendar = work_report(Work.of_status(status), ".ics", WorkTelling("en"))
    told = sorted(one["DTSTART"].dt for one in _events(calendar))
    days = [one.plan.order.day for one in status.statuses if one.plan is not None]
    assert told == sorted(day for day in days if day >= MOMENT.date())
    assert 0 < len(told) < len(days), "what is late stands on one event of today"
    for one in status.statuses:
        renewal = one.of("renewal")
        if one.plan is not None and renewal is not None and renewal.due is not None:
            assert renewal.due == one.plan.begin.day
            assert one.plan.on(PlanKind.REGISTER) is not None or renewal.due == one.plan.order.day


def test_a_terminal_names_it_and_what_is_late_is_not_passed_over(
    run: Command, folder: Path, tmp_path: Path, connections: Connections, portfolio: Portfolio
) -> None:
    asked = (
        "--connections",
        folder / "connections.toml",
        "--trust",
        folder / "root.pem",
        "--moment",
        MOMENT.isoformat(),
    )
    told = " ".join(run("--lang", "en", "scan", folder, *asked, "--verbose").told.split())
    counted = OrderDays(MOMENT, connections)
    for one in portfolio.judged:
        order, day = counted.of(one), short_day(at_noon(counted.of(one).day), "en")
        if one.not_after > MOMENT and order.connection is not None:
            assert (f"should have been ordered by {day}" if order.day < MOMENT.date() else f"next one by {day}") in told
    # good, and to be ordered last month: its TSP takes longer than three months
    made = certificate(_HOLDERS["slow"], "late.example.nl", datetime(2027, 3, 10, 12, tzinfo=UTC))
    (tmp_path / "late.pem").write_bytes(made + CHAIN)
    file = written(tmp_path, _STATED + connection(organization='"slow"', files='["late.pem"]'))
    ran = run("--lang", "en", "scan", tmp_path / "late.pem", "--connections", file, *asked[2:])
    assert "Now: Order the certificate after late.example.nl" in ran.told, ran.told
    known = {"sent": "2026-11-21", "tested": "2026-11-21", "system": '"digipoort"'}
    written(tmp_path, _STATED + connection(organization='"slow"', files='["late.pem"]', **known))
    for command in ("scan", "status"):  # what watches is told so by either
        words = [command, "--connections", file, *asked[2:], "--revocation", "off"]
        assert [run(*words, *weight).code for weight in ((), ("--fail-on", "warning"))] == [0, 12], command


def _planned(status: ConnectionsStatus) -> dict[str, date]:
    """The earliest day of the plans of each certificate."""
    days: dict[str, date] = {}
    for one in status.statuses:
        assert one.certificate is not None
        assert one.plan is not None
        sha256, day = one.certificate.sha256, one.plan.order.day
        days[sha256] = min(day, days.get(sha256, day))
    return days


def _events(calendar: bytes) -> list[Any]:
    """The events of a calendar that are days to order by."""
    events: list[Any] = Calendar.from_ical(calendar).walk("VEVENT")
    return [one for one in events if "order" in one["CATEGORIES"].cats]


def _ordered(calendar: bytes) -> dict[str, date]:
    return {str(one["UID"]).partition("-")[0]: one["DTSTART"].dt for one in _events(calendar)}


def _shown(read: Read, portfolio: Portfolio) -> dict[str, date]:
    """The day of each certificate on a page: the first that stands under its name."""
    full = {f"c-{one.sha256[:16]}": one.sha256 for one in portfolio.judged}
    days: dict[str, date] = {}
    mark = ""
    for tag, found in read.elements:
        mark = str(found.get("id")) if tag == "details" else mark
        if tag == "time" and mark in full:
            days.setdefault(full[mark], date.fromisoformat(str(found["datetime"])))
    return days
