"""The subject, held against the profile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from pkitools.findings import Basis, Rule
from pkitools.profiles import AttributeRule, Presence, Profile
from pkitools.requests import rules
from pkitools.requests.case import Answer, Case, Fault, Question
from pkitools.requests.subject import text_fault
from pkitools.x509.model import NameAttribute
from pkitools.x509.oids import SUBJECT_SERIAL_NUMBER


def required(case: Case) -> Answer:
    """Every attribute the profile requires is there."""
    if case.profile is None:
        return None
    found = {attribute.oid for attribute in case.facts.subject if attribute.value}
    return (
        Fault({"attribute": rule.name, "profile": case.profile.name}, f"subject.{rule.name}", "", rule.basis)
        for rule in case.profile.subject.attributes
        if rule.presence is Presence.REQUIRED and rule.oid not in found
    )


def not_allowed(case: Case) -> Answer:
    """No attribute the profile does not know."""
    return None if case.profile is None else _not_allowed(case, case.profile)


def _not_allowed(case: Case, profile: Profile) -> Iterator[Fault]:
    for attribute in case.facts.subject:
        rule = profile.subject.attribute(attribute.oid)
        if rule is None or rule.presence is Presence.FORBIDDEN:
            basis = rule.basis if rule else profile.subject.basis
            yield _attribute_fault(attribute, profile, basis)


def discouraged(case: Case) -> Answer:
    """No attribute the profile discourages, unless the TSP asks for it."""
    return None if case.profile is None else _discouraged(case, case.profile)


def _discouraged(case: Case, profile: Profile) -> Iterator[Fault]:
    asked = case.tsp.subject_required if case.tsp else ()
    for attribute in case.facts.subject:
        rule = profile.subject.attribute(attribute.oid)
        if rule is not None and rule.presence is Presence.DISCOURAGED and rule.name not in asked:
            yield _attribute_fault(attribute, profile, rule.basis)


def _attribute_fault(attribute: NameAttribute, profile: Profile, basis: Basis, **more: object) -> Fault:
    operands = {"attribute": attribute.name, "value": attribute.value, "profile": profile.name, **more}
    return Fault(operands, f"subject.{attribute.name}", attribute.value, basis)


def repeated(case: Case) -> Answer:
    """No attribute twice (the OIN has a rule of its own)."""
    counted = Counter(attribute.name for attribute in case.facts.subject if attribute.oid != SUBJECT_SERIAL_NUMBER)
    return (Fault({"attribute": name, "count": n}, f"subject.{name}") for name, n in counted.items() if n > 1)


def _ruled(case: Case, profile: Profile) -> Iterator[tuple[NameAttribute, AttributeRule]]:
    for attribute in case.facts.subject:
        rule = profile.subject.attribute(attribute.oid)
        if rule is not None and rule.presence is not Presence.FORBIDDEN and attribute.value:
            yield attribute, rule


def length(case: Case) -> Answer:
    """No value longer or shorter than the profile allows."""
    profile = case.profile
    if profile is None:
        return None
    return (
        _attribute_fault(
            attribute,
            profile,
            rule.basis,
            length=len(attribute.value),
            minimum=rule.minimum,
            maximum=rule.maximum,
        )
        for attribute, rule in _ruled(case, profile)
        if not rule.minimum <= len(attribute.value) <= rule.maximum
    )


def form(case: Case) -> Answer:
    """Values with a fixed form have it: the country, the organizationIdentifier."""
    profile = case.profile
    if profile is None:
        return None
    return (
        _attribute_fault(attribute, profile, rule.basis, pattern=rule.pattern)
        for attribute, rule in _ruled(case, profile)
        if not rule.fits_pattern(attribute.value)
    )


def string_type(case: Case) -> Answer:
    """Each value in the string type it should have (that of the OIN has a rule of its own)."""
    profile = case.profile
    if profile is None:
        return None
    return (
        _attribute_fault(attribute, profile, rule.basis, found=attribute.string_type, expected=rule.string_type)
        for attribute, rule in _ruled(case, profile)
        if attribute.oid != SUBJECT_SERIAL_NUMBER and attribute.string_type not in _accepted(rule.string_type)
    )


def _accepted(string_type: str) -> frozenset[str]:
    # every PrintableString is good for UTF8String too: RFC 5280 4.1.2.4 lets the issuer choose
    return frozenset({string_type, "PrintableString"})


def text(case: Case) -> Answer:
    """No control or invisible characters in a value, and no space around it."""
    return (
        Fault({"attribute": attribute.name, "value": attribute.value}, f"subject.{attribute.name}", attribute.value)
        for attribute in case.facts.subject
        if text_fault(attribute.value)
    )


QUESTIONS: Final[tuple[tuple[Rule, Question], ...]] = (
    (rules.REQUIRED, required),
    (rules.NOT_ALLOWED, not_allowed),
    (rules.DISCOURAGED, discouraged),
    (rules.REPEATED, repeated),
    (rules.LENGTH, length),
    (rules.FORM, form),
    (rules.STRING_TYPE, string_type),
    (rules.TEXT, text),
)
