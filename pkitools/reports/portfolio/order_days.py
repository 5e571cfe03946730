"""By which day the next certificate is to be ordered: as the plan of whose it is says, or one that knows nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from pkitools.connections.calendar import WorkingDays
from pkitools.connections.claiming import claiming
from pkitools.connections.planning import advised_order
from pkitools.connections.renewing import has_to_be_replaced, is_awaited, plan_of_renewal, span_of
from pkitools.frozen import dataclass, replace
from pkitools.portfolio.model import HeldCertificate
from pkitools.reports.planning.work import date_why, names_by_claim
from pkitools.reports.portfolio.telling import Telling, one_line, word
from pkitools.text import visible

if TYPE_CHECKING:
    from pkitools.connections import Connections
    from pkitools.connections.planning import PlanDate


@dataclass(frozen=True, slots=True)
class OrderDay:
    """The last day to order the next certificate.

    Args:
        day: it.
        connection: of whose plan it is, as its claim is called; ``None`` where nobody knows more than the certificate.
        planned: that day in the plan, which says what it rests on; ``None`` without one.
    """

    day: date
    connection: str | None = None
    planned: PlanDate | None = None


class OrderDays:
    """Counts those days for the certificates of a portfolio.

    Args:
        moment: of the portfolio: what is of no use has to be ordered again on that day.
        connections: those that the certificates are judged by: what one claims is ordered as its plan says. ``None``:
            nobody knows more of any certificate.

    Raises:
        MissingExtraError: the library that knows Dutch holidays is not installed.
    """

    def __init__(self, moment: datetime, connections: Connections | None = None) -> None:
        self._moment, self._calendar = moment, WorkingDays()
        self._connections = {} if connections is None else claiming(connections)

    def is_at_once(self, one: HeldCertificate) -> bool:
        """Return whether a certificate that has not ended is of no use: it is revoked, or wrong."""
        return has_to_be_replaced(one, self._moment)

    def is_ordered(self, one: HeldCertificate) -> bool:
        """Return whether each connection that claims a certificate states that the next was ordered, in time."""
        claimed = [self._connections.get(judgement.connection or "") for judgement in one.judgements]
        today = self._moment.astimezone(UTC).date()
        return bool(claimed) and all(each is not None and is_awaited(each, one, today) for each in claimed)

    def of(self, one: HeldCertificate) -> OrderDay | None:
        """Return the last day to order the one after this; where it is of several connections, the earliest.

        Returns:
            ``None`` where the one after this is there, or was ordered.
        """
        if one.successor is not None or self.is_ordered(one):
            return None
        return min(self._of_plans(one), key=lambda each: each.day, default=None) or OrderDay(self._advised(one))

    def _of_plans(self, one: HeldCertificate) -> Iterator[OrderDay]:
        for judgement in one.judgements:
            connection = self._connections.get(judgement.connection or "")
            if connection is not None:
                # what another connection finds wrong of it is not wrong for this one
                alone = replace(one, judgements=(judgement,))
                found = plan_of_renewal(connection, alone, moment=self._moment, calendar=self._calendar)
                if found is not None:
                    yield OrderDay(found.order.day, judgement.connection, found.order)

    def _advised(self, one: HeldCertificate) -> date:
        day = advised_order(*span_of(one), self._calendar)
        return min(day, self._moment.astimezone(UTC).date()) if self.is_at_once(one) else day


def order_why(one: OrderDay | None, telling: Telling) -> str:
    """Return of whose plan a day is and what it rests on; empty of a day that is advice alone, and of none."""
    if one is None or one.connection is None or one.planned is None:
        return ""
    language = telling.language
    name = names_by_claim(telling.connections, language).get(one.connection, one.connection)
    said = word("portfolio.report.event.order.plan", language, name=visible(name))
    return one_line(f"{said} {date_why(one.planned, language)}")
