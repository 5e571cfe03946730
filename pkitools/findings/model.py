"""The findings model. Standard library only; everything is frozen and hashable by value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, NoReturn, TypeVar, cast

from pkitools.arguments import aware, choice, optional_choice, several, wrong_type
from pkitools.documents import Source
from pkitools.environment import Environment
from pkitools.frozen import dataclass, field, replace
from pkitools.messages import Remedy

if TYPE_CHECKING:
    from pkitools.findings.considered import Considered, Remade

T = TypeVar("T")


class Severity(IntEnum):
    """How bad a violation is: ERROR is a MUST of the source, WARNING a SHOULD."""

    INFO = 10
    NOTICE = 20
    WARNING = 30
    ERROR = 40


class Status(StrEnum):
    """What became of one rule on one subject."""

    MET = "met"
    VIOLATED = "violated"
    NOT_APPLICABLE = "not_applicable"
    NOT_CHECKED = "not_checked"


class Verdict(StrEnum):
    """The three outcomes of ETSI EN 319 102-1."""

    PASSED = "passed"
    FAILED = "failed"
    INDETERMINATE = "indeterminate"


class Certainty(StrEnum):
    """How well a rule is founded. The last two never carry an ERROR."""

    STANDARD = "standard"  # the text of a standard or a binding document
    OFFICIAL = "official"  # guidance, schemas, presentations or code published by the responsible body
    OBSERVED = "observed"  # seen in real certificates
    ADVICE = "advice"  # our own recommendation
    THIRD_PARTY = "third_party"  # a vendor's or another outsider's word
    INFERRED = "inferred"  # our reading, by analogy


NEVER_ERROR = frozenset({Certainty.THIRD_PARTY, Certainty.INFERRED})


@dataclass(frozen=True, slots=True)
class Basis:
    """What a statement rests on: the place it stands, and how certain that makes it.

    Args:
        source: the document and the place in it.
        certainty: how certain that makes it, of what the document is about.
        note: what else to know, for people.
        of_trial: the document is about TRIAL certificates only: see :meth:`held_to`.
    """

    source: Source
    certainty: Certainty
    note: str = ""
    of_trial: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "certainty", choice(Certainty, self.certainty, "certainty"))

    def held_to(self, *, trial: bool) -> Basis:
        """Return what it is for something of TRIAL or not: of production a text about TRIAL only lets infer."""
        if trial or not self.of_trial:
            return self
        return replace(self, certainty=Certainty.INFERRED, of_trial=False)


class Binds(StrEnum):
    """Whom a rule with a date binds, and so which day it is judged by."""

    ISSUER = "issuer"  # the day the certificate was issued: its notBefore
    USE = "use"  # the moment asked


@dataclass(frozen=True, slots=True)
class Period:
    """When a rule is in force.

    Args:
        since: the first day; ``None``: since ever.
        until: the last day; ``None``: for ever.
        binds: by which day it is judged.
        source: where the days stand.
    """

    since: date | None
    until: date | None
    binds: Binds
    source: Source

    def holds(self, *, issued: datetime, moment: datetime) -> bool:
        """Return whether the rule binds a certificate issued then, looked at now; both aware.

        Raises:
            InvalidValueError: one of them is not.
        """
        return self.holds_on(issued=aware(issued).date(), moment=aware(moment).date())

    def holds_on(self, *, issued: date, moment: date) -> bool:
        """Return the same of days, in UTC."""
        day = issued if self.binds is Binds.ISSUER else moment
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Rule:
    """One requirement of one document.

    Args:
        code: ``<source>.<topic>.<slug>``; its first part names the message file.
        severity: what a violation weighs.
        source: where the requirement stands.
        certainty: how well it is founded; an inferred or third-party rule cannot be an ERROR.
        applies_to: names of profiles, systems, environments or kinds of subject; empty means all.
        in_force: when; ``None``: whenever.
        texts: its sentences, by language and part, where it is not one of ours: those stand in the messages.
        of_content: it asks what a certificate holds, which whoever makes it decides: a key, a name, an extension. What
            asks for another kind of certificate (a hierarchy, a policy) has to be ordered, whoever made this one.
    """

    code: str
    severity: Severity
    source: Source
    certainty: Certainty = Certainty.STANDARD
    applies_to: tuple[str, ...] = ()
    in_force: Period | None = None
    texts: Mapping[str, Mapping[str, str]] | None = field(default=None, compare=False, repr=False)
    of_content: bool = field(default=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "severity", choice(Severity, self.severity, "severity"))
        object.__setattr__(self, "certainty", choice(Certainty, self.certainty, "certainty"))
        if self.severity is Severity.ERROR and self.certainty in NEVER_ERROR:
            raise ValueError(f"{self.code}: a rule that is {self.certainty} cannot be an ERROR")


@dataclass(frozen=True, slots=True)
class CertificateRef:
    """Which certificate an outcome is about: SHA-256 (hex, lower case) and its role in the path.

    ``make_anew`` of one that its holder signed, where that mends what the outcome tells; ``of_provider`` of one that
    metadata say to be an identity provider's: who connects orders no other in its place.
    """

    sha256: str
    role: str  # end_entity, intermediate, trust_anchor, crl_issuer, ocsp_responder
    make_anew: bool = field(default=False, compare=False)
    of_provider: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One value seen, and where: ``Evidence("subject.serialNumber", "00000003…")``."""

    path: str
    value: str


_NOT_CHECKED = Status.NOT_CHECKED  # an enum looks a member up each time it is named, and outcomes come by the hundred
_TOLD = frozenset({Status.VIOLATED, Status.NOT_CHECKED})
_LOOKED = frozenset({Status.MET, Status.VIOLATED})
_NO_PARAMS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, init=False)
class Outcome:
    """What one rule said about one subject.

    Args:
        rule: the rule considered.
        status: what became of it.
        certificate: the certificate it is about, where there is one.
        evidence: the values it looked at.
        params: operands of the message. Every message of the rule may use each of them.
        reason: why a rule was NOT_CHECKED, as a code (``offline``, ``crashed``, ``no_issuer``).
    """

    rule: Rule
    status: Status
    certificate: CertificateRef | None
    evidence: tuple[Evidence, ...]
    params: Mapping[str, str] = field(hash=False)
    reason: str

    # written out, because a check makes some 370 of them: what dataclass would write takes a third longer
    def __init__(  # noqa: PLR0917 the order of the fields, of which the first two are always given
        self,
        rule: Rule,
        status: Status,
        certificate: CertificateRef | None = None,
        evidence: tuple[Evidence, ...] = (),
        params: Mapping[str, str] = _NO_PARAMS,
        reason: str = "",
    ) -> None:
        if status is _NOT_CHECKED and not reason:
            raise ValueError(f"{rule.code}: NOT_CHECKED needs its reason")
        _put_rule(self, rule)
        _put_status(self, status)
        _put_certificate(self, certificate)
        _put_evidence(self, evidence)
        _put_params(self, params if params is _NO_PARAMS else MappingProxyType(dict(params)))
        _put_reason(self, reason)

    @property
    def remedy(self) -> Remedy | None:
        """What to do about it, as a value; ``None`` where nothing needs to be done."""
        match self.status:
            case Status.VIOLATED:
                return Remedy(self.rule.code, self.params)
            case Status.NOT_CHECKED:
                return Remedy(f"report.reason.{self.reason}", self.params)
            case _:
                return None

    def __repr__(self) -> str:
        """One line: a report holds hundreds of these."""
        told = " ".join((self.status, *filter(None, (self.reason,))))
        return f"<Outcome {self.rule.code}: {told}>"

    def __reduce__(self) -> tuple[object, ...]:
        # a mapping proxy cannot be pickled; many certificates are checked in several processes
        return type(self), (
            self.rule,
            self.status,
            self.certificate,
            self.evidence,
            dict(self.params),
            self.reason,
        )


# a slot is filled in a third of the time of object.__setattr__, which asks again each time whose it is
_put_rule, _put_status, _put_certificate, _put_evidence, _put_params, _put_reason = (
    vars(Outcome)[name].__set__ for name in ("rule", "status", "certificate", "evidence", "params", "reason")
)


@dataclass(frozen=True, slots=True)
class Report:
    """All outcomes about one subject at one moment. Reports merge with ``+``.

    Args:
        subject: what was judged: a file name, an OIN, a fingerprint.
        moment: the validation time, aware UTC; ``None`` where time plays no part (an OIN).
        environment: preproduction or production, where asked.
        system: the connected system, where asked.
        outcomes: one per rule considered. Of a check most are only made when they are asked for.
    """

    subject: str
    outcomes: tuple[Outcome, ...] = ()
    moment: datetime | None = None
    environment: Environment | None = None
    system: str | None = None
    _considered: Considered | Remade | None = field(default=None, init=False, repr=False, compare=False)
    _told: Sequence[Outcome] | None = field(default=None, init=False, repr=False, compare=False)

    def __repr__(self) -> str:
        """One line: the verdict, what is violated, and how much was not checked."""
        return f"<Report of {self.subject!r}: {self.summary}>"

    def __post_init__(self) -> None:
        if self.moment is not None:
            object.__setattr__(self, "moment", aware(self.moment))
        object.__setattr__(self, "environment", optional_choice(Environment, self.environment, "environment"))
        object.__setattr__(self, "outcomes", several(self.outcomes, Outcome, "outcomes"))
        if any(not isinstance(outcome, Outcome) for outcome in self.outcomes):
            raise wrong_type("outcomes", self.outcomes, "Outcome")

    @classmethod
    def of(
        cls,
        subject: str,
        considered: Considered | Remade,
        moment: datetime | None = None,
        environment: Environment | None = None,
        system: str | None = None,
    ) -> Report:
        """Return a report whose outcomes are made when they are asked for.

        Args:
            subject, moment, environment, system: as of a report; checked by who hands them in.
            considered: the outcomes.
        """
        report, put = object.__new__(cls), object.__setattr__
        for name, value in (("subject", subject), ("moment", moment), ("environment", environment), ("system", system)):
            put(report, name, value)
        put(report, "_considered", considered)
        return report

    if not TYPE_CHECKING:  # else it would give a type to every misspelt name

        def __getattr__(self, name: str) -> object:
            # asked only for what is not there yet
            if name != "outcomes" or self._considered is None:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            object.__setattr__(self, "outcomes", tuple(self._considered.every()))
            return self.outcomes

    def __reduce__(self) -> tuple[object, ...]:
        said = self.moment, self.environment, self.system
        if self._considered is None:
            return Report, (self.subject, self.outcomes, *said)
        return Report.of, (self.subject, self._considered, *said)

    @property
    def told(self) -> Sequence[Outcome]:
        """What is violated or was not checked, in the order of the outcomes."""
        if self._considered is not None:
            return self._considered.told
        if self._told is None:  # asked a dozen times of each report that is shown
            object.__setattr__(self, "_told", [o for o in self.outcomes if o.status in _TOLD])
        return cast("Sequence[Outcome]", self._told)

    @property
    def verdict(self) -> Verdict:
        """FAILED if an ERROR rule is violated; INDETERMINATE if nothing or not everything could be checked."""
        told = self.told
        errors = [o.status for o in told if o.rule.severity is Severity.ERROR]
        if Status.VIOLATED in errors:
            return Verdict.FAILED
        if errors:
            return Verdict.INDETERMINATE
        return Verdict.PASSED if self.has_looked else Verdict.INDETERMINATE

    @property
    def has_looked(self) -> bool:
        """Whether any rule looked: one is met or violated."""
        if self._considered is not None:
            return self._considered.looked
        return any(o.status in _LOOKED for o in self.outcomes)

    @property
    def findings(self) -> tuple[Outcome, ...]:
        """The violations, worst first, and within one severity as recorded."""
        found = [o for o in self.told if o.status is Status.VIOLATED]
        return tuple(sorted(found, key=lambda o: -o.rule.severity))

    @property
    def not_checked(self) -> tuple[Outcome, ...]:
        """What could not be looked at, each with its reason."""
        return tuple(o for o in self.told if o.status is Status.NOT_CHECKED)

    @property
    def worst(self) -> Severity | None:
        """The severity of the worst violation, or ``None`` when nothing is violated."""
        return max((o.rule.severity for o in self.told if o.status is Status.VIOLATED), default=None)

    @property
    def summary(self) -> str:
        """The verdict, the codes that are violated, worst first, and how much was not checked, in one line for a log.

        It is made of what is told: no rule is asked for it.
        """
        violated = ", ".join(dict.fromkeys(outcome.rule.code for outcome in self.findings)) or "nothing"
        return f"{self.verdict}, violated: {violated}; {len(self.not_checked)} not checked"

    def codes(self, status: Status | str = Status.VIOLATED) -> frozenset[str]:
        """Return the codes of the rules with this status."""
        wanted = choice(Status, status, "status")
        among = self.told if wanted in _TOLD else self.outcomes
        return frozenset(o.rule.code for o in among if o.status is wanted)

    def __add__(self, other: Report) -> Report:
        """Merge: the outcomes of both. What the left one says of subject and moment stands."""
        return self.joined((other,))

    def joined(self, others: Iterable[Report]) -> Report:
        """Merge with each of the others, as ``+`` does one after the other, and at the cost of their outcomes once."""
        each = (self, *others)

        def first(values: Iterable[T | None]) -> T | None:
            return next(filter(None, values), None)

        return Report(
            self.subject,
            tuple(outcome for report in each for outcome in report.outcomes),
            first(report.moment for report in each),
            first(report.environment for report in each),
            first(report.system for report in each),
        )

    def __bool__(self) -> NoReturn:
        raise TypeError("a Report is not true or false: ask report.verdict")
