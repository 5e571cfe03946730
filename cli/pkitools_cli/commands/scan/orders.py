"""By which day the next certificates are to be ordered, as the plans of connections say, and what that weighs."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from pkitools.findings import Severity
from pkitools.portfolio.model import Standing

if TYPE_CHECKING:
    from pkitools.connections import Connections
    from pkitools.portfolio import HeldCertificate, Portfolio
    from pkitools.reports.portfolio.order_days import OrderDays


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


def weight_of_stated(
    portfolio: Portfolio, orders: OrderDays | None, connections: Connections | None
) -> Severity | None:
    """Return what weighs of connections beside their certificates, as in ``status``: days, and what is of others."""
    if connections is None:
        return None
    from pkitools.connections.claiming import others_alone

    return Severity.WARNING if others_alone(connections, portfolio) else weight_of_orders(portfolio, orders)


def weight_of_orders(portfolio: Portfolio, orders: OrderDays | None) -> Severity | None:
    """Return what the days to order weigh, as in ``status``: one that has passed is a warning, one near it a notice.

    Of what has ended, or is wrong, its verdict says more.
    """
    if orders is None:
        return None
    from pkitools.connections.renewing import AHEAD

    today = portfolio.moment.date()
    usable = (one for standing, one in portfolio.in_order() if standing not in {Standing.EXPIRED, Standing.FAILED})
    days = (planned_day(orders, one) for one in usable if not one.is_authority)
    first = min((day for day in days if day is not None), default=None)
    if first is None or first - AHEAD > today:
        return None
    return Severity.WARNING if first < today else Severity.NOTICE
