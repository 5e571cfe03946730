"""What was found of one connection, and how one of its steps is said to stand."""

from __future__ import annotations

from datetime import date, datetime

from pkitools.connections.described import Described, in_short
from pkitools.connections.model import Connection
from pkitools.connections.planning import Plan, PlanDate
from pkitools.connections.renewing import is_for_live
from pkitools.connections.status import ConnectionStatus, Step, StepState, StepStatus
from pkitools.findings import Outcome, Verdict
from pkitools.frozen import dataclass
from pkitools.messages import NOTHING
from pkitools.portfolio import HeldCertificate, Unread
from pkitools.rules.order_day import AHEAD


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found of one connection.

    Args:
        status: how it stands, all but its steps: what lies there and is to be told.
        moment: as of when, aware UTC.
        metadata: how the certificate stands in the metadata of its entity ID.
        fault: what is wrong with the certificate, or keeps it from being judged, the worst first.
        misplaced: what is wrong at one of its places and not with itself, but for metadata.
        misnamed: certificates of its holder at its places that do not bear the name it states.
        send_by: the last day to send the public part for the day of going live; ``None`` where that is not stated.
        ready: the day by which what was ordered can be in use, as far as is known; ``None`` where it is not.
        overdue: the day by which what was ordered should have come, where that is past; of the order that is stated.
        at_once: the certificate has not ended and is of no use: another has to be ordered today.
        lacking: the host names that are stated and the certificate lacks.
        unread: what lies at its places and could not be looked at: it may be what is missed.
    """

    status: ConnectionStatus
    moment: datetime
    metadata: Described = Described()
    fault: Outcome | None = None
    misplaced: Outcome | None = None
    misnamed: tuple[HeldCertificate, ...] = ()
    send_by: PlanDate | None = None
    ready: date | None = None
    overdue: date | None = None
    at_once: bool = False
    lacking: tuple[str, ...] = ()
    unread: Unread | None = None

    @property
    def connection(self) -> Connection:
        """As it was stated."""
        return self.status.connection

    @property
    def certificate(self) -> HeldCertificate | None:
        """The one it is held to be."""
        return self.status.certificate

    @property
    def plan(self) -> Plan | None:
        """The days, where there is a day to count back from."""
        return self.status.plan

    @property
    def today(self) -> date:
        """The day of the moment, in UTC."""
        return self.moment.date()

    @property
    def ended(self) -> bool:
        """The certificate has ended."""
        return self.certificate is not None and self.certificate.not_after < self.moment

    @property
    def is_good(self) -> bool:
        """There is a certificate that is not known to be wrong."""
        return self.certificate is not None and not self.ended and self.certificate.own_verdict is not Verdict.FAILED

    @property
    def is_live_past(self) -> bool:
        """The day on which it goes live has gone by."""
        return self.connection.live is not None and self.connection.live < self.today

    @property
    def live_after_end(self) -> date | None:
        """The day of going live, where the certificate has ended by then, and so has all that lies beside it."""
        live = self.connection.live
        held = (*(() if self.certificate is None else (self.certificate,)), *self.status.beside)
        if live is None or self.unread is not None:  # what could not be read may be the next
            return None
        return live if all(one.ends.date() < live for one in held) else None

    @property
    def is_gone(self) -> bool:
        """There is no certificate, though it is stated that there was, or what is there has nearly the name."""
        if self.certificate is not None or self.unread is not None or self.status.request is not None:
            return False
        stated = (each for each in (self.connection.sent, self.connection.tested) if each is not None)
        was_there = any(each <= self.today for each in stated)
        return was_there or any(one.is_same or self.overdue is not None for one in self.status.near)

    @property
    def misnamed_now(self) -> tuple[HeldCertificate, ...]:
        """Those of ``misnamed`` that may be meant: what has ended only where it is stated that one was there."""
        valid = tuple(one for one in self.misnamed if one.not_after >= self.moment)
        return valid or (self.misnamed if self.is_gone else ())

    @property
    def begins(self) -> date | None:
        """The day on which the certificate begins."""
        return None if self.certificate is None else self.certificate.not_before.date()

    @property
    def live(self) -> date | None:
        """The day of going live, where it is one of the certificate that is there."""
        return self.connection.live if self.begins is not None and is_for_live(self.connection, self.begins) else None

    @property
    def reason(self) -> str:
        """What is wrong with the certificate, in short; empty where nothing is known of it."""
        return "" if self.fault is None else in_short(self.fault)


def stands(step: Step, state: StepState, why: str, due: date | None = None, /, **params: object) -> StepStatus:
    """Return how a step stands, as :class:`StepStatus` has it; ``why`` is the end of its code."""
    return StepStatus(step, state, f"connections.{step.value}.{why}", params, due)


def stands_by(step: Step, due: date, today: date) -> StepStatus:
    """Return how a step stands by the last day for it."""
    state, why = by_day(due, today)
    return stands(step, state, why, due, day=due.isoformat())


def by_day(due: date, today: date) -> tuple[StepState, str]:
    """Return the state of a step by the last day for it, and the end of its code."""
    if due < today:
        return StepState.LATE, "late"
    return (StepState.NOW, "by") if due - AHEAD <= today else (StepState.WAITING, "later")


def coming(delivery: PlanDate, ready: date) -> dict[str, object]:
    """Return by when what was ordered is there, and can be in use where that is later."""
    later = NOTHING if ready == delivery.day else ready.isoformat()
    return {"delivery": delivery.day.isoformat(), "ready": later}
