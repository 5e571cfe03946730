"""The OIN in a certificate: where it is, when there is none, and that nothing is ever picked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkitools.findings import Status
from pkitools.oin import OIN
from pkitools.x509 import (
    OINResult,
    oin_from_certificate,
    oin_from_subject,
    read_certificate,
)
from pkitools.x509.subject_oin import RULES, SUBJECT_PATH, UZI_PATH
from tests.support.cases import in_one_test
from tests.support.der import (
    PRINTABLE,
    UTF8,
    Attribute,
    alternative_names,
    certificate,
    extension,
    name,
    other_name,
    sequence,
    serial_attribute,
    tlv,
)

KVK = "00000003273229750000"
RSIN = "00000001006033404000"
CA = extension("2.5.29.19", sequence(b"\x01\x01\xff"))


def uzi_name(ura: str = "90000380") -> str:
    return f"2.16.528.1.1003.1.3.5.5.2-1-123456789-S-{ura}-00.000-00000000"


def result(
    *rdns: Attribute | Sequence[Attribute], uzi: Sequence[str] = (), extensions: Sequence[bytes] = ()
) -> OINResult:
    names = [alternative_names(tlv(0x82, b"a.nl"), *(other_name("2.5.5.5", text) for text in uzi))] if uzi else []
    return oin_from_certificate(read_certificate(certificate(name(*rdns), *names, *extensions)))


def violated(found: OINResult) -> set[str]:
    return {o.rule.code.removeprefix("x509.oin.") for o in found.outcomes if o.status is Status.VIOLATED}


def test_the_plain_case() -> None:
    found = result(serial_attribute(KVK))
    assert found.oin == OIN.parse(KVK)
    assert (found.value, found.where) == (KVK, SUBJECT_PATH)
    assert violated(found) == set()


def test_every_rule_has_its_outcome_every_time() -> None:
    for found in (result(), result(serial_attribute(KVK)), result(serial_attribute("x"), uzi=[uzi_name()])):
        assert [o.rule for o in found.outcomes] == list(RULES)


@pytest.mark.parametrize(
    "rdns",
    [
        [serial_attribute(KVK), serial_attribute(RSIN)],
        [serial_attribute(KVK), serial_attribute(KVK)],
        [[serial_attribute(KVK), serial_attribute(RSIN)]],
        [[serial_attribute(KVK), ("2.5.4.3", UTF8, b"a")], serial_attribute("1")],
    ],
)
def test_of_two_serial_numbers_none_is_picked(rdns: Any) -> None:
    found = result(*rdns)
    assert (found.oin, found.value, found.where) == (None, None, "")
    assert violated(found) == {"ambiguous"}


def test_a_multi_valued_rdn_with_one_serial_number_is_no_problem() -> None:
    assert result([serial_attribute(KVK), ("2.5.4.3", UTF8, b"a")]).oin == KVK


@in_one_test
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f" {KVK}", {"spaces"}),
        (f"{KVK} ", {"spaces"}),
        (f"{KVK}\xa0", {"spaces", "encoding"}),
        ("27322975", {"not_an_oin"}),
        ("", {"not_an_oin"}),
        ("NTRNL-27322975", {"not_an_oin"}),
        ("00000001123456789000", {"invalid"}),
        ("00000000000000000001", {"invalid"}),
        ("0000000327322975000", {"invalid"}),
        ("0000000700025be00000", {"invalid"}),
        ("０００００００３２７３２２９７５００００", {"not_an_oin", "encoding"}),
    ],
)
def test_what_is_no_oin_gives_none_and_says_why(value: str, expected: set[str]) -> None:
    tag = PRINTABLE if value.isascii() else UTF8
    found = result(("2.5.4.5", tag, value.encode()))
    assert found.oin is None
    assert found.value == value
    assert violated(found) == expected


def test_another_string_type_is_a_warning_and_still_an_oin() -> None:
    found = result(serial_attribute(KVK, UTF8))
    assert found.oin == KVK
    assert violated(found) == {"encoding"}


def test_a_prefix_no_longer_given_out_is_read() -> None:
    assert result(serial_attribute("00000005123456782000")).oin == "00000005123456782000"


def test_a_ca_needs_none() -> None:
    assert violated(result(extensions=[CA])) == set()
    assert violated(result(serial_attribute("12345"), extensions=[CA])) == set()
    assert violated(result()) == {"missing"}


@pytest.mark.parametrize("oid", ["2.5.4.4", "2.5.4.42", "2.5.4.65"])
def test_a_natural_person_needs_none(oid: str) -> None:
    person = (oid, UTF8, b"Jansen")
    assert violated(result(person)) == set()
    assert violated(result(person, serial_attribute("A123456789"))) == set()
    assert result(person, serial_attribute(KVK)).oin == KVK


def test_the_issuer_never_lends_its_serial_number() -> None:
    facts = read_certificate(certificate(name(), issuer=name(serial_attribute(KVK))))
    assert oin_from_certificate(facts).oin is None


# UZI


def test_a_uzi_certificate_gives_the_oin_digid_forms() -> None:
    found = result(serial_attribute("123456789"), uzi=[uzi_name()])
    assert (found.oin, found.where) == (OIN.parse("00000009900003800000"), UZI_PATH)
    assert violated(found) == set()
    assert result(uzi=[uzi_name()]).oin == "00000009900003800000"


def test_two_places_with_two_oins_give_none() -> None:
    found = result(serial_attribute(KVK), uzi=[uzi_name()])
    assert found.oin is None
    assert violated(found) == {"uzi_conflict"}
    assert result(serial_attribute("00000009900003800000"), uzi=[uzi_name()]).oin == "00000009900003800000"


def test_two_care_providers_give_none_and_one_twice_gives_one() -> None:
    assert violated(result(uzi=[uzi_name(), uzi_name("90000381")])) == {"ambiguous"}
    assert result(uzi=[uzi_name(), uzi_name()]).oin == "00000009900003800000"


@in_one_test
@pytest.mark.parametrize(
    "text", ["2.16.528.1.1003.1.3.5.2.1-00000004003214345001", uzi_name("9000038"), uzi_name("9000038A"), "-" * 6, ""]
)
def test_other_uses_of_this_other_name_are_no_uzi_name(text: str) -> None:
    found = result(serial_attribute(KVK), uzi=[text])
    assert (found.oin, found.where) == (OIN.parse(KVK), SUBJECT_PATH)
    assert violated(found) == set()


# organizationIdentifier


@in_one_test
@pytest.mark.parametrize(
    ("oin", "identifier", "status"),
    [
        (KVK, "NTRNL-27322975", Status.MET),
        (KVK, "NTRNL-27322976", Status.VIOLATED),
        (KVK, f"OI:NL-{KVK}", Status.MET),
        (KVK, "OI:NL-00000003520354760000", Status.VIOLATED),
        (RSIN, "VATNL-006033404B01", Status.MET),
        (RSIN, "VATNL-822477348B01", Status.VIOLATED),
        (RSIN, "NTRNL-27322975", Status.NOT_APPLICABLE),
        (KVK, "nonsense", Status.NOT_APPLICABLE),
        ("00000004166909913000", "NTRNL-27322975", Status.NOT_APPLICABLE),
    ],
)
def test_the_organization_identifier_is_compared_where_it_can_be(oin: str, identifier: str, status: Status) -> None:
    found = result(serial_attribute(oin), ("2.5.4.97", UTF8, identifier.encode()))
    assert next(o.status for o in found.outcomes if o.rule.code.endswith("organization_identifier")) is status
    assert found.oin == oin


def test_of_several_organization_identifiers_each_must_agree() -> None:
    right, wrong = (("2.5.4.97", UTF8, f"NTRNL-{n}".encode()) for n in ("27322975", "12345678"))
    assert "organization_identifier" in violated(result(serial_attribute(KVK), right, wrong))


def test_the_subject_of_a_request_is_read_the_same_way() -> None:
    facts = read_certificate(certificate(name(serial_attribute(KVK))))
    assert oin_from_subject(facts.subject) == oin_from_certificate(facts)


@given(st.text(max_size=30))
def test_any_serial_number_gives_an_answer_and_an_oin_only_when_it_is_one(text: str) -> None:
    value = text.encode("utf-8", "replace")
    found = result(("2.5.4.5", UTF8, value))
    if found.oin is not None:
        assert str(found.oin) == value.decode()
    else:
        assert violated(found) & {"not_an_oin", "invalid", "spaces"}
