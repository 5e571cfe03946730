"""What others are sent, as a good one would make it, from which a test states only its deviation."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha1, sha256
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.support.leaves import KVK_OIN

MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
GDI = f"urn:nl-eid-gdi:1.0:DV:{KVK_OIN}:entities:0001"
EHERKENNING = f"urn:etoegang:DV:{KVK_OIN}:entities:0001"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
ARTIFACT, POST = (f"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-{name}" for name in ("Artifact", "POST"))
SP, IDP = "SPSSODescriptor", "IDPSSODescriptor"


@dataclass(frozen=True)
class Holder:
    """A key with its certificate."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def base64(self) -> str:
        return b64encode(self.der).decode()

    @property
    def name(self) -> str:
        """What its key is usually called."""
        return sha1(self.der, usedforsecurity=False).hexdigest()


@cache
def _key(number: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def _extensions(key: rsa.RSAPrivateKey, name: str) -> list[tuple[x509.ExtensionType, bool]]:
    usages = dict.fromkeys(
        ("content_commitment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign"), False
    )
    usage = x509.KeyUsage(
        digital_signature=True, key_encipherment=True, encipher_only=False, decipher_only=False, **usages
    )
    return [
        (usage, True),
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]), False),
        (x509.SubjectAlternativeName([x509.DNSName(name)]), False),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
    ]


@cache
def holder(
    number: int = 0,
    oin: str = KVK_OIN,
    since: datetime = datetime(2026, 1, 1, tzinfo=UTC),
    until: datetime = datetime(2028, 1, 1, tzinfo=UTC),
) -> Holder:
    """A key and a certificate that it signed itself: who issued it is not what metadata is judged by."""
    key = _key(number)
    attributes = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "NL"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Voorbeeld"),
        x509.NameAttribute(NameOID.SERIAL_NUMBER, oin),
        x509.NameAttribute(NameOID.COMMON_NAME, f"saml{number}.example.nl"),
    ]
    subject = x509.Name(attributes)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    made = builder.serial_number(1000 + number).not_valid_before(since).not_valid_after(until)
    for extension, critical in _extensions(key, f"saml{number}.example.nl"):
        made = made.add_extension(extension, critical)
    return Holder(key, made.sign(key, hashes.SHA256()))


def descriptor(held: Holder | None = None, use: str | None = "signing", name: str | None = None, info: str = "") -> str:
    """A KeyDescriptor; ``name`` empty leaves it out, ``info`` stands in the place of the certificate."""
    held = held or holder()
    called = held.name if name is None else name
    inside = f"<ds:KeyName>{called}</ds:KeyName>" if called else ""
    certificate = info or f"<ds:X509Data><ds:X509Certificate>{held.base64}</ds:X509Certificate></ds:X509Data>"
    attribute = "" if use is None else f' use="{use}"'
    return f"<md:KeyDescriptor{attribute}><ds:KeyInfo>{inside}{certificate}</ds:KeyInfo></md:KeyDescriptor>"


def pointing(held: Holder, serial: int | None = None, ski: bytes | None = None, digest: bytes | None = None) -> str:
    """An X509Data with a certificate, and all that points to one: to that one, unless it is said otherwise."""
    own = held.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    serial = held.certificate.serial_number if serial is None else serial
    return (
        f"<ds:X509Data><ds:X509IssuerSerial><ds:X509IssuerName>CN=x</ds:X509IssuerName>"
        f"<ds:X509SerialNumber>{serial}</ds:X509SerialNumber></ds:X509IssuerSerial>"
        f"<ds:X509SKI>{b64encode(own if ski is None else ski).decode()}</ds:X509SKI>"
        f"<ds:X509Certificate>{held.base64}</ds:X509Certificate>"
        '<d:X509Digest xmlns:d="http://www.w3.org/2009/xmldsig11#" Algorithm="http://www.w3.org/2001/04/xmlenc#sha256">'
        f"{b64encode(sha256(held.der).digest() if digest is None else digest).decode()}</d:X509Digest></ds:X509Data>"
    )


def consumer(location: str = "https://dienst.example.nl/acs", binding: str = ARTIFACT, more: str = 'index="0"') -> str:
    """An AssertionConsumerService."""
    return f'<md:AssertionConsumerService Binding="{binding}" Location="{location}" {more}/>'


def role(
    keys: str | None = None,
    endpoints: str | None = None,
    kind: str = SP,
    attributes: str = 'AuthnRequestsSigned="true" WantAssertionsSigned="true"',
    protocol: str = "urn:oasis:names:tc:SAML:2.0:protocol",
) -> str:
    """A role with a key for signing and one for encryption."""
    keys = descriptor() + descriptor(use="encryption") if keys is None else keys
    endpoints = consumer() if endpoints is None else endpoints
    start = f'<md:{kind} {attributes} protocolSupportEnumeration="{protocol}">'
    return f"{start}{keys}{endpoints}</md:{kind}>"


def entity(
    roles: str | None = None,
    entity_id: str = GDI,
    attributes: str = 'validUntil="2027-06-01T00:00:00Z"',
    identity: str = "_1",
    declared: str = "",
) -> str:
    """An EntityDescriptor."""
    identity = f'ID="{identity}"' if identity else ""
    spaces = 'xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'
    start = f'<md:EntityDescriptor {spaces} {declared} {identity} entityID="{entity_id}" {attributes}>'
    return f"{start}{role() if roles is None else roles}</md:EntityDescriptor>"


def entities(*inside: str, attributes: str = 'validUntil="2027-06-01T00:00:00Z"') -> str:
    """An EntitiesDescriptor."""
    spaces = 'xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'
    return f'<md:EntitiesDescriptor {spaces} ID="_0" {attributes}>{"".join(inside)}</md:EntitiesDescriptor>'


def signed(
    text: str,
    held: Holder | None = None,
    *,
    algorithm: str = "rsa-sha256",
    digest: str = "sha256",
    canonical: str = EXCLUSIVE,
    reference: str | None = "_1",
    bare: bool = True,
) -> bytes:
    """Sign it, with the certificate alone in the KeyInfo unless it is to have the key beside it."""
    from lxml import etree
    from signxml.signer import XMLSigner

    class Lenient(XMLSigner):  # type: ignore[misc]  # it has no types; SHA-1 is what some files are still signed with
        def check_deprecated_methods(self) -> None:
            """Take any."""

    held = held or holder()
    signer = Lenient(signature_algorithm=algorithm, digest_algorithm=digest, c14n_algorithm=canonical)
    made = signer.sign(
        etree.fromstring(text.encode()),
        key=held.key,
        cert=[held.certificate],
        reference_uri=reference,
        id_attribute="ID",
        always_add_key_value=not bare,
    )
    made.insert(0, made[-1])  # where the schema has it: behind everything is where signxml puts it
    return bytes(etree.tostring(made))


def good(**deviation: Any) -> bytes:
    """Metadata of a service of ST-SAML, signed."""
    return signed(entity(**deviation))


# -- a JWKS ------------------------------------------------------------------------------------------------------------


def _number(value: int) -> str:
    return urlsafe_b64encode(value.to_bytes((value.bit_length() + 7) // 8, "big")).decode().rstrip("=")


def jwk(held: Holder | None = None, **members: Any) -> dict[str, Any]:
    """The JWK of a key, with its certificate; a member that is ``None`` is left out."""
    held = held or holder()
    numbers = held.key.public_key().public_numbers()
    made: dict[str, Any] = {
        "kty": "RSA",
        "kid": held.name,
        "use": "sig",
        "n": _number(numbers.n),
        "e": _number(numbers.e),
        "x5c": [held.base64],
        "x5t#S256": thumbprint(held),
        **members,
    }
    return {name: value for name, value in made.items() if value is not None}


def thumbprint(held: Holder) -> str:
    """The x5t#S256 of a certificate."""
    return urlsafe_b64encode(sha256(held.der).digest()).decode().rstrip("=")


def jwks(*keys: dict[str, Any]) -> bytes:
    """A set of them; of the good one where none is given."""
    return json.dumps({"keys": list(keys) or [jwk()]}).encode()


# -- a CPA -------------------------------------------------------------------------------------------------------------

OTHER_OIN = "00000001006033404000"


def party(
    held: Holder | None = None,
    *,
    number: str = KVK_OIN,
    kind: str = "urn:osb:oin",
    uri: str = "https://ebms.example.nl/",
    reference: str = "C1",
    certificate: str | None = None,
) -> str:
    """A PartyInfo with one certificate for everything."""
    inside = (held or holder()).base64 if certificate is None else certificate
    return (
        f'<tp:PartyInfo tp:partyName="{number}"><tp:PartyId tp:type="{kind}">{number}</tp:PartyId>'
        '<tp:Certificate tp:certId="C1"><ds:KeyInfo><ds:X509Data>'
        f"<ds:X509Certificate>{inside}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></tp:Certificate>"
        f'<tp:Transport><tp:TransportReceiver><tp:Endpoint tp:uri="{uri}" tp:type="allPurpose"/>'
        f'<tp:TransportServerSecurity><tp:ServerCertificateRef tp:certId="{reference}"/></tp:TransportServerSecurity>'
        "</tp:TransportReceiver></tp:Transport></tp:PartyInfo>"
    )


def cpa(
    one: str | None = None, *, end: str = "2027-01-01T00:00:00Z", more: str = "", other: str | None = None
) -> bytes:
    """A CPA of two parties."""
    first = party() if one is None else one
    second = party(holder(1, OTHER_OIN), number=OTHER_OIN) if other is None else other
    spaces = (
        'xmlns:tp="http://www.oasis-open.org/committees/ebxml-cppa/schema/cpp-cpa-2_0.xsd" '
        'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'
    )
    return (
        f'<tp:CollaborationProtocolAgreement {spaces} tp:cpaid="cpa-1"><tp:Status tp:value="agreed"/>'
        f"<tp:Start>2026-01-01T00:00:00Z</tp:Start><tp:End>{end}</tp:End>"
        f"{first}{second}{more}</tp:CollaborationProtocolAgreement>"
    ).encode()


TEST_GDI = GDI.replace("0001", "9001")
EXAMPLES: dict[str, Callable[[], bytes]] = {
    "metadata.xml": lambda: good(entity_id=TEST_GDI),
    "renewed.xml": lambda: good(
        entity_id=TEST_GDI, roles=role(keys=descriptor() + descriptor(holder(1)) + descriptor(use="encryption"))
    ),
    "tampered.xml": lambda: good(entity_id=TEST_GDI).replace(b"dienst.example.nl", b"dienst.example.nI"),
    "doctype.xml": lambda: b"<!DOCTYPE a>" + good(),
    "jwks.json": jwks,
    "cpa.xml": cpa,
}
"""Files that tests of the command line use, by name."""
