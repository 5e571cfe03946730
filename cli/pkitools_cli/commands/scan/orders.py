"""By which day the next certificates are to be ordered, as the plans of connections say, and what that weighs."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from pkitools.findings import Severity
from pkitools.portfolio.model import Standing
from pkitools.portfolio.renewing import NextDuty, ToRenew, first_to_renew, next_duty
from pkitools.portfolio.waiting import request_for_next
from pkitools.reports.portfolio.telling import order_day_told
from pkitools.rules.order_day import AHEAD
from pkitools.text import shown, visible
from pkitools_cli.i18n import language, tr

if TYPE_CHECKING:
    from pkitools.connections import Connections
    from pkitools.portfolio import HeldCertificate, Portfolio
    from pkitools.reports.portfolio.order_days import OrderDays


_GOOD: Final = frozenset({Standing.PASSED, Standing.INDETERMINATE})
_ASKED: Final = _GOOD | {Standing.ENDS_SOON}


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


def weight_of_renewals(portfolio: Portfolio, orders: OrderDays | None) -> Severity | None:
    """Return what weighs of what there is to do for the next ones: that it is late a warning, else a notice."""
    found = {to_renew(*each, portfolio.moment, orders)[0] for each in portfolio.in_order()} - {NextDuty.NOTHING}
    if not found:
        return None
    return Severity.WARNING if NextDuty.LATE in found else Severity.NOTICE


def weight_of_stated(
    portfolio: Portfolio, orders: OrderDays | None, connections: Connections | None
) -> Severity | None:
    """Return what weighs of connections beside their certificates, as in ``status``: days, and what is of others."""
    if connections is None:
        return None
    from pkitools.connections.claiming import others_alone

    return Severity.WARNING if others_alone(connections, portfolio) else weight_of_orders(portfolio, orders)


def planned_weight(orders: OrderDays, standing: Standing, one: HeldCertificate, moment: datetime) -> Severity | None:
    """Return what the day to order the one after this weighs, as in ``status``: passed a warning, near a notice.

    Of what has ended, or is wrong, its verdict says more.
    """
    if standing in {Standing.EXPIRED, Standing.FAILED} or one.is_authority:
        return None
    if (awaited := orders.awaited(one)) is not None:
        return Severity.WARNING if awaited.is_short else Severity.NOTICE if awaited.is_asked else None
    day, today = planned_day(orders, one), moment.date()
    if day is None or day - AHEAD > today:
        return None
    return Severity.WARNING if day < today else Severity.NOTICE


def weight_of_orders(portfolio: Portfolio, orders: OrderDays | None) -> Severity | None:
    """Return what the days to order weigh: what that of the first to be ordered does."""
    if orders is None:
        return None
    weights = (planned_weight(orders, *each, portfolio.moment) for each in portfolio.in_order())
    return max((each for each in weights if each is not None), default=None)
