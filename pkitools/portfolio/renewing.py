"""Whether something has to be done for the next of a certificate: one answer, for every command and every report."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from enum import StrEnum

from pkitools.arguments import aware
from pkitools.portfolio.model import HeldCertificate
from pkitools.rules.order_day import AHEAD, near_order_by


class NextDuty(StrEnum):
    """What there is to do for the next of a certificate, what cannot wait first."""

    LATE = "late"
    """The last day to order it has gone by."""
    ORDER = "order"
    """It is to be ordered: the last day for that is near."""
    SWITCH = "switch"
    """It is there: what is left is to put it into use."""
    NOTHING = "nothing"


def next_duty(one: HeldCertificate, moment: datetime, planned: date | None = None) -> NextDuty:
    """Return what there is to do for the next of a certificate.

    Of what has ended that is none of this: it is told by its end. Nor is it of what others order, and of a copy of what
    was in use before. Where a chain is to be mended the day is that of what it lasts then.

    Args:
        one: the certificate.
        moment: as of when, aware.
        planned: the day by which the plan of a connection orders it; ``None``: as is advised.
    """
    moment = aware(moment)
    if one.is_authority or one.is_of_provider or one.is_set_aside or one.not_after < moment:
        return NextDuty.NOTHING
    if one.successor is not None:
        if one.is_done_with:
            return NextDuty.NOTHING
        # that nothing uses what is called a copy nobody can state: it is asked when it nears its end
        return NextDuty.NOTHING if one.successor.is_in_place and not one.is_due(moment) else NextDuty.SWITCH
    today = moment.astimezone(UTC).date()
    day = near_order_by(*one.span, today) if planned is None else planned
    if day is None or day - today > AHEAD:
        return NextDuty.NOTHING
    return NextDuty.LATE if day < today else NextDuty.ORDER


ToRenew = tuple[NextDuty, date, HeldCertificate]
"""What there is to do, the last day for it, and for the next of which certificate."""


def first_to_renew(found: Iterable[ToRenew]) -> ToRenew | None:
    """Return of what there is to do what comes first: what is to be ordered, by the last day for it, then the rest.

    Args:
        found: each that something may be to be done for.
    """
    asked = (each for each in found if each[0] is not NextDuty.NOTHING)
    return min(
        asked, key=lambda each: (each[0] is NextDuty.SWITCH, each[1], each[2].name, each[2].sha256), default=None
    )
