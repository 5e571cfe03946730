"""The subject: its attributes, their values, and what TRIAL asks of them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Final

from pkitools.findings import Basis
from pkitools.profiles.conformance.model import SCHEMA, SYNTAX, Departure, Found, Looks, Particulars, Requirement
from pkitools.profiles.loading import trial
from pkitools.profiles.model import AttributeRule, Presence, Profile
from pkitools.x509.model import NameAttribute
from pkitools.x509.names import PRINTABLE_STRING
from pkitools.x509.oids import SUBJECT_SERIAL_NUMBER, UPPER_BOUNDS

_ACTING: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_OIN_LENGTH: Final = 20

PART: Final = Looks()


def _attribute(at: NameAttribute, basis: Basis | None, **operands: object) -> Departure:
    return Departure(f"subject.{at.name}", at.value, {"attribute": at.name, **operands}, basis)


def _ruled(profile: Profile, of: Particulars) -> Iterator[tuple[NameAttribute, AttributeRule]]:
    """Yield each attribute that the profile has a place for, with what it says of it."""
    rules = profile.subject.by_oid
    for found in of.subject:
        rule = rules.get(found.oid)
        if rule is not None and rule.presence is not Presence.FORBIDDEN:
            yield found, rule


@PART.of_profile(Requirement.SUBJECT_ALLOWED)
def _subject_allowed(profile: Profile, of: Particulars) -> Iterator[Departure]:
    rules = profile.subject.by_oid
    for found in of.subject:
        rule = rules.get(found.oid)
        if rule is None or rule.presence is Presence.FORBIDDEN:
            allowed = [rule.name for rule in rules.values() if rule.presence is not Presence.FORBIDDEN]
            basis = rule.basis if rule else profile.subject.basis
            yield _attribute(found, basis, profile=profile.name, allowed=", ".join(allowed))


@PART.of_profile(Requirement.SUBJECT_REQUIRED)
def _subject_required(profile: Profile, of: Particulars) -> Found:
    there = {found.oid for found in of.subject}
    return (
        Departure(f"subject.{rule.name}", "", {"attribute": rule.name, "profile": profile.name}, rule.basis)
        for oid, rule in profile.subject.by_oid.items()
        if rule.presence is Presence.REQUIRED and oid not in there
    )


@PART.of_profile(Requirement.SUBJECT_DISCOURAGED)
def _subject_discouraged(profile: Profile, of: Particulars) -> Found:
    return (
        _attribute(found, rule.basis, profile=profile.name)
        for found, rule in _ruled(profile, of)
        if rule.presence is Presence.DISCOURAGED
    )


@PART.of_any(Requirement.SUBJECT_ONCE)
def _subject_once(_: Profile | None, of: Particulars) -> Found:
    names = [found.name for found in of.subject]
    if len(set(names)) == len(names):
        return ()
    return (
        Departure(f"subject.{name}", "", {"attribute": name, "count": count}, SCHEMA)
        for name, count in Counter(names).items()
        if count > 1
    )


@PART.of_profile(Requirement.SUBJECT_LENGTH)
def _subject_length(profile: Profile, of: Particulars) -> Found:
    return (
        _attribute(
            found,
            _basis_of_length(found, rule),
            profile=profile.name,
            length=len(found.value),
            fault="short" if len(found.value) < rule.minimum else "long",
            minimum=rule.minimum,
            maximum=rule.maximum,
        )
        for found, rule in _ruled(profile, of)
        if not rule.minimum <= len(found.value) <= rule.maximum and not _form_tells(rule)
    )


def _form_tells(rule: AttributeRule) -> bool:
    """Say whether the pattern allows one length only, so that a value of another is not in its form."""
    return rule.pattern is not None and rule.minimum == rule.maximum


def _basis_of_length(found: NameAttribute, rule: AttributeRule) -> Basis:
    """Return what the length rests on: RFC 5280 where that draws the line as well, else the profile."""
    longest = UPPER_BOUNDS.get(found.oid)
    return SYNTAX if not found.value or (longest is not None and len(found.value) > longest) else rule.basis


@PART.of_any(Requirement.SUBJECT_TEXT)
def _subject_text(_: Profile | None, of: Particulars) -> Found:
    return (_attribute(found, None, fault=fault) for found in of.subject if (fault := text_fault(found.value)))


def text_fault(value: str) -> str | None:
    """Return what is wrong with a text for people: ``space`` around it, or ``characters`` that act; else ``None``."""
    if any(unicodedata.category(char) in _ACTING for char in value):
        return "characters"
    return "space" if value != value.strip() else None


@PART.of_profile(Requirement.SUBJECT_ALPHABET)
def _subject_alphabet(profile: Profile, of: Particulars) -> Found:
    return (
        _attribute(found, SYNTAX)
        for found, rule in _ruled(profile, of)
        if rule.string_type == "PrintableString" and not PRINTABLE_STRING.fullmatch(found.value)
    )


@PART.of_profile(Requirement.SUBJECT_FORM)
def _subject_form(profile: Profile, of: Particulars) -> Found:
    return (
        _attribute(found, rule.form_basis, profile=profile.name, pattern=rule.pattern)
        for found, rule in _ruled(profile, of)
        if not rule.fits_pattern(found.value)
    )


@PART.of_profile(Requirement.SUBJECT_STRING_TYPE)
def _subject_string_type(profile: Profile, of: Particulars) -> Found:
    # every PrintableString is good for UTF8String too: RFC 5280 4.1.2.4 lets the issuer choose
    return (
        _attribute(found, rule.basis, profile=profile.name, found=found.string_type, expected=rule.string_type)
        for found, rule in _ruled(profile, of)
        if found.string_type not in {rule.string_type, "PrintableString"}
    )


@PART.of_any(Requirement.TRIAL_PREFIX)
def _trial_prefix(_: Profile | None, of: Particulars) -> Found:
    rule = trial()
    if not of.trial:
        return None
    return (
        _attribute(found, rule.basis, prefix=rule.name_prefix.strip())
        for found in of.subject
        if found.name in rule.prefixed and not found.value.startswith(rule.name_prefix)
    )


@PART.of_any(Requirement.TRIAL_SERIAL_NUMBER)
def _trial_serial_number(_: Profile | None, of: Particulars) -> Found:
    rule = trial()
    oins = [found for found in of.subject if found.oid == SUBJECT_SERIAL_NUMBER and len(found.value) == _OIN_LENGTH]
    if not of.trial or not oins:
        return None
    return (
        _attribute(found, rule.basis, oin=found.value, pattern=rule.serial_number_pattern)
        for found in oins
        if not re.fullmatch(rule.serial_number_pattern, found.value)
    )
