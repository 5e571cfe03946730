"""read_certificate: the answers for real certificates, totality over the great corpora, and every oddity by name."""

from __future__ import annotations

import random
import tomllib
import warnings
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import AuthorityInformationAccessOID

from pkitools.errors import InputError, LimitError, PkitoolsError
from pkitools.limits import MAX_CERTIFICATE_BYTES
from pkitools.x509 import CertificateFacts, oin_from_certificate, read_certificate, signed_parts
from pkitools.x509.document import certificate_document
from tests.support import corpus
from tests.support.cases import in_one_test
from tests.support.der import (
    alternative_names,
    certificate,
    extension,
    integer,
    name,
    oid,
    other_name,
    rsa_key,
    sequence,
    serial_attribute,
    tlv,
)
from tests.support.shared import shared

UNUSED_BITS = {"BadSignedCACert.crt", "InvalidDSASignatureTest6EE.crt"}  # made by cutting bits off the signature
BASIC, KEY_USAGE, SAN = "2.5.29.19", "2.5.29.15", "2.5.29.17"


def sample(start: str) -> CertificateFacts:
    [der] = [der for key, der in corpus.real().items() if key.startswith(start) and ".chain." not in key]
    return read_certificate(der)


# the answers of the samples' README


@in_one_test
@pytest.mark.parametrize(
    ("start", "oin", "not_after"),
    [
        ("PrivateG1_lab.api.mijniconnect.nl", "00000003273229750000", datetime(2028, 10, 7, 23, 59, 59, tzinfo=UTC)),
        ("PrivateG1_api.kvk.nl", "00000001006033404000", datetime(2024, 4, 8, tzinfo=UTC)),
        ("PrivateG1_saml-sign.pp1.digid.nl", "00000004166909913000", datetime(2023, 11, 4, tzinfo=UTC)),
        ("PrivateG1_api-test-sign.coronatester.nl", None, None),
        ("EV_acc-waardepapieren.hoorn.nl", "00000001001516814000", None),
        ("G3_eh01.staging.iwelcome.nl", "00000003520354760000", None),
    ],
)
def test_the_samples_say_what_their_readme_says(start: str, oin: str | None, not_after: datetime | None) -> None:
    facts = sample(start)
    assert oin_from_certificate(facts).oin == oin
    assert facts.problems == ()
    if not_after:
        assert facts.not_after.date() == not_after.date()


def test_the_particulars_of_the_samples() -> None:
    lab = sample("PrivateG1_lab")
    assert lab.subject.first("2.5.4.97") == "NTRNL-27322975"
    upn = lab.subject_alternative_name[-1] if lab.subject_alternative_name else None
    assert upn is not None
    assert (upn.kind, upn.type_id, upn.string_type) == ("other", "1.3.6.1.4.1.311.20.2.3", "UTF8String")
    assert upn.value == "00000003273229750000@2.16.528.1.1003.1.3.8.1.2"
    assert lab.key_usage == {"digitalSignature", "keyEncipherment"}
    assert lab.certificate_policies is not None
    assert [p.oid for p in lab.certificate_policies] == ["2.16.528.1.1003.1.2.8.6"]
    assert lab.certificate_policies[0].cps_uris == ("http://www.quovadisglobal.com/repository",)
    assert sample("PrivateG1_saml-sign").subject.first("2.5.4.11") == "Afd. DigiD"
    assert [a.string_type for a in lab.subject_serial_numbers] == ["PrintableString"]
    notices = [n for p in sample("G3").certificate_policies or () for n in p.user_notices]
    assert notices[0].startswith("Reliance on this certificate by any party assumes acceptance")


def test_every_anchor_has_the_fingerprint_of_its_table() -> None:
    table = tomllib.loads(shared("anchors/anchors.toml").read_text())
    rows = next(value for value in table.values() if isinstance(value, list))
    facts = {f.sha256: f for f in map(read_certificate, (corpus.ders(p.read_bytes())[0] for p in _anchors()))}
    assert {row["sha256"] for row in rows} == set(facts)
    for each in facts.values():
        assert each.is_ca
        assert each.problems == ()
        assert each.key_usage is not None
        assert each.key_usage >= {"keyCertSign", "cRLSign"}
        assert oin_from_certificate(each).oin is None


def _anchors() -> list[Any]:
    return sorted(shared("anchors").glob("*.pem"))


def test_a_g4_authority_has_its_pss_parameters_and_qc_statements() -> None:
    facts = next(
        f for f in map(read_certificate, corpus.real().values()) if "UZI" in f.subject.text and "G4" in f.subject.text
    )
    assert facts.signature_algorithm.name == "RSASSA-PSS"
    assert facts.signature_algorithm.hash == facts.signature_algorithm.mgf_hash == "sha512"
    assert (facts.signature_algorithm.salt_length, facts.signature_algorithm.trailer_field) == (64, 1)
    assert facts.basic_constraints is not None
    assert facts.basic_constraints.path_length == 0
    assert [(s.oid, s.values) for s in facts.qc_statements or ()] == [("1.3.6.1.5.5.7.11.2", ("0.4.0.194121.1.2",))]


def test_facts_are_frozen() -> None:
    facts = sample("PrivateG1_lab")
    with pytest.raises(FrozenInstanceError):
        facts.serial_number = 1  # type: ignore[misc]  # that it is refused is the test
    assert hash(facts) == hash(read_certificate(facts.der))


# totality, with cryptography as the second reader


def _loaded(der: bytes) -> x509.Certificate | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return x509.load_der_x509_certificate(der)
        except (ValueError, TypeError, x509.InvalidVersion):
            return None


@pytest.mark.slow
@pytest.mark.parametrize("source", ["real", "pkits", "limbo", "vectors"])
def test_whatever_cryptography_loads_has_facts_and_they_agree(source: str) -> None:
    certificates: dict[str, bytes] = getattr(corpus, source)()
    compared = 0
    for label, der in certificates.items():
        theirs = _loaded(der)
        if theirs is None:
            _facts_or_our_error(der)
            continue
        facts = read_certificate(der)
        _agree(facts, theirs, label)
        certificate_document(facts)
        oin_from_certificate(facts)
        compared += 1
    assert compared >= {"real": 20, "pkits": 400, "limbo": 600, "vectors": 100}[source]


def _facts_or_our_error(der: bytes) -> None:
    try:
        read_certificate(der)
    except InputError:
        return


def _agree(facts: CertificateFacts, theirs: x509.Certificate, label: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert facts.serial_number == theirs.serial_number, label
        assert (facts.not_before, facts.not_after) == (theirs.not_valid_before_utc, theirs.not_valid_after_utc), label
        assert facts.signature_algorithm.oid == theirs.signature_algorithm_oid.dotted_string, label
        assert facts.version == theirs.version.value + 1, label
        _names_agree(facts, theirs, label)
        _keys_agree(facts, theirs, label)
        _extensions_agree(facts, theirs, label)
    if label in UNUSED_BITS:
        with pytest.raises(InputError, match="unused bits"):
            signed_parts(facts.der)
    else:
        parts = signed_parts(facts.der)
        assert (parts.signed, parts.signature) == (theirs.tbs_certificate_bytes, theirs.signature), label


def _names_agree(facts: CertificateFacts, theirs: x509.Certificate, label: str) -> None:
    try:
        pairs = [(facts.subject, theirs.subject), (facts.issuer, theirs.issuer)]
    except ValueError:
        return  # a string cryptography refuses; what we make of those has tests of its own
    for mine, other in pairs:
        assert [[a.oid for a in rdn] for rdn in mine.rdns] == [[a.oid.dotted_string for a in r] for r in other.rdns]
        if facts.problems == () and all(isinstance(a.value, str) for a in other):
            assert [a.value for a in mine] == [a.value for a in other], label


def _keys_agree(facts: CertificateFacts, theirs: x509.Certificate, label: str) -> None:
    try:
        key = theirs.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return
    if isinstance(key, rsa.RSAPublicKey):
        assert (facts.public_key.bits, facts.public_key.exponent) == (key.key_size, key.public_numbers().e), label
    if isinstance(key, ec.EllipticCurvePublicKey) and facts.public_key.curve != "explicit":
        assert facts.public_key.bits == key.curve.key_size, label
        assert facts.public_key.algorithm == "EC"
    # cryptography writes RSASSA-PSS back as plain RSA, and explicit curve parameters as a named curve
    if facts.public_key.algorithm != "RSASSA-PSS" and facts.public_key.curve != "explicit":
        assert facts.public_key.spki == key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo), label


def _extensions_agree(facts: CertificateFacts, theirs: x509.Certificate, label: str) -> None:
    try:
        extensions = theirs.extensions
    except (ValueError, TypeError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        return
    mine = [(e.oid, e.critical) for e in facts.extensions]
    assert mine == [(e.oid.dotted_string, e.critical) for e in extensions], label
    for theirs_one in extensions:
        value = theirs_one.value
        if isinstance(value, x509.BasicConstraints):
            ours = facts.basic_constraints
            assert ours is not None, label
            assert (ours.ca, ours.path_length) == (value.ca, value.path_length), label
        elif isinstance(value, x509.ExtendedKeyUsage):
            assert facts.extended_key_usage == tuple(use.dotted_string for use in value), label
        elif isinstance(value, x509.KeyUsage):
            assert facts.key_usage == _usages(value), label
        elif isinstance(value, x509.SubjectKeyIdentifier):
            assert facts.subject_key_identifier == value.digest.hex(), label
        elif isinstance(value, x509.AuthorityKeyIdentifier):
            assert facts.authority_key_identifier == (value.key_identifier and value.key_identifier.hex()), label
        elif isinstance(value, x509.CertificatePolicies):
            oids = [policy.policy_identifier.dotted_string for policy in value]
            assert [policy.oid for policy in facts.certificate_policies or ()] == oids, label
        elif isinstance(value, x509.SubjectAlternativeName) and not facts.problems:
            dns = [entry.value for entry in value if isinstance(entry, x509.DNSName)]
            assert [n.value for n in facts.subject_alternative_name or () if n.kind == "dns"] == dns, label
            assert len(facts.subject_alternative_name or ()) == len(list(value)), label
        elif isinstance(value, x509.AuthorityInformationAccess):
            ocsp = [d for d in value if d.access_method == AuthorityInformationAccessOID.OCSP]
            uris = [
                d.access_location.value for d in ocsp if isinstance(d.access_location, x509.UniformResourceIdentifier)
            ]
            assert list(facts.ocsp_uris) == uris, label
        elif isinstance(value, x509.CRLDistributionPoints):
            named = [list(point.full_name or ()) for point in value]
            uris = [n.value for names in named for n in names if isinstance(n, x509.UniformResourceIdentifier)]
            assert list(facts.crl_uris) == uris, label


def _usages(value: x509.KeyUsage) -> set[str]:
    names = {
        "digital_signature": "digitalSignature",
        "content_commitment": "nonRepudiation",
        "key_encipherment": "keyEncipherment",
        "data_encipherment": "dataEncipherment",
        "key_agreement": "keyAgreement",
        "key_cert_sign": "keyCertSign",
        "crl_sign": "cRLSign",
    }
    found = {ours for theirs, ours in names.items() if getattr(value, theirs)}
    if value.key_agreement:
        found |= {n for n, on in (("encipherOnly", value.encipher_only), ("decipherOnly", value.decipher_only)) if on}
    return found


# what is odd is named, and the rest is still there


@in_one_test
@pytest.mark.parametrize(
    ("der", "problem"),
    [
        (certificate(serial=integer(0)), "serial_not_positive:serialNumber"),
        (certificate(serial=integer(-5)), "serial_not_positive:serialNumber"),
        (certificate(serial=integer(1 << 160)), "serial_too_long:serialNumber"),
        (certificate(serial=b"\x02\x02\x00\x01"), "serial_padded:serialNumber"),
        (certificate(version=b"\xa0\x03\x02\x01\x06"), "unknown_version:version"),
        (certificate(None, extension(BASIC, b"\x30\x00"), version=b""), "extensions_before_v3:extensions"),
        (certificate(None, *[extension(BASIC, b"\x30\x00")] * 2), f"duplicate_extension:{BASIC}"),
        (certificate(None, extension(BASIC, b"\x30\x05\x01")), f"malformed_extension:{BASIC}"),
        (certificate(None, extension(BASIC, b"\x30\x00\x00")), f"malformed_extension:{BASIC}"),
        (certificate(None, extension(BASIC, b"\x30\x00", b"\x01\x01\x01")), f"not_der:{BASIC}"),
        (certificate(None, extension(BASIC, b"\x30\x00", b"\x01\x01\x00")), f"not_der:{BASIC}"),
        (certificate(None, extension(KEY_USAGE, b"\x03\x01\x09")), f"malformed_extension:{KEY_USAGE}"),
        (certificate(None, alternative_names(b"\x82\x05a")), f"malformed_extension:{SAN}"),
        (certificate(None, alternative_names(b"\x9e\x01a")), "malformed_general_name:subjectAlternativeName[1]"),
        (certificate(None, alternative_names(tlv(0x87, b"abc"))), "undecodable_string:subjectAlternativeName.ip"),
        (certificate(None, alternative_names(tlv(0x82, b"\xff"))), "undecodable_string:subjectAlternativeName.dns"),
        (certificate(name(("2.5.4.3", 0x0C, b"\xff"))), "undecodable_string:subject.CN"),
        (certificate(sequence(b"\x31\x02\x05\x00")), "malformed_name:subject"),
        (certificate(key=sequence(b"\x05\x00")), "malformed_key:subjectPublicKeyInfo"),
        (
            certificate(key=rsa_key().replace(b"\x02\x03\x01\x00\x01", b"\x04\x03\x01\x00\x01")),
            "malformed_key:subjectPublicKeyInfo",
        ),
        (
            certificate(outer_algorithm=sequence(oid("1.2.840.10045.4.3.2"))),
            "signature_algorithm_mismatch:signatureAlgorithm",
        ),
        (
            certificate(algorithm=sequence(oid("1.2.840.113549.1.1.10"))),
            "malformed_signature_algorithm:signatureAlgorithm",
        ),
    ],
)
def test_every_oddity_is_a_problem_and_not_an_exception(der: bytes, problem: str) -> None:
    facts = read_certificate(der)
    assert problem in facts.problems
    assert facts.issuer.common_name == "issuer"
    assert facts.not_after.year == 2027


def test_a_bad_extension_hides_no_other() -> None:
    facts = read_certificate(
        certificate(
            None,
            extension(KEY_USAGE, b"\x04\x00"),
            extension("2.5.29.37", sequence(oid("1.3.6.1.5.5.7.3.1"))),
            extension(BASIC, b"\x05"),
            alternative_names(b"\x9e\x00", tlv(0x82, b"a.nl")),
        )
    )
    assert facts.key_usage == frozenset()
    assert facts.extended_key_usage == ("1.3.6.1.5.5.7.3.1",)
    assert facts.basic_constraints is None
    assert [n.value for n in facts.subject_alternative_name or ()] == ["a.nl"]
    assert len(facts.problems) == 3
    assert len(facts.extensions) == 4


def test_of_two_extensions_the_first_counts() -> None:
    ca, no_ca = (extension(BASIC, value) for value in (b"\x30\x03\x01\x01\xff", b"\x30\x00"))
    assert read_certificate(certificate(None, ca, no_ca)).is_ca
    assert not read_certificate(certificate(None, no_ca, ca)).is_ca


def test_absent_is_none_and_empty_is_empty() -> None:
    bare = read_certificate(certificate())
    assert bare.version == 3
    for field in ("key_usage", "extended_key_usage", "subject_alternative_name", "certificate_policies"):
        assert getattr(bare, field) is None
    empty = read_certificate(certificate(None, extension("2.5.29.37", b"\x30\x00"), alternative_names()))
    assert empty.extended_key_usage == ()
    assert empty.subject_alternative_name == ()


def test_a_name_with_several_values_in_one_rdn_keeps_them_together() -> None:
    facts = read_certificate(
        certificate(name([serial_attribute("1"), ("2.5.4.3", 0x13, b"a")], ("2.5.4.3", 0x14, b"Caf\xe9")))
    )
    assert facts.subject.text == "serialNumber=1+CN=a, CN=Café"
    assert [a.string_type for a in facts.subject] == ["PrintableString", "PrintableString", "TeletexString"]


def test_other_names_of_every_content() -> None:
    facts = read_certificate(
        certificate(
            None,
            alternative_names(
                other_name("2.5.5.5", "a-b"),
                tlv(0xA0, oid("1.2.3"), tlv(0xA0, integer(5))),
                tlv(0xA4, name(("2.5.4.6", 0x13, b"NL"))),
                tlv(0x88, oid("1.2.3")[2:]),
                tlv(0x87, bytes((10, 0, 0, 1))),
                tlv(0x87, bytes(15) + b"\x01"),
                tlv(0xA3, b"\x05\x00"),
                tlv(0xA5, tlv(0xA1, tlv(0x0C, b"x"))),
            ),
        )
    )
    assert [(n.kind, n.value) for n in facts.subject_alternative_name or ()] == [
        ("other", "a-b"),
        ("other", "020105"),
        ("directory", "C=NL"),
        ("registered_id", "1.2.3"),
        ("ip", "10.0.0.1"),
        ("ip", "::1"),
        ("x400", "0500"),
        ("edi_party", "a1030c0178"),
    ]
    assert facts.problems == ()


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ((0x17, b"491231235959Z"), datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ((0x17, b"500101000000Z"), datetime(1950, 1, 1, tzinfo=UTC)),
        ((0x18, b"99991231235959Z"), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_times(times: tuple[int, bytes], expected: datetime) -> None:
    facts = read_certificate(certificate(validity=sequence(tlv(0x17, b"260101000000Z"), tlv(*times))))
    assert facts.not_after == expected


@in_one_test
@pytest.mark.parametrize(
    "time",
    [
        (0x17, b"261301000000Z"),
        (0x17, b"26010100000 Z"),
        (0x18, b"00000101000000Z"),
        (0x13, b"260101000000Z"),
        (0x17, "２６0101000000Z".encode()),
    ],
)
def test_a_certificate_with_what_is_no_time_is_one_with_a_field_that_cannot_be_read(time: tuple[int, bytes]) -> None:
    with pytest.raises(InputError, match="This is a certificate with a field that cannot be read"):
        read_certificate(certificate(validity=sequence(tlv(*time), tlv(0x17, b"270101000000Z"))))


@pytest.mark.parametrize("time", [(0x17, b"2601010000Z"), (0x17, b"260101000000+0100"), (0x18, b"20260101000000.5Z")])
def test_a_time_in_another_form_is_shown_and_noted(time: tuple[int, bytes]) -> None:
    """X.690 and RFC 5280 4.1.2.5 refuse it, and so does a path; whoever reads it wants to see which day is meant."""
    facts = read_certificate(certificate(validity=sequence(tlv(*time), tlv(0x17, b"270101000000Z"))))
    assert facts.problems[0] == "odd_time:notBefore"
    assert abs(facts.not_before - datetime(2026, 1, 1, tzinfo=UTC)) < timedelta(hours=2)


@in_one_test
@pytest.mark.parametrize(
    "data",
    [b"", b"\x30", b"\x30\x00", b"MIIB", bytes(1000), b"\xff" * 1000, certificate()[:-1], certificate() + b"\x00"],
)
def test_what_is_no_certificate_gets_one_sentence(data: bytes) -> None:
    with pytest.raises(InputError) as refused:
        read_certificate(data)
    assert refused.value.code == "x509.error.not_a_certificate"
    assert "\n" not in str(refused.value)


def test_the_limits() -> None:
    filler = extension("1.2.3.4", b"\x00" * (MAX_CERTIFICATE_BYTES - 2_000))
    assert read_certificate(certificate(None, filler)).extension("1.2.3.4") is not None
    with pytest.raises(LimitError, match="more than 262144"):
        read_certificate(certificate(None, filler, filler))
    with pytest.raises(LimitError, match="201 extensions"):
        read_certificate(certificate(None, *[extension("1.2.3.4", b"")] * 201))
    with pytest.raises(InputError, match="serial number of"):
        read_certificate(certificate(serial=integer(1 << 9000)))


@pytest.mark.slow
def test_mutated_certificates_give_facts_or_our_error() -> None:
    generator = random.Random(20261122)
    seeds = [*corpus.real().values()][:12]
    read = 0
    sentences = set()
    for _ in range(4000):
        der = bytearray(generator.choice(seeds))
        for _ in range(generator.choice((1, 1, 1, 2, 4))):
            at = generator.randrange(len(der))
            match generator.randrange(4):
                case 0:
                    der[at] = generator.randrange(256)
                case 1:
                    der[at] ^= 1 << generator.randrange(8)
                case 2:
                    del der[at : at + generator.randrange(1, 5)]
                case _:
                    der[at:at] = generator.randbytes(generator.randrange(1, 5))
        try:
            facts = read_certificate(bytes(der))
            certificate_document(facts)
            read += 1
        except PkitoolsError as error:
            sentences.add(str(error))
    assert read > 1000  # most flips hit a signature, a key or a text, and leave a certificate
    assert all(sentences)
