"""Entity IDs, service IDs and metadata names."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkitools.environment import Environment
from pkitools.errors import InvalidValueError
from pkitools.findings import Report, Verdict
from pkitools.oin import (
    OIN,
    EntityID,
    InstanceName,
    InvalidIdentifierError,
    InvalidOINError,
    ServiceID,
    check_entity_id,
    check_service_id,
)
from pkitools.oin.entity_schemes import ENTITIES, schemes
from tests.oin.strategies import attempt, oin_texts
from tests.support.cases import in_one_test

LOGIUS = OIN("00000001822477348000")


@in_one_test
@pytest.mark.parametrize(
    ("text", "scheme", "role", "oin", "index", "environment"),
    [
        (
            "urn:etoegang:HM:00000003520354760000:entities:9632",
            "eherkenning",
            "HM",
            "00000003520354760000",
            9632,
            "preproduction",
        ),
        ("urn:etoegang:DV:00000001822477348000:entities:1", "eherkenning", "DV", LOGIUS, 1, "production"),
        ("urn:etoegang:DV:00000001822477348000:entities:0001", "eherkenning", "DV", LOGIUS, 1, "production"),
        (
            "urn:nl-eid-gdi:1.0:BVD:00000004003214345001:entities:9000",
            "gdi",
            "BVD",
            "00000004003214345001",
            9000,
            "preproduction",
        ),
        (
            "urn:nl-eid-gdi:1.0:RD:00000004000000149000:entities:8999",
            "gdi",
            "RD",
            "00000004000000149000",
            8999,
            "production",
        ),
        (
            "urn:etoegang:DV:0000000700025BE00000:entities:0",
            "eherkenning",
            "DV",
            "0000000700025BE00000",
            0,
            "production",
        ),
    ],
)
def test_an_entity_id_is_read(text: str, scheme: str, role: str, oin: str, index: int, environment: str) -> None:
    entity = EntityID.parse(text)
    assert (entity.scheme, entity.role, entity.oin, entity.index) == (scheme, role, oin, index)
    assert entity.environment == environment
    assert str(entity) == text
    assert check_entity_id(text).verdict is Verdict.PASSED


@in_one_test
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "oin.entity_id.syntax"),
        ("https://example.nl/saml", "oin.entity_id.syntax"),
        ("urn:etoegang:DV:00000001822477348000:services:1", "oin.entity_id.syntax"),
        ("urn:etoegang:DV:00000001822477348000:entities:", "oin.entity_id.syntax"),
        ("urn:etoegang:DV:00000001822477348000:entities:１", "oin.entity_id.syntax"),
        ("urn:etoegang:DV:00000001822477348000:entities:1\n", "oin.entity_id.surrounding_space"),
        ("urn:nl-eid-gdi:1:0:DV:00000001822477348000:entities:9001", "oin.entity_id.version"),
        ("urn:nl-eid-gdi:1.0:dv:00000001822477348000:entities:9001", "oin.entity_id.case"),
        ("URN:etoegang:DV:00000001822477348000:entities:1", "oin.entity_id.case"),
        ("urn:etoegang:LC:00000001822477348000:entities:1", "oin.entity_id.role"),
        ("urn:nl-eid-gdi:1.0:HM:00000001822477348000:entities:0001", "oin.entity_id.role"),
        ("urn:nl-eid-gdi:1.0:DV:00000001822477348000:entities:1", "oin.entity_id.index"),
        ("urn:etoegang:DV:00000001822477348000:entities:10000", "oin.entity_id.index"),
    ],
)
def test_what_is_no_entity_id_is_refused_for_its_reason(text: str, code: str) -> None:
    with pytest.raises(InvalidIdentifierError) as caught:
        EntityID.parse(text)
    assert caught.value.code == code
    assert code in check_entity_id(text).codes()


def test_the_misspelled_version_comes_with_its_repair() -> None:
    [found] = check_entity_id("urn:nl-eid-gdi:1:0:DV:00000001822477348000:entities:9001").findings
    assert found.params["repaired"] == "urn:nl-eid-gdi:1.0:DV:00000001822477348000:entities:9001"
    EntityID.parse(found.params["repaired"])


def test_a_wrong_oin_in_it_is_an_oin_error() -> None:
    text = "urn:etoegang:DV:00000001111111111000:entities:9000"
    with pytest.raises(InvalidOINError):
        EntityID.parse(text)
    assert check_entity_id(text).codes() == {"oin.rsin.eleven_test"}


@in_one_test
@pytest.mark.parametrize(
    ("index", "environment", "codes", "verdict"),
    [
        ("8999", Environment.PRODUCTION, set(), Verdict.PASSED),
        ("9000", Environment.PRODUCTION, {"oin.entity_id.production_index"}, Verdict.FAILED),
        ("9000", Environment.PREPRODUCTION, set(), Verdict.PASSED),
        ("8999", Environment.PREPRODUCTION, {"oin.entity_id.test_index"}, Verdict.PASSED),
        ("9000", None, set(), Verdict.PASSED),
    ],
)
def test_the_index_belongs_to_an_environment(
    index: str, environment: Environment | None, codes: set[str], verdict: Verdict
) -> None:
    report = check_entity_id(f"urn:nl-eid-gdi:1.0:DV:{LOGIUS}:entities:{index}", environment=environment)
    assert report.codes() == codes
    assert report.verdict is verdict


def test_a_test_oin_in_a_production_entity_id_fails() -> None:
    text = "urn:etoegang:DV:00000099123456789000:entities:1"
    assert check_entity_id(text, environment=Environment.PRODUCTION).codes() == {"oin.test.production"}


def test_the_certificate_must_hold_the_same_oin() -> None:
    text = f"urn:etoegang:DV:{LOGIUS}:entities:1"
    assert check_entity_id(text, certificate_oin=str(LOGIUS)).verdict is Verdict.PASSED
    report = check_entity_id(text, certificate_oin="00000003520354760000")
    assert report.codes() == {"oin.entity_id.certificate"}
    assert report.verdict is Verdict.FAILED


@given(st.sampled_from(schemes().of_kind(ENTITIES)), oin_texts(), st.integers(0, 9999), st.data())
def test_entity_ids_round_trip(scheme: object, text: str, index: int, data: st.DataObject) -> None:
    from pkitools.oin.entity_schemes import Scheme

    assert isinstance(scheme, Scheme)
    role = data.draw(st.sampled_from(scheme.roles))
    entity = EntityID.make(scheme.name, role, OIN(text), index)
    assert EntityID.parse(str(entity)) == entity
    assert entity.index == index
    assert (entity.environment is Environment.PREPRODUCTION) == (index >= 9000)


@pytest.mark.parametrize(
    ("scheme", "role", "index"), [("saml", "DV", 1), ("gdi", "HM", 1), ("gdi", "DV", 10_000), ("gdi", "DV", -1)]
)
def test_an_entity_id_cannot_be_made_wrong(scheme: str, role: str, index: int) -> None:
    with pytest.raises(InvalidIdentifierError):
        EntityID.make(scheme, role, LOGIUS, index)


def test_service_ids() -> None:
    one = ServiceID.parse(f"urn:etoegang:DV:{LOGIUS}:services:1")
    padded = ServiceID.parse(f"urn:etoegang:DV:{LOGIUS}:services:0001")
    assert one != padded
    assert (str(padded), padded.index, padded.oin) == (f"urn:etoegang:DV:{LOGIUS}:services:0001", 1, LOGIUS)


@in_one_test
@pytest.mark.parametrize("rest", ["services:0", "services:", "services:12345", "entities:1", "service:1"])
def test_what_is_no_service_id_is_refused(rest: str) -> None:
    with pytest.raises(InvalidIdentifierError):
        ServiceID.parse(f"urn:etoegang:DV:{LOGIUS}:{rest}")
    with pytest.raises(InvalidIdentifierError):
        ServiceID(LOGIUS, "0")


def test_padding_counts_only_for_the_same_service() -> None:
    text = f"urn:etoegang:DV:{LOGIUS}:services:1"
    assert check_service_id(text, catalogue=f"urn:etoegang:DV:{LOGIUS}:services:0001").codes() == {
        "oin.service_id.padding"
    }
    for other in (text, f"urn:etoegang:DV:{LOGIUS}:services:2", "nonsense"):
        assert not check_service_id(text, catalogue=other).codes()


def test_metadata_names() -> None:
    name = InstanceName.parse("urn:etoegang:1.13:P:42")
    assert (name.version, name.environment, name.sequence) == ("1.13", Environment.PRODUCTION, "42")
    assert str(name) == "urn:etoegang:1.13:P:42"
    assert InstanceName.parse("urn:etoegang:1.11:T:1").environment is Environment.PREPRODUCTION
    for text in ("", "urn:etoegang:1.13:X:1", "urn:etoegang:1.13:P:1\n", "urn:etoegang:1.13:P:١"):
        with pytest.raises(InvalidIdentifierError):
            InstanceName.parse(text)


@given(
    st.text()
    | st.builds(
        "{}{}:{}:{}:{}".format,
        st.sampled_from(["urn:etoegang:", "urn:nl-eid-gdi:1.0:", "urn:nl-eid-gdi:1:0:", "URN:ETOEGANG:"]),
        st.text(max_size=4),
        oin_texts() | st.text(max_size=21),
        st.sampled_from(["entities", "services", "Entities"]),
        st.integers(0, 99_999) | st.text(max_size=3),
    )
)
def test_whatever_is_given_parse_and_check_agree(text: str) -> None:
    pairs: list[tuple[Callable[[str], object], Callable[[str], Report]]] = [
        (EntityID.parse, check_entity_id),
        (ServiceID.parse, check_service_id),
    ]
    for parse, check in pairs:
        report = check(text)
        value, error = attempt(parse, text)
        if error is None:
            assert report.verdict is Verdict.PASSED
            assert str(value) == text
        else:
            assert isinstance(error, InvalidValueError)
            assert report.verdict is Verdict.FAILED
            assert error.code in report.codes()


@in_one_test
@pytest.mark.parametrize(("start", "document"), [("urn:etoegang:", "etoegang"), ("urn:nl-eid-gdi:1.0:", "st-saml")])
@pytest.mark.parametrize("wrong", ["XX:{}:entities:0001", "DV:{}:entities:99999", "DV:{}:entities:9000"])
def test_what_is_wrong_is_told_from_the_document_of_its_own_scheme(start: str, document: str, wrong: str) -> None:
    report = check_entity_id(start + wrong.format(LOGIUS), environment=Environment.PRODUCTION)
    assert report.findings
    assert {outcome.rule.source.key for outcome in report.findings} == {document}
