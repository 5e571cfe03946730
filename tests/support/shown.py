"""A file of every kind that ``cert show`` describes, made once, with a passphrase where it needs one."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import cache
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs7,
    pkcs12,
)
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID

from tests.support.certificates import made
from tests.support.deliveries import jks_of, pem, pkcs12_of
from tests.support.der import sequence, tlv
from tests.support.shared import SHARED

MOMENT: Final = datetime(2026, 11, 26, 12, tzinfo=UTC)
PASSPHRASE: Final = b"geheim123"
ENTITY_ID: Final = "urn:nl-eid-gdi:1.0:DV:00000001822477348000:entities:0001"
DAY: Final = timedelta(days=1)
# R10, R11, R12, R14, R19, R21, R23, R29 of the cases: what a file has to be opened with stands beside it
CASES: Final = ("R10", "R11", "R12", "R14", "R19", "R21", "R23", "R29")


@dataclass(frozen=True)
class Sample:
    """A file, and what opens it."""

    data: bytes
    passphrase: bytes | None = None


@dataclass(frozen=True)
class Small:
    """An authority and a certificate of it."""

    ca_key: ec.EllipticCurvePrivateKey
    ca: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    leaf: x509.Certificate

    @property
    def ders(self) -> tuple[bytes, bytes]:
        return self.leaf.public_bytes(Encoding.DER), self.ca.public_bytes(Encoding.DER)


def name(common_name: str, *more: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    parts = ((NameOID.COUNTRY_NAME, "NL"), (NameOID.ORGANIZATION_NAME, "Voorbeeld, B.V."), *more)
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in (*parts, (NameOID.COMMON_NAME, common_name))])


def issued(subject: x509.Name, key: Any, issuer: x509.Name, signer: Any, **days: int) -> x509.Certificate:
    builder = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(MOMENT - days.get("before", 30) * DAY)
    builder = builder.not_valid_after(MOMENT + days.get("after", 300) * DAY)
    names = x509.SubjectAlternativeName([x509.DNSName("a.voorbeeld.nl"), x509.DNSName("b.voorbeeld.nl")])
    return builder.add_extension(names, False).sign(signer, hashes.SHA256())


@cache
def small() -> Small:
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca_name = name("Kleine CA")
    ca = issued(ca_name, ca_key, ca_name, ca_key)
    subject = name("a.voorbeeld.nl", (NameOID.SERIAL_NUMBER, "00000001822477348000"))
    return Small(ca_key, ca, key, issued(subject, key, ca_name, ca_key))


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def crl(*, number: int | None = 7, base: int | None = None, ends: timedelta | None = timedelta(hours=29)) -> bytes:
    """A list of three entries. Without an end it is written by hand: cryptography makes none."""
    pki = small()
    builder = x509.CertificateRevocationListBuilder(pki.ca.subject).last_update(MOMENT - 10 * DAY)
    builder = builder.next_update(MOMENT + (ends or DAY))
    for serial in (5, 6, 7):
        entry = x509.RevokedCertificateBuilder(serial, MOMENT - 20 * DAY).build()
        builder = builder.add_revoked_certificate(entry)
    if number is not None:
        builder = builder.add_extension(x509.CRLNumber(number), False)
    if base is not None:
        builder = builder.add_extension(x509.DeltaCRLIndicator(base), True)
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(pki.ca_key.public_key())
    return builder.add_extension(authority, False).sign(pki.ca_key, hashes.SHA384()).public_bytes(Encoding.DER)


def response(
    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD,
    *,
    by_key: bool = False,
    ends: timedelta | None = timedelta(hours=29),
    nonce: bytes | None = None,
    digest: hashes.HashAlgorithm | None = None,
) -> bytes:
    """An OCSP response about the certificate of :func:`small`, its responder's certificate sent along."""
    pki = small()
    revoked = status is ocsp.OCSPCertStatus.REVOKED
    builder = ocsp.OCSPResponseBuilder().add_response(
        pki.leaf,
        pki.ca,
        digest or hashes.SHA1(),
        status,
        MOMENT - DAY,
        None if ends is None else MOMENT + ends,
        MOMENT - 2 * DAY if revoked else None,
        x509.ReasonFlags.key_compromise if revoked else None,
    )
    encoding = ocsp.OCSPResponderEncoding.HASH if by_key else ocsp.OCSPResponderEncoding.NAME
    builder = builder.responder_id(encoding, pki.ca).certificates([pki.ca])
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), False)
    return builder.sign(pki.ca_key, hashes.SHA256()).public_bytes(Encoding.DER)


def refused(number: int) -> bytes:
    """A response that says why there is none."""
    return sequence(tlv(0x0A, bytes([number])))


def signed_by(key: Any, subject: x509.Name) -> x509.CertificateSigningRequest:
    names = x509.SubjectAlternativeName([x509.DNSName("a.voorbeeld.nl"), x509.DNSName("c.voorbeeld.nl")])
    builder = x509.CertificateSigningRequestBuilder(subject).add_extension(names, False)
    if isinstance(key, rsa.RSAPrivateKey):
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        return builder.sign(key, hashes.SHA256(), rsa_padding=pss)
    return builder.sign(key, None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256())


def keystore(encryption: Any, *, key: bool = True) -> bytes:
    pki = small()
    given = pki.key if key else None
    return pkcs12.serialize_key_and_certificates(b"koppeling", given, pki.leaf, [pki.ca], encryption)


def key_descriptor(der: bytes, use: str = "") -> str:
    attribute = f' use="{use}"' if use else ""
    certificate = f"<ds:X509Certificate>{b64encode(der).decode()}</ds:X509Certificate>"
    data = f'<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>{certificate}</ds:X509Data></ds:KeyInfo>'
    return f"<md:KeyDescriptor{attribute}>{data}</md:KeyDescriptor>"


def entity(attributes: str = "", *keys: str, entity_id: str = ENTITY_ID) -> str:
    role = 'md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"'
    inside = f"<{role}>{''.join(keys)}</md:SPSSODescriptor>"
    return f'<md:EntityDescriptor {METADATA} {attributes} entityID="{entity_id}">{inside}</md:EntityDescriptor>'


METADATA: Final = 'xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"'


def message(kind: str = "AuthnRequest", inside: str = "") -> str:
    attributes = (
        f'ID="_a1" Version="2.0" IssueInstant="{MOMENT:%Y-%m-%dT%H:%M:%SZ}" Destination="https://idp.nl/a?b&amp;c"'
    )
    spaces = 'xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"'
    issuer = f"<saml:Issuer>{ENTITY_ID}</saml:Issuer>"
    return f"<samlp:{kind} {spaces} {attributes}>{issuer}{inside}</samlp:{kind}>"


def xml_signature(der: bytes) -> str:
    certificate = f"<ds:X509Certificate>{b64encode(der).decode()}</ds:X509Certificate>"
    data = f"<ds:KeyInfo><ds:X509Data>{certificate}</ds:X509Data></ds:KeyInfo>"
    return f'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">{data}</ds:Signature>'


@cache
def samples() -> Mapping[str, Sample]:
    """A file of every kind; each is made once."""
    leaf, ca = small().ders
    return {
        **_containers(leaf, ca),
        **_keys(),
        **_saml(leaf, ca),
        "crl": Sample(crl()),
        "crl.expired": Sample(crl(ends=-5 * DAY, number=None)),
        "crl.delta": Sample(crl(base=6)),
        "crls and certificate": Sample(pem(leaf) + _block("X509 CRL", crl()) + _block("X509 CRL", crl(base=6))),
        "request.ec": Sample(signed_by(small().key, small().leaf.subject).public_bytes(Encoding.DER)),
        "request.rsa-pss": Sample(signed_by(rsa_key(), small().leaf.subject).public_bytes(Encoding.PEM)),
        "ocsp.good": Sample(response(nonce=b"\x07" * 32)),
        "ocsp.revoked": Sample(response(ocsp.OCSPCertStatus.REVOKED, by_key=True)),
        "ocsp.unknown": Sample(response(ocsp.OCSPCertStatus.UNKNOWN, ends=None, digest=hashes.SHA256())),
        "ocsp.expired": Sample(response(ends=-timedelta(minutes=5))),
        **{f"ocsp.refused.{number}": Sample(refused(number)) for number in (1, 2, 3, 5, 6)},
    }


def _block(label: str, der: bytes) -> bytes:
    return f"-----BEGIN {label}-----\n{b64encode(der).decode()}\n-----END {label}-----\n".encode()


def _containers(leaf: bytes, ca: bytes) -> dict[str, Sample]:
    pki = small()
    native = PrivateKeyOf(pki.key)
    mail = EmailMessage()
    mail["From"] = "tsp@voorbeeld.nl"
    mail.add_attachment(pem(leaf), "application", "x-pem-file", filename="server.pem")
    secret = {"kind": "Secret", "data": {"tls.crt": b64encode(pem(leaf, ca)).decode()}}
    expired = issued(name("oud.voorbeeld.nl"), pki.key, pki.ca.subject, pki.ca_key, before=400, after=-37)
    future = issued(name("straks.voorbeeld.nl"), pki.key, pki.ca.subject, pki.ca_key, before=-41)
    aes = BestAvailableEncryption(PASSPHRASE)
    return {
        "pem": Sample(pem(leaf, ca)),
        "pem.expired": Sample(pem(expired.public_bytes(Encoding.DER), leaf, future.public_bytes(Encoding.DER))),
        "pem.real": Sample(pem(made("g1-server").der)),
        "der": Sample(leaf),
        "der.expired": Sample(expired.public_bytes(Encoding.DER)),
        "base64": Sample(b64encode(leaf)),
        "pkcs7": Sample(pkcs7.serialize_certificates([pki.leaf, pki.ca], Encoding.DER)),
        "pkcs12": Sample(keystore(aes), PASSPHRASE),
        "pkcs12.plain": Sample(keystore(NoEncryption())),
        "pkcs12.two": Sample(pkcs12_of(("een", leaf, native), ("twee", made("g1-server").der, native), more=[ca])),
        "pkcs12.trust": Sample(keystore(aes, key=False), PASSPHRASE),
        "jks": Sample(jks_of(("koppeling", leaf, native), trusted=[ca])),
        "mail": Sample(mail.as_bytes()),
        "header": Sample(b":" + b64encode(leaf) + b":"),
        "jwks": Sample(json.dumps({"keys": [{"kty": "EC", "x5c": [b64encode(leaf).decode()]}]}).encode()),
        "kubernetes": Sample(json.dumps(secret).encode()),
        "damaged": Sample(pem(leaf) + b"-----BEGIN CERTIFICATE-----\nMIIB*\n-----END CERTIFICATE-----\n"),
    }


class PrivateKeyOf:
    """What :mod:`tests.support.deliveries` asks of a key."""

    def __init__(self, native: Any) -> None:
        self.native = native
        self.algorithm = b""  # it states no RSASSA-PSS


def _keys() -> dict[str, Sample]:
    keys: dict[str, Any] = {"ec": small().key, "rsa": rsa_key(), "ed25519": ed25519.Ed25519PrivateKey.generate()}
    locked, plain = BestAvailableEncryption(PASSPHRASE), NoEncryption()
    found = {
        f"key.{kind}.{form}.{state}": Sample(key.private_bytes(Encoding.PEM, wrapping, protection))
        for kind, key in keys.items()
        for form, wrapping in (("pkcs8", PrivateFormat.PKCS8), ("old", PrivateFormat.TraditionalOpenSSL))
        for state, protection in (("plain", plain), ("locked", locked))
        if (kind, form) != ("ed25519", "old")
    }
    public = {
        f"public.{kind}": Sample(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        for kind, key in keys.items()
    }
    return {**found, **public}


def _saml(leaf: bytes, ca: bytes) -> dict[str, Sample]:
    until = f'validUntil="{MOMENT + timedelta(hours=17):%Y-%m-%dT%H:%M:%SZ}" cacheDuration="PT24H"'
    past = f'validUntil="{MOMENT - 13 * DAY:%Y-%m-%dT%H:%M:%S.000Z}"'
    keys = (key_descriptor(leaf, "signing"), key_descriptor(ca, "encryption"), key_descriptor(leaf))
    other = entity("", keys[0], entity_id="https://idp.voorbeeld.nl/saml")
    group = f'<md:EntitiesDescriptor {METADATA} {past} Name="urn:groep">{entity(until, *keys)}{other}'
    texts = {
        "metadata": entity(until, *keys),
        "metadata.expired": entity(past, keys[0]),
        "metadata.group": f"{group}</md:EntitiesDescriptor>",
        "metadata.odd": entity('validUntil="morgen"', keys[0]),
        "metadata.with_key": entity("", keys[0]) + "\n<!--\n" + _a_key() + "-->",
        "authn": message(),
        "authn.signed": message(inside=xml_signature(leaf)),
        "logout": message("LogoutRequest"),
        "response.soap": f"<soap:Envelope xmlns:soap='s'><soap:Body>{message('ArtifactResponse', message('Response'))}"
        "</soap:Body></soap:Envelope>",
    }
    return {label: Sample(text.encode()) for label, text in texts.items()}


def _a_key() -> str:
    return small().key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def shared_files() -> Mapping[str, Sample]:
    """The real samples, and the cases named above; none where the shared material is absent."""
    found = {}
    folders = [SHARED / "samples" / kind for kind in ("certificates", "crl", "metadata")]
    for folder in (*folders, *(SHARED / "cases" / case for case in CASES)):
        secret = folder / "pw"
        for path in sorted(folder.glob("*")) if folder.is_dir() else ():
            if path.name not in {"pw", "README.md"}:
                opens = secret.read_bytes().strip() if path.suffix == ".p12" and secret.exists() else None
                found[f"{folder.name}/{path.name}"] = Sample(path.read_bytes(), opens)
    return found
