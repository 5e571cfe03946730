"""Too late is one thing in ``status``, in every row of ``plan`` and in what it says to do now."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Final

import pytest

from pkitools.connections import PlanKind, hold, read_connections
from pkitools.connections.status import StepState
from tests.connections.support import CHAIN, certificate, connection, written
from tests.portfolio.support import judging
from tests.support.command import Command

LIVE: Final = date(2028, 6, 1)
END: Final = datetime(2028, 5, 15, tzinfo=UTC)
FIELDS: Final = {
    "to go live": {"live": LIVE.isoformat()},
    "by the end": {"sent": "2026-11-20", "tested": "2026-11-20"},
}
LEADS: Final = {"known": "delivery = 10\n[system.mijnoverheid]\nhandling = 10\n", "unknown": ""}


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("what", "lead", "when"), list(product(FIELDS, LEADS, ("before", "after the day", "after the last day")))
)
def test_late_is_one_thing(run: Command, tmp_path: Path, what: str, lead: str, when: str) -> None:
    if what == "by the end":
        (tmp_path / "host.pem").write_bytes(certificate(end=END) + CHAIN)
    fields = {"files": '["host.*"]', "system": '"mijnoverheid"', **FIELDS[what]}
    file = written(tmp_path, f'tsp = "kpn"\nsubscriber = true\n[tsp.kpn]\n{LEADS[lead]}' + connection(**fields))
    connections = read_connections(file.read_bytes(), str(file))
    (first,) = hold(connections, judging()).statuses
    assert first.plan is not None
    order = first.plan.order
    is_advice = order.latest is not None
    assert is_advice == (what == "to go live" and lead == "unknown"), "by an end the advised day is the last"
    days = {"before": order.day, "after the day": order.day, "after the last day": order.late_after}
    moment = at(days[when] + timedelta(days=when != "before"))
    is_late = when == "after the last day" or (when == "after the day" and not is_advice)
    (status,) = hold(connections, judging(moment=moment)).statuses
    step = status.of("request" if what == "to go live" else "renewal")
    assert step is not None
    assert (step.state is StepState.LATE) == is_late
    stamp = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
    told = run("--lang", "en", "plan", "--connections", file, "--moment", stamp).told
    rows, now = told.rsplit("Now:", 1)
    assert ("should have been by" in now) == is_late, now
    assert ("(late: do it now)" in rows) == is_late, rows
    assert PlanKind.ORDER in {one.kind for one in first.plan.dates}
