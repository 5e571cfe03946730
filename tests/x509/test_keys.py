"""Public keys and signature algorithms as described."""

from __future__ import annotations

from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkitools.validation import algorithms
from pkitools.x509 import PublicKey, SignatureAlgorithm, key_identifier, keys, read_certificate
from pkitools.x509.keys import signature_algorithm_of, usual_rsa_bits
from tests.support import corpus
from tests.support.cases import in_one_test
from tests.support.der import NULL, RSA, certificate, integer, oid, rsa_key, sequence, tlv

PSS, MGF1, SHA1 = "1.2.840.113549.1.1.10", "1.2.840.113549.1.1.8", "1.3.14.3.2.26"
SHA256, SHA512 = "2.16.840.1.101.3.4.2.1", "2.16.840.1.101.3.4.2.3"
EC = "1.2.840.10045.2.1"


def key_of(spki: bytes) -> tuple[PublicKey, tuple[str, ...]]:
    facts = read_certificate(certificate(key=spki))
    return facts.public_key, facts.problems


def algorithm_of(der: bytes) -> tuple[SignatureAlgorithm, list[str]]:
    problems: list[str] = []
    return signature_algorithm_of(der, problems.append), problems


def spki(dotted: str, *parameters: bytes, key: bytes = b"\x04" + b"\x01" * 64) -> bytes:
    return sequence(sequence(oid(dotted), *parameters), tlv(0x03, b"\x00", key))


@in_one_test
@pytest.mark.parametrize("bits", [1024, 2047, 2048, 3072, 4096, 16384])
def test_rsa_keys_by_their_modulus(bits: int) -> None:
    key, problems = key_of(rsa_key(bits))
    assert (key.algorithm, key.bits, key.exponent, key.curve) == ("RSA", bits, 65537, None)
    assert key.label == f"RSA {bits}"
    assert problems == ()


@pytest.mark.parametrize(
    ("dotted", "label", "bits"),
    [
        ("1.2.840.10045.3.1.7", "EC P-256", 256),
        ("1.3.132.0.34", "EC P-384", 384),
        ("1.3.132.0.35", "EC P-521", 521),
        ("1.2.3.4", "EC 1.2.3.4", None),
    ],
)
def test_curves_by_name(dotted: str, label: str, bits: int | None) -> None:
    key, problems = key_of(spki(EC, oid(dotted)))
    assert (key.label, key.bits) == (label, bits)
    assert problems == ()


def test_curve_parameters_spelled_out_or_left_out_are_called_explicit() -> None:
    assert key_of(spki(EC, sequence(integer(1))))[0].curve == "explicit"
    assert key_of(spki(EC))[0].curve == "explicit"


@pytest.mark.parametrize(
    ("dotted", "label"),
    [("1.3.101.112", "Ed25519 255"), ("1.3.101.113", "Ed448 448"), ("1.3.101.110", "X25519 255"), ("1.2.3", "1.2.3")],
)
def test_keys_whose_size_the_algorithm_fixes_and_unknown_ones(dotted: str, label: str) -> None:
    key, problems = key_of(spki(dotted))
    assert key.label == label
    assert problems == ()


def test_a_pss_key_is_an_rsa_key_bound_to_pss() -> None:
    plain = rsa_key(2048)
    bound = sequence(sequence(oid(PSS)), plain[plain.index(b"\x03\x82") :])
    key, problems = key_of(bound)
    assert (key.algorithm, key.bits) == ("RSASSA-PSS", 2048)
    assert problems == ()


@in_one_test
@pytest.mark.parametrize(
    "broken",
    [
        sequence(sequence(oid(RSA), NULL)),
        sequence(sequence(oid(RSA), NULL), tlv(0x03, b"")),
        sequence(sequence(oid(RSA), NULL), tlv(0x03, b"\x01\x30\x00")),
        sequence(sequence(oid(RSA), NULL), tlv(0x03, b"\x00", sequence(integer(5)))),
        sequence(sequence(oid(RSA), NULL), tlv(0x03, b"\x00", sequence(integer(5), integer(1 << 9000)))),
        sequence(sequence(), tlv(0x03, b"\x00")),
        sequence(sequence(oid(EC), oid("1.2.3")), tlv(0x04, b"\x00")),
    ],
)
def test_a_malformed_key_is_a_problem_and_keeps_its_thumbprint(broken: bytes) -> None:
    key, problems = key_of(broken)
    assert problems == ("malformed_key:subjectPublicKeyInfo",)
    assert len(key.spki_sha256) == 64
    assert key.exponent is None
    assert key.spki == broken


def test_the_key_identifier_is_computed_as_the_real_authorities_do() -> None:
    authorities = [facts for facts in map(read_certificate, corpus.real().values()) if facts.is_ca]
    assert authorities
    for facts in authorities:
        assert key_identifier(facts.public_key.spki) == facts.subject_key_identifier
    assert key_identifier(b"\x30\x00") is None


def test_pss_parameters_spelled_out() -> None:
    mgf = sequence(oid(MGF1), sequence(oid(SHA512), NULL))
    parameters = sequence(
        tlv(0xA0, sequence(oid(SHA256), NULL)), tlv(0xA1, mgf), tlv(0xA2, integer(64)), tlv(0xA3, integer(1))
    )
    algorithm, problems = algorithm_of(sequence(oid(PSS), parameters))
    assert algorithm == SignatureAlgorithm(PSS, "RSASSA-PSS", "sha256", "sha512", 64, 1)
    assert problems == []


def test_pss_parameters_left_out_are_those_of_rfc_4055() -> None:
    algorithm, problems = algorithm_of(sequence(oid(PSS), sequence()))
    assert algorithm == SignatureAlgorithm(PSS, "RSASSA-PSS", "sha1", "sha1", 20, 1)
    assert problems == []


@in_one_test
@pytest.mark.parametrize(
    "parameters",
    [
        b"",
        NULL,
        sequence(tlv(0xA4, integer(1))),
        sequence(tlv(0xA1, sequence(oid("1.2.3")))),
        sequence(tlv(0xA0, b"")),
        sequence(tlv(0xA2, b"\x04\x00")),
    ],
)
def test_pss_parameters_that_are_none_are_a_problem(parameters: bytes) -> None:
    algorithm, problems = algorithm_of(sequence(oid(PSS), parameters))
    assert algorithm == SignatureAlgorithm(PSS, "RSASSA-PSS")
    assert problems == ["malformed_signature_algorithm:signatureAlgorithm"]


def test_algorithms_by_name_and_unknown_ones_by_oid() -> None:
    assert algorithm_of(sequence(oid("1.2.840.10045.4.3.3")))[0].name == "ecdsa-with-SHA384"
    assert algorithm_of(sequence(oid("1.2.840.113549.1.1.5"), NULL))[0].hash == "sha1"
    assert algorithm_of(sequence(oid("1.2.3.4")))[0] == SignatureAlgorithm("1.2.3.4", "1.2.3.4")
    unknown, problems = algorithm_of(sequence())
    assert (unknown.name, problems) == ("unknown", ["malformed_signature_algorithm:signatureAlgorithm"])


_MODULUS = st.builds(
    lambda bits, number, low: (1 << bits - 1) | number >> (4200 - bits) | low,
    st.sampled_from([1024, 2040, 2047, 2048, 2056, 3072, 4096, 4104]),
    st.integers(0, (1 << 4200 - 1) - 1),
    st.sampled_from([0, 1]),
)


@given(_MODULUS, st.sampled_from([3, 65537, 65539, (1 << 33) + 1]), st.data())
def test_a_key_that_is_compared_is_what_a_key_that_is_parsed_is(
    modulus: int, exponent: int, data: st.DataObject
) -> None:
    numbers = sequence(integer(modulus), integer(exponent))
    der = bytearray(sequence(sequence(oid(RSA), NULL), tlv(0x03, b"\x00", numbers)))
    if data.draw(st.booleans()):
        edges = [*range(45), *range(len(der) - 12, len(der))]
        der[data.draw(st.sampled_from(edges))] = data.draw(st.integers(0, 255))
    spki = bytes(der)
    bits = usual_rsa_bits(spki)
    if bits is None:
        return
    with mock.patch.object(keys, "usual_rsa_bits", return_value=None):
        noted: list[str] = []
        parsed = keys.read_public_key(spki, (0x30, 0, 4, len(spki)), noted.append)
        identifier = key_identifier(spki)
    assert key_identifier(spki) == identifier
    assert keys.read_public_key(spki, (0x30, 0, 4, len(spki)), noted.append) == parsed
    assert (parsed.bits, noted) == (bits, [])
    assert algorithms.weak_key(spki) == algorithms._weakness(spki) == ""


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_a_key_as_nearly_all_are_is_not_parsed(bits: int) -> None:
    usual = rsa_key(bits)
    assert usual_rsa_bits(usual) == bits
    for place in (*range(33), *range(len(usual) - 5, len(usual))):
        odd = bytearray(usual)
        odd[place] ^= 1
        assert usual_rsa_bits(bytes(odd)) is None
    even, short = bytearray(usual), bytearray(usual)
    even[-6] &= 0xFE
    short[33] &= 0x7F
    assert {usual_rsa_bits(bytes(other)) for other in (even, short, usual[:-1], usual + b"\0")} == {None}
