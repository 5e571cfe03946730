"""Without days of the caller's own ``expiry --nagios`` alarms when ``expiry`` and ``scan`` ask for the next."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from pkitools.reports.portfolio.telling import order_day_told
from pkitools.rules.order_day import AHEAD
from pkitools.rules.working_days import WorkingDays, advised_order
from pkitools_cli.i18n import tr
from tests.cli.conftest import run
from tests.connections.support import CHAIN, OTHER_OIN, certificate
from tests.support.chains import good_chain
from tests.support.command import Command
from tests.support.deliveries import pem

__all__ = ["run"]  # a fixture

pytestmark = pytest.mark.slow

BEGAN: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)
URGENT: Final = {20: 2, 47: 5, 60: 6, 90: 10, 397: 30}
"""Below how many days an end is urgent, by how many a certificate lasts: a ninth, and no more than 30."""
READY: Final = {20: 6, 47: 15, 60: 20, 90: 30, 397: 90}
"""Below how many days it is told of where the next is there: a third, and no more than 90."""


def _named(lasts: int) -> date:
    return advised_order(BEGAN.date(), (BEGAN + timedelta(days=lasts)).date(), WorkingDays())


def _cases(edges: dict[int, int]) -> list[tuple[int, int]]:
    """How long one lasts, and the days left: its first days, its last, and both sides of each threshold."""
    found = []
    for lasts, edge in edges.items():
        order = (BEGAN.date() + timedelta(days=lasts) - _named(lasts)).days
        asked = (lasts, lasts - 1, *(at + by for at in (order, edge, order + AHEAD.days) for by in (-1, 0, 1)), 1, 0)
        found += [(lasts, left) for left in sorted({each for each in asked if 0 <= each <= lasts})]
    return found


@pytest.fixture(autouse=True)
def _in_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "certs").mkdir()
    (tmp_path / "root.pem").write_bytes(pem(good_chain().root.der))


def _lay(name: str, lasts: int, began: datetime = BEGAN) -> None:
    made = certificate(OTHER_OIN, f"{name}.example.nl", began + timedelta(days=lasts), start=began)
    Path(f"certs/{name}.pem").write_bytes(made + CHAIN)


def _at(moment: datetime) -> tuple[str, str]:
    return "--moment", f"{moment:%Y-%m-%dT%H:%M:%SZ}"


@pytest.mark.parametrize(("lasts", "left"), _cases(URGENT))
def test_what_a_monitor_hears_is_what_the_others_say_to_do(run: Command, lasts: int, left: int) -> None:
    _lay("a", lasts)
    moment = BEGAN + timedelta(days=lasts - left, minutes=-1)
    if left == lasts:
        moment = BEGAN
    at, today = _at(moment), moment.date()
    is_late = today > _named(lasts)
    nagios = run("expiry", "certs", "--nagios", *at)
    assert nagios.code == (0 if not is_late else 2 if left < URGENT[lasts] else 1)
    expiry, scan = run("expiry", "certs", *at), run("scan", "certs", "--trust", "root.pem", "--offline", *at)
    slug = {1: "warning", 2: "critical"}.get(nagios.code)
    said = [
        each for each in ("warning", "critical") if tr(f"cli.expiry.now.{each}", name="a.example.nl") in expiry.told
    ]
    assert said == [slug] * (slug is not None)
    assert ("ends soon" in scan.told) is is_late
    assert (expiry.code, scan.code) == (0, 0)
    by_day = tr("cli.expiry.order_by", day=order_day_told(_named(lasts), moment, "en"))
    assert (by_day in expiry.told) is (not is_late and _named(lasts) - today <= AHEAD)
    assert ("should have been ordered by" in expiry.told) is is_late


@pytest.mark.parametrize(("lasts", "left"), _cases(READY))
def test_where_the_next_is_there_it_comes_no_later_and_no_sooner_for_a_short_one(
    run: Command, lasts: int, left: int
) -> None:
    _lay("a", lasts)
    # what began no later comes after nothing, nor what was made long before its end
    began = BEGAN + timedelta(days=max(0, lasts - 182), minutes=1)
    moment = max(began, BEGAN + timedelta(days=lasts - left, minutes=-1))
    left = (BEGAN.date() + timedelta(days=lasts) - moment.date()).days
    new = certificate(OTHER_OIN, "a.example.nl", BEGAN + timedelta(days=lasts + 60), start=began, serial=77)
    Path("certs/next.pem").write_bytes(new + CHAIN)
    (line,) = run("expiry", "certs", "--nagios", *_at(moment)).lines
    state = "CRITICAL" if left < URGENT[lasts] else "WARNING" if left < READY[lasts] else "OK"
    assert line.startswith(f"PKITOOLS {state} - ")
    assert ", the next one is there: certs/next.pem" in line
    if moment.date() <= _named(lasts):
        assert state == "OK", "a scan calls it good"


@pytest.mark.parametrize("lasts", list(URGENT))
def test_days_of_the_caller_are_all_that_counts(run: Command, lasts: int) -> None:
    _lay("a", lasts)
    at = _at(BEGAN + timedelta(days=1, minutes=-1))
    left = lasts - 1
    for given, code in (
        (("-w", left, "-c", 0), 0),
        (("-w", left + 1, "-c", 0), 1),
        (("-w", left + 1, "-c", left), 1),
        (("-w", left + 1, "-c", left + 1), 2),
    ):
        ran = run("expiry", "certs", "--nagios", *map(str, given), *at)
        assert ran.code == code
        assert f"days_left={left};{given[1]}:;{given[3]}: " in ran.out
    late = _at(BEGAN + timedelta(days=lasts - 1))
    assert run("expiry", "certs", "--nagios", "-w", "1", "-c", "0", *late).code == 0


def test_every_command_names_what_is_to_be_ordered_first(run: Command) -> None:
    """A fresh certificate of 20 days ends first; of that of 397 days the next should have been there."""
    moment = BEGAN + timedelta(days=397 - 22)
    _lay("long", 397)
    _lay("short", 20, moment - timedelta(hours=1))
    at = _at(moment)
    expiry = run("expiry", "certs", *at)
    assert tr("cli.expiry.now.critical", name="long.example.nl") in expiry.told
    assert expiry.told.index("short.example.nl") < expiry.told.index("long.example.nl"), "by their ends"
    scan = run("scan", "certs", "--trust", "root.pem", "--offline", *at)
    assert "certs/long.pem" in scan.told.partition("Now: ")[2]
    for more in ((), ("-w", "30", "-c", "10")):
        assert "long.example.nl" in run("expiry", "certs", "--nagios", *more, *at).out


@pytest.mark.parametrize("day", ["before", "after"])
def test_a_monitor_names_what_has_no_next_before_what_has(run: Command, day: str) -> None:
    _lay("b", 397)
    _lay("a", 396)
    new = certificate(
        OTHER_OIN, "a.example.nl", BEGAN + timedelta(days=600), start=BEGAN + timedelta(days=300), serial=77
    )
    Path("certs/next.pem").write_bytes(new + CHAIN)
    at = _at(BEGAN + timedelta(days=390 if day == "before" else 399))
    (line,) = run("expiry", "certs", "--nagios", *at).lines
    assert line.startswith("PKITOOLS CRITICAL - 2 ")
    assert "b.example.nl" in line
    assert "a.example.nl" not in line
