"""However long a certificate lasts, every command begins to ask for the next on one day, and none before it."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from pkitools.renewal.working_days import WorkingDays, advised_order
from pkitools.rules.order_day import order_day
from pkitools_cli.i18n import tr
from tests.cli.conftest import run
from tests.connections.support import CHAIN, certificate, connection, written
from tests.support.chains import good_chain
from tests.support.command import Command
from tests.support.deliveries import pem

__all__ = ["run"]  # a fixture

pytestmark = pytest.mark.slow

BEGAN: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)
LASTS: Final = (25, 60, 80, 200, 272, 274, 397)


@pytest.mark.parametrize("lasts", LASTS)
@pytest.mark.parametrize("after", [-12, 0, 1])
def test_one_day_in_every_command(tmp_path: Path, run: Command, lasts: int, after: int) -> None:
    """Between the working day that a plan names and the day itself lie ten days at most, of Christmas and a weekend."""
    end = BEGAN + timedelta(days=lasts)
    last = order_day(BEGAN.date(), end.date())
    named, today = advised_order(BEGAN.date(), end.date(), WorkingDays()), last + timedelta(days=after)
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
    asked = {
        "scan": bool(re.search(r"ends soon", run("scan", tmp_path / "a.pem", *given).told)),
        "cert check": "advice.validity.order_now" in _violated(json.loads(checked)),
        "expiry": tr("cli.expiry.now.later", name="", day="")[:12] not in run("expiry", tmp_path / "a.pem", *at).told
        and tr("cli.expiry.now.ok") not in run("expiry", tmp_path / "a.pem", *at).told,
    }
    assert asked == dict.fromkeys(asked, after > 0), (today, last)
    assert renewal["due"] == order
    assert (renewal["state"] == "late") == (today > named)


def _violated(report: object) -> set[str]:
    if isinstance(report, dict):
        own = {report["code"]} if report.get("status") == "violated" and "code" in report else set()
        return own.union(*map(_violated, report.values()))
    return set().union(*map(_violated, report)) if isinstance(report, list) else set()
