"""A key without a certificate beside one that has its own: it is told that nobody judged it; a key may not differ."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha1, sha256
from itertools import permutations, product
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import pkitools
from pkitools.checking import FileCheck
from pkitools.containers.jwk import stated_key
from pkitools.findings import Verdict
from pkitools.x509 import CertificateFacts
from tests.support.cases import in_one_test
from tests.support.certificates import made, putting, setting
from tests.support.chains import authority
from tests.support.deliveries import metadata_of
from tests.support.requests import pooled_key

MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
KINDS = ("rsa:2048", "ec:p-256", "ec:p-384", "ec:p-521")
READABLE, KEY, PUBLISHED = "file.block.readable", "file.jwk.key", "received.private_key.published"


def judged(data: bytes) -> FileCheck:
    return pkitools.check_file(data, moment=MOMENT, environment="preproduction", raise_crashes=True)


def certificate(kind: str = "rsa:2048") -> bytes:
    return made("g4-tls", setting("key", pooled_key(kind).public.spki)).der


def number(value: int, size: int = 0) -> str:
    return text(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


def text(octets: bytes) -> str:
    return urlsafe_b64encode(octets).decode().rstrip("=")


def jwk(der: bytes) -> dict[str, Any]:
    """The key of a certificate as a JWK, written by what reads keys."""
    key = x509.load_der_x509_certificate(der).public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return {"kty": "RSA", "n": number(key.public_numbers().n), "e": number(key.public_numbers().e)}
    if isinstance(key, ec.EllipticCurvePublicKey):
        size = (key.key_size + 7) // 8
        x, y = (number(value, size) for value in (key.public_numbers().x, key.public_numbers().y))
        return {"kty": "EC", "crv": f"P-{key.key_size}", "x": x, "y": y}
    raise AssertionError(key)


def set_of(*keys: dict[str, Any]) -> bytes:
    return json.dumps({"keys": list(keys)}).encode()


def whole(kind: str = "rsa:2048") -> dict[str, Any]:
    der = certificate(kind)
    return {**jwk(der), "x5c": [b64encode(der).decode()]}


@pytest.mark.parametrize("stated", KINDS)
def test_the_key_of_a_jwk_is_that_of_its_certificate(stated: str) -> None:
    for held in KINDS:
        found = judged(set_of({**jwk(certificate(stated)), "x5c": whole(held)["x5c"]}))
        assert (KEY in found.file_report.codes()) is (stated != held), held
        assert (found.verdict is Verdict.FAILED) or stated == held


def test_a_key_of_edwards_is_written_as_its_certificate_ends() -> None:
    key = ed25519.Ed25519PrivateKey.generate().public_key()
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    stated = stated_key({"kty": "OKP", "crv": "Ed25519", "x": text(key.public_bytes_raw())})
    assert stated
    assert spki.endswith(stated)


@in_one_test
@pytest.mark.parametrize("member", ["n", "e"])
@pytest.mark.parametrize("value", ["AQAC", "", "%", 5, None, "A" * 5000])
def test_what_is_no_key_is_not_that_of_the_certificate(member: str, value: object) -> None:
    assert KEY in judged(set_of({**whole(), member: value})).file_report.codes()


def test_a_certificate_whose_jwk_states_no_key_is_not_held_against_one() -> None:
    for keyless in ({"kty": "RSA"}, {}, {"alg": "PS256"}):
        found = judged(set_of({**keyless, "x5c": whole()["x5c"]}))
        assert KEY not in found.file_report.codes()
        assert READABLE not in found.file_report.codes()


# what a JWK says of its key besides its certificates: nothing of it, all of it, and every way of saying it half
WRITTEN: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "whole": lambda key: key,
    "nothing": lambda _: {},
    "kind alone": lambda key: {"kty": key["kty"]},
    "kind in small letters": lambda key: {**key, "kty": key["kty"].lower()},
    "kind unknown": lambda key: {**key, "kty": "new"},
    "kind no text": lambda key: {**key, "kty": 5},
    "no kind": lambda key: {name: value for name, value in key.items() if name != "kty"},
    "half": lambda key: dict(list(key.items())[:-1]),
}


@pytest.mark.slow
def test_a_jwk_is_held_to_the_first_certificate_of_its_x5c_whatever_it_says_of_the_key() -> None:
    """The product of whose key is stated, how, which certificates stand there in which order, and list or not."""
    ders = {kind: certificate(kind) for kind in ("rsa:2048", "ec:p-256", "ec:p-384")}
    for (stated, der), (how, write), chain in product(ders.items(), WRITTEN.items(), permutations(ders, 2)):
        first = chain[0]
        key = write(jwk(der))
        nothing_comparable = how not in {"whole", "nothing", "kind alone"}
        foreign = stated != first and (how == "whole" or (how == "kind alone" and stated[:2] != first[:2]))
        for x5c, listed in (([in_base64(ders[kind]) for kind in chain], True), (in_base64(ders[first]), False)):
            found = judged(set_of({**key, "x5c": x5c}))
            assert (KEY in found.file_report.codes()) is (nothing_comparable or foreign), (stated, how, chain, listed)
            assert found.is_complete is listed
            assert len(found.results) == (len(chain) if listed else 1)


@in_one_test
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("more", [{}, {"x5u": "https://x.nl"}, {"x5c": []}, {"kid": 5}])
def test_a_key_without_certificate_is_told(kind: str, more: dict[str, Any]) -> None:
    for keys in ([whole(), {**jwk(certificate(kind)), **more}], [{**jwk(certificate(kind)), **more}, whole()]):
        found = judged(set_of(*keys))
        assert not found.is_complete
        assert READABLE in found.file_report.codes()
        assert found.verdict is not Verdict.PASSED


@pytest.mark.parametrize(("secret", "told"), [({"kty": "oct", "k": "c2VjcmV0"}, True), ({"kty": "oct"}, False)])
def test_a_symmetric_key_is_nobodys_to_publish(secret: dict[str, Any], told: bool) -> None:
    found = judged(set_of(whole(), secret))
    assert (PUBLISHED in found.file_report.codes()) is told
    assert READABLE not in found.file_report.codes()


BARE = [
    "<ds:KeyInfo><ds:KeyName>abc</ds:KeyName></ds:KeyInfo>",
    "<ds:KeyInfo><ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AQAB</ds:Modulus></ds:RSAKeyValue></ds:KeyValue></ds:KeyInfo>",
    "<ds:KeyInfo><ds:X509Data><ds:X509IssuerSerial><ds:a>CN=x</ds:a></ds:X509IssuerSerial></ds:X509Data></ds:KeyInfo>",
    "<ds:KeyInfo><ds:X509Data><ds:X509Certificate/></ds:X509Data></ds:KeyInfo>",
    "",
]


@in_one_test
@pytest.mark.parametrize("inside", BARE)
@pytest.mark.parametrize("use", [' use="encryption"', ""])
def test_a_key_descriptor_without_certificate_is_told(inside: str, use: str) -> None:
    good = metadata_of(("signing", certificate())).decode()
    for mark in ("<md:SPSSODescriptor>", "</md:SPSSODescriptor>"):
        bare = f"<md:KeyDescriptor{use}>{inside}</md:KeyDescriptor>"
        for key in [bare] if inside else [bare, f"<md:KeyDescriptor{use}/>"]:
            told = key + mark if mark.startswith("</") else mark + key
            found = judged(good.replace(mark, told).encode())
            assert READABLE in found.file_report.codes("not_checked"), key
            assert len(found.results) == 1


def test_a_key_descriptor_with_a_certificate_is_no_bare_one() -> None:
    der = certificate()
    whole_metadata = metadata_of(("signing", der), ("encryption", der), (None, der)).decode()
    for written in (
        whole_metadata,
        whole_metadata.replace("ds:", "").replace("md:", ""),
        whole_metadata.replace("<md:SPSSO", "<!-- <md:KeyDescriptor/> --><md:SPSSO"),
        whole_metadata.replace("<ds:KeyInfo>", "<ds:KeyInfo><ds:KeyName>x</ds:KeyName>"),
    ):
        assert READABLE not in judged(written.encode()).file_report.codes("not_checked")


KINDS_STATED = ("rsa:2048", "ec:p-256", "ec:p-384")
NAMESPACES = 'xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:dsig11="http://www.w3.org/2009/xmldsig11#"'
FORMS = ("numbers", "der", "compressed")
KEY_INFO = "file.key_info.key"


def in_base64(octets: bytes) -> str:
    return b64encode(octets).decode()


def stated_in_xml(der: bytes, form: str) -> str:
    """The key of a certificate as XML states it, written by what reads keys."""
    key = x509.load_der_x509_certificate(der).public_key()
    if form == "der":
        spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return f"<dsig11:DEREncodedKeyValue>{in_base64(spki)}</dsig11:DEREncodedKeyValue>"
    if isinstance(key, rsa.RSAPublicKey):
        numbers = key.public_numbers()
        modulus, exponent = (in_base64(n.to_bytes((n.bit_length() + 7) // 8)) for n in (numbers.n, numbers.e))
        value = f"<ds:Modulus>\n{modulus}\n</ds:Modulus><ds:Exponent>{exponent}</ds:Exponent>"
        return f"<ds:KeyValue><ds:RSAKeyValue>{value}</ds:RSAKeyValue></ds:KeyValue>"
    assert isinstance(key, ec.EllipticCurvePublicKey)
    how = PublicFormat.CompressedPoint if form == "compressed" else PublicFormat.UncompressedPoint
    point = f"<dsig11:PublicKey>{in_base64(key.public_bytes(Encoding.X962, how))}</dsig11:PublicKey>"
    return f"<ds:KeyValue><dsig11:ECKeyValue>{point}</dsig11:ECKeyValue></ds:KeyValue>"


def in_data(*ders: bytes) -> str:
    held = "".join(f"<ds:X509Certificate>{in_base64(der)}</ds:X509Certificate>" for der in ders)
    return f"<ds:X509Data>{held}</ds:X509Data>"


PLACES = {
    "metadata": '<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" {0} entityID="a">'
    "<md:SPSSODescriptor><md:KeyDescriptor>{1}</md:KeyDescriptor></md:SPSSODescriptor></md:EntityDescriptor>",
    "signature": "<ds:Signature {0}>{1}</ds:Signature>",
    "cpa": "<tp:CollaborationProtocolAgreement {0}>"
    "<tp:Start>2020-01-01T00:00:00Z</tp:Start><tp:End>2099-01-01T00:00:00Z</tp:End>"
    '<tp:PartyInfo><tp:Certificate tp:certId="A">{1}</tp:Certificate>'
    "</tp:PartyInfo></tp:CollaborationProtocolAgreement>",
    "nowhere": "<a {0}>{1}</a>",
}


@pytest.mark.slow
def test_a_key_that_stands_beside_a_certificate_in_xml_is_its_own() -> None:
    """The product of where it stands, how it is written, which kind it is of, and whether it is the certificate's."""
    ders = {kind: certificate(kind) for kind in KINDS_STATED}
    for place, form, kind, other in product(PLACES.values(), FORMS, KINDS_STATED, KINDS_STATED):
        stated = stated_in_xml(ders[other], form)
        for inside in (stated + in_data(ders[kind]), in_data(ders[kind]) + stated):
            text_of_it = place.format(NAMESPACES, f"<ds:KeyInfo>{inside}</ds:KeyInfo>")
            assert (KEY_INFO in judged(text_of_it.encode()).file_report.codes()) is (kind != other), text_of_it


def test_a_key_is_held_to_the_certificates_of_its_own_key_info_and_of_no_other() -> None:
    one, other = certificate("rsa:2048"), certificate("ec:p-256")
    right = "".join(f"<ds:KeyInfo>{stated_in_xml(der, 'numbers')}{in_data(der)}</ds:KeyInfo>" for der in (one, other))
    crossed = right.replace(in_data(one), "<x/>").replace(in_data(other), in_data(one)).replace("<x/>", in_data(other))
    alone = f"<ds:KeyInfo>{stated_in_xml(one, 'numbers')}</ds:KeyInfo><ds:KeyInfo>{in_data(other)}</ds:KeyInfo>"
    nested = f"<ds:KeyInfo>{stated_in_xml(one, 'der')}{in_data(one)}</ds:KeyInfo>"
    inside = f"<ds:KeyInfo>{in_data(other)}<e>{nested}</e></ds:KeyInfo>"
    two = f"<ds:KeyInfo>{stated_in_xml(one, 'der')}{stated_in_xml(other, 'der')}{in_data(one)}</ds:KeyInfo>"
    cases = {right: False, crossed: True, alone: False, inside: False, two: True}
    for text_of_it, told in cases.items():
        found = judged(PLACES["nowhere"].format(NAMESPACES, text_of_it).encode())
        assert (KEY_INFO in found.file_report.codes()) is told, text_of_it


@pytest.mark.slow
def test_all_that_stands_in_a_key_descriptor_is_said_of_each_end_entity_in_it() -> None:
    """The product of how it is nested, which certificates stand there, and whose key is stated: an authority's too."""
    leaf, other, above = certificate(), certificate("ec:p-256"), authority("uitgever").der
    inside = {
        "one KeyInfo": "<ds:KeyInfo>{0}{1}</ds:KeyInfo>",
        "two": "<ds:KeyInfo>{1}</ds:KeyInfo><ds:KeyInfo>{0}</ds:KeyInfo>",
        "nested": "<ds:KeyInfo>{0}<ds:KeyInfo>{1}</ds:KeyInfo></ds:KeyInfo>",
        "nested the other way": "<ds:KeyInfo><ds:KeyInfo>{0}</ds:KeyInfo>{1}</ds:KeyInfo>",
        "before": "{0}<ds:KeyInfo>{1}</ds:KeyInfo>",
        "after": "<ds:KeyInfo>{1}</ds:KeyInfo>{0}",
    }
    held = {"leaf": [leaf], "chain": [leaf, above], "turned": [above, leaf], "two": [leaf, other]}
    for (how, nested), (which, ders), stated in product(inside.items(), held.items(), (leaf, other, above)):
        data = nested.format(stated_in_xml(stated, "numbers"), in_data(*ders))
        right = stated is leaf and which != "two"
        found = judged(PLACES["metadata"].format(NAMESPACES, data).encode())
        assert (KEY_INFO in found.file_report.codes()) is not right, (how, which)
        # two KeyDescriptors are two keys
        two = data + "</md:KeyDescriptor><md:KeyDescriptor>" + f"<ds:KeyInfo>{in_data(other)}</ds:KeyInfo>"
        found = judged(PLACES["metadata"].format(NAMESPACES, two).encode())
        assert (KEY_INFO in found.file_report.codes()) is not right, (how, which)


MEANT = "file.key_info.certificate"


def said_of(facts: CertificateFacts, how: str) -> str:
    """What XML says of which certificate it means."""
    if how == "serial number":
        number_of_it = f"<ds:X509SerialNumber> {facts.serial_number}\n</ds:X509SerialNumber>"
        return f"<ds:X509IssuerSerial>{number_of_it}</ds:X509IssuerSerial>"
    if how == "digest":
        digest = in_base64(sha256(facts.der).digest())
        return f'<dsig11:X509Digest Algorithm="http://www.w3.org/2001/04/xmlenc#sha256">{digest}</dsig11:X509Digest>'
    assert facts.subject_key_identifier is not None
    framed = b"\x04\x14" if how == "identifier in its frame" else b""
    return f"<ds:X509SKI>{in_base64(framed + bytes.fromhex(facts.subject_key_identifier))}</ds:X509SKI>"


@pytest.mark.slow
def test_what_xml_says_of_which_certificate_it_means_is_of_one_that_stands_there() -> None:
    """The product of where it stands, how it is said, of which it is said, and what stands with the certificate."""
    leaf, another = made("g4-tls"), putting("2.5.29.14", b"\x04\x14" + bytes(20))
    other = made("g4-tls", another, setting("serial", b"\x02\x01\x05"))
    above = authority("uitgever").der
    inside = ("{0}<ds:KeyInfo>{1}</ds:KeyInfo>", "<ds:KeyInfo>{0}{1}</ds:KeyInfo>", "<ds:KeyInfo>{1}{0}</ds:KeyInfo>")
    ways = ("serial number", "digest", "identifier", "identifier in its frame")
    for (kind, place), nested, how, ders in product(PLACES.items(), inside, ways, ([leaf.der], [above, leaf.der])):
        apart = nested.startswith("{0}") and kind != "metadata"  # of no KeyInfo it says nothing
        for of, told in ((leaf, False), (other, not apart)):
            data = nested.format(said_of(of, how), in_data(*ders))
            found = judged(place.format(NAMESPACES, data).encode())
            assert (MEANT in found.file_report.codes()) is told, data
            assert (found.file_report.verdict is Verdict.FAILED) is told


@in_one_test
@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("<ds:X509SKI/>", True),
        ("<ds:X509SKI>%</ds:X509SKI>", True),
        ("<ds:X509SKI><!-- AAAA --></ds:X509SKI>", True),
        ("<ds:X509SerialNumber>vijf</ds:X509SerialNumber>", True),
        ("<ds:X509SubjectName>CN=iemand</ds:X509SubjectName>", False),
        ('<dsig11:X509Digest Algorithm="urn:ons">AAAA</dsig11:X509Digest>', False),  # what nobody can compare
        ("<!-- <ds:X509SKI>AAAA</ds:X509SKI> -->", False),
    ],
)
def test_what_is_no_identifier_is_of_no_certificate(said: str, told: bool) -> None:
    data = f"<ds:KeyInfo>{said}{in_data(certificate())}</ds:KeyInfo>"
    found = judged(PLACES["metadata"].format(NAMESPACES, data).encode())
    assert (MEANT in found.file_report.codes()) is told


def test_the_numbers_of_a_private_key_in_xml_are_nobodys_to_publish() -> None:
    der = certificate()
    public = stated_in_xml(der, "numbers")
    private = public.replace("</ds:RSAKeyValue>", "<ds:D>AQAB</ds:D></ds:RSAKeyValue>")
    for value, told in ((public, False), (private, True)):
        for place in PLACES.values():
            found = judged(place.format(NAMESPACES, f"<ds:KeyInfo>{value}{in_data(der)}</ds:KeyInfo>").encode())
            assert (PUBLISHED in found.file_report.codes()) is told
            assert KEY_INFO not in found.file_report.codes()


@pytest.mark.parametrize("member", ["x5t", "x5t#S256"])
def test_the_thumbprint_in_a_jwk_is_that_of_its_first_certificate(member: str) -> None:
    own, other = certificate(), certificate("ec:p-256")
    digest = {"x5t": sha1, "x5t#S256": sha256}[member]
    chain = [in_base64(der) for der in (own, other)]
    for stated, told in (
        (text(digest(own).digest()), False),
        (text(digest(other).digest()), True),
        ("%", True),
        (7, True),
    ):
        found = judged(set_of({**jwk(own), "x5c": chain, member: stated}))
        assert ("file.jwk.thumbprint" in found.file_report.codes()) is told, stated
    assert "file.jwk.thumbprint" not in judged(set_of({**jwk(own), "x5c": chain})).file_report.codes()
