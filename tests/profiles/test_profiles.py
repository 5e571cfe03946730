"""The profile data: complete, consistent, and in agreement with real certificates."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from pkitools.documents import DocumentStatus
from pkitools.errors import InvalidValueError
from pkitools.findings import Basis, Certainty
from pkitools.messages import LANGUAGES, message
from pkitools.profiles import (
    ATTRIBUTE_OIDS,
    TSP,
    Permission,
    Presence,
    Profile,
    get_profile,
    get_tsp,
    profiles,
    tsps,
)
from pkitools.profiles.loading import read_profiles
from pkitools.trust import get_hierarchy
from tests.support.cases import in_one_test

NAMES = [
    "g4-tls",
    "g4-authentication",
    "g4-authenticity",
    "g4-confidentiality",
    "g4-seal",
    "g1-server",
    "uzi-server",
]
TEMPLATE = Path(__file__).parents[2] / "docs" / "templates" / "profile.toml"
every_profile = pytest.mark.parametrize(
    "profile", [*profiles(), *read_profiles(TEMPLATE.read_text(encoding="utf-8"))], ids=lambda p: p.name
)
KEY_USAGES = {"digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment"}
OID = re.compile(r"[0-2](\.(0|[1-9][0-9]*))+")
G4 = [profile.name for profile in profiles() if profile.generation == "G4" and profile.serial_number == "oin"]


def bases(value: object) -> Iterator[Basis]:
    if isinstance(value, Basis):
        yield value
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from bases(getattr(value, field.name))
    elif isinstance(value, tuple):
        for part in value:
            yield from bases(part)


def test_the_profiles_of_the_command_line_are_there_and_each_has_its_title() -> None:
    names = [profile.name for profile in profiles()]
    assert set(NAMES) <= set(names)
    assert [get_profile(name).name for name in names] == names
    for name in names:
        for language in LANGUAGES:
            assert message(f"profiles.{name}", {}, language).title != f"profiles.{name}"


def test_a_certificate_is_recognised_as_one_profile_at_most() -> None:
    told = [(profile.policies.production[-1], profile.san.presence, profile.serial_number) for profile in profiles()]
    assert len(told) == len(set(told))


def test_an_unknown_profile_or_tsp_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(InvalidValueError) as profile_error:
        get_profile("g5")
    assert "g4-tls" in str(profile_error.value)
    with pytest.raises(InvalidValueError) as tsp_error:
        get_tsp("nobody")
    assert "digicert" in str(tsp_error.value)


@every_profile
def test_every_statement_names_its_source(profile: Profile) -> None:
    found = list(bases(profile))
    assert len(found) >= 10 + len(profile.subject.attributes)
    assert all(basis.source.document.title[language] for basis in found for language in LANGUAGES)


@every_profile
def test_the_subject_rule_is_consistent(profile: Profile) -> None:
    rules = profile.subject.attributes
    assert len({rule.name for rule in rules}) == len(rules)
    for rule in rules:
        assert rule.name in ATTRIBUTE_OIDS
        assert 1 <= rule.minimum <= rule.maximum
        assert rule.string_type == ("PrintableString" if rule.name in {"C", "serialNumber"} else "UTF8String")
        if rule.pattern:
            re.compile(rule.pattern)
    assert "CN" in profile.subject.names(Presence.REQUIRED)
    serial_number = profile.subject.attribute("2.5.4.5")
    assert serial_number is not None
    assert serial_number.presence is not Presence.FORBIDDEN, "the OIN has to go somewhere"
    assert (ou := profile.subject.attribute("OU")) is None or ou.presence is Presence.FORBIDDEN


@every_profile
def test_the_other_parts_are_well_formed(profile: Profile) -> None:
    assert profile.usage.key_usage <= KEY_USAGES
    oids = [*profile.usage.extended_key_usage, *profile.policies.production, *profile.policies.trial]
    oids += [oid for statement, inside in profile.qc_statements.statements for oid in (statement, *inside)]
    assert all(OID.fullmatch(oid) for oid in oids)
    assert profile.signature.request in {"pss-sha512-salt64", "pkcs1v15-sha256"}
    assert profile.key.types
    assert profile.key.minimum_bits <= profile.key.recommended_bits <= min(profile.key.generate)
    starts = [step.start for step in profile.validity.steps]
    assert starts[0] is None
    later = [start for start in starts[1:] if start]
    assert later == sorted(later)


def test_no_profile_has_elliptic_curves() -> None:
    assert all(profile.key.curves == () and profile.key.algorithm == "RSA" for profile in profiles())


@in_one_test
@pytest.mark.parametrize("name", G4)
def test_g4_asks_more_than_3000_bits_and_signs_with_pss(name: str) -> None:
    profile = get_profile(name)
    assert profile.key.minimum_bits == 3001
    assert profile.key.types[0] == "rsa:3072"
    assert profile.signature.request == "pss-sha512-salt64"
    assert "organizationIdentifier" in profile.subject.names(Presence.REQUIRED)
    # TRIAL and production policies differ in the arc only
    trial_arc, production_arc = "2.16.528.1.1003.1.2.41.", "2.16.528.1.1003.1.2.44."
    assert [oid.replace(trial_arc, production_arc) for oid in profile.policies.trial] == list(
        profile.policies.production
    )


def test_what_is_concluded_by_analogy_says_so() -> None:
    assert get_profile("g4-seal").policies.production_basis.certainty is Certainty.INFERRED
    assert get_profile("g4-tls").policies.production_basis.certainty is Certainty.OBSERVED


def test_g1_validity_shrinks_until_there_is_none() -> None:
    validity = get_profile("g1-server").validity
    days = [validity.max_days(date(year, 12, 15)) for year in (2024, 2025, 2026, 2027, 2028)]
    assert days == [1096, 731, 731, 366, 0]
    assert validity.max_days(date(2025, 11, 30)) == 1096
    roots = {get_hierarchy("g1-private").not_after, get_hierarchy("g3").not_after}
    assert {root and root.date() for root in roots} == {validity.latest_end}


def test_names_rules_of_tls_and_of_legal_persons() -> None:
    tls = get_profile("g4-tls").san
    assert (tls.presence, tls.maximum, tls.wildcard) == (Presence.REQUIRED, 100, Permission.FORBIDDEN)
    assert tls.localhost is Permission.TRIAL
    assert tls.kinds == {"dns"}
    assert get_profile("g4-seal").san.presence is Presence.FORBIDDEN


@in_one_test
@pytest.mark.parametrize("tsp", tsps(), ids=lambda t: t.name)
def test_a_tsp_says_what_it_asks_or_that_nothing_is_known(tsp: TSP) -> None:
    assert tsp.oin in {"request", "order", "tsp", "unknown"}
    assert set(tsp.subject_required) <= set(ATTRIBUTE_OIDS)
    assert tsp.is_unknown == (not tsp.key_sizes and not tsp.hashes)
    assert tsp.basis.source.document.read
    # one that says nothing of requests may have a page all the same
    assert tsp.is_unknown or tsp.basis.source.document.status is not DocumentStatus.NONE


def test_the_data_files_say_of_when_they_are() -> None:
    profiles, tsps = (
        tomllib.loads(files("pkitools.profiles").joinpath("data", f"{name}.toml").read_text(encoding="utf-8"))
        for name in ("profiles", "tsps")
    )
    assert date.fromisoformat(profiles["version"])
    assert isinstance(tsps["retrieved"], date)
