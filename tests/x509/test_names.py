"""Names: whatever is written in them comes back as it was, and nothing else."""

from __future__ import annotations

import re
from itertools import product

from cryptography import x509
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from pkitools.x509 import read_certificate
from pkitools.x509.model import escaped
from pkitools.x509.name_matching import name_text
from pkitools.x509.names import name_from_der
from pkitools.x509.oids import ATTRIBUTES
from tests.support.der import UTF8, certificate, name

TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)
TYPES = st.sampled_from(
    [(0x0C, "utf-8", "UTF8String"), (0x1E, "utf-16-be", "BMPString"), (0x1C, "utf-32-be", "UniversalString")]
)
ATTRIBUTE = st.tuples(st.sampled_from(sorted(ATTRIBUTES)), TEXT, TYPES)


@given(st.lists(st.lists(ATTRIBUTE, min_size=1, max_size=3), max_size=6))
def test_every_attribute_comes_back_with_its_value_type_and_place(
    rdns: list[list[tuple[str, str, tuple[int, str, str]]]],
) -> None:
    encoded = name(*([(oid, tag, text.encode(codec)) for oid, text, (tag, codec, _) in rdn] for rdn in rdns))
    facts = read_certificate(certificate(encoded))
    found = [[(a.oid, a.value, a.string_type) for a in rdn] for rdn in facts.subject.rdns]
    assert found == [[(oid, text, kind) for oid, text, (_, _, kind) in rdn] for rdn in rdns]
    assert facts.subject.der == encoded
    assert facts.problems == ()
    assert name_from_der(encoded) == facts.subject


@given(TEXT.filter(lambda text: len(text.encode()) <= 64))
def test_cryptography_writes_what_we_read(text: str) -> None:
    theirs = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text), x509.NameAttribute(NameOID.COUNTRY_NAME, "NL")])
    mine = name_from_der(theirs.public_bytes())
    assert mine.common_name == text
    assert [(a.name, a.string_type) for a in mine] == [("CN", "UTF8String"), ("C", "PrintableString")]


@given(TEXT)
def test_a_value_never_becomes_another_attribute(text: str) -> None:
    mine = name_from_der(name(("2.5.4.10", UTF8, text.encode())))
    assert [(a.name, a.value) for a in mine] == [("O", text)]
    assert mine.first("2.5.4.5") is None


def test_a_nul_stays_where_it_is() -> None:
    facts = read_certificate(certificate(name(("2.5.4.3", UTF8, b"good.nl\x00.evil.com"))))
    assert facts.subject.common_name == "good.nl\x00.evil.com"


def test_attributes_are_found_in_every_rdn() -> None:
    mine = name_from_der(
        name([("2.5.4.5", 0x13, b"1"), ("2.5.4.3", UTF8, b"a")], ("2.5.4.5", 0x13, b"2"), ("1.2.3", 0x04, b"\x01"))
    )
    assert [a.value for a in mine.attributes("2.5.4.5")] == ["1", "2"]
    assert mine.text == "serialNumber=1+CN=a, serialNumber=2, 1.2.3=01"
    assert mine.organization is None


@given(st.lists(st.lists(ATTRIBUTE, min_size=1, max_size=3), max_size=4))
def test_the_text_of_a_name_tells_where_each_value_ends(
    rdns: list[list[tuple[str, str, tuple[int, str, str]]]],
) -> None:
    encoded = name(*([(oid, tag, text.encode(codec)) for oid, text, (tag, codec, _) in rdn] for rdn in rdns))
    mine = name_from_der(encoded)
    # a separator is one that no backslash stands before, counting the backslashes
    parts = re.findall(r"(?:[^\\,+]|\\.)+", mine.text, re.DOTALL)
    shown = [re.sub(r"\\(.)", r"\1", part.lstrip(" ").partition("=")[2], flags=re.DOTALL) for part in parts]
    assert shown == [attribute.value for attribute in mine]


def test_what_ends_a_value_or_begins_another_is_escaped_wherever_it_stands() -> None:
    for value in map("".join, (part for length in range(5) for part in product('a #\\\\"+,;<>', repeat=length))):
        told = "".join(
            f"\\{char}"
            if char in '\\"+,;<>' or (at == 0 and char in " #") or (char == " " and at == len(value) - 1)
            else char
            for at, char in enumerate(value)
        )
        assert escaped(value) == told


def test_a_value_cannot_look_like_another_attribute() -> None:
    mine = name_from_der(
        name(("2.5.4.10", UTF8, b"Voorbeeld, serialNumber=00000001001516814000"), ("2.5.4.3", UTF8, b"#1 "))
    )
    assert mine.text == r"O=Voorbeeld\, serialNumber=00000001001516814000, CN=\#1\ "
    assert name_text(mine.der) == mine.text
