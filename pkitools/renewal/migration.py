"""From an older generation of PKIoverheid to G4: which type replaces a certificate, by when, and what breaks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, Final

from pkitools.arguments import aware, each_of, optional
from pkitools.documents import Source, cite
from pkitools.environment import Environment
from pkitools.errors import InputError
from pkitools.findings import Basis, Certainty
from pkitools.frozen import Frozen, dataclass, replace
from pkitools.messages import LANGUAGES
from pkitools.package_data import read_toml
from pkitools.profiles import Profile, get_profile
from pkitools.renewal.breakages import CONDITIONS, LeftBehind
from pkitools.rules import detect_profile
from pkitools.rules.order_day import counted_span, order_day
from pkitools.rules.working_days import WorkingDays, advised_order
from pkitools.systems import Statement, System, get_system
from pkitools.text import visible
from pkitools.trust import (
    Hierarchy,
    HierarchyKind,
    Recognition,
    decode_policy,
    embedded_certificates,
    hierarchies,
    hierarchy_of,
)
from pkitools.validation.building import pool
from pkitools.validation.ending import first_to_end, way_up
from pkitools.x509 import CertificateFacts, read_certificate
from pkitools.x509.above import Above
from pkitools.x509.given import CERTIFICATE, Given, several_ders
from pkitools.x509.holder import holder_of
from pkitools.x509.path_certificate import load

_G4: Final = "G4"
_UZI: Final = "uzi"


class MigrationState(StrEnum):
    """What there is to do about a certificate."""

    MIGRATE = "migrate"
    """It is of an older generation, and a type of G4 replaces it."""
    UNKNOWN_TYPE = "unknown_type"
    """It is of an older generation, and which type replaces it is not known."""
    DONE = "done"
    """It is of G4."""
    NOT_ORDERED = "not_ordered"
    """It is of an authority or of who answers for one: nobody who connects orders it."""
    ELSEWHERE = "elsewhere"
    """Nothing in it says that it is of PKIoverheid."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """A type of G4, and what it replaces.

    Args:
        profile: the profile of it, by name; ``None`` where we have none.
        type: as Logius names it.
        source, certainty: what it rests on.
        text: why, by language.
        uses, subjects: codes of policies, one of which the certificate has; empty: any.
        uzi: it is for a certificate with a UZI number.
        domain: whether a domain name stands in it; ``None``: either.
        purposes: OIDs of extended key usages that it has.
    """

    profile: str | None
    type: str
    source: Source
    certainty: Certainty
    text: Mapping[str, str]
    uses: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()
    uzi: bool = False
    domain: bool | None = None
    purposes: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """What it goes by beside others that rest on a document."""
        return self.type


@dataclass(frozen=True, slots=True)
class Breakage:
    """Something that does not go along, or that the other side has to be ready for.

    Args:
        name: of the entry in the data.
        when: the condition.
        source, certainty: what it rests on.
        texts: ``title`` and ``text`` by language; in the data with ``<<value>>`` and ``<<limit>>``, in a
            plan filled in.
    """

    name: str
    when: str
    source: Source
    certainty: Certainty
    texts: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class WorkStep:
    """One step of the work, in its order."""

    source: Source
    certainty: Certainty
    text: Mapping[str, str]

    @property
    def name(self) -> str:
        """What it goes by beside others that rest on a document."""
        return "step"


class DateKind(StrEnum):
    """What happens on a day that binds."""

    ORDER = "order"
    """The last day to order the next certificate with room to spare; it may be past."""
    EXPIRES = "expires"
    """The certificate ends."""
    EXPIRED = "expired"
    """It has ended."""
    SHORTER = "shorter"
    """Of the older generation no certificate is issued for longer than so many days from then on."""
    HIERARCHY_ENDS = "hierarchy_ends"
    """The root of the older hierarchy ends."""


@dataclass(frozen=True, slots=True)
class BindingDate:
    """A day that binds.

    Args:
        day: in UTC.
        kind: what happens then.
        days: of a step, the longest validity in days; else ``None``.
        basis: what it rests on; ``None`` of what stands in the certificate, or in that of the root.
        by: of the end, the authority above the certificate that ends then, where that is before it does itself.
    """

    day: date
    kind: DateKind
    days: int | None
    basis: Basis | None
    by: Above | None = None


@dataclass(frozen=True, slots=True)
class MigrationFacts:
    """What is known of the move to G4.

    Args:
        retrieved: the day the data were read in their sources.
        older: the profile whose steps of validity bind the older generations.
        generations: those generations.
        replacements, breakages, steps: in their order.
    """

    retrieved: date
    older: str
    generations: frozenset[str]
    replacements: tuple[Replacement, ...]
    breakages: tuple[Breakage, ...]
    steps: tuple[WorkStep, ...]


@dataclass(frozen=True, slots=True)
class SystemStance:
    """What a system says of the hierarchy of the type that replaces a certificate; ``None`` where it says nothing."""

    system: System
    statement: Statement | None


@dataclass(frozen=True, slots=True)
class MigrationPlan:
    """What becomes of one certificate.

    Args:
        facts: the certificate.
        state: what there is to do.
        hierarchy: the one it says to stand under, where known.
        generation: its generation, where known.
        profile: its own profile, where known.
        is_test: it is of a TRIAL, test or acceptance hierarchy: the dates of production do not bind it.
        replacement: the type of G4.
        target: the profile of that.
        dates: those that bind, the earliest first.
        is_expired: the certificate has ended, or an authority above it.
        breakages: what does not go along.
        takes: what each system that was asked about says of it.
        ends_by: the first authority above it to end, where that is before it does: of those that came with it, or are
            embedded, and signed what is below them.
    """

    facts: CertificateFacts
    state: MigrationState
    hierarchy: Hierarchy | None
    generation: str | None
    profile: Profile | None
    is_test: bool
    replacement: Replacement | None
    target: Profile | None
    dates: tuple[BindingDate, ...]
    breakages: tuple[Breakage, ...]
    takes: tuple[SystemStance, ...]
    is_expired: bool
    ends_by: Above | None = None

    @property
    def ends(self) -> datetime:
        """The last moment at which it works: its own end, or that of an authority above it where that is before."""
        return self.facts.not_after if self.ends_by is None else self.ends_by.not_after

    @property
    def deadline(self) -> date | None:
        """The day by which the certificate of G4 has to be there; ``None`` where there is nothing to do."""
        return self.ends.date() if self.replacement is not None else None


@cache
def migration_facts() -> MigrationFacts:
    """Return what is known of the move to G4: ``data/g4.toml``."""
    data = read_toml(str(__package__), "data/g4.toml")
    return MigrationFacts(
        data["retrieved"],
        data["older"]["profile"],
        frozenset(data["older"]["generations"]),
        tuple(map(_replacement, data["replacement"])),
        tuple(map(_breakage, data["breakage"])),
        tuple(WorkStep(*_founded(record), _by_language(record)) for record in data["step"]),
    )


def _founded(record: Mapping[str, Any]) -> tuple[Source, Certainty]:
    return cite(record["source"], record.get("section", "")), Certainty(record["certainty"])


def _by_language(record: Mapping[str, Any]) -> Mapping[str, Any]:
    return Frozen({language: record[language] for language in LANGUAGES})


def _replacement(record: Mapping[str, Any]) -> Replacement:
    return Replacement(
        record.get("profile"),
        record["type"],
        *_founded(record),
        _by_language(record),
        uses=frozenset(record.get("uses", ())),
        subjects=frozenset(record.get("subjects", ())),
        uzi=record.get("uzi", False),
        domain=record.get("domain"),
        purposes=frozenset(record.get("purposes", ())),
    )


def _breakage(record: Mapping[str, Any]) -> Breakage:
    return Breakage(record["name"], record["when"], *_founded(record), _by_language(record))


def plan_migration(
    certificate: CertificateFacts | Given,
    *,
    moment: datetime,
    systems: Iterable[System | str] = (),
    around: Given | Iterable[Given] = (),
    calendar: WorkingDays | None = None,
) -> MigrationPlan:
    """Return what becomes of a certificate when PKIoverheid moves to G4. No path is verified: it is read as it stands.

    Args:
        certificate: it.
        moment: when, aware UTC: days before it are no longer told.
        systems: the systems it is used for, as data or by name.
        around: the certificates that came with it: what stands above it may end first.
        calendar: the working days; ``None``: the day to order is not moved to one.

    Raises:
        InvalidValueError: the moment is not aware, or there is no such system.
    """
    aware(moment)
    systems, calendar = each_of(systems, (str, System), "systems"), optional(calendar, WorkingDays, "calendar")
    facts = certificate if isinstance(certificate, CertificateFacts) else read_certificate(certificate)
    found, profile = hierarchy_of(facts), detect_profile(facts)
    state = _state(facts, found)
    replacement = _replacing(facts, profile) if state is MigrationState.MIGRATE else None
    if state is MigrationState.MIGRATE and replacement is None:
        state = MigrationState.UNKNOWN_TYPE
    is_test = found.kind is not None and found.kind is not HierarchyKind.PRODUCTION
    where = found.hierarchy, found.generation
    by = _ends_by(facts, several_ders(around, CERTIFICATE, "around"))
    ends = facts.not_after if by is None else by.not_after
    plan = MigrationPlan(facts, state, *where, profile, is_test, None, None, (), (), (), ends < moment, by)
    return plan if replacement is None else _replaced(plan, replacement, moment, systems, calendar)


def _ends_by(facts: CertificateFacts, around: tuple[bytes, ...]) -> Above | None:
    try:
        leaf = load(facts.der, facts.sha256)
    except InputError:  # what no engine takes has nothing above it either
        return None
    embedded = tuple(each.der for each in embedded_certificates())
    return first_to_end(leaf.not_after, way_up(leaf, (pool(around), pool(embedded))))


def _replaced(
    plan: MigrationPlan,
    replacement: Replacement,
    moment: datetime,
    systems: Iterable[System | str],
    calendar: WorkingDays | None,
) -> MigrationPlan:
    """Return the plan of a certificate that is replaced by this type."""
    target = None if replacement.profile is None else get_profile(replacement.profile)
    older = None if plan.is_test else plan.hierarchy or _production(plan.generation)
    return replace(
        plan,
        replacement=replacement,
        target=target,
        dates=tuple(sorted(_dates(plan, older, moment, calendar), key=lambda each: each.day)),
        breakages=tuple(_broken(plan.facts, target)),
        takes=() if target is None else tuple(_takes(target, plan.is_test, systems, moment)),
    )


def _takes(target: Profile, is_test: bool, systems: Iterable[System | str], moment: datetime) -> Iterator[SystemStance]:
    environment = Environment.PREPRODUCTION if is_test else Environment.PRODUCTION
    root = f"trial-{target.root}" if is_test else target.root
    group = "trial" if is_test else "pkioverheid"
    for each in systems:
        system = get_system(each) if isinstance(each, str) else each
        yield SystemStance(system, system.about_hierarchy(root, group, environment, moment))


def _production(generation: str | None) -> Hierarchy | None:
    """Return the hierarchy of production of a generation, of a certificate whose issuer nobody lists."""
    kinds = (each for each in hierarchies() if each.kind is HierarchyKind.PRODUCTION)
    return next((each for each in kinds if each.generation == generation), None)


def _state(facts: CertificateFacts, found: Recognition) -> MigrationState:
    """Return what there is to do, whether or not a type is known that replaces it.

    A policy that several older generations share tells no generation; those of G4 always do.
    """
    if holder_of(facts).is_of_the_tsp:
        return MigrationState.NOT_ORDERED
    if found.kind is None:
        return MigrationState.ELSEWHERE
    return MigrationState.DONE if found.generation == _G4 else MigrationState.MIGRATE


def _replacing(facts: CertificateFacts, profile: Profile | None) -> Replacement | None:
    policies = [decode_policy(policy.oid) for policy in facts.certificate_policies or ()]
    said = [info for info in policies if info is not None and info.kind is not None]
    uses = {info.use for info in said if info.use is not None}
    subjects = {info.subject for info in said if info.subject is not None}
    has_domain = any(name.kind == "dns" for name in facts.subject_alternative_name or ())
    has_uzi = profile is not None and profile.serial_number == _UZI
    for one in migration_facts().replacements:
        fits = (
            (has_uzi if one.uzi else not one.uses or bool(one.uses & uses))
            and (not one.subjects or bool(one.subjects & subjects))
            and one.domain in {None, has_domain}
            and one.purposes <= set(facts.extended_key_usage or ())
        )
        if fits:
            return one
    return None


def _dates(
    plan: MigrationPlan, hierarchy: Hierarchy | None, moment: datetime, calendar: WorkingDays | None
) -> Iterator[BindingDate]:
    facts, end = plan.facts, plan.ends.date()
    yield BindingDate(end, DateKind.EXPIRED if plan.is_expired else DateKind.EXPIRES, None, None, plan.ends_by)
    if not plan.is_expired:
        span = counted_span(facts.not_before.date(), facts.not_after.date(), end)
        day = order_day(*span) if calendar is None else advised_order(*span, calendar)
        yield BindingDate(day, DateKind.ORDER, None, Basis(cite("pkitools"), Certainty.ADVICE))
    if hierarchy is None or hierarchy.not_after is None or hierarchy.not_after < moment:
        return
    last = hierarchy.not_after.date()
    if hierarchy.generation in migration_facts().generations:
        yield from (step for step in _steps() if moment.date() <= step.day < last)
    yield BindingDate(last, DateKind.HIERARCHY_ENDS, None, None)


def _steps() -> Iterator[BindingDate]:
    """Yield from which day the older generations are issued for how many days at most.

    The source names months: that it is this day is inferred.
    """
    for step in get_profile(migration_facts().older).validity.steps:
        if step.start is not None:
            basis = Basis(step.basis.source, Certainty.INFERRED, step.basis.note)
            yield BindingDate(step.start, DateKind.SHORTER, step.days, basis)


def _broken(facts: CertificateFacts, target: Profile | None) -> Iterator[Breakage]:
    for breakage in migration_facts().breakages:
        seen = CONDITIONS[breakage.when](facts, target)
        if seen is not None:
            texts: dict[str, Mapping[str, str]] = {
                language: _filled(breakage.texts[language], seen) for language in LANGUAGES
            }
            yield Breakage(breakage.name, breakage.when, breakage.source, breakage.certainty, Frozen(texts))


def _filled(texts: Mapping[str, str], seen: LeftBehind) -> Mapping[str, str]:
    values = {"value": visible(seen.value), "limit": visible(seen.limit)}
    return Frozen({part: re.sub(r"<<(\w+)>>", lambda found: values[found[1]], text) for part, text in texts.items()})
