"""The extensions: their values, and what is malformed in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkitools.limits import MAX_DER_DEPTH
from pkitools.x509 import (
    BasicConstraints,
    CertificateFacts,
    CertificatePolicy,
    DistributionPoint,
    GeneralName,
    QcStatement,
    read_certificate,
)
from pkitools.x509.der import OCTET_STRING, DERError, boolean, children, contents, expect, node_at
from pkitools.x509.der import oid as object_identifier
from pkitools.x509.extensions import NOTING, PLAIN, usual_extension
from pkitools.x509.oids import KEY_USAGES
from tests.support.cases import in_one_test
from tests.support.der import IA5, UTF8, certificate, extension, integer, name, oid, sequence, tlv

POLICIES, POINTS, AIA, QC = "2.5.29.32", "2.5.29.31", "1.3.6.1.5.5.7.1.1", "1.3.6.1.5.5.7.1.3"
CPS, NOTICE = "1.3.6.1.5.5.7.2.1", "1.3.6.1.5.5.7.2.2"


def facts_of(dotted: str, value: bytes) -> CertificateFacts:
    return read_certificate(certificate(None, extension(dotted, value)))


@pytest.mark.parametrize("critical", [b"", b"\x01\x01\xff", b"\x01\x01\x00"])
@pytest.mark.parametrize("size", [0, 1, 3, 112, 118, 119, 127, 128, 200])
def test_an_extension_that_is_compared_is_what_it_is_read_as(size: int, critical: bytes) -> None:
    """Whichever octet is another, its own and those behind it."""
    good = extension("2.5.29.14", bytes(range(size)), critical) + bytes(8)
    if size > 3 and good[1] < 0x80 and critical[2:] != b"\x00":
        assert usual_extension(good, node_at(good, 0, len(good))) == plainly(good)
    for at in range(min(24, len(good))):
        for octet in range(0x100):
            data = good[:at] + bytes([octet]) + good[at + 1 :]
            try:
                node = node_at(data, 0, len(data))
                said = usual_extension(data, node)
            except DERError:
                continue
            assert said is None or said == plainly(data), (at, octet)


def test_an_extension_of_a_longer_length_is_not_compared() -> None:
    data = tlv(0x30, b"\x06\x80" + b"\x55" * 0x80 + tlv(0x04, bytes(5)))
    assert usual_extension(data, node_at(data, 0, len(data))) is None


def plainly(data: bytes) -> tuple[str, bool, bytes]:
    kind, *flag, value = children(data, node_at(data, 0, len(data)))
    critical = [boolean(data, each) for each in flag]
    assert critical in ([], [True])
    return object_identifier(data, kind), bool(critical), contents(data, expect(value, OCTET_STRING))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"\x30\x00", BasicConstraints(False, None)),
        (sequence(b"\x01\x01\xff"), BasicConstraints(True, None)),
        (sequence(b"\x01\x01\xff", integer(0)), BasicConstraints(True, 0)),
        (sequence(integer(3)), BasicConstraints(False, 3)),
    ],
)
def test_basic_constraints(value: bytes, expected: BasicConstraints) -> None:
    assert facts_of("2.5.29.19", value).basic_constraints == expected


@given(st.sets(st.integers(0, 8), min_size=1))
def test_every_set_of_key_usages(bits: set[int]) -> None:
    octets = bytearray(max(bits) // 8 + 1)
    for bit in bits:
        octets[bit >> 3] |= 0x80 >> (bit & 7)
    unused = 7 - max(bits) % 8
    facts = facts_of("2.5.29.15", tlv(0x03, bytes((unused,)), bytes(octets)))
    assert facts.key_usage == {KEY_USAGES[bit] for bit in bits}


def test_policies_with_their_qualifiers() -> None:
    notice = sequence(sequence(tlv(UTF8, b"org"), sequence(integer(1))), tlv(UTF8, "Gebruik één keer".encode()))
    value = sequence(
        sequence(
            oid("1.2.3"),
            sequence(sequence(oid(CPS), tlv(IA5, b"https://cps.example")), sequence(oid(NOTICE), notice)),
        ),
        sequence(oid("2.5.29.32.0")),
        sequence(oid("1.2.4"), sequence(sequence(oid("1.9.9"), b"\x05\x00"))),
    )
    assert facts_of(POLICIES, value).certificate_policies == (
        CertificatePolicy("1.2.3", ("https://cps.example",), ("Gebruik één keer",)),
        CertificatePolicy("2.5.29.32.0"),
        CertificatePolicy("1.2.4"),
    )


def test_distribution_points_of_every_form() -> None:
    uri = tlv(0x86, b"http://crl.example/a.crl")
    directory = tlv(0xA4, name(("2.5.4.6", 0x13, b"NL")))
    relative = sequence(oid("2.5.4.3"), tlv(UTF8, b"CRL1"))
    value = sequence(
        sequence(tlv(0xA0, tlv(0xA0, uri, directory)), tlv(0x81, b"\x06\x40"), tlv(0xA2, directory)),
        sequence(tlv(0xA0, tlv(0xA1, relative))),
        sequence(tlv(0xA0, tlv(0xA1, sequence(oid("2.5.4.3"), tlv(UTF8, b"x" * 200))))),
    )
    first, second, long = facts_of(POINTS, value).crl_distribution_points or ()
    country = GeneralName("directory", "C=NL")
    assert first == DistributionPoint(("http://crl.example/a.crl",), (country,), ("keyCompromise",), (country,))
    assert second.other_names == (GeneralName("relative", "CN=CRL1"),)
    assert long.other_names[0].kind == "relative"
    assert facts_of(POINTS, value).crl_uris == ("http://crl.example/a.crl",)


def test_access_descriptions_of_other_kinds_are_left_out() -> None:
    def access(method: str, location: bytes) -> bytes:
        return sequence(oid(method), location)

    facts = facts_of(
        AIA,
        sequence(
            access("1.3.6.1.5.5.7.48.1", tlv(0x86, b"http://ocsp.example")),
            access("1.3.6.1.5.5.7.48.2", tlv(0x86, b"http://ca.example/ca.cer")),
            access("1.3.6.1.5.5.7.48.2", tlv(0xA4, name())),
            access("1.3.6.1.5.5.7.48.5", tlv(0x86, b"http://other.example")),
        ),
    )
    assert facts.ocsp_uris == ("http://ocsp.example",)
    assert facts.ca_issuers_uris == ("http://ca.example/ca.cer",)


def test_qc_statements_with_what_is_inside_them() -> None:
    pds = sequence(sequence(tlv(IA5, b"https://pds.example/nl.pdf"), tlv(0x13, b"nl")))
    value = sequence(
        sequence(oid("0.4.0.1862.1.1")),
        sequence(oid("0.4.0.1862.1.6"), sequence(oid("0.4.0.1862.1.6.2"))),
        sequence(oid("0.4.0.1862.1.5"), pds),
        sequence(oid("1.3.6.1.5.5.7.11.2"), sequence(oid("0.4.0.194121.1.2"))),
        sequence(oid("0.4.0.1862.1.3"), integer(15)),
        sequence(oid("1.3.6.1.5.5.7.11.1"), sequence(sequence(tlv(0x86, b"http://authority.example")))),
    )
    assert facts_of(QC, value).qc_statements == (
        QcStatement("0.4.0.1862.1.1"),
        QcStatement("0.4.0.1862.1.6", ("0.4.0.1862.1.6.2",)),
        QcStatement("0.4.0.1862.1.5", ("https://pds.example/nl.pdf", "nl")),
        QcStatement("1.3.6.1.5.5.7.11.2", ("0.4.0.194121.1.2",)),
        QcStatement("0.4.0.1862.1.3", ("15",)),
        QcStatement("1.3.6.1.5.5.7.11.1", ("http://authority.example",)),
    )


def test_what_is_inside_a_qc_statement_is_bounded_in_number_and_depth() -> None:
    many = sequence(*[integer(1)] * 500)
    [statement] = facts_of(QC, sequence(sequence(oid("1.2.3"), many))).qc_statements or ()
    assert len(statement.values) == 100
    deep = b"\x30\x00"
    for _ in range(MAX_DER_DEPTH):
        deep = sequence(deep)
    facts = facts_of(QC, sequence(sequence(oid("1.2.3"), deep)))
    assert facts.qc_statements == ()
    assert facts.problems == (f"malformed_extension:{QC}",)


def test_key_identifiers() -> None:
    assert facts_of("2.5.29.14", tlv(0x04, b"\x01\xff")).subject_key_identifier == "01ff"
    whole = sequence(tlv(0x80, b"\x0a"), tlv(0xA1, tlv(0x82, b"a.nl")), tlv(0x82, b"\x05"))
    assert facts_of("2.5.29.35", whole).authority_key_identifier == "0a"
    assert facts_of("2.5.29.35", sequence(tlv(0x82, b"\x05"))).authority_key_identifier is None


@pytest.mark.parametrize("dotted", [*PLAIN, *NOTING])
@given(value=st.binary(max_size=40) | st.binary(max_size=40).map(lambda body: tlv(0x30, body)))
def test_any_bytes_in_an_extension_give_a_value_or_a_problem(dotted: str, value: bytes) -> None:
    facts = facts_of(dotted, value)
    assert facts.extensions[0].value == value
    assert facts.issuer.common_name == "issuer"


@in_one_test
@pytest.mark.parametrize(
    ("dotted", "value"),
    [
        ("2.5.29.19", sequence(b"\x01\x01\xff", integer(0), integer(0))),
        (POLICIES, sequence(sequence())),
        (POLICIES, sequence(sequence(oid("1.2.3"), sequence(), sequence()))),
        (POLICIES, sequence(sequence(oid("1.2.3"), sequence(sequence())))),
        (POINTS, sequence(sequence(tlv(0xA5, b"")))),
        (POINTS, sequence(sequence(tlv(0xA0, tlv(0xA2, b""))))),
        (POINTS, sequence(sequence(tlv(0xA0, b"")))),
        (AIA, sequence(sequence(oid("1.2.3")))),
        (QC, sequence(sequence())),
        (QC, sequence(sequence(oid("1.2.3"), integer(1), integer(1)))),
        ("2.5.29.37", sequence(integer(1))),
        ("2.5.29.14", integer(1)),
    ],
)
def test_malformed_extensions_are_called_so(dotted: str, value: bytes) -> None:
    assert facts_of(dotted, value).problems == (f"malformed_extension:{dotted}",)
