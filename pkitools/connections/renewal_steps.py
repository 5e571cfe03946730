"""How the renewal of a connection stands: the next certificate is to be ordered, is on its way, or is there already."""

from __future__ import annotations

from datetime import date

from pkitools.connections.renewing import Switch, is_awaited, is_ordered
from pkitools.connections.seen import Seen, coming, stands, stands_by
from pkitools.connections.status import Step, StepState, StepStatus
from pkitools.connections.using import Early, Naming
from pkitools.messages import NOTHING
from pkitools.portfolio import HeldCertificate


def renewal_step(seen: Seen) -> StepStatus:
    """Return how the renewal stands, by the certificate that is there."""
    if seen.certificate is None or seen.ended:
        return stands(Step.RENEWAL, StepState.WAITING, "waiting")
    switch = None if seen.status.switch is None else _switch(seen, seen.status.switch)
    if switch is not None and seen.status.switch is not None and seen.status.switch.is_of(seen.certificate.ends.date()):
        return switch  # the next needs not be ordered
    following = _following(seen, seen.certificate)
    if switch is None or _urgency(following) < _urgency(switch):
        return following
    # what is over for long hides no order that is as late
    is_over = seen.status.switch is not None and seen.status.switch.is_over
    return following if is_over and following.state is StepState.LATE else switch


def _switch(seen: Seen, switch: Switch) -> StepStatus:
    """Return how the change to the next certificate stands, by the first thing to do for it."""
    if switch.naming is not None:
        return _switch_named(seen, switch, switch.naming)
    told, today = {"day": switch.day.isoformat(), "place": switch.place}, seen.today
    near, over = "switch", "switch_late"
    if switch.left is not None:
        told["left"] = switch.left
        near, over = "switch_left", "switch_left_over"
    if switch.is_over:
        return stands(Step.RENEWAL, StepState.LATE, over, switch.day, **told)
    first = min(one.day for one in switch.dates)
    if first < today:
        return stands(Step.RENEWAL, StepState.LATE, near, switch.day, **told)
    return stands(Step.RENEWAL, stands_by(Step.RENEWAL, first, today).state, near, switch.day, **told)


def _switch_named(seen: Seen, switch: Switch, naming: Naming) -> StepStatus:
    """Return the same where a configuration names the one before it: what is stated does not undo that."""
    told = {"day": switch.day.isoformat(), "place": switch.place, **naming.told}
    if switch.is_over:
        return stands(Step.RENEWAL, StepState.LATE, "switch_named_over", switch.day, **told)
    live = seen.live
    if live is not None and live <= seen.today and not switch.are_both:
        told["live"] = live.isoformat()
        return stands(Step.RENEWAL, StepState.LATE, "switch_named_live", switch.day, **told)
    first = min(one.day for one in switch.dates)
    return stands(Step.RENEWAL, stands_by(Step.RENEWAL, first, seen.today).state, "switch_named", switch.day, **told)


def _urgency(step: StepStatus) -> int:
    return tuple(StepState).index(step.state)


def _following(seen: Seen, certificate: HeldCertificate) -> StepStatus:
    """Return how the one after the certificate stands, by the day to begin with that."""
    if is_ordered(seen.connection, certificate, seen.today):
        return _awaited(seen) if seen.status.early is None else _gap(seen, seen.status.early)
    is_over = certificate.ends < seen.moment  # with what issued it
    if seen.at_once and (is_over or seen.plan is None or seen.plan.begin.day >= seen.today):
        # of one with a system the verdict says why
        reason = seen.reason if seen.connection.system is None else ""
        return stands(Step.RENEWAL, StepState.NOW, "at_once", seen.today, reason=reason)
    if (early := seen.status.early) is not None:
        return _gap(seen, early)
    if seen.plan is None:
        return stands(Step.RENEWAL, StepState.WAITING, "far")
    return _next_one(seen, seen.plan.begin.day)


def _gap(seen: Seen, early: Early) -> StepStatus:
    """Return that the next one, which is there, begins after the end of the one in use."""
    is_late = seen.plan is None or seen.plan.begin.day < seen.today or seen.connection.ordered is not None
    days = {"begins": early.begins.isoformat(), "day": early.ends.isoformat(), "days": early.days}
    state = StepState.LATE if is_late else StepState.NOW
    return stands(Step.RENEWAL, state, "gap", early.ends, place=early.place, **days)


def _next_one(seen: Seen, due: date) -> StepStatus:
    """Return how the next one stands by the day to begin with it."""
    found = stands_by(Step.RENEWAL, due, seen.today)
    if found.state is StepState.WAITING and not seen.is_good:
        return stands(Step.RENEWAL, StepState.WAITING, "not_good", due, day=due.isoformat())
    if seen.status.request is None or found.state is StepState.WAITING:
        return found
    why = "request_late" if found.state is StepState.LATE else "request"
    return stands(Step.RENEWAL, found.state, why, due, place=seen.status.request.place.name, day=due.isoformat())


def _awaited(seen: Seen) -> StepStatus:
    """Return how the next one stands that was ordered: where it should have come, it is asked after."""
    assert seen.connection.ordered is not None  # as who calls has seen
    assert seen.certificate is not None
    if seen.overdue is not None:
        return stands(Step.RENEWAL, StepState.NOW, "overdue", seen.overdue, day=seen.overdue.isoformat())
    end, ready = seen.certificate.ends.date(), seen.ready
    if ready is not None and ready > end and seen.status.delivery is not None:
        told = {"day": end.isoformat(), "days": (ready - end).days, **coming(seen.status.delivery, ready)}
        return stands(Step.RENEWAL, StepState.LATE, "awaited_late", end, **told)
    delivery = NOTHING if seen.status.delivery is None else seen.status.delivery.day.isoformat()
    if not is_awaited(seen.connection, seen.certificate, seen.today):
        return stands(Step.RENEWAL, StepState.NOW, "awaited", end, day=end.isoformat(), delivery=delivery)
    ordered = seen.connection.ordered.isoformat()
    return stands(Step.RENEWAL, StepState.WAITING, "ordered", day=ordered, delivery=delivery)
