"""A request is copied, held to the profile, and mended where that can be told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from pkitools.errors import InputError, InvalidValueError, PkitoolsError
from pkitools.findings import Status
from pkitools.x509.subject_oin import oin_from_certificate
from pkitools_test_pki.blueprint import Deviation
from pkitools_test_pki.enrol import Change, check_key, enrol, read_request
from pkitools_test_pki.keys import KeySource, fresh_keys
from pkitools_test_pki.pki import PKI
from pkitools_test_pki.shapes import template, templates
from tests.support.cases import in_one_test

OIN = "00000099000000010000"
NAMES = {
    "C": NameOID.COUNTRY_NAME,
    "O": NameOID.ORGANIZATION_NAME,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "CN": NameOID.COMMON_NAME,
    "serialNumber": NameOID.SERIAL_NUMBER,
    "organizationIdentifier": NameOID.ORGANIZATION_IDENTIFIER,
    "L": NameOID.LOCALITY_NAME,
}
GOOD = [
    ("C", "NL"),
    ("O", "TRIAL Gemeente X"),
    ("CN", "TRIAL koppeling.x.nl"),
    ("organizationIdentifier", "NTRNL-12345678"),
    ("serialNumber", OIN),
]


@pytest.fixture(scope="module")
def key(rsa_keys: KeySource) -> rsa.RSAPrivateKey:
    made = rsa_keys("rsa:3072")
    assert isinstance(made, rsa.RSAPrivateKey)
    return made


def csr(
    key: Any, subject: Sequence[tuple[str, str]] = GOOD, names: Sequence[x509.GeneralName] = (), pss: bool = False
) -> bytes:
    builder = x509.CertificateSigningRequestBuilder().subject_name(
        x509.Name([x509.NameAttribute(NAMES[kind], value) for kind, value in subject])
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    extra = {"rsa_padding": padding.PSS(padding.MGF1(hashes.SHA512()), 64)} if pss else {}
    return builder.sign(key, hashes.SHA512() if pss else hashes.SHA256(), **extra).public_bytes(Encoding.DER)


DNS = [x509.DNSName("koppeling.x.nl")]


@pytest.mark.parametrize("pss", [True, False])
def test_a_request_is_copied(key: rsa.RSAPrivateKey, rsa_pki: PKI, pss: bool) -> None:
    issued, changes = rsa_pki["g4-tls-tsp"].issue_from_csr(csr(key, names=DNS, pss=pss))
    assert changes == ()
    assert [(a.name, a.value) for a in issued.facts.subject] == GOOD
    assert issued.load().public_key().public_numbers() == key.public_key().public_numbers()  # type: ignore[union-attr]  # an RSA key is what was made
    assert issued.key is None
    assert [n.value for n in issued.facts.subject_alternative_name or ()] == ["koppeling.x.nl"]


def test_every_change_is_reported(key: rsa.RSAPrivateKey, rsa_pki: PKI) -> None:
    subject = [("C", "NL"), ("O", "Gemeente X"), ("OU", "ICT"), ("CN", "koppeling.x.nl"), ("L", "Den Haag")]
    issued, changes = rsa_pki["g4-tls-tsp"].issue_from_csr(csr(key, subject, [*DNS, x509.RFC822Name("a@x.nl")]))
    assert set(changes) == {
        Change("left_out", "OU", "ICT", ""),
        Change("left_out", "L", "Den Haag", ""),
        Change("left_out", "subjectAltName", "email", ""),
        Change("derived", "organizationIdentifier", "", "NTRNL-99999991"),
        Change("prefixed", "O", "Gemeente X", "TRIAL Gemeente X"),
        Change("prefixed", "CN", "koppeling.x.nl", "TRIAL koppeling.x.nl"),
    }
    text = "C=NL, O=TRIAL Gemeente X, CN=TRIAL koppeling.x.nl, organizationIdentifier=NTRNL-99999991"
    assert issued.facts.subject.text == text, "nothing is invented: there is no OIN in the request"


@pytest.mark.parametrize(
    ("oin", "expected"),
    [("00000003123456780000", "NTRNL-12345678"), (OIN, "NTRNL-00000001"), ("00000004000000149000", "NTRNL-99999991")],
)
def test_the_kvk_number_comes_from_the_oin_where_it_has_one(oin: str, expected: str) -> None:
    chosen, _ = enrol(template("g4-tls"), {"oin": oin})
    assert chosen["organization_identifier"] == expected


@pytest.mark.slow
@pytest.mark.parametrize("oin", ["00000003273229750000", "00000099273229750000", "00000001006033404000", None])
@pytest.mark.parametrize("name", templates())
def test_oin_and_organization_identifier_of_no_profile_contradict_each_other(
    pki: PKI, name: str, oin: str | None
) -> None:
    wishes: Deviation = {} if oin is None else {"oin": oin}
    chosen, _ = enrol(template(name), wishes)
    for deviation in (wishes, chosen):
        facts = pki.issue(name, **deviation).facts
        assert "x509.oin.organization_identifier" not in {
            found.rule.code for found in oin_from_certificate(facts).outcomes if found.status is Status.VIOLATED
        }
        identifier = next((a.value for a in facts.subject if a.name == "organizationIdentifier"), None)
        if oin and "27322975" in oin and identifier:
            assert identifier == "NTRNL-27322975"


def test_an_option_goes_before_the_request(key: rsa.RSAPrivateKey) -> None:
    request = read_request(csr(key, names=DNS))
    chosen, changes = enrol(template("g4-tls"), {"organization": "TRIAL Y", "dns": ["y.nl"]}, request)
    assert (chosen["organization"], chosen["dns"], changes) == ("TRIAL Y", ["y.nl"], ())


def test_host_names_in_a_request_without_place_for_them_are_left_out(key: rsa.RSAPrivateKey) -> None:
    _, changes = enrol(template("g4-authentication"), {}, read_request(csr(key, names=DNS)))
    assert changes == (Change("left_out", "subjectAltName", "koppeling.x.nl", ""),)


def test_without_host_names_the_common_name_serves(key: rsa.RSAPrivateKey, rsa_pki: PKI) -> None:
    issued, _ = rsa_pki["g4-tls-tsp"].issue_from_csr(csr(key))
    assert [n.value for n in issued.facts.subject_alternative_name or ()] == ["koppeling.x.nl"]


@pytest.mark.parametrize(
    ("subject", "message"),
    [
        ([*GOOD, ("serialNumber", OIN)], "serialNumber more than once"),
        ([*GOOD[:-1], ("serialNumber", "00000001002308837000")], ""),
        ([*GOOD[:-1], ("serialNumber", "12345")], ""),
        ([("C", "NL"), ("CN", "TRIAL x.nl")], "needs O in the subject"),
        ([("C", "NL"), ("O", "TRIAL X")], "needs CN in the subject"),
        ([("C", "nl"), *GOOD[1:]], "C nl does not have the form"),
        ([GOOD[0], ("O", "x" * 59), *GOOD[2:]], "O TRIAL x+ has 65 characters"),
        ([*GOOD[:3], ("organizationIdentifier", "NTRNL-1234567X")], "does not have the form"),
    ],
)  # fmt: skip
def test_a_subject_that_cannot_be_mended_is_refused(
    key: rsa.RSAPrivateKey, rsa_pki: PKI, subject: list[tuple[str, str]], message: str
) -> None:
    with pytest.raises(PkitoolsError, match=message or "."):
        rsa_pki["g4-tls-tsp"].issue_from_csr(csr(key, subject, DNS))


@in_one_test
@pytest.mark.parametrize(
    "host",
    ["*.x.nl", "x", "10.0.0.1", "x..nl", "-a.nl", "a_b.nl", "x.nl ", "é.nl", "a." + "x" * 64 + ".nl", "a.onion", ""],
)
def test_a_host_name_no_profile_allows_is_refused(host: str) -> None:
    with pytest.raises(InvalidValueError, match="cannot be a name in this certificate"):
        enrol(template("g4-tls"), {"common_name": "TRIAL x", "dns": [host]})


@pytest.mark.parametrize("host", ["localhost", "a.b", "xn--caf-dma.nl", "A-1.example.NL"])
def test_host_names_that_may_be(host: str) -> None:
    assert enrol(template("g4-tls"), {"dns": [host]})[0]["dns"] == [host]


def test_names_are_counted() -> None:
    with pytest.raises(InvalidValueError, match="101 host names; g4-tls takes at most 100"):
        enrol(template("g4-tls"), {"dns": [f"h{n}.nl" for n in range(101)]})
    with pytest.raises(InvalidValueError, match="at most 1"):
        enrol(template("uzi-server"), {"dns": ["a.nl", "b.nl"]})
    with pytest.raises(InvalidValueError, match="has no host names"):
        enrol(template("g4-seal"), {"dns": ["a.nl"]})


def test_a_key_is_held_to_the_profile() -> None:
    with pytest.raises(InvalidValueError, match="2048 bits; g4-tls asks at least 3001"):
        check_key(template("g4-tls"), fresh_keys("rsa:2048").public_key())
    check_key(template("g1-server"), fresh_keys("rsa:2048").public_key())
    with pytest.raises(InvalidValueError, match="no RSA key"):
        check_key(template("g4-tls"), ec.generate_private_key(ec.SECP256R1()).public_key())
    odd = rsa.RSAPublicNumbers(3, fresh_keys("rsa:2048").public_key().public_numbers().n).public_key()  # type: ignore[union-attr]  # an RSA key is what was made
    with pytest.raises(InvalidValueError, match="public exponent 3"):
        check_key(template("g1-server"), odd)


def test_a_request_must_be_signed_with_its_own_key(key: rsa.RSAPrivateKey) -> None:
    data = bytearray(csr(key))
    data[-5] ^= 1
    with pytest.raises(InputError, match="does not belong to the key"):
        read_request(bytes(data))
    changed = csr(key).replace(b"Gemeente X", b"Gemeente Y")
    with pytest.raises(InputError, match="does not belong to the key"):
        read_request(changed)


@pytest.mark.parametrize(
    "data", [b"\x00", b"-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----"]
)
def test_what_is_no_request_is_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        read_request(data, "x.csr")


def test_a_private_key_given_instead_is_named() -> None:
    from pkitools_test_pki.keys import private_pem

    with pytest.raises(InputError, match="holds a private key"):
        read_request(private_pem(fresh_keys("ec:P-256")), "x.key")


def test_two_requests_are_one_too_many(key: rsa.RSAPrivateKey) -> None:
    pem = x509.load_der_x509_csr(csr(key)).public_bytes(Encoding.PEM)
    assert read_request(b"text before\r\n" + pem).dns == ()
    with pytest.raises(InputError, match="2 certificate signing requests"):
        read_request(pem * 2)


@pytest.mark.parametrize(
    "change",
    [
        lambda pem: pem,
        lambda pem: pem.replace(b"\n", b"\r\n"),
        lambda pem: b"\xef\xbb\xbf" + pem,
        lambda pem: b"Subject: x\n" + pem + b"\n\n",
        lambda pem: pem.replace(b"CERTIFICATE REQUEST", b"NEW CERTIFICATE REQUEST"),
    ],
    ids=["plain", "crlf", "bom", "text", "new"],
)
def test_a_request_is_recognised_in_every_dress(key: rsa.RSAPrivateKey, change: Any) -> None:
    pem = x509.load_der_x509_csr(csr(key, names=DNS)).public_bytes(Encoding.PEM)
    assert read_request(change(pem)) == read_request(csr(key, names=DNS))
