"""By which day the next certificate is to be ordered: as a plan of connections says where nobody knows more."""

from __future__ import annotations

from datetime import UTC, date, datetime

from pkitools.connections.calendar import WorkingDays
from pkitools.connections.holding import has_to_be_replaced
from pkitools.connections.planning import advised_order
from pkitools.portfolio.model import HeldCertificate


class OrderDays:
    """Counts those days for the certificates of a portfolio.

    Args:
        moment: of the portfolio: what is of no use has to be ordered again on that day.

    Raises:
        MissingExtraError: the library that knows Dutch holidays is not installed.
    """

    def __init__(self, moment: datetime) -> None:
        self._moment, self._calendar = moment, WorkingDays()

    def is_at_once(self, one: HeldCertificate) -> bool:
        """Return whether a certificate that has not ended is of no use: it is revoked, or wrong."""
        return has_to_be_replaced(one, self._moment)

    def of(self, one: HeldCertificate) -> date:
        """Return the last day to order the one after this."""
        begins, ends = (each.astimezone(UTC).date() for each in (one.not_before, one.not_after))
        day = advised_order(begins, ends, self._calendar)
        return min(day, self._moment.astimezone(UTC).date()) if self.is_at_once(one) else day
