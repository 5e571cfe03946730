"""An order that no file shows is never taken for known, whatever its days say of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from pkitools.connections import hold, read_connections
from pkitools.connections.status import Step, StepState
from pkitools.findings import Verdict
from tests.connections.support import connection, written
from tests.portfolio.support import MOMENT, judging
from tests.support.requests import request

LIVE: Final = (0, 1, 10, 20, 30, 45, 60, 75, 90, 120, 150, 200, 400)
"""Days from now to the day of going live."""


@pytest.mark.parametrize("tsp", ["", 'tsp = "kpn"\n', 'tsp = "digidentity"\n'])
@pytest.mark.parametrize("subscriber", ["", "subscriber = true\n", "subscriber = false\n"])
def test_an_order_that_nothing_shows_is_not_known(tmp_path: Path, subscriber: str, tsp: str) -> None:
    (tmp_path / "a.csr").write_bytes(request())
    states = set()
    for days in LIVE:
        live = (MOMENT + timedelta(days=days)).date().isoformat()
        text = subscriber + tsp + connection(files='["a.csr"]', live=live)
        file = written(tmp_path, text)
        (one,) = hold(read_connections(file.read_bytes(), str(file)), judging()).statuses
        order = one.of(Step.ORDER)
        assert one.request is not None
        assert order is not None
        states.add(order.state)
        assert (order.is_shown, one.verdict) == (False, Verdict.INDETERMINATE), (days, order.code)
        assert order.state not in {StepState.WAITING, StepState.DONE}
        done = replace(order, state=StepState.DONE, is_shown=True)
        steps = tuple(done if each is order else each for each in one.steps)
        assert replace(one, steps=steps).verdict is Verdict.PASSED, "by this step alone it is not known"
    assert states == {StepState.LATE, StepState.NOW, StepState.UNKNOWN}
