"""The subjectAltName: whether it is there, and what may be in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from pkitools.limits import MAX_LISTED
from pkitools.profiles.conformance.model import HOST_NAMES, SCHEMA, Departure, Found, Looks, Particulars, Requirement
from pkitools.profiles.dns_names import LOCALHOST, a_label, dns_fault
from pkitools.profiles.model import Permission, Presence, Profile, SANRule

_SAN: Final = "subjectAltName"
_NO_HOST_NAME: Final = frozenset({"ip", "idn", "syntax"})  # a dNSName cannot be this, whatever the profile

PART: Final = Looks()


def _names_of(profile: Profile) -> SANRule | None:
    """Return what the profile says of names, ``None`` when it has none."""
    return None if profile.san.presence is Presence.FORBIDDEN else profile.san


@PART.of_profile(Requirement.SAN_PRESENT)
def _san_present(profile: Profile, of: Particulars) -> Found:
    rule, count = profile.san, of.dns_count
    if rule.presence is not Presence.REQUIRED:
        return None
    operands = {"profile": profile.name, "count": count, "minimum": rule.minimum, "maximum": rule.maximum or count}
    return [Departure(_SAN, "", operands, rule.basis)] if count < rule.minimum else ()


@PART.of_profile(Requirement.SAN_ABSENT)
def _san_absent(profile: Profile, of: Particulars) -> Found:
    if profile.san.presence is not Presence.FORBIDDEN:
        return None
    if of.names is None:
        return ()
    listed = [name.value for name in of.names[:MAX_LISTED]]
    operands = {"profile": profile.name, "names": ", ".join(listed), "name": next(iter(listed), "")}
    return [Departure(_SAN, ", ".join(listed), operands, profile.san.basis)]


@PART.of_profile(Requirement.SAN_KINDS)
def _san_kinds(profile: Profile, of: Particulars) -> Found:
    rule = _names_of(profile)
    if rule is None:
        return None
    return (
        Departure(
            _SAN,
            name.value,
            {"kind": name.kind, "name": name.value, "profile": profile.name},
            rule.address_basis if name.kind == "ip" else rule.basis,
        )
        for name in of.names or ()
        if name.kind not in rule.kinds
    )


@PART.of_profile(Requirement.SAN_COUNT)
def _san_count(profile: Profile, of: Particulars) -> Found:
    rule, count = _names_of(profile), of.dns_count
    if rule is None or rule.maximum is None:
        return None
    operands = {"profile": profile.name, "count": count, "minimum": rule.minimum, "maximum": rule.maximum}
    return [Departure(_SAN, str(count), operands, rule.basis)] if count > rule.maximum else ()


def _faulty(profile: Profile | None, of: Particulars, faults: Collection[str]) -> Iterator[Departure]:
    rule, name = (profile.san, profile.name) if profile else (None, "")
    for text in of.dns_names:
        fault = dns_fault(text, rule, of.environment)
        if fault in faults:
            operands = {"name": text, "fault": fault, "a_label": a_label(text), "profile": name}
            basis = HOST_NAMES if fault in _NO_HOST_NAME else rule.basis if rule else SCHEMA
            yield Departure(_SAN, text, operands, basis)


@PART.of_any(Requirement.SAN_NAME)
def _san_name(profile: Profile | None, of: Particulars) -> Found:
    return _faulty(profile, of, {"ip", "onion", "idn", "single_label", "syntax"}) if of.dns_names else None


@PART.of_profile(Requirement.SAN_WILDCARD)
def _san_wildcard(profile: Profile, of: Particulars) -> Found:
    rule = _names_of(profile)
    if rule is None or rule.wildcard is not Permission.FORBIDDEN or not of.dns_names:
        return None
    return _faulty(profile, of, {"wildcard"})


@PART.of_profile(Requirement.SAN_WILDCARD_UNKNOWN)
def _san_wildcard_unknown(profile: Profile, of: Particulars) -> Found:
    rule = _names_of(profile)
    if rule is None or rule.wildcard is not Permission.UNKNOWN or not of.dns_names:
        return None
    return (
        Departure(_SAN, name, {"name": name, "profile": profile.name}) for name in of.dns_names if name.startswith("*.")
    )


@PART.of_profile(Requirement.SAN_LOCALHOST)
def _san_localhost(profile: Profile, of: Particulars) -> Found:
    rule = _names_of(profile)
    if rule is None or not of.dns_names or dns_fault(LOCALHOST, rule, of.environment) is None:
        return None
    return _faulty(profile, of, {LOCALHOST})


@PART.of_profile(Requirement.SAN_COMMON_NAME)
def _san_common_name(profile: Profile, of: Particulars) -> Found:
    rule = _names_of(profile)
    common_name = next((found.value for found in of.subject if found.name == "CN"), None)
    if rule is None or not rule.common_name_listed or common_name is None or not of.dns_names:
        return None
    if common_name.lower() in {name.lower() for name in of.dns_names}:
        return ()
    return [Departure("subject.CN", common_name, {"common_name": common_name, "profile": profile.name}, rule.basis)]
