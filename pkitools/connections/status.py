"""How each connection stands: the steps of its guide, each as done, to do now, waiting, too late or not known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from pkitools.arguments import choice
from pkitools.connections.model import Connection, Connections
from pkitools.connections.owning import Near
from pkitools.connections.planning import Plan, PlanDate
from pkitools.connections.renewing import Switch
from pkitools.connections.using import Early, Naming
from pkitools.findings import Severity, Verdict
from pkitools.frozen import dataclass, field
from pkitools.messages import Remedy
from pkitools.portfolio import HeldCertificate, HeldRequest, Unread


class Step(StrEnum):
    """The steps of a guide, in their order."""

    OIN = "oin"
    REQUEST = "request"
    ORDER = "order"
    CERTIFICATE = "certificate"
    VERDICT = "verdict"
    SENT = "sent"
    METADATA = "metadata"
    TESTED = "tested"
    RENEWAL = "renewal"


class StepState(StrEnum):
    """How a step stands, the most urgent first."""

    LATE = "late"
    NOW = "now"
    UNKNOWN = "unknown"
    """No file shows it, and nobody stated it: it is never assumed."""
    WAITING = "waiting"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class StepStatus:
    """How one step stands.

    Args:
        step: which.
        state: how it stands.
        code: the message that says why: ``connections.<step>.<why>``.
        params: its operands.
        due: the last day for it; ``None`` where there is none, or none is known.
        is_shown: a file, or what is stated, shows how it stands; else only the day for it is known, and not whether it
            was done.
    """

    step: Step
    state: StepState
    code: str
    params: Mapping[str, object] = field(default_factory=dict, hash=False)
    due: date | None = None
    is_shown: bool = True

    @property
    def why(self) -> Remedy:
        """The sentence that says why, as a value: its message."""
        return Remedy(self.code, self.params)


_IN_USE: Final = ("ended", "revoked", "wrong")
_NOT_SEEN: Final = ("unread", "locked", "missing")
ORDERED: Final = frozenset(
    {
        "connections.order.stated",
        *(f"connections.certificate.{why}" for why in ("overdue", "ended_ordered", "late_ordered")),
        *(f"connections.renewal.{why}" for why in ("ordered", "awaited", "awaited_late", "overdue")),
        "connections.order.stated_late",
    }
)
"""How a step stands whose certificate was ordered and is not there yet."""
_EITHER: Final = frozenset(
    {
        *(f"connections.certificate.{why}" for why in ("misnamed", "gone", "gone_nowhere")),
        *(f"connections.renewal.switch_named{which}" for which in ("", "_live", "_over")),
        *(f"connections.renewal.switch_left{which}" for which in ("", "_over")),
        *(f"connections.{step}.planned_{why}" for step in ("sent", "tested") for why in ("late", "over")),
        *(f"connections.{step}.planned_short{late}" for step in ("order", "sent") for late in ("", "_late")),
        *(f"connections.{why}" for why in ("renewal.awaited_late", "order.stated_late")),
    }
)
"""Two things that were stated, or stated and found, go against each other: only who stated them knows which is so."""
AGAINST: Final = _EITHER | {
    *(f"connections.verdict.{why}" for why in ("chain_ended", "chain_ends")),
    *(f"connections.{step}.{why}_in_use" for step in ("certificate", "verdict") for why in _IN_USE),
    "connections.renewal.gap",
}
"""How a step stands that goes against the days of its connection, or of which no day says so: told with those."""
FOR_PEOPLE: Final = _EITHER | {
    *(
        f"connections.certificate.{why}"
        for why in ("overdue", "late_ordered", "others", "others_more", "others_without")
    ),
    *(f"connections.{step}.{why}" for step in ("request", "certificate", "verdict") for why in _NOT_SEEN),
    *(f"connections.request.{why}" for why in ("gone", "key_of_ended")),
    *(f"connections.verdict.{why}" for why in ("ends_before", "both")),
    *(f"connections.renewal.{why}" for why in ("overdue", "awaited", "switch", "switch_late")),
}
"""How a step stands where somebody has to ask or to look: another request would be the wrong thing to begin with."""
NOT_TESTED: Final = frozenset(f"connections.tested.{why}" for why in ("by", "earlier", "before_sent"))
"""How the test stands that is still to be done, or to be done again, and of which no day is stated."""
REFUSED: Final = frozenset(
    {
        "connections.verdict.key",
        "connections.verdict.place",
        "connections.request.key_of_ended",
        *(f"connections.metadata.{why}" for why in ("refused", "over", "undated")),
    }
)
"""How a step stands where its certificate is good, and with what lies at its places nothing would connect."""


_GONE: Final = "connections.request.gone"
_NOT_JUDGED: Final = "connections.verdict.no_system"
_OTHERS: Final = frozenset(f"connections.certificate.{why}" for why in ("others", "others_more", "others_without"))
_OF_USE: Final = frozenset({Step.VERDICT, Step.SENT, Step.METADATA, Step.TESTED})
"""The steps of a certificate that is there: what is to do about them is about what is in use."""


@dataclass(frozen=True, slots=True)
class ConnectionStatus:
    """How one connection stands.

    Args:
        connection: as it was stated.
        steps: in their order; the metadata only where the system takes them.
        certificate: the one it is held to be: of those of its holder at its places the best, and of those the last to
            end; ``None`` where there is none.
        request: the first request that waits for its certificate; ``None`` where there is none.
        plan: the days, where there is a day to count back from.
        reusable: certificates at other places that may be used for it.
        perhaps: the same of which not all could be checked: what is missing has to be looked at first.
        others: certificates at its places that are of another organisation.
        beside: other certificates of its holder at its places that have not ended: an earlier one, or the next.
        wrong: those beside it that are revoked, or wrong whatever they are for: they may be in use there. Also what
            has ended, or bears another name than any connection there states, where a configuration names it.
        named: where those and the certificate are named, by their SHA-256: what is in use.
        early: the next one, which lies ready and begins after the certificate ends; ``None`` without one.
        strange: those of ``others`` that lie there with their key, and have the OIN of no connection there: they may be
            in use. Beside a certificate only what has not ended.
        keyed: of those before it whose key lies there the last to end, where that has ended and the certificate's own
            key lies nowhere; else ``None``.
        misfit: a file with a private key that is beside the certificate and does not fit it; ``None`` where none is.
        in_both: a connection in the other environment that has the same key, where each is to have its own.
        shared_with: the other connections, of its system and environment, that are held to have the same certificate.
        absent: places that are not there.
        key_file: a file with the private key of the certificate; ``None`` where none was found.
        metadata_file: a file with metadata of its entity ID, where one of them is wrong that one; ``None`` where none
            was found.
        list_folders: folders with lists of revoked certificates that were found, and used.
        closed_keys: files at its places with a private key that nobody opened.
        fault_file: the file that says what is wrong with the certificate, or of the certificate; ``None`` where it is
            of no one file that this is so.
        ordered_later: the day of an order that is stated and is still to come: nothing is ordered.
        delivery: the day by which what is stated to have been ordered should be there; ``None`` where nothing was, or
            it is not known how long that takes.
        missed: the first day of the plan to go live that went by without what it is for, or without anybody knowing of
            that: the day of going live is short. ``None`` where none did, and where a step is told to be late for it.
        switch: the change to the next certificate, which is there and not stated to be live, or not named where the one
            before it is; ``None`` without one.
        near: of places that are not there, what is beside them and has nearly their name.
        tsp: the name of the TSP that it is ordered at (:meth:`Connection.tsp_at`).
        to_live: the days to go live with the certificate, where that is still to come: to send its public part, where
            nothing shows that it was sent, to test it, where that is to be done, and that day itself.
    """

    connection: Connection
    steps: tuple[StepStatus, ...]
    certificate: HeldCertificate | None = None
    request: HeldRequest | None = None
    plan: Plan | None = None
    reusable: tuple[HeldCertificate, ...] = ()
    perhaps: tuple[HeldCertificate, ...] = ()
    others: tuple[HeldCertificate, ...] = ()
    beside: tuple[HeldCertificate, ...] = ()
    shared_with: tuple[Connection, ...] = ()
    absent: tuple[str, ...] = ()
    key_file: str | None = None
    metadata_file: str | None = None
    wrong: tuple[HeldCertificate, ...] = ()
    named: Mapping[str, Naming] = field(default_factory=dict, hash=False)
    early: Early | None = None
    misfit: str | None = None
    keyed: HeldCertificate | None = None
    strange: tuple[HeldCertificate, ...] = ()
    in_both: Connection | None = None
    ordered_later: date | None = None
    fault_file: str | None = None
    closed_keys: tuple[str, ...] = ()
    list_folders: tuple[str, ...] = ()
    delivery: PlanDate | None = None
    missed: PlanDate | None = None
    switch: Switch | None = None
    tsp: str | None = None
    near: tuple[Near, ...] = ()
    to_live: tuple[PlanDate, ...] = ()

    @property
    def state(self) -> StepState:
        """The most urgent state of its steps; a renewal that is not due yet leaves it done."""
        found = {one.state for one in self.steps if one.step is not Step.RENEWAL or one.state is not StepState.WAITING}
        return next(state for state in StepState if state in found)

    @property
    def next(self) -> StepStatus | None:
        """The step to look at: of the most urgent state the first; ``None`` where all is done."""
        state = self.state
        return None if state is StepState.DONE else next(one for one in self.steps if one.state is state)

    @property
    def ordered(self) -> date | None:
        """The day on which what it waits for was ordered, as is stated; ``None`` where nothing on its way is."""
        codes = {step.code for step in self.steps}
        # what was there before is missed, and not waited for
        return self.connection.ordered if codes & ORDERED and _GONE not in codes else None

    @property
    def against(self) -> tuple[StepStatus, ...]:
        """The steps that go against its days (:data:`AGAINST`), in their order."""
        return tuple(step for step in self.steps if step.code in AGAINST)

    def of(self, step: Step | str) -> StepStatus | None:
        """Return how a step stands; ``None`` where the connection has none such."""
        step = choice(Step, step, "step")
        return next((one for one in self.steps if one.step is step), None)

    @property
    def verdict(self) -> Verdict:
        """FAILED where the certificate is wrong or ended, its metadata or another file with it is, one that lies there
        as well is wrong, one with its key there has not the OIN, there is none on the day of going live, or one has
        ended and nothing shows that the next is in use; INDETERMINATE where something is not known.
        """
        judged = self.certificate is not None and self.certificate.own_verdict is Verdict.FAILED
        judged = judged or any(step.code in REFUSED for step in self.steps)
        # as in a scan: what is in use, for all that is known, has ended
        judged = judged or (self.switch is not None and self.switch.is_over)
        missing = next((one for one in self.steps if one.step is Step.CERTIFICATE), None)
        if judged or self.wrong or self.strange or (missing is not None and missing.state is StepState.LATE):
            return Verdict.FAILED
        known = all(one.state is not StepState.UNKNOWN and one.is_shown for one in self.steps)
        return Verdict.PASSED if known else Verdict.INDETERMINATE

    @property
    def worst(self) -> Severity | None:
        """WARNING where something is too late, or to do now about what is in use, or only a certificate of another lies
        there; NOTICE where something else is to do now; what its certificate violates, where that is worse; else
        ``None``.
        """
        states = {one.state for one in self.steps}
        due = (one for one in self.steps if one.state is StepState.NOW and one.is_shown)
        now = {one.step for one in due if one.code != _NOT_JUDGED}
        is_of_others = any(one.code in _OTHERS for one in self.steps)
        is_warned = StepState.LATE in states or self.misfit is not None or bool(now & _OF_USE) or is_of_others
        of_steps = Severity.WARNING if is_warned else Severity.NOTICE if StepState.NOW in states else None
        found = (of_steps, None if self.certificate is None else self.certificate.worst)
        return max((each for each in found if each is not None), default=None)

    @property
    def is_unconfirmed(self) -> bool:
        """Whether of its certificate it is not known if it is revoked."""
        certificate = self.certificate
        return certificate is not None and certificate.is_revocation_unknown


@dataclass(frozen=True, slots=True)
class ConnectionsStatus:
    """How all connections stand.

    Args:
        moment: as of when, aware UTC.
        connections: the file.
        statuses: of each connection, in the order of the file.
        unread: what could not be looked at.
    """

    moment: datetime
    connections: Connections
    statuses: tuple[ConnectionStatus, ...]
    unread: tuple[Unread, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether everything that lies at the places could be looked at."""
        return not self.unread

    @property
    def is_looked_through(self) -> bool:
        """Whether all that lies at the places of connections could be looked at of which it is known what they ask."""
        return set(self.unread) <= set(self.connections.unread)

    def in_order(self) -> tuple[ConnectionStatus, ...]:
        """Return the connections, the most urgent first.

        Of one state what has ended, the last to end first; then what is wrong; then by their day.
        """
        rank = {state: number for number, state in enumerate(StepState)}
        return tuple(
            sorted(
                self.statuses,
                key=lambda one: (rank[one.state], one.verdict is not Verdict.FAILED, *_turn(one, self.moment)),
            )
        )

    def grouped(self, by: Grouping | str) -> dict[str, tuple[ConnectionStatus, ...]]:
        """Return the connections by what they have in common, in the order of the file."""
        chosen = choice(Grouping, by, "by")
        found: dict[str, list[ConnectionStatus]] = {}
        for one in self.statuses:
            found.setdefault(_group(one.connection, chosen), []).append(one)
        return {name: tuple(each) for name, each in found.items()}


class Grouping(StrEnum):
    """By what connections are grouped."""

    ORGANIZATION = "organization"
    SYSTEM = "system"
    SUPPLIER = "supplier"


def _group(one: Connection, by: Grouping) -> str:
    """Return the name of the group of a connection; an empty one where nobody is named."""
    if by is Grouping.ORGANIZATION:
        return one.organization.name
    if by is Grouping.SYSTEM:
        return "" if one.system is None else one.system.title
    return one.supplier or ""


def _turn(one: ConnectionStatus, moment: datetime) -> tuple[bool, timedelta]:
    """Return where a connection comes among those as urgent: what ended years ago is missed by nobody."""
    if one.certificate is not None and one.certificate.not_after < moment:
        return False, moment - one.certificate.not_after
    return True, _due(one) - date.min


def _due(one: ConnectionStatus) -> date:
    """Return the first day of what is as urgent as the connection, or else the day its certificate ends."""
    days = [step.due for step in one.steps if step.state is one.state and step.due is not None]
    end = date.max if one.certificate is None else one.certificate.ends.date()
    return min(days, default=end)
