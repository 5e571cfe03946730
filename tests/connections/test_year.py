"""A supplier's year: sixty tenants, three systems, two environments: the days are those of the table.

The table was worked out by hand on the calendars of 2026 and 2027. KPN delivers within 14 days and registers within 10
working days; of DigiD Machtigen the handling takes 5 working days and a connection 6 months; of Digipoort a connection
takes 3 months. What is not known is ordered 91 days ahead. Public holidays on working days: 25 December 2026,
1 January, 26 and 29 March, 27 April, 6 and 17 May 2027.
"""

from __future__ import annotations

import csv
import json
import re
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any, Final

import pytest
from icalendar import Calendar

from pkitools.systems import get_system
from tests.cli.conftest import run
from tests.connections.support import CHAIN, certificate
from tests.support.chains import good_chain
from tests.support.command import Command
from tests.support.deliveries import pem
from tests.support.schemas import assert_valid

pytestmark = pytest.mark.slow

__all__ = ["run"]  # a fixture

TENANTS: Final = 60
AT: Final = ("--moment", "2026-11-22T12:00:00Z")

ENDS: Final = (
    # the end of a certificate for DigiD Machtigen, preproduction; send; order; register, of who is no subscriber
    ("2027-01-15", "2027-01-08", "2026-12-24", "2026-12-10"),  # fourteen days before the send is Christmas
    ("2027-02-15", "2027-02-08", "2027-01-25", "2027-01-11"),
    ("2027-03-31", "2027-03-22", "2027-03-08", "2027-02-22"),  # Good Friday and Easter Monday
    ("2027-04-28", "2027-04-20", "2027-04-06", "2027-03-19"),  # King's Day; Easter before the order
    ("2027-05-14", "2027-05-07", "2027-04-23", "2027-04-09"),
    ("2027-05-20", "2027-05-12", "2027-04-28", "2027-04-13"),  # Whit Monday; King's Day
    ("2027-05-24", "2027-05-14", "2027-04-30", "2027-04-15"),  # Whit Monday; King's Day
    ("2027-06-01", "2027-05-25", "2027-05-11", "2027-04-23"),  # Ascension and King's Day
    ("2027-08-15", "2027-08-09", "2027-07-26", "2027-07-12"),  # a Sunday
    ("2027-09-30", "2027-09-23", "2027-09-09", "2027-08-26"),
    ("2027-11-01", "2027-10-25", "2027-10-11", "2027-09-27"),
    ("2027-12-27", "2027-12-20", "2027-12-06", "2027-11-22"),
)

LIVE: Final[dict[tuple[str, str], dict[str, str]]] = {
    ("digid-machtigen", "production"): {
        "live": "2027-06-01",
        "send": "2027-05-25",
        "order": "2027-05-11",
        "register": "2027-04-23",
        "start": "2026-12-01",
    },
    ("digipoort", "production"): {
        "live": "2027-09-01",
        "send": "2027-09-01",
        "order": "2027-06-02",
        "register": "2027-05-19",
        "start": "2027-06-01",
    },
    ("digipoort", "preproduction"): {
        "live": "2026-12-28",
        "send": "2026-12-28",
        "order": "2026-09-28",
        "register": "2026-09-14",
        "start": "2026-09-28",
    },
    ("fsc", "production"): {
        "live": "2027-03-01",
        "send": "2027-03-01",
        "order": "2026-11-30",
        "register": "2026-11-16",
    },
}

# how many of the connections of a system and environment stand so, on 22 November 2026
STATES: Final = {
    # the five tenants of the first row begin before 20 December where they have to register first; the others' metadata
    # nobody knows
    ("digid-machtigen", "preproduction"): {"now": 5, "unknown": 55},
    ("digid-machtigen", "production"): {"now": 60},
    ("digipoort", "production"): {"waiting": 60},
    ("digipoort", "preproduction"): {"late": 60},
    # half of them should have registered on 16 November, by our advice alone: there is time until February
    ("fsc", "production"): {"now": 60},
    ("fsc", "preproduction"): {"now": 60},
}


def oin(tenant: int) -> str:
    return f"00000003{10000000 + tenant:08d}0000"


def subscriber(tenant: int) -> bool:
    """The tenants of the even rows are subscribers; of each row all or none."""
    return tenant % 2 == 1


@pytest.fixture(scope="module")
def supplier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a supplier."""
    folder = tmp_path_factory.mktemp("supplier")
    (folder / "root.pem").write_bytes(pem(good_chain().root.der))
    text = []
    for tenant in range(TENANTS):
        end = datetime.fromisoformat(ENDS[tenant % len(ENDS)][0]).replace(hour=12, tzinfo=UTC)
        (folder / f"{tenant}.pem").write_bytes(certificate(oin(tenant), "host.example.nl", end) + CHAIN)
        text.append(f'[organization.t{tenant}]\noin = "{oin(tenant)}"\nname = "Tenant {tenant}"\n')
        text.append(f'tsp = "kpn"\nsubscriber = {str(subscriber(tenant)).lower()}\n')
        text += [_connection(tenant, system, environment) for system, environment in STATES]
    (folder / "connections.toml").write_text("".join(text))
    return folder


def _connection(tenant: int, system: str, environment: str) -> str:
    text = f'[[connection]]\norganization = "t{tenant}"\nsystem = "{system}"\nenvironment = "{environment}"\n'
    if (system, environment) == ("digid-machtigen", "preproduction"):
        return text + f'files = ["{tenant}.pem"]\nsent = 2026-02-01\ntested = 2026-02-02\n'
    live = LIVE.get((system, environment))
    return text + (f"live = {live['live']}\n" if live else "")


def expected(tenant: int, where: tuple[str, str]) -> dict[str, str]:
    """The days of the table of one connection."""
    if where == ("digid-machtigen", "preproduction"):
        days = dict(zip(("end", "send", "order", "register"), ENDS[tenant % len(ENDS)], strict=True))
    else:
        days = dict(LIVE.get(where, {}))
    if subscriber(tenant):
        days.pop("register", None)
    return days


def found(plan: Any) -> dict[str, str]:
    """The days of a plan, but for those of the generations of PKIoverheid."""
    dates = [] if plan is None else plan["dates"]
    return {one["kind"]: one["day"] for one in dates if one["kind"] not in {"shorter", "next_end", "hierarchy_ends"}}


def asked(supplier: Path) -> tuple[str, ...]:
    return ("--connections", str(supplier / "connections.toml"), "--trust", str(supplier / "root.pem"), *AT)


def test_status_and_plan_give_the_days_of_the_table(run: Command, supplier: Path, tmp_path: Path) -> None:
    ics, table, whole, days_of = (tmp_path / name for name in ("a.ics", "a.csv", "a.json", "days.csv"))
    status = run("status", *asked(supplier), *(f"--report={each}" for each in (ics, table, whole)), "--json")
    planned = run("plan", *asked(supplier), f"--report={days_of}", "--json")
    assert (status.code, planned.code) == (11, 0)
    connections = status.document["connections"]
    # those of two tenants: all are of one kind, and to hold each to its schema takes longer than to make it
    assert_valid({**status.document, "connections": connections[:12]}, "status-v1")
    assert_valid({**planned.document, "plans": planned.document["plans"][:12]}, "plan-v1")
    assert len(connections) == TENANTS * 6
    counts: dict[tuple[str, str], dict[str, int]] = {where: {} for where in STATES}
    days = {}
    for one in connections:
        where = one["system"], one["environment"]
        tenant = int(one["organization"].removeprefix("Tenant "))
        days[tenant, where] = expected(tenant, where)
        assert found(one["plan"]) == days[tenant, where], (tenant, where)
        counts[where][one["state"]] = counts[where].get(one["state"], 0) + 1
        _begins_at_the_first(one, days[tenant, where])
    assert counts == STATES
    plans = {
        (int(one["connection"]["organization"].removeprefix("Tenant ")), (one["system"], one["environment"])): one[
            "plan"
        ]
        for one in planned.document["plans"]
    }
    assert {which: found(plan) for which, plan in plans.items()} == days
    assert json.loads(whole.read_bytes()) == status.document
    # what has gone by is in no calendar, but for one event of today that counts whose it is
    today = AT[1][:10]
    ahead = {which: {kind: day for kind, day in each.items() if day >= today} for which, each in days.items()}
    assert _of_calendar(ics.read_text("utf-8")) == ahead
    assert _late_in(ics.read_text("utf-8")) == (today, sum(ahead[which] != each for which, each in days.items()))
    assert _of_days(_rows(days_of)) == days
    for row in _rows(table):
        told = days[int(row["organization"].removeprefix("Tenant ")), (row["system"], row["environment"])]
        assert row["order_by"] == told.get("order", "")
        assert row["begin_by"] == min(
            (told[kind] for kind in ("start", "register", "order") if kind in told), default=""
        )


def _rows(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(file.read_text("utf-8-sig"))))


Days = dict[tuple[int, tuple[str, str]], dict[str, str]]
_WHERE: Final = {f"{get_system(system).title}, {environment}": (system, environment) for system, environment in STATES}


def _of_calendar(text: str) -> Days:
    """The days of each connection in a calendar: of its events the kind, the day, and of what they are."""
    days: Days = {(tenant, where): {} for tenant in range(TENANTS) for where in STATES}
    for event in Calendar.from_ical(text).walk("VEVENT"):
        kind = str(event["CATEGORIES"].cats[1])
        tenant, _, where = str(event["SUMMARY"]).rpartition(": Tenant ")[2].partition(", ")
        if kind not in {"shorter", "no_day", "late"}:
            days[int(tenant), _WHERE[where]][kind] = event["DTSTART"].dt.isoformat()
    return days


def _late_in(text: str) -> tuple[str, int]:
    """The day of the event of what is late, and how many it counts."""
    (event,) = (one for one in Calendar.from_ical(text).walk("VEVENT") if one["CATEGORIES"].cats[1] == "late")
    return event["DTSTART"].dt.isoformat(), int(re.findall("[0-9]+", str(event["SUMMARY"]))[0])


def _of_days(rows: list[dict[str, str]]) -> Days:
    days: Days = {(tenant, where): {} for tenant in range(TENANTS) for where in STATES}
    for row in rows:
        if row["kind"] not in {"shorter", "next_end", "hierarchy_ends"}:
            where = row["system"], row["environment"]
            days[int(row["organization"].removeprefix("Tenant ")), where][row["kind"]] = row["day"]
    return days


def _begins_at_the_first(one: Any, days: dict[str, str]) -> None:
    """The step to begin with is due on the first day that somebody has to do something."""
    step = "renewal" if one["certificate"] else "request"
    due = next(each["due"] for each in one["steps"] if each["step"] == step)
    assert due == min((days[kind] for kind in ("start", "register", "order") if kind in days), default=None)


def test_what_is_most_urgent_is_told_first(run: Command, supplier: Path) -> None:
    grouped = run("status", *asked(supplier), "--by", "system")
    ran = run("status", *asked(supplier))
    assert (grouped.code, ran.code) == (11, 11)
    assert len(grouped.lines) < 40
    assert re.search(r"Begin with [^;]+, preproduction; [^;]+; [^;]+ … \(\+57\)\. What to do", grouped.told)
    assert ran.lines[0].startswith("360 connections in")
    told = [line.split("  ")[0] for line in ran.lines if line.startswith(("too late", "to do now", "not known"))]
    assert told == ["too late"] * 60 + ["to do now"] * 185 + ["not known"] * 55
    assert any(line.strip() == "Digipoort: 60 too late, 60 waiting" for line in grouped.lines)
