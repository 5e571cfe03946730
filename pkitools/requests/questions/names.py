"""The subjectAltName, held against the profile."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from pkitools.environment import Environment
from pkitools.findings import Rule
from pkitools.limits import MAX_LISTED
from pkitools.profiles import Permission, Presence, Profile
from pkitools.requests import rules
from pkitools.requests.case import MET, Answer, Case, Fault, Question
from pkitools.requests.names import LOCALHOST, a_label, dns_fault

_PATH: Final = "subjectAltName"


def _ruled(case: Case) -> Profile | None:
    """Return the profile when it has names at all."""
    profile = case.profile
    return None if profile is None or profile.san.presence is Presence.FORBIDDEN else profile


def required(case: Case) -> Answer:
    """The names the profile requires are there."""
    profile = _ruled(case)
    if profile is None or profile.san.presence is not Presence.REQUIRED:
        return None
    if len(case.facts.dns_names) >= profile.san.minimum:
        return MET
    return [Fault({"profile": profile.name}, _PATH, "", profile.san.basis)]


def forbidden(case: Case) -> Answer:
    """There are none where the profile has none."""
    profile = case.profile
    if profile is None or profile.san.presence is not Presence.FORBIDDEN:
        return None
    names = case.facts.subject_alternative_name
    if names is None:
        return MET
    listed = ", ".join(name.value for name in names[:MAX_LISTED])
    return [Fault({"profile": profile.name, "names": listed}, _PATH, listed, profile.san.basis)]


def kind(case: Case) -> Answer:
    """Only the kinds of names the profile knows."""
    profile = _ruled(case)
    if profile is None:
        return None
    return (
        Fault({"kind": name.kind, "name": name.value, "profile": profile.name}, _PATH, name.value, profile.san.basis)
        for name in case.facts.subject_alternative_name or ()
        if name.kind not in profile.san.kinds
    )


def count(case: Case) -> Answer:
    """No more DNS names than the profile allows."""
    profile = _ruled(case)
    if profile is None or profile.san.maximum is None:
        return None
    found = len(case.facts.dns_names)
    if found <= profile.san.maximum:
        return MET
    operands = {"count": found, "maximum": profile.san.maximum, "profile": profile.name}
    return [Fault(operands, _PATH, str(found), profile.san.basis)]


def _faulty(case: Case, faults: Collection[str]) -> list[str]:
    rule = case.profile.san if case.profile else None
    return [name for name in case.facts.dns_names if (dns_fault(name, rule, case.environment) or "") in faults]


def name(case: Case) -> Answer:
    """Every DNS name is a full host name in the characters a certificate can hold."""
    if not case.facts.dns_names:
        return None
    basis = case.profile.san.basis if case.profile else None
    faulty = _faulty(case, {"ip", "onion", "idn", "single_label", "syntax"})
    return (Fault({"name": name, "a_label": a_label(name)}, _PATH, name, basis) for name in faulty)


def wildcard(case: Case) -> Answer:
    """No wildcard where the profile forbids it."""
    profile = _ruled(case)
    if profile is None or profile.san.wildcard is not Permission.FORBIDDEN or not case.facts.dns_names:
        return None
    return (
        Fault({"name": name, "profile": profile.name}, _PATH, name, profile.san.basis)
        for name in _faulty(case, {"wildcard"})
    )


def wildcard_unknown(case: Case) -> Answer:
    """A wildcard where no source says whether it may be."""
    profile = _ruled(case)
    if profile is None or profile.san.wildcard is not Permission.UNKNOWN or not case.facts.dns_names:
        return None
    return (
        Fault({"name": name, "profile": profile.name}, _PATH, name)
        for name in case.facts.dns_names
        if name.startswith("*.")
    )


def localhost(case: Case) -> Answer:
    """``localhost`` in TRIAL certificates at most."""
    profile = _ruled(case)
    if profile is None or not case.facts.dns_names or case.environment is None:
        return None
    if case.environment is not Environment.PRODUCTION and profile.san.localhost is Permission.TRIAL:
        return None
    return (
        Fault({"name": name, "profile": profile.name}, _PATH, name, profile.san.basis)
        for name in case.facts.dns_names
        if name.lower() == LOCALHOST
    )


def common_name(case: Case) -> Answer:
    """The CN is one of the DNS names, where the profile has it so."""
    profile = _ruled(case)
    cn = case.facts.subject.common_name
    if profile is None or not profile.san.common_name_listed or cn is None or not case.facts.dns_names:
        return None
    if cn.lower() in {name.lower() for name in case.facts.dns_names}:
        return MET
    return [Fault({"common_name": cn, "profile": profile.name}, "subject.CN", cn, profile.san.basis)]


QUESTIONS: Final[tuple[tuple[Rule, Question], ...]] = (
    (rules.SAN_REQUIRED, required),
    (rules.SAN_FORBIDDEN, forbidden),
    (rules.SAN_KIND, kind),
    (rules.SAN_COUNT, count),
    (rules.SAN_NAME, name),
    (rules.SAN_WILDCARD, wildcard),
    (rules.SAN_WILDCARD_UNKNOWN, wildcard_unknown),
    (rules.SAN_LOCALHOST, localhost),
    (rules.SAN_COMMON_NAME, common_name),
)
