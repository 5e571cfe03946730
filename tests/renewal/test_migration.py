"""Which type of G4 replaces a certificate, by when, and what breaks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from pkitools.errors import InvalidValueError
from pkitools.findings import Certainty
from pkitools.messages import LANGUAGES
from pkitools.profiles import get_profile
from pkitools.renewal import DateKind, MigrationPlan, MigrationState, migration_facts, plan_migration
from pkitools.renewal.breakages import CONDITIONS
from pkitools.trust import get_hierarchy
from pkitools.x509 import CertificateFacts
from tests.support.cases import in_one_test
from tests.support.certificates import (
    AIA,
    ANY,
    CLIENT,
    EKU,
    ISSUED,
    MOMENT,
    POLICIES,
    SAN,
    SERVER,
    Change,
    access,
    alternative,
    dns_names,
    giving,
    made,
    policies,
    purposes,
    putting,
    rsa_key,
    setting,
    without,
)
from tests.support.der import tlv

ARC = "2.16.528.1.1003.1.2"
DOMAIN = alternative(tlv(0x82, b"api.voorbeeld.nl"))


def policy(rest: str) -> Change:
    return putting(POLICIES, policies(f"{ARC}.{rest}"))


def planned(*changes: Change, profile: str = "g1-server") -> MigrationPlan:
    return plan_migration(made(profile, *changes), moment=MOMENT)


WITH = {
    # policy, its changes → the profile that replaces it; None: a type of which we have no profile
    ("8.6", "domain"): ((DOMAIN,), "g4-tls"),
    ("8.6", "none"): ((without(SAN),), "g4-authentication"),
    ("5.6", "domain"): ((DOMAIN,), "g4-tls"),
    ("8.6", "address"): ((alternative(tlv(0x87, bytes([192, 0, 2, 1]))),), "g4-authentication"),
    ("8.4", "client"): ((without(SAN), putting(EKU, purposes(CLIENT))), "g4-authentication"),
    ("8.4", "any"): ((without(SAN), putting(EKU, purposes(ANY))), "g4-authenticity"),
    ("8.5", ""): ((without(SAN),), "g4-confidentiality"),
    ("5.4", ""): ((without(SAN, EKU),), "g4-authenticity"),
    ("5.7", ""): ((without(SAN, EKU),), "g4-seal"),
    ("5.15", ""): ((without(SAN, EKU),), "g4-seal"),
    ("5.14", ""): ((without(SAN, EKU),), "g4-confidentiality"),
    ("8.1", ""): ((without(SAN, EKU),), None),
    ("5.11", ""): ((without(SAN, EKU),), None),
}


@in_one_test
@pytest.mark.parametrize(("kind", "asked"), WITH.items(), ids=[" ".join(filter(None, kind)) for kind in WITH])
def test_each_older_type_has_its_type_of_g4(
    kind: tuple[str, str], asked: tuple[tuple[Change, ...], str | None]
) -> None:
    changes, profile = asked
    found = planned(policy(kind[0]), *changes)
    assert found.state is MigrationState.MIGRATE
    assert found.replacement is not None
    assert found.replacement.profile == profile
    assert (found.target.name if found.target else None) == profile


@in_one_test
@pytest.mark.parametrize(
    ("profile", "state"),
    [
        ("g4-tls", MigrationState.DONE),
        ("trial:g4-tls", MigrationState.DONE),
        ("g4-seal", MigrationState.DONE),
        ("uzi-server", MigrationState.DONE),
        ("ca", MigrationState.NOT_ORDERED),
        ("self-signed", MigrationState.ELSEWHERE),
    ],
)
def test_what_needs_no_plan_gets_none(profile: str, state: MigrationState) -> None:
    found = planned(profile=profile)
    assert (found.state, found.replacement, found.dates, found.breakages) == (state, None, (), ())
    assert found.deadline is None


def test_an_older_type_that_nobody_knows_the_next_of_is_said_so() -> None:
    found = planned(policy("5.8"))
    assert (found.generation, found.state) == ("EV", MigrationState.UNKNOWN_TYPE)


# -- what breaks ------------------------------------------------------------------------------------------------------

GOOD = (
    giving("organizationIdentifier", "NTRNL-27322975"),
    setting("key", rsa_key(3072)),
    putting(AIA, access(ca_issuers=["http://cert.example.nl/a.cer"])),
    DOMAIN,
    policy("8.6"),
)
BREAKS: dict[str, tuple[Change, ...]] = {
    "ocsp": (putting(AIA, access(ocsp=["http://ocsp.example.nl"])),),
    "ip-names": (alternative(tlv(0x82, b"a.voorbeeld.nl"), tlv(0x87, bytes([192, 0, 2, 1]))),),
    "key-size": (setting("key", rsa_key(2048)),),
    "wildcard": (putting(SAN, dns_names("*.voorbeeld.nl")),),
    "organizational-unit": (giving("OU", "Informatie"),),
    "attributes": (giving("L", "Utrecht"),),
    "organization-identifier": (giving("organizationIdentifier"),),
}
OF_EVERY = {"trust", "pss-certificate", "pss-crl", "pss-request", "policy-lists"}


def broken(found: MigrationPlan) -> set[str]:
    return {breakage.name for breakage in found.breakages}


def test_of_a_certificate_that_is_ready_only_what_nobody_can_mend_breaks() -> None:
    assert broken(planned(*GOOD)) == OF_EVERY


@in_one_test
@pytest.mark.parametrize("name", BREAKS)
def test_each_thing_that_does_not_go_along_is_told_and_nothing_else(name: str) -> None:
    found = planned(*GOOD, *BREAKS[name])
    assert broken(found) == OF_EVERY | {name}
    told = next(breakage for breakage in found.breakages if breakage.name == name)
    for language in LANGUAGES:
        assert "<<" not in "".join(told.texts[language].values())


def test_without_a_domain_it_serves_no_server_and_has_no_names() -> None:
    changes = (*GOOD, alternative(tlv(0x81, b"a@voorbeeld.nl")), putting(EKU, purposes(SERVER, CLIENT)))
    assert broken(planned(*changes)) == OF_EVERY | {"client-only", "names-lost"}
    assert broken(planned(*changes, without(SAN), putting(EKU, purposes(CLIENT)))) == OF_EVERY


def test_the_data_and_the_conditions_are_one_list() -> None:
    facts = migration_facts()
    assert {breakage.when for breakage in facts.breakages} == set(CONDITIONS)
    assert {b.name for b in facts.breakages} == OF_EVERY | set(BREAKS) | {"client-only", "names-lost"}
    sources = [each.source for each in facts.breakages] + [each.source for each in facts.replacements]
    for source in (*sources, *(each.source for each in facts.steps)):
        assert source.document.key == source.key
    for replacement in facts.replacements:
        assert replacement.profile is None or get_profile(replacement.profile).generation == "G4"


# -- dates ------------------------------------------------------------------------------------------------------------

END = get_hierarchy("g1-private").not_after


def test_the_dates_that_bind_stand_in_order_whenever_it_is_asked() -> None:
    assert END is not None
    facts = made("g1-server", setting("not_after", ISSUED + timedelta(days=731)))
    for days in range(-400, 1400, 37):
        moment = ISSUED + timedelta(days=days)
        found = plan_migration(facts, moment=moment).dates
        kinds = [day.kind for day in found]
        assert [day.day for day in found] == sorted(day.day for day in found)
        expired = facts.not_after < moment
        assert (DateKind.EXPIRED in kinds, DateKind.EXPIRES in kinds) == (expired, not expired)
        assert (DateKind.ORDER in kinds) is not expired
        assert (DateKind.HIERARCHY_ENDS in kinds) is (moment <= END)
        assert all(day.day >= moment.date() for day in found if day.kind is DateKind.SHORTER)
        assert all(day.day < END.date() for day in found if day.kind is DateKind.SHORTER)


def test_a_day_of_which_the_source_names_the_month_is_inferred() -> None:
    shorter = [day for day in planned().dates if day.kind is DateKind.SHORTER]
    assert [(day.day, day.days) for day in shorter] == [(date(2027, 12, 1), 366)]
    for day in shorter:
        assert day.basis is not None
        assert day.basis.certainty is Certainty.INFERRED
        assert day.basis.source.key == "g4-migration"


def test_the_dates_of_production_do_not_bind_a_test_certificate(real: list[CertificateFacts]) -> None:
    trial = made(
        "g1-server",
        lambda parts: parts.issuer.__setitem__(
            slice(None), [("2.5.4.3", 12, b"TRIAL PKIoverheid Organisatie Server CA - G3")]
        ),
    )
    found = plan_migration(trial, moment=MOMENT)
    assert found.is_test
    assert {day.kind for day in found.dates} == {DateKind.ORDER, DateKind.EXPIRES}
    assert real


# -- systems, and what is real ----------------------------------------------------------------------------------------


def test_what_a_system_says_of_the_new_hierarchy_stands_with_it() -> None:
    found = plan_migration(made("g1-server", *GOOD), moment=MOMENT, systems=["digid", "digikoppeling"])
    digid, digikoppeling = found.takes
    assert digid.statement is not None
    assert digikoppeling.statement is not None
    assert (str(digid.statement.answer), str(digikoppeling.statement.answer)) == ("unknown", "yes")
    with pytest.raises(InvalidValueError):
        plan_migration(made("g1-server", *GOOD), moment=MOMENT, systems=["digit"])


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(InvalidValueError):
        plan_migration(made("g1-server"), moment=datetime(2026, 11, 26))  # noqa: DTZ001  that is what is tested


def test_every_real_server_certificate_becomes_private_tls(real: list[CertificateFacts]) -> None:
    for facts in real:
        found = plan_migration(facts, moment=datetime(2026, 11, 26, tzinfo=UTC))
        assert found.target is not None
        assert found.target.name == "g4-tls"
        assert found.hierarchy is not None
