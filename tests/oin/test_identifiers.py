"""The OIN as organizationIdentifier, ISO 6523 number, PartyId and PeerID."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkitools.environment import Environment
from pkitools.errors import InvalidValueError
from pkitools.messages import error_sentence
from pkitools.oin import (
    OIN,
    InvalidIdentifierError,
    InvalidOINError,
    OrganizationIdentifier,
    PartyID,
    icd0190,
    oin_from_icd0190,
    oin_from_kvk,
    organization_identifier,
    peer_id,
)
from tests.oin.strategies import attempt, oin_texts
from tests.support.cases import in_one_test

LOGIUS = OIN("00000001822477348000")
KVK = OIN("00000003520354760000")


@in_one_test
@pytest.mark.parametrize(
    ("text", "oin"),
    [
        ("NTRNL-52035476", "00000003520354760000"),
        ("OI:NL-00000001822477348000", "00000001822477348000"),
        ("VATNL-822477348B01", "00000001822477348000"),
        ("VATNL-NL822477348B01", "00000001822477348000"),
        ("VATNL-000099998B57", None),
        ("NTRNL-123", None),
        ("OI:NL-123", None),
        ("NTRDE-HRB12345", None),
        ("LEIXG-724500ABCDEF", None),
    ],
)
def test_an_organization_identifier_is_read(text: str, oin: str | None) -> None:
    identifier = OrganizationIdentifier.parse(text)
    assert str(identifier) == text
    assert identifier.oin == oin


@in_one_test
@pytest.mark.parametrize("text", ["", "NTRNL52035476", "NTRNL-", "ntrnl-52035476", "52035476", "NTRNL-" + "1" * 101])
def test_what_is_no_organization_identifier_is_refused(text: str) -> None:
    with pytest.raises(InvalidIdentifierError) as caught:
        OrganizationIdentifier.parse(text)
    assert caught.value.code == "oin.error.organization_identifier"


@in_one_test
@pytest.mark.parametrize(
    ("identifier", "oin", "agrees"),
    [
        ("NTRNL-52035476", KVK, True),
        ("NTRNL-52035477", KVK, False),
        ("VATNL-822477348B01", LOGIUS, True),
        ("VATNL-812579446B01", LOGIUS, False),
        ("NTRNL-52035476", LOGIUS, None),  # a KvK number and an RSIN do not compare
        ("OI:NL-00000001822477348000", LOGIUS, True),
        ("NTRDE-HRB12345", LOGIUS, None),
    ],
)
def test_whether_both_name_one_organisation(identifier: str, oin: OIN, agrees: bool | None) -> None:
    assert OrganizationIdentifier.parse(identifier).agrees_with(oin) is agrees


def test_the_organization_identifier_of_an_oin() -> None:
    assert organization_identifier(KVK) == "NTRNL-52035476"
    assert organization_identifier(LOGIUS) is None


@given(oin_texts())
def test_conversions_round_trip(text: str) -> None:
    oin = OIN(text)
    assert oin_from_icd0190(icd0190(oin)) == oin
    assert icd0190(oin) == f"0190:{text}"
    assert peer_id(oin) == text
    for suffix in ("", "_T", "_OTA"):
        party = PartyID(oin, suffix)
        assert PartyID.parse(str(party)) == party
        assert party.environment is (Environment.PREPRODUCTION if suffix else None)
    identifier = organization_identifier(oin)
    if identifier is not None and oin_from_kvk(str(oin.kvk)) == oin:
        assert OrganizationIdentifier.parse(identifier).oin == oin
        assert OrganizationIdentifier.parse(identifier).agrees_with(oin) is True


@pytest.mark.parametrize("text", ["", "00000001822477348000", "0106:52035476", "0190"])
def test_another_scheme_is_not_the_oin_s(text: str) -> None:
    with pytest.raises(InvalidIdentifierError):
        oin_from_icd0190(text)


def test_a_party_id_of_another_type_or_with_another_suffix_is_refused() -> None:
    with pytest.raises(InvalidIdentifierError) as caught:
        PartyID.parse(str(LOGIUS), "urn:oasis:names:tc:ebxml-cppa:partyid-type:duns")
    assert "urn:osb:oin" in error_sentence(caught.value, "en")
    with pytest.raises(InvalidOINError):
        PartyID.parse(f"{LOGIUS}_PROD")
    with pytest.raises(InvalidIdentifierError):
        PartyID(LOGIUS, "_PROD")


@given(st.text())
def test_whatever_is_given_only_our_errors_come_out(text: str) -> None:
    parsers: tuple[Callable[[str], object], ...] = (OrganizationIdentifier.parse, PartyID.parse, oin_from_icd0190)
    for parse in parsers:
        _, error = attempt(parse, text)
        assert error is None or (isinstance(error, InvalidValueError) and error_sentence(error, "nl") != error.code)
