"""Connections as data: ``docs/schemas/status-v1.json``, ``plan-v1.json`` and ``init-v1.json``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from pkitools.arguments import aware, choice
from pkitools.connections.planning import PlanKind
from pkitools.environment import Environment
from pkitools.frozen import dataclass, replace
from pkitools.messages import LANGUAGES, message
from pkitools.reports.document import instant, source_document
from pkitools.reports.portfolio.as_json import unread_entry
from pkitools.reports.telling.readable import readable

if TYPE_CHECKING:
    from pkitools.connections import (
        Connection,
        ConnectionsStatus,
        ConnectionStatus,
        Draft,
        LeadTime,
        Plan,
        PlanDate,
        StepStatus,
    )
    from pkitools.connections.renewing import Switch
    from pkitools.portfolio import HeldCertificate, Portfolio, Unread
    from pkitools.systems import System


_AT_ONCE: Final = "connections.renewal.at_once"
_OF_A_SWITCH: Final[Mapping[str, PlanKind]] = {"switch": PlanKind.END, "switch_send": PlanKind.SEND}
"""What the closed documents call the days of a change to the next certificate."""


@dataclass(frozen=True, slots=True)
class StepCommand:
    """What does a step, as whoever tells it has it.

    Args:
        text: the command, as it can be pasted.
        words: the same as a shell hands it over, the program first; a name in capitals is to be filled in.
        add_to_files: what to add to ``files`` of the connection for what comes of it to be seen; ``None``: it is.
        note: that, in a sentence; empty where there is nothing to add.
    """

    text: str
    words: tuple[str, ...] = ()
    add_to_files: str | None = None
    note: str = ""

    @property
    def told(self) -> str:
        """The command, and what to do beside it."""
        return f"{self.text} {self.note}".rstrip()


@dataclass(frozen=True, slots=True)
class Replacement:
    """A certificate that has not ended and is of no use.

    Args:
        name: what to call it.
        day: on which another has to be ordered: that of the moment.
    """

    name: str
    day: date


@dataclass(frozen=True, slots=True)
class Planned:
    """One plan, and what it is of.

    Args:
        plan: the days; ``None`` where there is no day to count back from.
        system, environment: what it is for.
        connection: the connection it is of; ``None`` of a plan for a system alone.
        ordered: the day on which what it waits for was ordered; ``None`` where nothing on its way is.
        at_once: the certificate that has to be replaced at once; ``None`` where none has.
        delivery: the day by which what was ordered should be there, where that is known.
        missed: the first day of the plan to go live that went by, of a connection that is under way.
        far: the last day of the certificate, where that is in a year that cannot be planned in, such as 9999.
        switch: the change to the next certificate, which is there.
        against: how the steps stand that go against these days.
        is_begun: a request lies there that waits for its certificate.
        to_live: the days to go live with the certificate that is there.
    """

    plan: Plan | None
    system: System | None
    environment: Environment
    connection: Connection | None = None
    ordered: date | None = None
    at_once: Replacement | None = None
    far: date | None = None
    delivery: PlanDate | None = None
    missed: PlanDate | None = None
    switch: Switch | None = None
    against: tuple[StepStatus, ...] = ()
    is_begun: bool = False
    to_live: tuple[PlanDate, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "environment", choice(Environment, self.environment, "environment"))

    @classmethod
    def of(cls, status: ConnectionStatus) -> Planned:
        """Return the plan of a connection, by how it stands."""
        connection = status.connection
        renewal, held, at_once = status.of("renewal"), status.certificate, None
        if renewal is not None and renewal.code == _AT_ONCE and renewal.due is not None and held is not None:
            at_once = Replacement(held.name, renewal.due)
        is_far = held is not None and status.plan is None and not held.is_of_provider
        far = held.ends.date() if held is not None and is_far else None
        return cls(
            status.plan,
            connection.system,
            connection.environment,
            connection,
            status.ordered,
            at_once,
            far,
            status.delivery,
            status.missed,
            status.switch,
            status.against,
            status.request is not None,
            status.to_live,
        )


@dataclass(frozen=True, slots=True)
class WrittenDraft:
    """A first file of connections that was written.

    Args:
        draft: what is in it.
        portfolio: what it was made of.
        file: where it is.
    """

    draft: Draft
    portfolio: Portfolio
    file: str


def status_document(
    status: ConnectionsStatus, command: Callable[[ConnectionStatus, StepStatus], StepCommand | None] | None = None
) -> dict[str, object]:
    """Return the whole document: every connection in the order of the file, with its steps.

    Args:
        status: how they stand.
        command: gives what does a step, where the caller has something for it.
    """
    return {
        "schema": "pkitools.status/v1",
        "moment": instant(status.moment),
        "file": status.connections.name,
        "connections": [_status(one, command) for one in status.statuses],
        "unread": [unread_entry(one) for one in status.unread],
    }


def _status(
    one: ConnectionStatus, command: Callable[[ConnectionStatus, StepStatus], StepCommand | None] | None
) -> dict[str, object]:
    following = one.next
    return {
        **_connection(one.connection),
        "state": one.state.value,
        "verdict": one.verdict.value,
        "next": None if following is None else following.step.value,
        "steps": [_step(each, command(one, each) if command is not None else None) for each in one.steps],
        "certificate": None if one.certificate is None else _certificate(one.certificate),
        "request": None if one.request is None else one.request.place.name,
        "reusable": [_certificate(each) for each in one.reusable],
        "perhaps_reusable": [_certificate(each) for each in one.perhaps],
        "beside": [_certificate(each) for each in one.beside],
        "shared_with": [each.line for each in one.shared_with],
        "others": [_certificate(each) for each in one.others],
        "absent": list(one.absent),
        "plan": None if one.plan is None else _plan(one.plan, one.switch, one.to_live),
    }


def _connection(one: Connection) -> dict[str, object]:
    return {
        "number": one.number,
        "line": one.line,
        "common_name": one.common_name,
        "organization": one.organization.name,
        "oin": one.organization.oin,
        "holder_oin": one.holder.oin,
        "system": None if one.system is None else one.system.name,
        "environment": str(one.environment),
        "entity_id": one.entity_id,
        "owner": one.owner,
        "supplier": one.supplier,
        "live": _day(one.live),
    }


def _step(one: StepStatus, command: StepCommand | None) -> dict[str, object]:
    told = {str(tongue): message(one.code, readable(one.params, tongue), tongue).message for tongue in LANGUAGES}
    return {
        "step": one.step.value,
        "state": one.state.value,
        "code": one.code,
        "params": {name: value if isinstance(value, int) else str(value) for name, value in one.params.items()},
        "due": _day(one.due),
        "command": None if command is None else list(command.words),
        "add_to_files": None if command is None else command.add_to_files,
        **told,
    }


def _certificate(one: HeldCertificate) -> dict[str, object]:
    return {
        "sha256": one.sha256,
        "name": one.name,
        "oin": one.oin,
        "not_before": instant(one.not_before),
        "not_after": instant(one.not_after),
        "ends": instant(one.ends),
        "ends_by": one.ends_by and one.ends_by.name,
        "verdict": None if one.verdict is None else one.verdict.value,
        "places": list(dict.fromkeys(place.name for place in one.places)),
    }


def plan_document(planned: Iterable[Planned], moment: datetime, unread: Iterable[Unread] = ()) -> dict[str, object]:
    """Return the whole document: the days of each connection, or of one system.

    Args:
        planned: the plans.
        moment: when was planned, aware UTC.
        unread: what could not be looked at: whatever days hang on it are not known.
    """
    return {
        "schema": "pkitools.plan/v1",
        "moment": instant(aware(moment)),
        "plans": [_planned(one) for one in planned],
        "unread": [unread_entry(one) for one in unread],
    }


def _planned(one: Planned) -> dict[str, object]:
    return {
        "system": None if one.system is None else one.system.name,
        "environment": str(one.environment),
        "connection": None if one.connection is None else _connection(one.connection),
        "plan": None if one.plan is None else _plan(one.plan, one.switch, one.to_live),
        "at_once": None if one.at_once is None else {"name": one.at_once.name, "day": _day(one.at_once.day)},
        "far": _day(one.far),
    }


def _plan(plan: Plan, switch: Switch | None, to_live: Sequence[PlanDate]) -> dict[str, object]:
    """Return the days; of a certificate that is there also those to take it into use by, in the words there are."""
    switching = () if switch is None or switch.is_of(plan.day) else switch.dates
    told = (one for one in (*switching, *to_live) if one.kind is not PlanKind.TEST)  # on the day of going live
    using = (replace(one, kind=_OF_A_SWITCH.get(one.kind, one.kind)) for one in told)
    dates = (*using, *plan.dates)
    return {
        "anchor": plan.anchor.value,
        "day": _day(plan.day),
        "unknown": [each.value for each in plan.unknown],
        "dates": [_date(each) for each in sorted(dates, key=lambda one: one.day)],
    }


def _date(one: PlanDate) -> dict[str, object]:
    return {
        "day": _day(one.day),
        "kind": one.kind.value,
        "lead": None if one.lead is None else _lead(one.lead),
        "source": None if one.basis is None else source_document(one.basis.source),
        "certainty": None if one.basis is None else one.basis.certainty.value,
        "unknown": [each.value for each in one.unknown],
        "days": one.days,
        "by": one.by,
    }


def _lead(one: LeadTime) -> dict[str, object]:
    text: Mapping[str, str] = one.text
    return {"kind": one.kind.value, "amount": one.amount, "unit": one.unit.value, "text": dict(text) or None}


def init_document(written: WrittenDraft) -> dict[str, object]:
    """Return the whole document: what was written, and what is not in it."""
    return {
        "schema": "pkitools.init/v1",
        "file": written.file,
        "organizations": written.draft.organizations,
        "connections": written.draft.connections,
        "left_out": [_certificate(one) for one in written.draft.left_out],
        "unread": [unread_entry(one) for one in written.portfolio.unread],
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
