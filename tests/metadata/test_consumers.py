"""What each consumer asks is its own, and of no other; what is good for one raises nothing there."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from pkitools import Revocation
from pkitools.errors import InputError
from pkitools.findings import Severity, Verdict
from pkitools.metadata import MetadataCheck, check_metadata
from pkitools.metadata.consumers import Topic, consumer_for, consumers
from pkitools.metadata.rules.books import RULES
from pkitools.systems import systems
from pkitools_test_pki.pki import PKI, build
from tests.support.cases import in_one_test
from tests.support.keys import SHARED_KEYS
from tests.support.metadata import (
    EHERKENNING,
    GDI,
    MOMENT,
    Holder,
    consumer,
    cpa,
    descriptor,
    entity,
    good,
    holder,
    jwk,
    jwks,
    party,
    pointing,
    role,
    signed,
)

FREE = "https://dienst.example.nl/saml"


def judged(data: bytes, system: str, environment: str = "production", **given: object) -> MetadataCheck:
    return check_metadata(
        data,
        system=system,
        environment=environment,
        moment=MOMENT,
        raise_crashes=True,
        **given,  # type: ignore[arg-type]  # named by each test
    )


@in_one_test
@pytest.mark.parametrize(
    ("system", "entity_id", "name"),
    [
        ("digid", GDI, "st-saml"),
        ("digid", FREE, "digid"),
        ("digid", EHERKENNING, "digid"),
        ("digid-machtigen", GDI, "st-saml"),
        ("digid-machtigen", FREE, "st-saml"),
        ("eherkenning", EHERKENNING, "eherkenning"),
        ("eherkenning", GDI, "eherkenning"),
        ("fsc", GDI, None),
    ],
)
def test_who_receives_it_follows_from_system_and_entity_id(system: str, entity_id: str, name: str | None) -> None:
    found = consumer_for(system, entity_id)
    assert (found.name if found is not None else None) == name


def test_the_data_name_systems_that_are_there_and_ask_each_thing_once() -> None:
    known = {system.name for system in systems()}
    for each in consumers():
        assert set(each.systems) <= known
        topics = [ask.topic for ask in each.asks]
        assert len(topics) == len(set(topics)), each.name
    assert {ask.topic for each in consumers() for ask in each.asks} == set(Topic)


USES = ("signing", None)
WANTED = {("digid", FREE): "signing", ("digid-machtigen", GDI): "signing", ("eherkenning", EHERKENNING): None}


@in_one_test
@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize(("system", "entity_id"), WANTED)
def test_one_use_does_not_fit_all(system: str, entity_id: str, use: str | None) -> None:
    """DigiD sees only keys with a use, some brokers of eHerkenning want none."""
    keys = descriptor(use=use) + descriptor(use=use and "encryption")
    codes = judged(signed(entity(entity_id=entity_id, roles=role(keys=keys))), system).report.codes()
    told = {"metadata.keys.use_stated", "metadata.keys.use_absent"} & codes
    assert bool(told) == (use != WANTED[system, entity_id])


@pytest.mark.parametrize("system", ["mijnoverheid", "fsc"])
def test_of_a_consumer_nobody_knows_only_what_holds_for_all_is_asked(system: str) -> None:
    found = judged(entity(entity_id=FREE, attributes="", roles=role(attributes="")).encode(), system)
    assert found.consumer is None
    assert found.report.codes() == {"oin.entity_id.with_oin"}


def test_thirty_rules_and_more() -> None:
    assert len({rule.code for rule in RULES}) == len(RULES) >= 30


# -- what is good raises nothing ---------------------------------------------------------------------------------------


@cache
def pki() -> PKI:
    return build("g1-private", moment=MOMENT, keys=SHARED_KEYS)


@cache
def own() -> Holder:
    issued = pki().issue("g1-server", oin="00000003273229750000")
    certificate = x509.load_der_x509_certificate(issued.der)
    assert isinstance(issued.key, rsa.RSAPrivateKey)
    return Holder(issued.key, certificate)


GOOD = [
    ("digid-machtigen", GDI.replace("0001", "9001"), "signing", "encryption"),
    ("digid", FREE, "signing", "encryption"),
    ("eherkenning", EHERKENNING.replace("0001", "9001"), None, None),
]


@pytest.mark.slow
@pytest.mark.parametrize(("system", "entity_id", "use", "other"), GOOD)
def test_what_is_good_raises_nothing(system: str, entity_id: str, use: str | None, other: str | None) -> None:
    keys = descriptor(own(), use=use) + (descriptor(own(), use=other) if other else "")
    text = entity(entity_id=entity_id, roles=role(keys=keys), attributes='cacheDuration="PT24H"')
    found = judged(
        signed(text, own()),
        system,
        "preproduction",
        trust=pki().trust_pem(),
        intermediates=[pki().trust_pem()],
        revocation=Revocation(policy="off"),
    )
    assert found.report.worst is None, found.report.summary
    assert found.certificates is not None
    assert all("x509" not in code and "metadata" not in code for code in found.certificates.report.codes())


@pytest.mark.parametrize(("data", "system"), [(jwks(), "kadaster-klic"), (cpa(), "digikoppeling")])
def test_so_does_what_is_good_of_other_kinds(data: bytes, system: str) -> None:
    found = judged(data, system)
    assert {code for code in found.report.codes() if code.startswith("metadata.")} == set()
    assert found.certificates is not None


# -- odd documents -----------------------------------------------------------------------------------------------------


def test_a_private_key_in_a_jwks_without_a_certificate_is_told_all_the_same() -> None:
    found = judged(jwks(jwk(x5c=None, d="AQAB", **{"x5t#S256": None})), "kadaster-klic")
    assert found.verdict is Verdict.FAILED
    assert "received.private_key.published" in found.report.codes()


@in_one_test
@pytest.mark.parametrize(
    "key",
    [
        {"kty": "RSA"},
        {"kty": "RSA", "n": "AQ", "e": "AQAB"},
        {"kty": "RSA", "n": 7, "e": []},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kty": "OKP", "crv": "Ed25519", "x": "AA"},
        {"kty": None, "x5c": "x"},
        {"kty": "RSA", "x5c": [1, None, "!", ""]},
        {"kty": "RSA", "x5t": 1, "x5t#S256": "é"},
    ],
)
def test_a_key_that_is_none_is_judged_and_crashes_nothing(key: dict[str, object]) -> None:
    found = judged(json.dumps({"keys": [key]}).encode(), "kadaster-klic")
    assert "metadata.jwk.certificate" in found.report.codes()


@pytest.mark.parametrize(
    "roles",
    ["", "<md:SPSSODescriptor/>", role(keys="<md:KeyDescriptor/>"), role(endpoints='<md:Other Binding=""/>')],
)
def test_metadata_with_next_to_nothing_in_it_is_judged(roles: str) -> None:
    found = judged(entity(roles=roles).encode(), "digid-machtigen")
    assert found.verdict is Verdict.FAILED
    assert found.report.worst is Severity.ERROR


HALF = {
    'Location="http://elders.example.nl/acs" index="1"': {"address": False, "binding": True},
    'Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" index="1"': {"address": True, "binding": False},
    'index="1"': {"address": True, "binding": True},
}


@in_one_test
@pytest.mark.parametrize("half", HALF)
@pytest.mark.parametrize("kind", ["AssertionConsumerService", "SingleLogoutService", "ManageNameIDService"])
def test_an_address_of_which_half_is_missing_is_judged(half: str, kind: str) -> None:
    """Beside a whole one: what does not say how messages travel is an address all the same."""
    codes = judged(good(roles=role(endpoints=consumer() + f"<md:{kind} {half}/>")), "digid-machtigen").report.codes()
    assert {what: f"metadata.endpoints.{what}" in codes for what in ("address", "binding")} == HALF[half]


def test_what_a_service_consumes_is_no_address() -> None:
    consumed = (
        '<md:AttributeConsumingService index="0"><md:ServiceName>x</md:ServiceName></md:AttributeConsumingService>'
    )
    found = judged(good(roles=role(endpoints=consumer() + consumed)), "digid-machtigen")
    assert not {code for code in found.report.codes() if code.startswith("metadata.endpoints")}


@pytest.mark.parametrize(
    ("time", "code"),
    [
        ('cacheDuration="x"', "metadata.validity.form"),
        ('validUntil="x"', "file.metadata.until"),
        ('cacheDuration="PT0S"', "metadata.validity.no_time"),
    ],
)
def test_the_time_of_a_role_is_read_as_that_of_the_whole(time: str, code: str) -> None:
    promised = 'AuthnRequestsSigned="true" WantAssertionsSigned="true"'
    found = judged(good(roles=role(attributes=f"{promised} {time}")), "digid-machtigen")
    assert code in found.report.codes()


def test_another_kind_of_xml_is_refused_by_name() -> None:
    with pytest.raises(InputError) as refused:
        judged(b"<html/>", "digid")
    assert refused.value.code == "metadata.error.other"


@pytest.mark.parametrize("data", [b"-----BEGIN CERTIFICATE-----", b"# README", b"\x30\x82\x01\x00"])
def test_so_is_what_is_no_xml(data: bytes) -> None:
    with pytest.raises(InputError) as refused:
        judged(data, "digid")
    assert refused.value.code == "metadata.error.neither"


def test_metadata_past_its_time_may_not_be_used() -> None:
    found = judged(good(attributes='validUntil="2026-01-01T00:00:00Z"'), "digid-machtigen")
    weights = {o.rule.severity for o in found.report.findings if o.rule.code == "file.metadata.expired"}
    assert weights == {Severity.ERROR}


@pytest.mark.parametrize(
    ("environment", "number", "wrong"), [("production", "_OTA", True), ("preproduction", "_OTA", False)]
)
def test_a_suffix_of_a_party_is_for_tests(environment: str, number: str, wrong: bool) -> None:
    data = cpa(party(number=f"00000003273229750000{number}"))
    codes = judged(data, "digikoppeling", environment).report.codes()
    assert ("metadata.cpa.party_id" in codes) is wrong


@pytest.mark.parametrize("wrong", [{"serial": 1}, {"ski": b"x"}, {"digest": b"x"}, {}])
def test_what_points_to_a_certificate_points_to_the_one_beside_it(wrong: dict[str, Any]) -> None:
    """At a renewal the certificate is put in the place of the old one, and what points to it forgotten."""
    data = good(roles=role(keys=descriptor(info=pointing(holder(), **wrong)) + descriptor(use="encryption")))
    assert ("metadata.keys.points_to_it" in judged(data, "digid-machtigen").report.codes()) is bool(wrong)
