"""What was found of one connection → its steps. What no file shows is done when its file states a day for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from pkitools.connections.described import in_short
from pkitools.connections.model import Connection
from pkitools.connections.planning import BEGIN, Plan, PlanDate, PlanKind
from pkitools.connections.renewal_steps import renewal_step
from pkitools.connections.renewing import is_ordered, is_wrong_by_key
from pkitools.connections.seen import Seen, by_day, coming, stands
from pkitools.connections.status import NOT_TESTED, ConnectionStatus, Step, StepState, StepStatus
from pkitools.environment import Environment
from pkitools.findings import Outcome, Verdict
from pkitools.frozen import replace
from pkitools.messages import NOTHING
from pkitools.metadata.consumers import consumers
from pkitools.oin import OIN
from pkitools.portfolio import Gap, HeldCertificate, HeldRequest, Unread
from pkitools.rules.order_day import AHEAD
from pkitools.text import NameText
from pkitools.validation.rules import ANCHOR_FOUND

_REGISTER_LATE: Final = frozenset(f"connections.{step}.register_late" for step in ("request", "order"))
_VERDICTS: Final = {
    Verdict.PASSED: (StepState.DONE, "passed"),
    Verdict.FAILED: (StepState.NOW, "failed"),
    Verdict.INDETERMINATE: (StepState.UNKNOWN, "indeterminate"),
}

_ALONE: Final = frozenset({"pem", "der"})  # what a program is given as it is, with its chain in it or beside it


def steps_of(seen: Seen) -> tuple[StepStatus, ...]:
    """Return the steps of a connection, in their order."""
    if seen.certificate is not None and seen.certificate.is_of_provider:
        return _of_other_side(seen, seen.certificate)
    found = [_oin(seen), _request(seen), _order(seen), _certificate(seen), _verdict(seen)]
    found.append(_stated(seen, Step.SENT, seen.connection.sent))
    if takes_metadata(seen.connection):
        found.append(_metadata(seen))
    return (*found, _stated(seen, Step.TESTED, seen.connection.tested), renewal_step(seen))


def _of_other_side(seen: Seen, certificate: HeldCertificate) -> tuple[StepStatus, ...]:
    """Return the steps where what lies at the places is the certificate of an identity provider: nothing is ordered."""
    said = {"name": certificate.name, "place": certificate.places[0].name}
    waiting = (Step.VERDICT, Step.SENT, *((Step.METADATA,) if takes_metadata(seen.connection) else ()), Step.TESTED)
    return (
        _oin(seen),
        stands(Step.REQUEST, StepState.WAITING, "waiting"),
        stands(Step.ORDER, StepState.WAITING, "waiting"),
        stands(Step.CERTIFICATE, StepState.NOW, "of_provider", **said),
        *(stands(each, StepState.WAITING, "waiting") for each in (*waiting, Step.RENEWAL)),
    )


def takes_metadata(connection: Connection) -> bool:
    """Return whether a system takes metadata."""
    return connection.system is not None and any(connection.system.name in each.systems for each in consumers())


def _oin(seen: Seen) -> StepStatus:
    holder = seen.connection.holder
    if seen.connection.environment is Environment.PRODUCTION and OIN.parse(holder.oin).is_test:
        return stands(Step.OIN, StepState.NOW, "test", oin=holder.oin)
    return stands(Step.OIN, StepState.DONE, "done", oin=holder.oin, organization=holder.name)


def _request(seen: Seen) -> StepStatus:
    if seen.certificate is not None:
        return _key(seen, seen.certificate)
    return stands(Step.REQUEST, StepState.WAITING, "waiting") if seen.status.strange else _asked_for(seen)


def _asked_for(seen: Seen) -> StepStatus:
    """Return how the request stands where there is no certificate of its holder."""
    if seen.status.request is not None:
        return stands(Step.REQUEST, StepState.DONE, "done", place=seen.status.request.place.name)
    if seen.is_gone and not seen.is_live_past:  # that it was ordered says nothing of where it is
        return stands(Step.REQUEST, StepState.UNKNOWN, "gone", _order_day(seen), **_gone(seen))
    if seen.connection.ordered is not None and seen.connection.ordered <= seen.today:
        return stands(Step.REQUEST, StepState.DONE, "ordered")
    if seen.unread is not None:
        return _unread(Step.REQUEST, seen.unread, _order_day(seen))
    if seen.plan is None:
        return stands(Step.REQUEST, StepState.NOW, "now")
    return _begin(Step.REQUEST, seen.plan, seen.connection.subscriber, seen.today)


def _order_day(seen: Seen) -> date | None:
    return None if seen.plan is None else seen.plan.order.day


_BEGUN: Final = {
    PlanKind.START: {"by": "start_by", "later": "start_later", "late": "start_late", "over": "start_late_order"},
    PlanKind.REGISTER: {"by": "enrol_by", "later": "enrol_later", "late": "enrol_late", "over": "enrol_late_order"},
}
"""What is told of what is begun with, by how its day stands, where the order comes later; ``over``: that is late."""


def _begin(step: Step, plan: Plan, subscriber: bool | None, today: date) -> StepStatus:
    """Return how what a plan begins with stands; of whom nobody says if he is a subscriber both days are told."""
    begin, register = plan.begin_for(subscriber), plan.on(PlanKind.REGISTER)
    if begin.latest is not None and begin.day < today and not plan.is_late(subscriber, today):
        days = {"day": begin.day.isoformat(), "latest": begin.latest.isoformat()}
        is_enrolled_for = step is Step.ORDER and begin.kind is PlanKind.REGISTER  # who begins does both
        return stands(step, StepState.NOW, "enrol_advised" if is_enrolled_for else "advised", begin.day, **days)
    found = _begun(step, begin, plan, today)
    is_close = subscriber is None and register is not None and register.day - AHEAD <= today
    if not is_close or register is None or found.due is None or register.day >= found.due:
        return found  # that, where nothing is known of how long registering takes
    if found.state is StepState.LATE:
        return found  # for whoever is a subscriber as well
    why = "register_late" if register.late_after < today else "register"
    last = register.late_after if register.day < today <= register.late_after else register.day
    days = {"day": found.due.isoformat(), "register": last.isoformat()}
    return stands(step, StepState.NOW, why, found.due, **days)


def _unseen_by_day(due: date, today: date) -> tuple[StepState, str]:
    """Return how what no file shows stands by its day: nobody may wait for what is not known."""
    state, why = by_day(due, today)
    return (StepState.UNKNOWN, "by") if state is StepState.WAITING else (state, why)


def _begun(step: Step, one: PlanDate, plan: Plan, today: date) -> StepStatus:
    """Return how what is begun with stands by its day, with the day of the order where that is another."""
    due, order = one.day, plan.order
    state, why = (_unseen_by_day if step is Step.ORDER else by_day)(due, today)
    if one.kind is PlanKind.ORDER or order.late_after <= due:
        return stands(step, state, why, due, day=due.isoformat())
    is_over = order.late_after < today  # nobody orders by a day that has gone by
    last = order.day if order.day >= today else order.late_after
    why = _BEGUN[one.kind]["over" if is_over else why]
    return stands(step, state, why, due, day=due.isoformat(), order=last.isoformat())


def _key(seen: Seen, certificate: HeldCertificate) -> StepStatus:
    """Return how the key of a certificate stands: it may lie where nobody looks."""
    if seen.status.misfit is not None:
        return stands(Step.REQUEST, StepState.NOW, "misfit", key=seen.status.misfit, place=certificate.places[0].name)
    if (ended := seen.status.keyed) is not None:
        day, places = ended.not_after.date().isoformat(), (certificate.places[0].name, ended.places[0].name)
        return stands(Step.REQUEST, StepState.NOW, "key_of_ended", place=places[0], ended=places[1], day=day)
    return stands(Step.REQUEST, StepState.DONE, "no_key" if seen.status.key_file is None else "certificate")


_GAPS: Final = {Gap.MISSING: "missing", Gap.ENCRYPTED: "locked"}


def _unread(step: Step, unread: Unread, due: date | None = None) -> StepStatus:
    """Return how a step stands that hangs on what could not be looked at: what is not there cannot be opened."""
    named_by = next(iter(unread.named_by), "")
    why = _GAPS.get(unread.gap, "unread")
    return stands(step, StepState.UNKNOWN, why, due, place=unread.name, named_by=named_by)


def _order(seen: Seen) -> StepStatus:
    ordered = seen.connection.ordered
    if seen.certificate is not None:
        return stands(Step.ORDER, StepState.DONE, "certificate")
    due = _order_day(seen)
    if ordered is not None and ordered <= seen.today:
        return _ordered(seen, ordered)
    if seen.connection.self_signed:
        return stands(Step.ORDER, StepState.DONE, "self_signed")
    if ordered is not None:
        return _order_planned(seen, ordered)
    if seen.status.request is None:
        return stands(Step.ORDER, StepState.WAITING, "waiting", due)
    return _not_shown(seen, seen.status.request)


def _not_shown(seen: Seen, request: HeldRequest) -> StepStatus:
    """Return how an order stands that no file shows, by the day to order."""
    if seen.plan is None:
        return stands(Step.ORDER, StepState.UNKNOWN, "unknown")
    found = _begin(Step.ORDER, seen.plan.begun, seen.connection.subscriber, seen.today)
    return replace(found, params={**found.params, "place": request.place.name}, is_shown=False)


def _order_planned(seen: Seen, ordered: date) -> StepStatus:
    """Return how an order stands that is still to come: after the last day to order it comes too late."""
    plan, live = seen.plan, seen.connection.live
    if plan is None or live is None:
        return stands(Step.ORDER, StepState.WAITING, "planned", day=ordered.isoformat())
    last = plan.order.late_after
    if ordered <= last:
        return stands(Step.ORDER, StepState.WAITING, "planned", plan.order.day, day=ordered.isoformat())
    state = StepState.LATE if last < seen.today else StepState.NOW
    told = {"day": ordered.isoformat(), "live": live.isoformat(), "order": last.isoformat()}
    why = "planned_short_late" if state is StepState.LATE else "planned_short"
    return stands(Step.ORDER, state, why, last, **told)


def _ordered(seen: Seen, ordered: date) -> StepStatus:
    """Return how the order stands that is stated: what comes after the day of going live is too late."""
    live, ready, delivery = seen.connection.live, seen.ready, seen.status.delivery
    if live is None or ready is None or delivery is None or ready <= live or seen.is_gone:
        return stands(Step.ORDER, StepState.DONE, "stated", day=ordered.isoformat())
    told = {"day": ordered.isoformat(), "live": live.isoformat(), "days": (ready - live).days}
    return stands(Step.ORDER, StepState.LATE, "stated_late", live, **told, **coming(delivery, ready))


def _certificate(seen: Seen) -> StepStatus:
    if seen.certificate is not None:
        return _held(seen, seen.certificate)
    found = _lacking(seen)
    is_late = seen.is_live_past and found.state is not StepState.UNKNOWN
    return replace(found, state=StepState.LATE) if is_late else found


def _held(seen: Seen, certificate: HeldCertificate) -> StepStatus:
    """Return how it stands by the certificate that is there; of one that has ended the next may be ordered."""
    state, why = StepState.DONE, "done"
    if seen.ended:
        is_on_its_way = is_ordered(seen.connection, certificate, seen.today)
        if seen.status.request is not None and not is_on_its_way:
            return _ended_request(certificate, seen.status.request)
        state, why = StepState.LATE, "ended_ordered" if is_on_its_way else "ended"
    elif (by := certificate.ends_by) is not None:
        day = by.not_after.date().isoformat()
        return stands(Step.CERTIFICATE, state, "bound", name=certificate.name, day=day, issuer=by.name)
    return stands(Step.CERTIFICATE, state, why, name=certificate.name, day=certificate.not_after.date().isoformat())


def _ended_request(certificate: HeldCertificate, request: HeldRequest) -> StepStatus:
    """Return that the next is to be ordered with the request that is there: it may have been sent, with its key."""
    told = {"name": certificate.name, "day": certificate.not_after.date().isoformat(), "place": request.place.name}
    return stands(Step.CERTIFICATE, StepState.LATE, "ended_request", **told)


def _lacking(seen: Seen) -> StepStatus:
    """Return how it stands where there is no certificate: what lies there is told, also when it should be live."""
    live = seen.connection.live
    if seen.status.strange:  # this makes the verdict what it is: whatever else there is to say, this is said
        one = seen.status.strange[0]
        return stands(Step.CERTIFICATE, StepState.NOW, "strange", live, **_strange(seen, one))
    if seen.status.wrong:  # of no name that is stated, and in use all the same
        return _wrong_beside(seen, Step.CERTIFICATE, seen.status.wrong[0])
    if seen.unread is not None:
        return _unread(Step.CERTIFICATE, seen.unread, live)
    if seen.is_gone and not seen.misnamed_now and not seen.status.others and not seen.is_live_past:
        return _gone_from(seen, live)
    if seen.overdue is not None and not seen.is_live_past:
        day = seen.overdue.isoformat()
        return stands(Step.CERTIFICATE, StepState.NOW, "overdue", seen.overdue, day=day)
    return _elsewhere(seen, live)


def _gone_from(seen: Seen, live: date | None) -> StepStatus:
    if not seen.connection.files:
        return stands(Step.CERTIFICATE, StepState.UNKNOWN, "gone_nowhere", live)
    return stands(Step.CERTIFICATE, StepState.UNKNOWN, "gone", live, **_gone(seen))


def _gone(seen: Seen) -> dict[str, object]:
    near = ", ".join(one.name for one in seen.status.near)
    return {"place": ", ".join(seen.status.absent or seen.connection.files) or NOTHING, "near": near or NOTHING}


def _strange(seen: Seen, one: HeldCertificate) -> dict[str, object]:
    other = NOTHING if one.oin is None else one.oin
    return {"name": one.name, "place": one.places[0].name, "oin": seen.connection.holder.oin, "other": other}


def _elsewhere(seen: Seen, live: date | None) -> StepStatus:
    """Return how it stands by the certificates that lie there and are not that of the connection."""
    if seen.misnamed_now:
        wanted = seen.connection.common_name or ", ".join(seen.connection.dns)
        found = ", ".join(dict.fromkeys(one.name for one in seen.misnamed_now))
        return stands(Step.CERTIFICATE, StepState.NOW, "misnamed", live, name=wanted, found=found)
    oin = seen.connection.holder.oin
    if seen.status.others:
        return of_others(seen.status.others, oin, live)
    if live is not None and seen.is_live_past:
        return stands(Step.CERTIFICATE, StepState.LATE, _late(seen), live, day=live.isoformat())
    return stands(Step.CERTIFICATE, StepState.WAITING, "waiting", live)


def _late(seen: Seen) -> str:
    """Return why there is none on the day of going live: what was ordered is asked after, the rest has its own step."""
    ordered = seen.connection.ordered
    if ordered is not None and ordered <= seen.today:
        return "late_ordered"
    return "late_made" if seen.connection.self_signed else "late"


def of_others(others: Sequence[HeldCertificate], oin: str, live: date | None = None) -> StepStatus:
    """Return how it stands where all that lies there has another OIN, or none: one is named, the others are counted.

    Args:
        others: what lies there, at least one.
        oin: that of the holder.
        live: the day of going live.
    """
    one = next((each for each in others if each.oin is not None), others[0])
    why = "others_without" if one.oin is None else "others_more" if len(others) > 1 else "others"
    params = {"name": one.name, "place": one.places[0].name, "other": one.oin or "", "more": len(others) - 1}
    return stands(Step.CERTIFICATE, StepState.NOW, why, live, oin=oin, **params)


def _verdict(seen: Seen) -> StepStatus:
    certificate = seen.certificate
    if certificate is None or seen.ended:
        return stands(Step.VERDICT, StepState.WAITING, "waiting")
    if seen.status.wrong and certificate.own_verdict is not Verdict.FAILED:
        return _wrong_beside(seen, Step.VERDICT, seen.status.wrong[0])
    if seen.status.strange and certificate.own_verdict is not Verdict.FAILED:
        one = seen.status.strange[0]
        return stands(Step.VERDICT, StepState.NOW, "strange_beside", **_strange(seen, one))
    if seen.connection.system is None:
        return stands(Step.VERDICT, StepState.NOW, "no_system")
    if is_wrong_by_key(certificate):
        return stands(Step.VERDICT, StepState.NOW, "key")
    return _of_chain(seen, certificate) or _judged(seen, certificate)


def _judged(seen: Seen, certificate: HeldCertificate) -> StepStatus:
    """Return how the verdict stands by the certificate itself, and by what is stated and not in it."""
    assert certificate.own_verdict is not None  # one of an authority is nobody's connection
    state, why = _VERDICTS[certificate.own_verdict]
    if state is not StepState.DONE:
        return _not_good(seen, certificate, state, why)
    if seen.misplaced is not None:
        place = "" if seen.status.fault_file is None else seen.status.fault_file
        return stands(Step.VERDICT, StepState.NOW, "place", place=place, reason=in_short(seen.misplaced))
    if (misses := _misses(seen, certificate)) is not None:
        return misses
    if seen.unread is not None:
        return _unread(Step.VERDICT, seen.unread)
    why = "passed_unconfirmed" if certificate.is_revocation_unknown else why
    return stands(Step.VERDICT, state, why, place=_alone(certificate))


def _alone(certificate: HeldCertificate) -> str:
    """Return the file in which a certificate lies without the one of its issuer; empty where any place has both."""
    if certificate.is_self_issued or any(each.with_chain for each in certificate.places):
        return ""
    files = (each.name for each in certificate.places if each.container in _ALONE and each.entity_id is None)
    return next(files, "")


def _misses(seen: Seen, certificate: HeldCertificate) -> StepStatus | None:
    """Return what a good certificate lacks of what is stated: a name, or days."""
    if seen.lacking:
        return stands(Step.VERDICT, StepState.NOW, "lacking", names=", ".join(seen.lacking))
    if (live := seen.live_after_end) is not None:
        days = {"day": certificate.ends.date().isoformat(), "live": live.isoformat()}
        return stands(Step.VERDICT, StepState.NOW, "ends_before", **days)
    return None


def _of_chain(seen: Seen, certificate: HeldCertificate) -> StepStatus | None:
    """Return that the chain with a certificate is to be mended, where nothing else is wrong with that."""
    mend, by = certificate.mend, certificate.ends_by
    if mend is None or by is None or not mend.is_all or not certificate.is_due(seen.moment):
        return None
    told = {"issuer": by.name, "day": by.not_after.date().isoformat(), "place": mend.place, "file": mend.file}
    why = "chain_ended" if by.not_after < seen.moment else "chain_ends"
    return stands(Step.VERDICT, StepState.NOW, why, by.not_after.date(), **told)


def _not_good(seen: Seen, certificate: HeldCertificate, state: StepState, why: str) -> StepStatus:
    """Return why it is not good, or was not judged; of a test hierarchy that it has to be trusted first."""
    if (test := _test_hierarchy(seen.fault)) is not None:
        return stands(Step.VERDICT, state, "untrusted_test", **test)
    return stands(Step.VERDICT, state, _failed(seen, certificate) if why == "failed" else why, reason=seen.reason)


def _test_hierarchy(fault: Outcome | None) -> dict[str, object] | None:
    """Return of whom a certificate is whose path was not found because nobody said that a test hierarchy is trusted."""
    if fault is None or fault.rule.code != ANCHOR_FOUND.code or fault.params.get("test", NOTHING) == NOTHING:
        return None
    issuer = fault.params["issuer"]
    return {"issuer": issuer.short if isinstance(issuer, NameText) else issuer, "test": fault.params["test"]}


def _failed(seen: Seen, certificate: HeldCertificate) -> str:
    """Return what to do where a certificate is not good: another is of use only where this one is of none."""
    if not seen.at_once:
        return "failed_otherwise"  # a chain that is lacking, say, is no fault of it
    if seen.fault is not None and certificate.is_revoked:
        from pkitools.revocation.model import is_on_hold  # few are revoked

        if is_on_hold(seen.fault):
            return "held"
    return "failed_ordered" if is_ordered(seen.connection, certificate, seen.today) else "failed"


def gone_by(status: ConnectionStatus, live: Plan | None, today: date) -> PlanDate | None:
    """Return the first day of the plan to go live that went by, of what was not done by then as far as is known.

    What is late is told by its own step until something is begun; after that the day of going live is short all the
    same. Of a connection that is tested, or the day of which has gone by, nothing is.

    Args:
        status: how it stands, with its steps.
        live: the days back from going live; ``None`` where there are none.
        today: the day of the moment, in UTC.
    """
    tested = status.of(Step.TESTED)
    assert tested is not None  # every connection has it
    if live is None or live.day < today or tested.state is StepState.DONE or _is_late_told(status, today):
        return None
    send = live.on(PlanKind.SEND)
    assert send is not None  # every plan to go live has it
    past = (one for one in live.dates if one.kind in BEGIN | {PlanKind.SEND} and one.late_after < today)
    return min((one for one in past if not _was_in_time(one, status, today, send.day)), key=_day, default=None)


def _is_late_told(status: ConnectionStatus, today: date) -> bool:
    """Return whether the step to begin with, or the order of what was begun, is told as late."""
    request, order, ordered = status.of(Step.REQUEST), status.of(Step.ORDER), status.connection.ordered
    is_begun = order is not None and order.state is StepState.LATE and (ordered is None or ordered > today)
    return is_begun or (request is not None and request.state is StepState.LATE)


def _day(one: PlanDate) -> date:
    return one.day


def _was_in_time(one: PlanDate, status: ConnectionStatus, today: date, send: date) -> bool:
    """Return whether what a day is for was done by then, or comes in time all the same: by ``send``."""
    ordered, sent = status.connection.ordered, status.of(Step.SENT)
    is_ordered = ordered is not None and ordered <= today
    match one.kind:
        case PlanKind.ORDER if status.certificate is None:
            # that it is advised to order early is no lead time
            return is_ordered and (status.delivery is None or status.delivery.day <= send)
        case PlanKind.ORDER:
            return True
        case PlanKind.REGISTER:
            is_told = any(step.code in _REGISTER_LATE for step in status.steps)  # with its condition
            return status.certificate is not None or is_ordered or is_told
        case PlanKind.SEND:
            return sent is not None and sent.state in {StepState.DONE, StepState.LATE}  # which is told by itself
        case _:
            return False


def in_both(step: StepStatus, other: Connection) -> StepStatus:
    """Return how a step stands where another connection, in the other environment, has the same key.

    Args:
        step: as it stands by the connection alone.
        other: that connection.
    """
    if step.step is not Step.VERDICT or step.state is not StepState.DONE:
        return step  # what is wrong, or not known, is told before
    return stands(Step.VERDICT, StepState.NOW, "both", name=other.organization.name, line=other.line)


def _wrong_beside(seen: Seen, step: Step, one: HeldCertificate) -> StepStatus:
    naming = seen.status.named.get(one.sha256)
    if naming is None:
        why = "revoked_beside" if one.is_revoked else "wrong_beside"
        return stands(step, StepState.NOW, why, name=one.name, place=one.places[0].name)
    told = {"name": one.name, **naming.told}
    if one.is_revoked:
        return stands(step, StepState.NOW, "revoked_in_use", **told)
    if one.not_after < seen.moment:
        return stands(step, StepState.NOW, "ended_in_use", **told, day=one.not_after.date().isoformat())
    return stands(step, StepState.NOW, "wrong_in_use", **told)


def _stated(seen: Seen, step: Step, day: date | None) -> StepStatus:
    """Return how a step stands that no file shows: by the day that is stated for this certificate."""
    if not seen.is_good:
        return stands(step, StepState.WAITING, "waiting")
    # where nobody said where to test there is no command
    endpoint = {"endpoint": seen.connection.endpoint or ""} if step is Step.TESTED else {}
    if day is None:
        return _not_stated(seen, step, endpoint)
    if day > seen.today:
        return _planned(seen, step, day)
    if seen.begins is not None and day < seen.begins:
        return stands(step, StepState.NOW, "earlier", day=day.isoformat(), begins=seen.begins.isoformat(), **endpoint)
    sent = seen.connection.sent
    if step is Step.TESTED and sent is not None and day < sent:
        return stands(step, StepState.NOW, "before_sent", day=day.isoformat(), sent=sent.isoformat(), **endpoint)
    return stands(step, StepState.DONE, "stated", day=day.isoformat())


def _end(seen: Seen) -> date | None:
    """Return the last day of the certificate, or of what issued it."""
    return None if seen.certificate is None else seen.certificate.ends.date()


def dates_to_live(seen: Seen, steps: Sequence[StepStatus]) -> tuple[PlanDate, ...]:
    """Return the days to go live with the certificate that is there; none where that is done, or past.

    Args:
        seen: what was found.
        steps: how its steps stand.
    """
    live = seen.live
    left = {one.step: one for one in steps if one.step in {Step.SENT, Step.TESTED} and one.state is not StepState.DONE}
    if live is None or live < seen.today or not seen.is_good or not left:
        return ()
    goes = [PlanDate(live, PlanKind.LIVE)]
    if Step.TESTED in left and left[Step.TESTED].code in NOT_TESTED:
        goes.insert(0, PlanDate(live, PlanKind.TEST))
    if Step.SENT in left and not left[Step.SENT].is_shown and seen.send_by is not None:
        goes.insert(0, replace(seen.send_by, kind=PlanKind.SWITCH_SEND))
    return tuple(goes)


def _not_stated(seen: Seen, step: Step, endpoint: dict[str, str]) -> StepStatus:
    """Return how a step stands of which no day is stated, though the day of going live may have gone by."""
    live = seen.live
    if live is None:
        return stands(step, StepState.UNKNOWN, "unknown", **endpoint)
    if live < seen.today:
        return stands(step, StepState.UNKNOWN, "unknown_live", live=live.isoformat(), **endpoint)
    due = seen.send_by.day if step is Step.SENT and seen.send_by is not None else live
    told = {"day": due.isoformat(), "live": live.isoformat(), **endpoint}
    state, why = _unseen_by_day(due, seen.today)
    return replace(stands(step, state, why, due, **told), is_shown=False)


def _planned(seen: Seen, step: Step, day: date) -> StepStatus:
    """Return how a step stands that is still to come: after the day of going live it comes too late."""
    live, end = seen.live, _end(seen)
    if live is not None and day > live:
        return stands(step, StepState.LATE, "planned_late", live, day=day.isoformat(), live=live.isoformat())
    if end is not None and day > end:
        return stands(step, StepState.LATE, "planned_over", end, day=day.isoformat(), end=end.isoformat())
    send = None if live is None or step is not Step.SENT else seen.send_by
    if live is not None and send is not None and send.lead is not None and send.day < day:
        told = {"day": day.isoformat(), "live": live.isoformat(), "send": send.day.isoformat()}
        state = StepState.LATE if send.day < seen.today else StepState.NOW
        why = "planned_short_late" if state is StepState.LATE else "planned_short"
        return stands(step, state, why, send.day, **told)
    return stands(step, StepState.WAITING, "planned", day, day=day.isoformat())


def _metadata(seen: Seen) -> StepStatus:
    if not seen.is_good:
        return stands(Step.METADATA, StepState.WAITING, "waiting")
    found = seen.metadata
    params = {"name": found.file, "reason": found.reason}
    said = {key: value or "" for key, value in params.items() if value is not None or found.why == "unchecked"}
    state, live = _METADATA[found.why], seen.live
    is_due = state is not StepState.DONE and live is not None and live >= seen.today and seen.send_by is not None
    # they take the public part to the other side
    return stands(Step.METADATA, state, found.why, seen.send_by.day if is_due and seen.send_by else None, **said)


_METADATA: Final = {
    **dict.fromkeys(("unknown", "elsewhere", "signs", "unchecked"), StepState.UNKNOWN),
    **dict.fromkeys(("other", "over", "undated", "refused"), StepState.NOW),
    "done": StepState.DONE,
}
