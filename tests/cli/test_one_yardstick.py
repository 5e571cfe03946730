"""However long a certificate lasts, every command asks for the next on one day; what it asks hangs on what is there."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from ssl import PEM_cert_to_DER_cert
from typing import Final

import pytest
from icalendar import Calendar

from pkitools.reports.portfolio.telling import order_day_told
from pkitools.rules.order_day import AHEAD, is_order_late, near_order_by, order_by, order_day
from pkitools.rules.working_days import WorkingDays, advised_order
from pkitools_cli.i18n import tr
from tests.cli.conftest import run
from tests.connections.support import CHAIN, certificate, connection, written
from tests.support.chains import good_chain
from tests.support.command import Command
from tests.support.deliveries import pem

__all__ = ["run"]  # a fixture

pytestmark = pytest.mark.slow

BEGAN: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)
LASTS: Final = (20, 90, 397)
AFTER: Final = (-60, -AHEAD.days - 1, -AHEAD.days, -1, 0, 1, 5)
"""Days after the last day to order, on both sides of each threshold."""
CASES: Final = [
    (lasts, after, following)
    for lasts in LASTS
    for after in AFTER
    if order_day(BEGAN.date(), (BEGAN + timedelta(days=lasts)).date()) + timedelta(days=after) > BEGAN.date()
    for following in ("none", "ready", "later")
]


LATER: Final = timedelta(hours=30)


def _asked(after: int, following: str, *, is_in_time: bool) -> str:
    """What there is to do, so many days after the last day to order."""
    if following == "ready" or (following == "later" and is_in_time):
        return "switch"
    return "late" if after > 0 else "order" if after >= -AHEAD.days else "nothing"


def _laid(folder: Path, end: datetime, moment: datetime, following: str) -> str:
    """Lay a certificate down, and the next where there is one; return the thumbprint of the first."""
    (folder / "certs").mkdir()
    (folder / "root.pem").write_bytes(pem(good_chain().root.der))
    old = certificate(end=end, start=BEGAN)
    (folder / "certs/old.pem").write_bytes(old + CHAIN)
    if following != "none":
        start = moment + (timedelta(hours=-1) if following == "ready" else LATER)
        new = certificate(start=start, end=end + timedelta(days=100), serial=77)
        (folder / "certs/new.pem").write_bytes(new + CHAIN)
    return sha256(PEM_cert_to_DER_cert(old.decode())).hexdigest()


@pytest.mark.parametrize(("lasts", "after", "following"), CASES)
def test_every_command_answers_alike_whether_something_has_to_be_done(
    tmp_path: Path, run: Command, monkeypatch: pytest.MonkeyPatch, lasts: int, after: int, following: str
) -> None:
    monkeypatch.chdir(tmp_path)
    end = BEGAN + timedelta(days=lasts)
    named = advised_order(BEGAN.date(), end.date(), WorkingDays())
    moment = datetime.combine(named + timedelta(days=after), BEGAN.timetz())
    old = _laid(tmp_path, end, moment, following)
    asked = _asked(after, following, is_in_time=moment + LATER <= end)
    at = ("--moment", f"{moment:%Y-%m-%dT%H:%M:%SZ}")
    given = ("--trust", "root.pem", "--offline", *at)
    scan = run("scan", "certs", *given, "--report", "told.ics")
    expiry, nagios = run("expiry", "certs", *at), run("expiry", "certs", "--nagios", *at)
    name, day = "host.example.nl", order_day_told(named, moment, "en")
    order = tr("cli.expiry.now.order", name=name, day=day)
    if following == "later":  # which is told first: nobody can use it yet
        assert scan.code == 10
        assert tr("cli.scan.now.failed_file") in scan.told
    else:
        assert scan.code == 0
        now = {
            "late": tr("cli.scan.now.ends_soon_file"),
            "order": order,
            "switch": tr("cli.scan.now.successor", name=name),
            "nothing": tr("cli.scan.now.unknown") if "unknown" in scan.told else tr("cli.scan.now.passed"),
        }
        assert [each for each in ("late", "order", "switch") if now[each] in scan.told] == [asked] * (
            asked != "nothing"
        )
    assert ("ends soon" in scan.told) is (asked == "late" or (asked == "switch" and after > 0))
    urgent = [tr(f"cli.expiry.now.{each}", name=name) for each in ("critical", "warning")]
    quiet = [tr("cli.expiry.now.ok"), tr("cli.expiry.now.later", name=name, day=day)]
    switch = "cli.scan.now.to_begin" if following == "later" else "cli.scan.now.successor"
    expected = {"late": urgent, "order": [order], "switch": [tr(switch, name=name)], "nothing": quiet}
    assert any(each in expiry.told for each in expected[asked]), expiry.told
    assert nagios.code > 0 or asked != "late"
    weighs = {"late": "warning", "order": "notice", "switch": "notice"}.get(asked)
    if weighs is not None:
        assert run("expiry", "certs", *at, "--fail-on", weighs).code == 12
        assert run("scan", "certs", *given, "--fail-on", weighs).code == (10 if following == "later" else 12)
    of_old = {"late": {"scan-late": moment.date()}, "switch": {}}.get(asked, {f"{old}-order": named})
    events = Calendar.from_ical(Path("told.ics").read_text(encoding="utf-8")).walk("VEVENT")
    days = {str(one["uid"]).removesuffix("@pkitools"): one["dtstart"].dt for one in events}
    assert {uid: told for uid, told in days.items() if uid in {f"{old}-order", "scan-late"}} == of_old


@pytest.mark.parametrize("lasts", [25, 60, 80, 200, 272, 274, 397])
@pytest.mark.parametrize("after", [-12, 0, 1])
def test_one_day_in_every_command(tmp_path: Path, run: Command, lasts: int, after: int) -> None:
    """That is the working day that a plan names, be it days before the third of its time or the three months."""
    end = BEGAN + timedelta(days=lasts)
    named = advised_order(BEGAN.date(), end.date(), WorkingDays())
    today = named + timedelta(days=after)
    at = ("--moment", f"{today:%Y-%m-%d}T13:00:00Z")
    (tmp_path / "root.pem").write_bytes(pem(good_chain().root.der))
    (tmp_path / "a.pem").write_bytes(certificate(end=end, start=BEGAN) + CHAIN)
    connections = written(tmp_path, connection(files='["a.pem"]', system='"digipoort"'))
    given = ("--trust", tmp_path / "root.pem", *at)
    (plan,) = json.loads(run("plan", "--connections", connections, *given, "--json").out)["plans"]
    (order,) = (each["day"] for each in plan["plan"]["dates"] if each["kind"] == "order")
    assert date.fromisoformat(order) == named
    (status,) = json.loads(run("status", "--connections", connections, *given, "--json").out)["connections"]
    (renewal,) = (each for each in status["steps"] if each["step"] == "renewal")
    checked = run("cert", "check", tmp_path / "a.pem", "-e", "preproduction", *given, "--offline", "--json").out
    expiry = run("expiry", tmp_path / "a.pem", *at).told
    asked = {
        "scan": bool(re.search(r"ends soon", run("scan", tmp_path / "a.pem", *given).told)),
        "cert check": "advice.validity.order_now" in _violated(json.loads(checked)),
        "expiry": any(
            tr(f"cli.expiry.now.{each}", name="host.example.nl") in expiry for each in ("critical", "warning")
        ),
    }
    assert asked == dict.fromkeys(asked, after > 0), (today, named)
    assert renewal["due"] == order
    assert (renewal["state"] == "late") == (today > named)


def _violated(report: object) -> set[str]:
    if isinstance(report, dict):
        own = {report["code"]} if report.get("status") == "violated" and "code" in report else set()
        return own.union(*map(_violated, report.values()))
    return set().union(*map(_violated, report)) if isinstance(report, list) else set()


@pytest.mark.parametrize("first", [date(2026, 1, 1), date(2030, 3, 1)])
def test_what_is_asked_without_looking_up_holidays_is_as_with_them(first: date) -> None:
    """Two years of ends, each on all days around its thresholds: the calendar is asked near them alone."""
    for ends in (first + timedelta(days=each) for each in range(731)):
        begins = ends - timedelta(days=397)
        day = order_by(begins, ends)
        assert day == advised_order(begins, ends, WorkingDays()) <= order_day(begins, ends)
        for after in (*range(-45, -20), *range(-10, 10)):
            today = order_day(begins, ends) + timedelta(days=after)
            assert is_order_late(begins, ends, today) is (today > day)
            assert near_order_by(begins, ends, today) == (day if day - AHEAD <= today else None)
