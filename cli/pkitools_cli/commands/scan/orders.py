"""By which day the next certificates are to be ordered, as the plans of connections say, and what that weighs."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from pkitools.findings import Severity
from pkitools.portfolio.model import Standing
from pkitools.portfolio.renewing import NextDuty, ToRenew, first_to_renew, next_duty
from pkitools.portfolio.waiting import request_for_next
from pkitools.reports.portfolio.telling import order_day_told
from pkitools.text import shown, visible
from pkitools_cli.i18n import language, tr

if TYPE_CHECKING:
    from pkitools.connections import Connections
    from pkitools.portfolio import HeldCertificate, Portfolio
    from pkitools.reports.portfolio.order_days import OrderDays


_GOOD: Final = frozenset({Standing.PASSED, Standing.INDETERMINATE})
_ASKED: Final = _GOOD | {Standing.ENDS_SOON}
WEIGHTS: Final = {
    NextDuty.LATE: Severity.WARNING,
    NextDuty.ORDER: Severity.NOTICE,
    NextDuty.SWITCH: Severity.NOTICE,
}
"""What weighs of what there is to do for the next of a certificate, in every command: nothing to do weighs nothing."""


def orders_for(moment: datetime, connections: Connections | None) -> OrderDays | None:
    """Return what says by which day the next certificate is to be ordered; ``None`` without plans of connections."""
    if connections is None:  # and so what counts them is not loaded
        return None
    from pkitools.reports.portfolio.order_days import orders_of

    return orders_of(moment, connections)


def planned_day(orders: OrderDays, one: HeldCertificate) -> date | None:
    """Return the day by which the plan of a connection orders the one after this; ``None`` where none does."""
    order = orders.of(one)
    return None if order is None or order.connection is None else order.day


def to_renew(standing: Standing, one: HeldCertificate, moment: datetime, orders: OrderDays | None) -> ToRenew:
    """Return what there is to do for the next of a certificate, and the last day for it.

    Args:
        standing: how the certificate stands.
        one: it.
        moment: as of when, aware.
        orders: says by which day it is to be ordered, by the plans of connections; ``None`` without any.
    """
    if standing not in _ASKED or (orders is not None and orders.is_ordered(one)):
        return NextDuty.NOTHING, one.ends.date(), one
    planned = None if orders is None else planned_day(orders, one)
    duty = next_duty(one, moment, planned)
    if duty in {NextDuty.NOTHING, NextDuty.SWITCH}:
        return duty, one.ends.date(), one
    return duty, planned or one.order_by, one


def coming(portfolio: Portfolio, orders: OrderDays | None) -> ToRenew | None:
    """Return of what is good as it stands what there is to do first for its next; ``None``: nothing yet."""
    good = (each for each in portfolio.in_order() if each[0] in _GOOD)
    return first_to_renew(to_renew(*each, portfolio.moment, orders) for each in good)


def order_told(asked: ToRenew, portfolio: Portfolio) -> str:
    """Return by which day the next is to be ordered, and with what where a request for it is there, in a sentence."""
    _, day, one = asked
    told = {"name": shown(one.name), "day": order_day_told(day, portfolio.moment, language())}
    request = request_for_next(one, portfolio)
    if request is None:
        return tr("cli.expiry.now.order", **told)
    return tr("cli.expiry.now.order_request", **told, place=visible(request.place.name))


def weight_of_others(portfolio: Portfolio, connections: Connections | None) -> Severity | None:
    """Return what it weighs that at the place of a connection lies what is of others alone, as in ``status``."""
    if connections is None:
        return None
    from pkitools.connections.claiming import others_alone

    return Severity.WARNING if others_alone(connections, portfolio) else None


def weight_of_renewals(portfolio: Portfolio, orders: OrderDays | None) -> Severity | None:
    """Return what weighs of what there is to do for the next ones, and of how they are waited for: the most of each."""
    weights = (_weight_of_next(*each, portfolio.moment, orders) for each in portfolio.in_order())
    return max((each for each in weights if each is not None), default=None)


def _weight_of_next(
    standing: Standing, one: HeldCertificate, moment: datetime, orders: OrderDays | None
) -> Severity | None:
    duty, _, _ = to_renew(standing, one, moment, orders)  # nothing of what was ordered
    return WEIGHTS.get(duty, awaited_weight(standing, one, orders))


def awaited_weight(standing: Standing, one: HeldCertificate, orders: OrderDays | None) -> Severity | None:
    """Return what it weighs how the one after this is waited for, as in ``status``: that it comes late a warning.

    Of what has ended, or is wrong, its verdict says more.
    """
    if orders is None or standing not in _ASKED or one.is_of_provider or (awaited := orders.awaited(one)) is None:
        return None
    return Severity.WARNING if awaited.is_short else Severity.NOTICE if awaited.is_asked else None
