"""Does it fit the profile: every requirement of a :class:`Profile`, looked at in this one place.

Who makes a request or issues a certificate refuses by it, who is given one reports by it; each has its own table from
:class:`Requirement` to its error or rule.

>>> from pkitools.profiles import get_profile
>>> from pkitools.x509.model import GeneralName
>>> asked = Particulars(names=(GeneralName("dns", "*.example.nl"),))
>>> [departure.value for departure in departures(Requirement.SAN_WILDCARD, get_profile("g4-tls"), asked) or ()]
['*.example.nl']
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias

from pkitools.environment import Environment
from pkitools.findings import Basis
from pkitools.limits import MAX_LISTED
from pkitools.profiles.dns_names import LOCALHOST, a_label, dns_fault
from pkitools.profiles.loading import trial
from pkitools.profiles.model import AttributeRule, Permission, Presence, Profile, SANRule
from pkitools.x509.model import GeneralName, NameAttribute, PublicKey
from pkitools.x509.names import PRINTABLE_STRING
from pkitools.x509.oids import EXTENDED_KEY_USAGES, SUBJECT_SERIAL_NUMBER

_ACTING: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_LEAST_BITS: Final = 2048  # what any PKIoverheid profile ever asked
_OIN_LENGTH: Final = 20
_EXTENSIONS: Final = {"keyUsage": "2.5.29.15", "extendedKeyUsage": "2.5.29.37"}
_SAN: Final = "subjectAltName"


class Requirement(StrEnum):
    """What a profile can ask, in the order in which a refusal names it."""

    SUBJECT_ALLOWED = "subject.allowed"
    SUBJECT_REQUIRED = "subject.required"
    SUBJECT_DISCOURAGED = "subject.discouraged"
    SUBJECT_ONCE = "subject.once"
    SUBJECT_LENGTH = "subject.length"
    SUBJECT_TEXT = "subject.text"
    SUBJECT_ALPHABET = "subject.alphabet"
    SUBJECT_FORM = "subject.form"
    SUBJECT_STRING_TYPE = "subject.string_type"
    SAN_ABSENT = "san.absent"
    SAN_KINDS = "san.kinds"
    SAN_NAME = "san.name"
    SAN_WILDCARD = "san.wildcard"
    SAN_WILDCARD_UNKNOWN = "san.wildcard_unknown"
    SAN_LOCALHOST = "san.localhost"
    SAN_PRESENT = "san.present"
    SAN_COUNT = "san.count"
    SAN_COMMON_NAME = "san.common_name"
    KEY_ALGORITHM = "key.algorithm"
    KEY_SIZE = "key.size"
    KEY_RECOMMENDED = "key.recommended"
    KEY_EXPONENT = "key.exponent"
    KEY_USAGE = "usage.key_usage"
    KEY_USAGE_CRITICAL = "usage.key_usage_critical"
    EXTENDED_KEY_USAGE = "usage.extended_key_usage"
    EXTENDED_KEY_USAGE_NOT_CRITICAL = "usage.extended_key_usage_not_critical"
    POLICIES = "policies"
    QC_STATEMENTS = "qc_statements"
    TRIAL_PREFIX = "trial.prefix"
    TRIAL_SERIAL_NUMBER = "trial.serial_number"


@dataclass(frozen=True, slots=True)
class Extensions:
    """What a certificate says in the extensions that a profile prescribes; a request has none of them.

    Args:
        key_usage: names of RFC 5280; empty when the extension is absent.
        extended_key_usage: OIDs; empty when the extension is absent.
        policies: OIDs.
        qc_statements: OID of a statement → the values inside.
        critical: OID of an extension → whether it is critical.
    """

    key_usage: frozenset[str] = frozenset()
    extended_key_usage: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    qc_statements: Mapping[str, Collection[str]] = field(default_factory=dict)
    critical: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Particulars:
    """What is held to a profile: as much of a request or certificate as there is.

    Args:
        subject: the attributes of the name.
        names: the subjectAltName; ``None``: there is none.
        key: ``None``: not known yet, and nothing is said of it.
        extensions: ``None``: it is no certificate, and nothing is said of them.
        environment: where the certificate is to be used.
        trial: it comes from the TRIAL hierarchy, or is to.
    """

    subject: Sequence[NameAttribute] = ()
    names: Sequence[GeneralName] | None = None
    key: PublicKey | None = None
    extensions: Extensions | None = None
    environment: Environment | None = None
    trial: bool = False

    @property
    def dns_names(self) -> list[str]:
        """The DNS names of the subjectAltName."""
        return [name.value for name in self.names or () if name.kind == "dns"]


@dataclass(frozen=True, slots=True)
class Departure:
    """One way in which the particulars depart from the profile.

    Args:
        path: where.
        value: what stands there; empty when it is missing.
        operands: what else there is to say, by the names that messages have for it.
        basis: what the profile's statement rests on; ``None``: it is no statement of this profile, it holds for all.
    """

    path: str
    value: str
    operands: Mapping[str, object]
    basis: Basis | None = None


def departures(
    requirement: Requirement, profile: Profile | None, particulars: Particulars
) -> tuple[Departure, ...] | None:
    """Return how the particulars depart from one requirement: none, when they fit.

    Args:
        requirement: what to look at.
        profile: ``None``: what every profile asks.
        particulars: what to look at it in.

    Returns:
        ``None`` when the requirement has nothing to say here: the profile does not ask it, or what it is about is not
        there.
    """
    found = _LOOKS[requirement](profile, particulars)
    return None if found is None else tuple(found)


def conformance(
    profile: Profile | None, particulars: Particulars, requirements: Iterable[Requirement] = Requirement
) -> Iterator[tuple[Requirement, Departure]]:
    """Yield every departure from these requirements, in their order."""
    for requirement in requirements:
        for departure in departures(requirement, profile, particulars) or ():
            yield requirement, departure


_Found: TypeAlias = Iterable[Departure] | None
_OfAny: TypeAlias = Callable[[Profile | None, Particulars], _Found]
_OfProfile: TypeAlias = Callable[[Profile, Particulars], _Found]
_LOOKS: Final[dict[Requirement, _OfAny]] = {}


def _of_any(requirement: Requirement) -> Callable[[_OfAny], _OfAny]:
    """Declare what looks at a requirement that holds without a profile too."""

    def declare(look: _OfAny) -> _OfAny:
        _LOOKS[requirement] = look
        return look

    return declare


def _of_profile(requirement: Requirement) -> Callable[[_OfProfile], _OfProfile]:
    """Declare what looks at a requirement that only a profile makes."""

    def declare(look: _OfProfile) -> _OfProfile:
        _LOOKS[requirement] = lambda profile, of: None if profile is None else look(profile, of)
        return look

    return declare


# --- subject ---------------------------------------------------------------------------------------------------------


def _attribute(at: NameAttribute, basis: Basis | None, **operands: object) -> Departure:
    return Departure(f"subject.{at.name}", at.value, {"attribute": at.name, **operands}, basis)


def _ruled(profile: Profile, of: Particulars) -> Iterator[tuple[NameAttribute, AttributeRule]]:
    """Yield each attribute that the profile has a place for, with what it says of it."""
    rules = {rule.oid: rule for rule in profile.subject.attributes if rule.presence is not Presence.FORBIDDEN}
    return ((found, rules[found.oid]) for found in of.subject if found.oid in rules)


@_of_profile(Requirement.SUBJECT_ALLOWED)
def _subject_allowed(profile: Profile, of: Particulars) -> Iterator[Departure]:
    rules = {rule.oid: rule for rule in profile.subject.attributes}
    allowed = [rule.name for rule in rules.values() if rule.presence is not Presence.FORBIDDEN]
    for found in of.subject:
        rule = rules.get(found.oid)
        if rule is None or rule.presence is Presence.FORBIDDEN:
            basis = rule.basis if rule else profile.subject.basis
            yield _attribute(found, basis, profile=profile.name, allowed=", ".join(allowed))


@_of_profile(Requirement.SUBJECT_REQUIRED)
def _subject_required(profile: Profile, of: Particulars) -> _Found:
    there = {found.oid for found in of.subject}
    return (
        Departure(f"subject.{rule.name}", "", {"attribute": rule.name, "profile": profile.name}, rule.basis)
        for rule in profile.subject.attributes
        if rule.presence is Presence.REQUIRED and rule.oid not in there
    )


@_of_profile(Requirement.SUBJECT_DISCOURAGED)
def _subject_discouraged(profile: Profile, of: Particulars) -> _Found:
    return (
        _attribute(found, rule.basis, profile=profile.name)
        for found, rule in _ruled(profile, of)
        if rule.presence is Presence.DISCOURAGED
    )


@_of_any(Requirement.SUBJECT_ONCE)
def _subject_once(_: Profile | None, of: Particulars) -> _Found:
    counted = Counter(found.name for found in of.subject)
    return (
        Departure(f"subject.{name}", "", {"attribute": name, "count": count})
        for name, count in counted.items()
        if count > 1
    )


@_of_profile(Requirement.SUBJECT_LENGTH)
def _subject_length(profile: Profile, of: Particulars) -> _Found:
    return (
        _attribute(
            found,
            rule.basis,
            profile=profile.name,
            length=len(found.value),
            fault="short" if len(found.value) < rule.minimum else "long",
            minimum=rule.minimum,
            maximum=rule.maximum,
        )
        for found, rule in _ruled(profile, of)
        if not rule.minimum <= len(found.value) <= rule.maximum
    )


@_of_any(Requirement.SUBJECT_TEXT)
def _subject_text(_: Profile | None, of: Particulars) -> _Found:
    return (_attribute(found, None, fault=fault) for found in of.subject if (fault := text_fault(found.value)))


def text_fault(value: str) -> str | None:
    """Return what is wrong with a text for people: ``space`` around it, or ``characters`` that act; else ``None``."""
    if any(unicodedata.category(char) in _ACTING for char in value):
        return "characters"
    return "space" if value != value.strip() else None


@_of_profile(Requirement.SUBJECT_ALPHABET)
def _subject_alphabet(profile: Profile, of: Particulars) -> _Found:
    return (
        _attribute(found, rule.basis)
        for found, rule in _ruled(profile, of)
        if rule.string_type == "PrintableString" and not PRINTABLE_STRING.fullmatch(found.value)
    )


@_of_profile(Requirement.SUBJECT_FORM)
def _subject_form(profile: Profile, of: Particulars) -> _Found:
    return (
        _attribute(found, rule.basis, profile=profile.name, pattern=rule.pattern)
        for found, rule in _ruled(profile, of)
        if not rule.fits_pattern(found.value)
    )


@_of_profile(Requirement.SUBJECT_STRING_TYPE)
def _subject_string_type(profile: Profile, of: Particulars) -> _Found:
    # every PrintableString is good for UTF8String too: RFC 5280 4.1.2.4 lets the issuer choose
    return (
        _attribute(found, rule.basis, profile=profile.name, found=found.string_type, expected=rule.string_type)
        for found, rule in _ruled(profile, of)
        if found.string_type not in {rule.string_type, "PrintableString"}
    )


# --- subjectAltName --------------------------------------------------------------------------------------------------


def _names_of(profile: Profile) -> SANRule | None:
    """Return what the profile says of names, ``None`` when it has none."""
    return None if profile.san.presence is Presence.FORBIDDEN else profile.san


@_of_profile(Requirement.SAN_PRESENT)
def _san_present(profile: Profile, of: Particulars) -> _Found:
    rule, count = profile.san, len(of.dns_names)
    if rule.presence is not Presence.REQUIRED:
        return None
    operands = {"profile": profile.name, "count": count, "minimum": rule.minimum, "maximum": rule.maximum or count}
    return [Departure(_SAN, "", operands, rule.basis)] if count < rule.minimum else ()


@_of_profile(Requirement.SAN_ABSENT)
def _san_absent(profile: Profile, of: Particulars) -> _Found:
    if profile.san.presence is not Presence.FORBIDDEN:
        return None
    if of.names is None:
        return ()
    listed = [name.value for name in of.names[:MAX_LISTED]]
    operands = {"profile": profile.name, "names": ", ".join(listed), "name": next(iter(listed), "")}
    return [Departure(_SAN, ", ".join(listed), operands, profile.san.basis)]


@_of_profile(Requirement.SAN_KINDS)
def _san_kinds(profile: Profile, of: Particulars) -> _Found:
    rule = _names_of(profile)
    if rule is None:
        return None
    return (
        Departure(_SAN, name.value, {"kind": name.kind, "name": name.value, "profile": profile.name}, rule.basis)
        for name in of.names or ()
        if name.kind not in rule.kinds
    )


@_of_profile(Requirement.SAN_COUNT)
def _san_count(profile: Profile, of: Particulars) -> _Found:
    rule, count = _names_of(profile), len(of.dns_names)
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
            yield Departure(_SAN, text, operands, rule.basis if rule else None)


@_of_any(Requirement.SAN_NAME)
def _san_name(profile: Profile | None, of: Particulars) -> _Found:
    return _faulty(profile, of, {"ip", "onion", "idn", "single_label", "syntax"}) if of.dns_names else None


@_of_profile(Requirement.SAN_WILDCARD)
def _san_wildcard(profile: Profile, of: Particulars) -> _Found:
    rule = _names_of(profile)
    if rule is None or rule.wildcard is not Permission.FORBIDDEN or not of.dns_names:
        return None
    return _faulty(profile, of, {"wildcard"})


@_of_profile(Requirement.SAN_WILDCARD_UNKNOWN)
def _san_wildcard_unknown(profile: Profile, of: Particulars) -> _Found:
    rule = _names_of(profile)
    if rule is None or rule.wildcard is not Permission.UNKNOWN or not of.dns_names:
        return None
    return (
        Departure(_SAN, name, {"name": name, "profile": profile.name}) for name in of.dns_names if name.startswith("*.")
    )


@_of_profile(Requirement.SAN_LOCALHOST)
def _san_localhost(profile: Profile, of: Particulars) -> _Found:
    rule = _names_of(profile)
    if rule is None or not of.dns_names or dns_fault(LOCALHOST, rule, of.environment) is None:
        return None
    return _faulty(profile, of, {LOCALHOST})


@_of_profile(Requirement.SAN_COMMON_NAME)
def _san_common_name(profile: Profile, of: Particulars) -> _Found:
    rule = _names_of(profile)
    common_name = next((found.value for found in of.subject if found.name == "CN"), None)
    if rule is None or not rule.common_name_listed or common_name is None or not of.dns_names:
        return None
    if common_name.lower() in {name.lower() for name in of.dns_names}:
        return ()
    return [Departure("subject.CN", common_name, {"common_name": common_name, "profile": profile.name}, rule.basis)]


# --- key -------------------------------------------------------------------------------------------------------------


def _key(key: PublicKey, profile: Profile | None, basis: Basis | None, **operands: object) -> Departure:
    name = profile.name if profile else ""
    return Departure("publicKey", key.label, {"key": key.label, "profile": name, **operands}, basis)


@_of_any(Requirement.KEY_ALGORITHM)
def _key_algorithm(profile: Profile | None, of: Particulars) -> _Found:
    rule, key = profile.key if profile else None, of.key
    if key is None:
        return None
    if key.algorithm == (rule.algorithm if rule else "RSA") or (rule and key.curve in rule.curves):
        return ()
    minimum = rule.minimum_bits if rule else _LEAST_BITS
    return [_key(key, profile, rule.algorithm_basis if rule else None, minimum=minimum)]


@_of_any(Requirement.KEY_SIZE)
def _key_size(profile: Profile | None, of: Particulars) -> _Found:
    rule, key = profile.key if profile else None, of.key
    if key is None or key.algorithm not in {"RSA", "RSASSA-PSS"}:
        return None
    minimum = rule.minimum_bits if rule else _LEAST_BITS
    bits = key.bits or 0
    basis = rule.size_basis if rule else None
    return [_key(key, profile, basis, bits=bits, minimum=minimum)] if bits < minimum else ()


@_of_profile(Requirement.KEY_RECOMMENDED)
def _key_recommended(profile: Profile, of: Particulars) -> _Found:
    rule, key = profile.key, of.key
    if key is None or key.algorithm != "RSA" or (key.bits or 0) < rule.minimum_bits:
        return None  # too small has its own requirement
    return [_key(key, profile, rule.recommended_basis)] if (key.bits or 0) < rule.recommended_bits else ()


@_of_any(Requirement.KEY_EXPONENT)
def _key_exponent(profile: Profile | None, of: Particulars) -> _Found:
    exponent = of.key.exponent if of.key else None
    if exponent is None:
        return None
    larger = profile is not None and profile.generation == "G1"  # G1 certificates may have a larger odd one
    if exponent == 65537 or (larger and exponent > 65537 and exponent % 2):
        return ()
    return [Departure("publicKey", str(exponent), {"exponent": exponent})]


# --- extensions ------------------------------------------------------------------------------------------------------


def _set_of(path: str, found: Sequence[str], wanted: Sequence[str], basis: Basis) -> _Found:
    if set(found) == set(wanted):
        return ()
    return [Departure(path, ", ".join(found), {"wanted": ", ".join(wanted)}, basis)]


@_of_profile(Requirement.KEY_USAGE)
def _key_usage(profile: Profile, of: Particulars) -> _Found:
    if of.extensions is None:
        return None
    rule = profile.usage
    return _set_of("keyUsage", sorted(of.extensions.key_usage), sorted(rule.key_usage), rule.basis)


@_of_profile(Requirement.EXTENDED_KEY_USAGE)
def _extended_key_usage(profile: Profile, of: Particulars) -> _Found:
    if of.extensions is None:
        return None
    found, rule = of.extensions.extended_key_usage, profile.usage
    return _set_of("extendedKeyUsage", _titles(found), _titles(rule.extended_key_usage), rule.basis)


def _titles(purposes: Iterable[str]) -> list[str]:
    return [EXTENDED_KEY_USAGES.get(oid, oid) for oid in purposes]


@_of_profile(Requirement.KEY_USAGE_CRITICAL)
def _key_usage_critical(profile: Profile, of: Particulars) -> _Found:
    return _criticality(profile, of, "keyUsage", wanted=True)


@_of_profile(Requirement.EXTENDED_KEY_USAGE_NOT_CRITICAL)
def _extended_key_usage_not_critical(profile: Profile, of: Particulars) -> _Found:
    return _criticality(profile, of, "extendedKeyUsage", wanted=False)


def _criticality(profile: Profile, of: Particulars, name: str, *, wanted: bool) -> _Found:
    found = of.extensions.critical.get(_EXTENSIONS[name]) if of.extensions else None
    if found is None:
        return None
    return () if found is wanted else [Departure(f"{name}.critical", str(found).lower(), {}, profile.usage.basis)]


@_of_profile(Requirement.POLICIES)
def _policies(profile: Profile, of: Particulars) -> _Found:
    if of.extensions is None:
        return None
    rule, there = profile.policies, of.extensions.policies
    wanted, basis = (rule.trial, rule.trial_basis) if of.trial else (rule.production, rule.production_basis)
    return (Departure("certificatePolicies", oid, {}, basis) for oid in wanted if oid not in there)


@_of_profile(Requirement.QC_STATEMENTS)
def _qc_statements(profile: Profile, of: Particulars) -> _Found:
    if of.extensions is None:
        return None
    rule, there = profile.qc_statements, of.extensions.qc_statements
    return (
        Departure("qcStatements", ", ".join(there.get(oid, ())), {"oid": oid}, rule.basis)
        for oid, wanted in rule.statements
        if oid not in there or not set(wanted) <= set(there[oid])
    )


# --- TRIAL -----------------------------------------------------------------------------------------------------------


@_of_any(Requirement.TRIAL_PREFIX)
def _trial_prefix(_: Profile | None, of: Particulars) -> _Found:
    rule = trial()
    if not of.trial:
        return None
    return (
        _attribute(found, rule.basis, prefix=rule.name_prefix.strip())
        for found in of.subject
        if found.name in rule.prefixed and not found.value.startswith(rule.name_prefix)
    )


@_of_any(Requirement.TRIAL_SERIAL_NUMBER)
def _trial_serial_number(_: Profile | None, of: Particulars) -> _Found:
    rule = trial()
    oins = [found for found in of.subject if found.oid == SUBJECT_SERIAL_NUMBER and len(found.value) == _OIN_LENGTH]
    if not of.trial or not oins:
        return None
    return (
        _attribute(found, rule.basis, oin=found.value, pattern=rule.serial_number_pattern)
        for found in oins
        if not re.fullmatch(rule.serial_number_pattern, found.value)
    )
