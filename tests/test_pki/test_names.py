from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pkitools.x509.der import SEQUENCE, root
from pkitools.x509.model import DistinguishedName
from pkitools.x509.names import read_name
from pkitools_test_pki.names import Attribute, encode, file_name, ordered

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=64)


def read(der: bytes) -> DistinguishedName:
    problems: list[str] = []
    name = read_name(der, root(der, SEQUENCE), "subject", problems.append)
    assert not problems
    return name


@given(TEXT, TEXT)
def test_any_text_survives_byte_for_byte(organization: str, common_name: str) -> None:
    name = read(encode([Attribute("O", organization), Attribute("CN", common_name)]))
    assert (name.organization, name.common_name) == (organization, common_name)


def test_a_comma_injects_nothing() -> None:
    name = read(encode([Attribute("O", "Stichting Zorg, Welzijn en Wonen, CN=bank.nl")]))
    assert [a.name for a in name] == ["O"]


def test_country_and_serial_number_are_printable_strings() -> None:
    name = read(encode(ordered({"C": "NL", "O": "X", "serialNumber": "00000099999999910000"})))
    assert [(a.name, a.string_type) for a in name] == [
        ("C", "PrintableString"),
        ("O", "UTF8String"),
        ("serialNumber", "PrintableString"),
    ]


def test_a_string_type_can_be_chosen() -> None:
    name = read(encode([Attribute("serialNumber", "1", "UTF8String"), Attribute("1.2.3.4", "x", "BMPString")]))
    assert [(a.oid, a.string_type) for a in name] == [("2.5.4.5", "UTF8String"), ("1.2.3.4", "BMPString")]


def test_several_attributes_make_one_rdn() -> None:
    name = read(encode([[Attribute("CN", "b"), Attribute("O", "a")], Attribute("C", "NL")]))
    assert [len(rdn) for rdn in name.rdns] == [2, 1]


def test_bytes_are_written_as_they_are() -> None:
    assert b"\x13\x02\xff\x00" in encode([Attribute("CN", b"\xff\x00", "PrintableString")])


def test_file_names_follow_the_rule_of_pkioverheid() -> None:
    assert file_name("Staat der Nederlanden - G4 Root Priv G-TLS - 2024") == "StaatderNederlandenG4RootPrivGTLS2024"
    assert file_name("Ünï/../x") == "nx"
