"""By which day the next certificate is to be ordered: as the plan of whose it is says, or one that knows nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from pkitools.connections.claiming import claiming
from pkitools.connections.renewing import Awaited, awaited_of, has_to_be_replaced, plan_of_renewal
from pkitools.errors import MissingExtraError
from pkitools.frozen import dataclass, replace
from pkitools.messages import Language
from pkitools.portfolio.model import HeldCertificate, Standing
from pkitools.reports.planning.work import at_noon, connection_name, date_why
from pkitools.reports.portfolio.telling import one_line, word
from pkitools.reports.telling.readable import short_day
from pkitools.rules.working_days import WorkingDays, advised_order
from pkitools.text import visible

if TYPE_CHECKING:
    from pkitools.connections import Connections
    from pkitools.connections.planning import PlanDate


_OF_NO_USE: Final = frozenset({Standing.EXPIRED, Standing.FAILED})  # what to do about it is said of that itself


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
        self.moment, self._calendar = moment, WorkingDays()
        self._names: dict[Language, Mapping[str, str]] = {}
        self._connections = {} if connections is None else claiming(connections)
        self._apart = {} if connections is None else connections.told_apart()

    def is_at_once(self, one: HeldCertificate) -> bool:
        """Return whether a certificate that has not ended is of no use: it is revoked, or wrong."""
        return has_to_be_replaced(one, self.moment)

    def awaited(self, one: HeldCertificate) -> Awaited | None:
        """Return how the one after a certificate is waited for: of several connections the first to be asked after.

        Returns:
            ``None`` where it is there, and unless each connection that claims it states that the next was ordered.
        """
        if one.successor is not None:
            return None
        moment = self.moment.astimezone(UTC)
        claimed = (self._connections.get(judgement.connection or "") for judgement in one.judgements)
        found = [
            None if each is None else awaited_of(each, one, moment=moment, calendar=self._calendar) for each in claimed
        ]
        known = [each for each in found if each is not None]
        if len(known) < len(found):
            return None
        return min(known, key=lambda each: (not each.is_overdue, not each.is_asked, each.ordered), default=None)

    def is_ordered(self, one: HeldCertificate) -> bool:
        """Return whether each connection that claims a certificate states that the next was ordered."""
        return self.awaited(one) is not None

    def of(self, one: HeldCertificate) -> OrderDay | None:
        """Return the last day to order the one after this; where it is of several connections, the earliest.

        Returns:
            ``None`` where the one after this is there, or was ordered.
        """
        if one.successor is not None or self.is_ordered(one):
            return None
        return min(self._of_plans(one), key=lambda each: each.day, default=None) or OrderDay(self._advised(one))

    def day_by(self, one: HeldCertificate) -> date | None:
        """Return that day, of what is still ordered: what has ended has it long behind it, and nobody orders a CA."""
        ended = one.is_authority or one.standing(self.moment) is Standing.EXPIRED
        order = None if ended else self.of(one)
        return None if order is None else order.day

    def told(self, one: HeldCertificate, language: Language) -> str:
        """Return by which day a plan orders the one after this, or that it was ordered, in a sentence.

        Returns:
            Empty where no plan says anything of it, and of what is of no use.
        """
        standing, awaited = one.standing(self.moment), self.awaited(one)
        if standing is not Standing.FAILED and awaited is not None:
            return awaited_told(awaited, language)
        if standing in _OF_NO_USE:
            return ""
        order = self.of(one)
        if order is None or order.connection is None:
            return ""
        code = "late" if self.is_past(order) else "by"
        return word(f"portfolio.report.order.{code}", language, day=short_day(at_noon(order.day), language))

    def names(self, language: Language) -> Mapping[str, str]:
        """Return what people call each connection, by the name of what it claims."""
        found = self._names.get(language)
        if found is None:  # for each certificate it would be asked anew
            told = {name: connection_name(one, language, self._apart) for name, one in self._connections.items()}
            found = self._names[language] = told
        return found

    def is_past(self, order: OrderDay) -> bool:
        """Return whether a day to order by lies before that of the portfolio, in UTC."""
        return order.day < self.moment.astimezone(UTC).date()

    def _of_plans(self, one: HeldCertificate) -> Iterator[OrderDay]:
        for judgement in one.judgements:
            connection = self._connections.get(judgement.connection or "")
            if connection is not None:
                # what another connection finds wrong of it is not wrong for this one
                alone = replace(one, judgements=(judgement,))
                found = plan_of_renewal(connection, alone, moment=self.moment, calendar=self._calendar)
                if found is not None:
                    yield OrderDay(found.order.day, judgement.connection, found.order)

    def _advised(self, one: HeldCertificate) -> date:
        day = advised_order(*one.span, self._calendar)
        return min(day, self.moment.astimezone(UTC).date()) if self.is_at_once(one) else day


def awaited_told(awaited: Awaited, language: Language) -> str:
    """Return when the next was ordered and by when it comes, and to ask after it where that is to be done.

    Args:
        awaited: how it is waited for.
        language: of the sentences.
    """
    ordered = short_day(at_noon(awaited.ordered), language)
    code = "done" if awaited.due is None else "overdue" if awaited.is_overdue else "expected"
    day = {} if awaited.due is None else {"day": short_day(at_noon(awaited.due), language)}
    said = word(f"portfolio.report.order.{code}", language, ordered=ordered, **day)
    return f"{said} {word('portfolio.report.order.ask', language)}" if awaited.is_asked else said


def orders_of(moment: datetime, connections: Connections | None, *, advice: bool = False) -> OrderDays | None:
    """Return what says by which day the next certificates are to be ordered, by the plans of connections.

    Args:
        moment: of the portfolio.
        connections: they.
        advice: days that are advice alone are wanted as well.

    Returns:
        ``None`` where there is nothing to count by: no connections, or not the library that knows Dutch holidays.
    """
    if connections is None and not advice:
        return None
    try:
        return OrderDays(moment, connections)
    except MissingExtraError:
        return None


def order_why(one: OrderDay | None, days: OrderDays, language: Language) -> str:
    """Return of whose plan a day is and what it rests on; empty of a day that is advice alone, and of none."""
    if one is None or one.connection is None or one.planned is None:
        return ""
    name = days.names(language).get(one.connection, one.connection)
    said = word("portfolio.report.event.order.plan", language, name=visible(name))
    return one_line(f"{said} {date_why(one.planned, language)}")
