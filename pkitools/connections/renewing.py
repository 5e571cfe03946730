"""The days of one connection, by what it has: back from the end of its certificate, or else from going live."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from pkitools.checking.file_names import is_called_copy
from pkitools.checking.private_keys import BESIDE, FOREIGN, NAMED, PLACED
from pkitools.connections.lead import LeadKind
from pkitools.connections.model import Connection
from pkitools.connections.planning import Anchor, Plan, PlanDate, PlanKind, generation_for, plan
from pkitools.connections.using import Early, Naming
from pkitools.environment import Environment
from pkitools.findings import Severity, Verdict
from pkitools.frozen import dataclass, replace
from pkitools.portfolio import HeldCertificate, Judgement, Place
from pkitools.portfolio.claims import Stated
from pkitools.portfolio.succeeding import elsewhere, follows, is_since, is_stated, is_yet_to_begin, line_of
from pkitools.portfolio.waiting import names_of
from pkitools.rules.order_day import AHEAD, LEAD_TIME
from pkitools.rules.working_days import YEARS, WorkingDays
from pkitools.trust import HierarchyKind, hierarchies
from pkitools.validation.rules import ANCHOR_FOUND, BUDGET

_NO_TIME: Final = timedelta(minutes=1)
"""One that begins that soon after the end of another follows it without a gap."""
_OF_KEYS: Final = frozenset(rule.code for rule in (FOREIGN, PLACED, NAMED, BESIDE))
_NOT_BUILT: Final = frozenset({ANCHOR_FOUND.code, BUDGET.code})
"""Why there is no path where nothing was found wrong with one: what issued it is not at hand, or not found in time."""


def plan_of_renewal(
    connection: Connection, certificate: HeldCertificate, *, moment: datetime, calendar: WorkingDays
) -> Plan | None:
    """Return the days back from the end of the certificate of a connection, or of an authority that ends before it.

    Args:
        connection: whose it is.
        certificate: it, as it was judged for the connection alone.
        moment: as of when, aware UTC.
        calendar: the working days.

    Returns:
        ``None`` where it ends in a year that cannot be planned in, such as 9999.
    """
    begins, day = certificate.span
    if day.year not in YEARS:
        return None
    found = plan(
        day,
        Anchor.END,
        moment=moment,
        lead_times=connection.lead_times_at(moment),
        # whoever has a certificate was a subscriber to get it
        subscriber=True if connection.subscriber is None else connection.subscriber,
        generation=_generation(certificate, connection.environment),
        begins=begins,
        calendar=calendar,
    )
    if (by := certificate.lasts_by) is not None:
        dates = (replace(one, by=by.name) if one.kind is PlanKind.END else one for one in found.dates)
        found = replace(found, dates=tuple(dates))
    return found.at_once(moment.date()) if has_to_be_replaced(certificate, moment) else found


def plan_of_live(connection: Connection, *, moment: datetime, calendar: WorkingDays) -> Plan | None:
    """Return the days back from the day on which a connection without a certificate goes live.

    Args:
        connection: it.
        moment: as of when, aware UTC.
        calendar: the working days.

    Returns:
        ``None`` where that day is not stated, or cannot be planned for.
    """
    day = connection.live
    if day is None or day.year not in YEARS:
        return None
    generation = None
    # what somebody makes himself is of no generation
    if connection.system is not None and not connection.self_signed:
        generation = generation_for(connection.system, connection.environment, moment)
    return plan(
        day,
        Anchor.LIVE,
        moment=moment,
        lead_times=connection.lead_times_at(moment),
        subscriber=connection.subscriber,
        generation=generation,
        calendar=calendar,
    )


@dataclass(frozen=True, slots=True)
class Switch:
    """The change from the certificate that is in use, as far as anybody stated, to the next, which is there.

    Args:
        day: on which the one in use ends, in UTC: by then the next has to be in use.
        place: a file of the next.
        is_over: it has ended.
        dates: what there is to do, in its order; the last is that day itself.
        naming: where a configuration names the one in use; ``None`` where none does.
        are_both: one names the next as well: both are in use, as on two servers, or with a key of another kind.
        left: where something shows that the next is in use, a place that holds the one before it and not the next, such
            as another machine's folder or a Secret; ``None`` elsewhere.
    """

    day: date
    place: str
    is_over: bool
    dates: tuple[PlanDate, ...]
    naming: Naming | None = None
    are_both: bool = False
    left: str | None = None

    def is_of(self, day: date) -> bool:
        """Return whether days counted back from a day are those of the certificate that is in use."""
        return day == self.day


def switch_of(
    connection: Connection,
    certificate: HeldCertificate | None,
    here: Iterable[HeldCertificate],
    *,
    named: Mapping[str, Naming],
    is_its: Callable[[Place], bool],
    moment: datetime,
    calendar: WorkingDays,
) -> Switch | None:
    """Return the change to the next certificate, as long as nothing states that it is live.

    What a configuration names is in use, whatever is stated. What is stated is of one place: where the one before lies
    elsewhere as well, it may be in use there.

    Args:
        connection: of which.
        certificate: the one it is held to have: the next, or the one before that, whichever is the better.
        here: what lies at its places.
        named: where a configuration names some of it, by their SHA-256.
        is_its: whether a place is one of the connection.
        moment: as of when, aware UTC.
        calendar: the working days.

    Returns:
        ``None`` where no certificate follows another, and where something shows that the change is made
        (:func:`~pkitools.portfolio.succeeding.is_stated`, or a configuration that names it alone).
    """
    here = tuple(here)
    pair = _named_and_next(certificate, here, named, moment) or _in_use_and_next(certificate, here, moment)
    if pair is None:
        return None
    old, new = pair
    naming = named.get(old.sha256)
    begins, today, day = new.not_before.date(), moment.date(), old.ends.date()
    left = None
    if naming is None and (
        new.sha256 in named or is_stated(Stated(connection.live, connection.tested), old, new, today)
    ):
        left = next((place.name for place in elsewhere(old, new) if is_its(place) and place.entity_id is None), None)
        if left is None:
            return None
    handling = connection.lead_times_at(moment).of(LeadKind.HANDLING)
    dates = [PlanDate(day, PlanKind.SWITCH)]
    if handling is not None and not is_since(connection.sent, begins, today):
        sent_by = handling.back_from(day, calendar)
        dates.insert(0, PlanDate(sent_by, PlanKind.SWITCH_SEND, handling, handling.basis))
    return Switch(day, new.places[0].name, old.ends < moment, tuple(dates), naming, new.sha256 in named, left)


def _named_and_next(
    certificate: HeldCertificate | None,
    here: Iterable[HeldCertificate],
    named: Mapping[str, Naming],
    moment: datetime,
) -> tuple[HeldCertificate, HeldCertificate] | None:
    """Return what a configuration names, and the later one that it is held to have; of several the first to end."""
    if certificate is None or has_to_be_replaced(certificate, moment):
        return None
    before = (one for one in here if one.sha256 in named and _is_before(one, certificate) and not one.is_revoked)
    # of a connection that states no name, one of another host lies there with as good a right
    names = names_of(certificate)
    old = min((one for one in before if not names.isdisjoint(names_of(one))), key=_last, default=None)
    return None if old is None else (old, certificate)


def early_of(certificate: HeldCertificate | None, here: Iterable[HeldCertificate], moment: datetime) -> Early | None:
    """Return the next certificate where that lies ready and begins after the end of the one that is in use.

    Args:
        certificate: the one in use.
        here: what lies at its places.
        moment: as of when, aware UTC.

    Returns:
        ``None`` too where another comes in time: of several the first to begin counts.
    """
    line = None if certificate is None else line_of(certificate)
    if certificate is None or line is None or certificate.not_before > moment:
        return None
    alike = (one for one in here if line_of(one) == line and not one.is_revoked and one.not_before > moment)
    after = (one for one in alike if _is_before(certificate, one))
    first = min(after, key=lambda one: (one.not_before, one.sha256), default=None)
    if first is None or first.not_before - certificate.ends < _NO_TIME:
        return None
    return Early(first.places[0].name, first.not_before.date(), certificate.ends.date())


def _is_before(old: HeldCertificate, new: HeldCertificate) -> bool:
    """Return whether one begins and ends before another, however far apart: where what uses it is stated."""
    return old.ends < new.ends and old.not_before < new.not_before


def _in_use_and_next(
    certificate: HeldCertificate | None, here: Iterable[HeldCertificate], moment: datetime
) -> tuple[HeldCertificate, HeldCertificate] | None:
    """Return the certificate before the next one, and that; of several that it follows the last to end.

    Whether the next is good for its system is told by itself: it hides no day of the one before it.
    """
    if certificate is None or has_to_be_replaced(certificate, moment):
        return None
    line = line_of(certificate)
    alike = [one for one in here if line is not None and line_of(one) == line and not one.is_revoked]
    after = (one for one in alike if _comes_after(certificate, one) and _is_usable(one, certificate, moment))
    if (following := max(after, key=_last, default=None)) is not None:
        return certificate, following
    before = (one for one in alike if _comes_after(one, certificate) and not _is_called_copy(one))
    old = max(before, key=_last, default=None)
    return None if old is None else (old, certificate)


def _is_usable(new: HeldCertificate, old: HeldCertificate, moment: datetime) -> bool:
    """Return whether nothing is wrong with the next, or nothing but that it is yet to begin, before the other ends."""
    return new.own_verdict is not Verdict.FAILED or (is_yet_to_begin(new) and moment < new.not_before <= old.ends)


def _is_called_copy(one: HeldCertificate) -> bool:
    """Return whether it lies under names of copies alone: beside the next, that is what it was replaced by."""
    return one.is_set_aside or all(is_called_copy(place.name) for place in one.places)


def _comes_after(old: HeldCertificate, new: HeldCertificate) -> bool:
    """Return whether one is a renewal of another, by when it began: where nothing but their days says so."""
    return old.ends < new.ends and follows(old, new)


def _last(one: HeldCertificate) -> tuple[datetime, str]:
    return one.ends, one.sha256


def is_ordered(connection: Connection, certificate: HeldCertificate, today: date) -> bool:
    """Return whether the one after a certificate was ordered: on a day after the certificate itself began."""
    ordered = connection.ordered
    return ordered is not None and certificate.not_before.date() < ordered <= today


def delivery_of(connection: Connection, ordered: date, *, moment: datetime, calendar: WorkingDays) -> PlanDate | None:
    """Return the day by which what was ordered should be there; ``None`` where it is not known how long that takes.

    Args:
        connection: for what it was ordered.
        ordered: the day of the order.
        moment: as of when, aware UTC.
        calendar: the working days.
    """
    known = connection.lead_times_at(moment).of(LeadKind.DELIVERY)
    if known is None:
        return None
    return PlanDate(known.over_by(ordered, calendar), PlanKind.DELIVERY, known, known.basis)


def overdue_of(ordered: date, delivery: PlanDate | None, today: date) -> date | None:
    """Return the day by which what was ordered should have come, where that is past; without a known time as advised.

    Args:
        ordered: the day of the order.
        delivery: when it should be there, as far as that is known.
        today: the day, in UTC.
    """
    due = ordered + LEAD_TIME if delivery is None else delivery.day
    return due if due < today else None


def ready_by(connection: Connection, delivery: PlanDate | None, moment: datetime, calendar: WorkingDays) -> date | None:
    """Return the day by which what was ordered can be in use: the other side may take its time as well.

    Args:
        connection: for what it was ordered.
        delivery: when it should be there.
        moment: as of when, aware UTC.
        calendar: the working days.

    Returns:
        ``None`` where it is not known when it should be there.
    """
    if delivery is None:
        return None
    handling = connection.lead_times_at(moment).of(LeadKind.HANDLING)
    return delivery.day if handling is None else handling.over_by(delivery.day, calendar)


def is_for_live(connection: Connection, begins: date) -> bool:
    """Return whether the day of going live is one of the certificate that is there, and not of one before it.

    Args:
        connection: of which.
        begins: the first day of the certificate. It may come late: then it was ordered to be live on that day.
    """
    live, ordered = connection.live, connection.ordered
    if live is None:
        return False
    return begins <= live or (ordered is not None and ordered <= live and begins <= ordered + LEAD_TIME)


def is_awaited(connection: Connection, certificate: HeldCertificate, today: date) -> bool:
    """Return whether the one after a certificate was ordered, and there is time left to wait for it."""
    return is_ordered(connection, certificate, today) and today < certificate.ends.date() - AHEAD


@dataclass(frozen=True, slots=True)
class Awaited:
    """The next certificate where it was ordered, as is stated, and is not there.

    Args:
        ordered: on which day.
        due: by which day it should come, or have come; ``None`` where that is not known.
        is_overdue: that day is past.
        is_asked: it is to be asked after: that day is past, or the end of the one before it is near or comes first.
        is_short: it can be in use only after that end.
    """

    ordered: date
    due: date | None
    is_overdue: bool
    is_asked: bool
    is_short: bool


def awaited_of(
    connection: Connection, certificate: HeldCertificate, *, moment: datetime, calendar: WorkingDays
) -> Awaited | None:
    """Return how the one after a certificate is waited for, as ``status`` has it; ``None`` where none was ordered.

    Args:
        connection: whose it is.
        certificate: the one that is there.
        moment: as of when, aware UTC.
        calendar: the working days.
    """
    ordered, today = connection.ordered, moment.date()
    if ordered is None or not is_ordered(connection, certificate, today):
        return None
    delivery = delivery_of(connection, ordered, moment=moment, calendar=calendar)
    overdue, ready = overdue_of(ordered, delivery, today), ready_by(connection, delivery, moment, calendar)
    is_short = ready is not None and ready > certificate.ends.date()
    return Awaited(
        ordered,
        overdue if delivery is None else delivery.day,
        is_overdue=overdue is not None,
        is_asked=overdue is not None or is_short or not is_awaited(connection, certificate, today),
        is_short=is_short,
    )


def has_to_be_replaced(certificate: HeldCertificate, moment: datetime) -> bool:
    """Return whether a certificate is of no use before its end: not where its path or its first day is to come.

    What is wrong at a place that it lies at, such as the entity ID of metadata, another certificate would not mend.
    A path that cannot be built for want of certificates refutes nothing; one that was built and refused does, and an
    authority above it that has ended. Nor does a chain that another may take the place of, nor another's key that lies
    with it: that has to be put right, and it stays.
    """
    if certificate.is_of_provider:  # theirs to replace
        return False
    if certificate.not_after < moment or certificate.own_verdict is not Verdict.FAILED or is_wrong_by_key(certificate):
        return False
    is_known = certificate.ends < moment or not any(map(_is_path_missing, certificate.judgements))
    is_of_chain = certificate.mend is not None and certificate.mend.is_all
    return certificate.is_revoked or (is_known and not is_of_chain and certificate.not_before <= moment)


def is_wrong_by_key(certificate: HeldCertificate) -> bool:
    """Return whether nothing else is wrong with a certificate but that another's key lies with it."""
    wrong = [one for one in certificate.findings if one.rule.severity is Severity.ERROR]
    return bool(wrong) and all(one.rule.code in _OF_KEYS for one in wrong)


def _is_path_missing(judgement: Judgement) -> bool:
    return not judgement.has_path and any(one.rule.code in _NOT_BUILT for one in judgement.findings)


def _generation(certificate: HeldCertificate, environment: Environment) -> str | None:
    """Return the generation of a certificate of production: its dates do not bind those of TRIAL and tests."""
    found = next((each for each in hierarchies() if each.name == certificate.hierarchy), None)
    kind = HierarchyKind.PRODUCTION if found is None and environment is Environment.PRODUCTION else None
    return certificate.generation if (found.kind if found else kind) is HierarchyKind.PRODUCTION else None
