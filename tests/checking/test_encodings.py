"""What no other program can read never passes: fields twice, types a name does not have, numbers that are no key."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pkitools.checking import Revocation, check
from pkitools.containers import read_source
from pkitools.environment import Environment
from pkitools.errors import InputError
from pkitools.findings import Report, Verdict
from pkitools.requests import check_request, load_key, read_request
from pkitools.revocation import RevocationPolicy
from pkitools.rules import lint
from pkitools.trust import TrustStore
from pkitools.validation import validate_path
from pkitools.validation.algorithms import weak_key
from pkitools.x509 import read_certificate
from pkitools.x509.der import DERError, fields, integer, root
from pkitools.x509.name_matching import is_plain, is_readable
from tests.support.cases import in_one_test
from tests.support.chains import AKI, MOMENT, Chain, end_entity, good_chain, identifier
from tests.support.der import NULL, RSA, certificate, common_name, name, oid, sequence, tlv
from tests.support.der import integer as der_integer
from tests.support.requests import pooled_key, request
from tests.support.shared import shared

CDP, FRESHEST, KU = "2.5.29.31", "2.5.29.46", "2.5.29.15"
URI = tlv(0x86, b"http://crl.example.nl/a.crl")
POINT = tlv(0xA0, tlv(0xA0, URI))


def case(file: str) -> Report:
    folder = shared("cases")
    lists = (
        "TRIALPKIoverheidG4IntmPrivGTLSSYS2024.crl",
        "TRIALPKIoverheidG4RootPrivGTLS2024.crl",
        "hold-in-delta-0.der",
    )
    pki = folder / "delta"
    return check(
        (folder / "malformed" / file).read_bytes(),
        moment=datetime(2026, 11, 26, 13, 0, 36, tzinfo=UTC),
        environment=Environment.PREPRODUCTION,
        systems="digikoppeling",
        intermediates=read_source((pki / "a.chain.pem").read_bytes(), "chain").certificates,
        trust=TrustStore.from_files(pki / "trust.pem"),
        revocation=Revocation(
            policy=RevocationPolicy.REQUIRE,
            crls=[(pki / each).read_bytes() for each in lists],
        ),
    ).report


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("cn-octet-string.der", "rfc5280.names.value_type"),
        ("aki-key-identifier-twice.der", "rfc5280.extensions.decodable"),
    ],
)
def test_the_malformed_cases_fail_and_say_why(file: str, code: str) -> None:
    found = case(file)
    assert found.verdict is Verdict.FAILED
    assert {code, "path.certificate.encoding"} <= found.codes()


@in_one_test
@pytest.mark.parametrize(
    ("dotted", "value"),
    [
        (AKI, sequence(tlv(0x80, b"\x01"), tlv(0x80, b"\x01"))),
        (AKI, sequence(tlv(0x82, b"\x01"), tlv(0xA1, URI))),
        (AKI, sequence(tlv(0x80, b"\x01"), tlv(0x82, b"\x01"))),
        (CDP, sequence(sequence(POINT, POINT))),
        (CDP, sequence(sequence(POINT, tlv(0x81, b"\x01\x7e"), tlv(0x81, b"\x01\x7e")))),
        (CDP, sequence(sequence(tlv(0x81, b"\x01\x7e"), POINT))),
        (FRESHEST, sequence(sequence(POINT, POINT))),
        (KU, b"\x03\x02\x05\xbf"),
        ("2.5.29.54", b"\x02\x02\x00\x01"),
        ("2.5.29.36", sequence(tlv(0x80, b"\x01"), tlv(0x80, b"\x01"))),
        ("2.5.29.30", sequence(tlv(0xA0, sequence(URI)), tlv(0xA0, sequence(URI)))),
        ("2.5.29.18", sequence(tlv(0xA5, b"\x05\x00"))),
    ],
    ids=lambda given: given if isinstance(given, str) else given.hex()[:24],
)
def test_a_field_twice_out_of_order_or_half_is_malformed_for_every_reader(dotted: str, value: bytes) -> None:
    chain: Chain = good_chain()
    leaf = end_entity("host.example.nl", chain.tsp, extensions={dotted: (False, value)})
    assert f"malformed_extension:{dotted}" in {
        problem.replace("malformed_general_name:issuer", "") for problem in read_certificate(leaf.der).problems
    }
    result = validate_path(
        leaf.der, intermediates=chain.intermediates, anchors=[chain.root.der], moment=MOMENT, raise_crashes=True
    )
    assert result.path is None
    assert "path.certificate.encoding" in result.report.codes()


def test_a_whole_authority_key_identifier_is_none_of_that() -> None:
    chain = good_chain()
    whole = sequence(
        tlv(0x80, identifier(chain.tsp.key)),
        tlv(0xA1, tlv(0xA4, chain.domain.subject)),
        tlv(0x82, read_certificate(chain.tsp.der).serial_number.to_bytes(16, "big").lstrip(b"\x00")),
    )
    leaf = end_entity("host.example.nl", chain.tsp, extensions={AKI: (False, whole)})
    assert not read_certificate(leaf.der).problems


def test_fields() -> None:
    data = sequence(tlv(0x80, b"a"), tlv(0x82, b"b"))
    assert list(fields(data, root(data, 0x30), 0x80, 0x81, 0x82)) == [0x80, 0x82]
    for wrong in ((0x82, 0x80), (0x80,), (0x80, 0x81)):
        with pytest.raises(DERError):
            fields(data, root(data, 0x30), *wrong)


@pytest.mark.parametrize("contents", [b"\x00\x01", b"\xff\x80", b"\x00\x00"])
def test_a_padded_integer_is_taken_only_where_it_is_a_finding_of_its_own(contents: bytes) -> None:
    data = tlv(0x02, contents)
    with pytest.raises(DERError):
        integer(data, root(data, 0x02))
    assert integer(data, root(data, 0x02), padded=True) == int.from_bytes(contents, "big", signed=True)


@in_one_test
@pytest.mark.parametrize("tag", [0x04, 0x24, 0x02, 0x05, 0x30, 0x1A, 0x1B, 0x80])
def test_a_name_whose_text_is_no_text_is_refused_by_the_path_as_well(tag: int) -> None:
    chain = good_chain()
    subject = name(common_name(b"", tag))
    assert not is_plain(subject)
    assert not is_readable(subject)
    leaf = end_entity("host.example.nl", chain.tsp, subject=subject)
    result = validate_path(leaf.der, intermediates=chain.intermediates, anchors=[chain.root.der], moment=MOMENT)
    assert result.path is None


@in_one_test
@pytest.mark.parametrize(
    "subject",
    [
        name(common_name("host.example.nl"), ("2.5.4.5", 0x13, b"1")),
        name(common_name("h" * 60), ("2.5.4.10", 0x0C, b"o" * 64), ("2.5.4.97", 0x0C, b"NTRNL-12345678")),
        name(common_name("h" * 130)),
        name(common_name("café")),
        name([common_name("a"), ("2.5.4.10", 0x0C, b"b")]),
        name(("2.5.4.16", 0x30, tlv(0x0C, b"Straat 1"))),
        name(("1.2.3.4", 0x02, b"\x05")),
        sequence(),
    ],
    ids=["short", "long", "longest", "accent", "two in one", "postal address", "unknown attribute", "empty"],
)
def test_names_that_can_be_read_are_left_alone(subject: bytes) -> None:
    assert is_readable(subject)


@pytest.mark.parametrize("size", [0, 1, 30, 101, 102, 117, 118, 119, 127, 128])
def test_what_is_plain_can_be_read_whichever_octet_of_a_name_is_another(size: int) -> None:
    good = name(("2.5.4.6", 0x13, b"NL"), common_name("h" * size), ("2.5.4.97", 0x0C, b"NTRNL-12345678"))
    assert is_plain(good) == (size < 119)
    inside = good[2:] if good[1] < 0x80 else good[3:]
    taken = 0
    for at in range(len(inside)):
        for octet in {*range(0x20), *range(0x70, 0x82), inside[at] ^ 1, inside[at] + 1 & 0xFF, 0xFF} - {inside[at]}:
            changed = sequence(inside[:at] + bytes([octet]) + inside[at + 1 :])
            plain = is_plain(changed)
            taken += plain
            assert is_readable(changed) or not plain, (at, octet)
    assert taken or size > 118
    assert not any(is_plain(sequence(cut)) for cut in (inside[:-1], inside + b"1"))


def rsa(modulus: int) -> bytes:
    return sequence(sequence(oid(RSA), NULL), tlv(0x03, b"\x00", sequence(der_integer(modulus), der_integer(65537))))


def test_an_even_modulus_is_no_key() -> None:
    odd = (1 << 3072) - 1
    assert not weak_key(rsa(odd))
    assert weak_key(rsa(odd - 1)) == "RSA 3072, even modulus"


def test_an_even_modulus_is_an_error_wherever_a_key_is_judged() -> None:
    even = rsa((1 << 3072) - 2)
    numbers = pooled_key("rsa:4096").native.private_numbers()  # type: ignore[union-attr]  # it is RSA
    prime = numbers.p
    exponent = pow(65537, -1, prime - 1)
    parts = (0, 2 * prime, 65537, exponent, prime, 2, exponent % (prime - 1), 0, pow(2, -1, prime))
    with pytest.raises(InputError) as refused:
        load_key(sequence(*map(der_integer, parts)), "k")
    assert refused.value.code == "requests.error.key_even"

    asked = request()
    spki = read_request(asked).public_key.spki
    swapped = asked.replace(
        spki, spki[:-6] + bytes([spki[-6] & 0xFE]) + spki[-5:]
    )  # the modulus, before 02 03 01 00 01
    assert "csr.structure.decodable" in check_request(swapped).codes()

    leaf = certificate(key=even)
    assert "rfc5280.public_key.odd_modulus" in lint(leaf, moment=MOMENT).codes()
    off = Revocation(policy=RevocationPolicy.OFF)
    report = check(leaf, moment=MOMENT, environment=Environment.PREPRODUCTION, revocation=off).report
    assert report.verdict is Verdict.FAILED
    assert "rfc5280.public_key.odd_modulus" in report.codes()
