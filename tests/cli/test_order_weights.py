"""What there is to do for the next of a certificate weighs one thing: by a plan, without one, and once ordered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Final

import pytest

from pkitools.connections.renewing import Awaited
from pkitools.environment import Environment
from pkitools.findings import Severity, Verdict
from pkitools.portfolio import EnvironmentBasis, HeldCertificate, Judgement, Place, Portfolio, Successor
from pkitools.portfolio.renewing import NextDuty
from pkitools.reports.portfolio.order_days import OrderDay, OrderDays
from pkitools.rules.order_day import AHEAD
from pkitools_cli.commands.scan.orders import WEIGHTS, weight_of_renewals
from tests.support.portfolios import MOMENT, held

PLANNED: Final = (None, -400, -1, 0, 1, AHEAD.days, AHEAD.days + 1, 200)
"""Days from now to the day of the plan; ``None``: no connection claims it."""
ENDS: Final = (-5, 5, 400)
AWAITED: Final = {
    "not": (None, None),
    "in time": ((False, False), None),
    "asked after": ((True, False), Severity.NOTICE),
    "comes late": ((True, True), Severity.WARNING),
}
NEXT: Final = {
    "none": None,
    "there": Successor("00", MOMENT, "next.pem"),
    "in its place": Successor("00", MOMENT, "next.pem", is_in_place=True),
    "live": Successor("00", MOMENT, "next.pem", is_live=True),
    "replaced": Successor("00", MOMENT, "next.pem", has_replaced=True),
}
_CLAIM: Final = "of a connection"
_OF_PROVIDER: Final = Place("metadata.xml", entity_id="urn:provider", use="IDPSSODescriptor signing")


class _Stated(OrderDays):
    """Days to order as one plan has them, without a connection of which the plan is made."""

    def __init__(self, planned: int | None, awaited: tuple[bool, bool] | None) -> None:
        super().__init__(MOMENT)
        self._day = None if planned is None else MOMENT.date() + timedelta(days=planned)
        self._ordered = None if awaited is None else Awaited(MOMENT.date(), None, False, *awaited)

    def awaited(self, one: HeldCertificate) -> Awaited | None:
        return self._ordered if one.successor is None and one.judgements else None

    def _of_plans(self, one: HeldCertificate) -> Iterator[OrderDay]:
        if self._day is not None and one.judgements:
            yield OrderDay(self._day, _CLAIM)


def _held(ends: int, following: str, *, verdict: Verdict | None, of_provider: bool) -> HeldCertificate:
    claimed = Judgement(
        Environment.PRODUCTION, EnvironmentBasis.CONNECTION, verdict or Verdict.PASSED, connection=_CLAIM
    )
    return held(
        "a",
        not_before=MOMENT - timedelta(days=600),
        not_after=MOMENT + timedelta(days=ends),
        is_authority=verdict is None,
        judgements=(claimed,) if verdict is not None else (),
        successor=NEXT[following],
        places=(_OF_PROVIDER if of_provider else Place("a.pem"),),
    )


def _weight(one: HeldCertificate, orders: OrderDays | None) -> Severity | None:
    return weight_of_renewals(Portfolio(MOMENT, (), certificates=(one,)), orders)


@pytest.mark.parametrize(("ends", "following"), list(product(ENDS, NEXT)))
def test_every_case_weighs_what_its_day_does(ends: int, following: str) -> None:
    for verdict, of_provider, planned, (said, (awaited, waited)) in product(
        (None, *Verdict), (False, True), PLANNED, AWAITED.items()
    ):
        one = _held(ends, following, verdict=verdict, of_provider=of_provider)
        found = _weight(one, _Stated(planned, awaited))
        case = (verdict, of_provider, planned, said)
        if verdict in {None, Verdict.FAILED} or of_provider or ends < 0 or following in {"live", "replaced"}:
            assert found is None, case  # nobody orders these, or their verdict says more
        elif following != "none":
            assert found in ({Severity.NOTICE} if following == "there" else {None, Severity.NOTICE}), case
        elif awaited is not None:
            assert found is waited, case  # whatever the day to order was
        elif planned is not None:
            asked = Severity.WARNING if planned < 0 else Severity.NOTICE if planned <= AHEAD.days else None
            assert found is asked, case
        else:
            assert found is _weight(one, None), case  # a plan that says nothing changes nothing
            assert found is (Severity.WARNING if ends < AHEAD.days else None), case


def test_only_what_is_nothing_to_do_weighs_nothing() -> None:
    assert set(NextDuty) - set(WEIGHTS) == {NextDuty.NOTHING}
