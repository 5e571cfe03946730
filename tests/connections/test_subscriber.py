"""Where nobody says whether he is a subscriber of the TSP, the day to register by is told with its condition."""

from __future__ import annotations

from datetime import date
from itertools import product
from pathlib import Path
from typing import Final

import pytest

from pkitools.connections import Step
from tests.connections.support import OIN, connection, held
from tests.support.cases import in_one_test

LIVE: Final = {"far": "2027-06-01", "soon": "2027-03-15", "short": "2027-03-01", "gone": "2026-12-15"}
KNOWN: Final = {None: "", True: "subscriber = true\n", False: "subscriber = false\n"}


@in_one_test
@pytest.mark.parametrize(("live", "subscriber"), [*product(LIVE, KNOWN)])
def test_what_is_not_known_is_no_worst_case(tmp_path: Path, live: str, subscriber: bool | None) -> None:
    """KPN registers within ten working days; today is 22 November 2026."""
    stated = f'[organization.b]\noin = "{OIN}"\nname = "Gemeente B"\ntsp = "kpn"\n{KNOWN[subscriber]}'
    (one,) = held(tmp_path, stated + connection(organization='"b"', system='"fsc"', live=LIVE[live])).statuses
    step, plan = one.of(Step.REQUEST), one.plan
    assert step is not None
    assert plan is not None
    register, today = plan.on("register"), date(2026, 11, 22)
    assert (register is None) is (subscriber is True)
    assert step.due == (plan.begin.day if subscriber is not None else plan.order.day)
    assert step.due is not None
    begun = (one for one in (plan.order, register if subscriber is False else None) if one is not None)
    assert (str(step.state) == "late") is any(one.late_after < today for one in begun)
    assert (step.code == "connections.request.advised") is (step.due < today and str(step.state) != "late")
    is_told = subscriber is None and step.due >= today and register is not None and (register.day - today).days <= 28
    assert ("register" in step.params) is is_told
    if is_told and register is not None:
        is_advised = (
            register.day < today <= register.late_after
        )  # the day of an advice that has gone by is told to nobody
        assert step.params["register"] == (register.late_after if is_advised else register.day).isoformat()
        assert step.code.endswith("_late") is (register.late_after < today)
        assert str(step.state) == "now"
