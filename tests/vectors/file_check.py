"""Vectors of :mod:`pkitools.checking.file_check`."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from ssl import DER_cert_to_PEM_cert
from typing import Any

from pkitools.checking.file_check import check_file
from pkitools.containers import read_source
from pkitools.environment import Environment
from pkitools.findings import Report
from pkitools.trust import embedded_certificates
from pkitools.x509 import read_certificate
from tests.support.leaves import KVK_OIN, RSIN_OIN
from tests.vectors import Vector

MOMENT = datetime(2026, 11, 22, tzinfo=UTC)
BROKEN = b"-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n"


def report(*blocks: bytes, **given: Any) -> Callable[[], Report]:
    return lambda: check_file(b"".join(blocks), moment=MOMENT, environment=Environment.PRODUCTION, **given).report


GOOD = DER_cert_to_PEM_cert(embedded_certificates()[0].der).encode()

OWN, ANOTHER = (f"urn:etoegang:DV:{oin}:entities:0001" for oin in (KVK_OIN, RSIN_OIN))
FOR_ONE = {"systems": "digid-machtigen"}


def metadata(attributes: str, **options: Any) -> Callable[[], Report]:
    """Return what makes a report on metadata with one entity, which has these attributes."""
    certificate = b64encode(embedded_certificates()[0].der).decode()
    text = (
        f'<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" {attributes}><SPSSODescriptor><KeyDescriptor>'
        f"<X509Certificate>{certificate}</X509Certificate></KeyDescriptor></SPSSODescriptor></EntityDescriptor>"
    )
    return lambda: check_file(text.encode(), moment=MOMENT, environment=Environment.PRODUCTION, **options).report


def beside(exponent: int) -> Callable[[], Report]:
    """Return what makes a report on XML with a certificate, and beside it its key with this exponent."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.x509 import load_der_x509_certificate

    der = embedded_certificates()[0].der
    key = load_der_x509_certificate(der).public_key()
    assert isinstance(key, RSAPublicKey)
    modulus, power = (
        b64encode(urlsafe_b64decode(f"{number(n)}==")).decode() for n in (key.public_numbers().n, exponent)
    )
    value = f"<RSAKeyValue><Modulus>{modulus}</Modulus><Exponent>{power}</Exponent></RSAKeyValue>"
    info = f"<KeyValue>{value}</KeyValue><X509Certificate>{b64encode(der).decode()}</X509Certificate>"
    return report(f"<Signature><KeyInfo>{info}</KeyInfo></Signature>".encode())


def identified(serial: int) -> Callable[[], Report]:
    """Return what makes a report on XML with a certificate, and beside it this serial number."""
    der = embedded_certificates()[0].der
    told = f"<X509IssuerSerial><X509SerialNumber>{serial}</X509SerialNumber></X509IssuerSerial>"
    data = f"<X509Data>{told}<X509Certificate>{b64encode(der).decode()}</X509Certificate></X509Data>"
    return report(f"<Signature><KeyInfo>{data}</KeyInfo></Signature>".encode())


def jwk(n: str | None = None, **members: str) -> Callable[[], Report]:
    """Return what makes a report on a JWK with this modulus; with that of its certificate by default."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.x509 import load_der_x509_certificate

    key = load_der_x509_certificate(embedded_certificates()[0].der).public_key()
    assert isinstance(key, RSAPublicKey)
    n, e = (n or number(key.public_numbers().n)), number(key.public_numbers().e)
    stated = {"kty": "RSA", "n": n, "e": e, "x5c": [b64encode(embedded_certificates()[0].der).decode()], **members}
    return report(json.dumps({"keys": [stated]}).encode())


def number(value: int) -> str:
    return urlsafe_b64encode(value.to_bytes((value.bit_length() + 7) // 8, "big")).decode().rstrip("=")


OF_FIRST = number(int(embedded_certificates()[0].sha256, 16))

VECTORS = [
    Vector("file.key_info.key", beside(3), beside(65537)),
    Vector(
        "file.key_info.certificate",
        identified(5),
        identified(read_certificate(embedded_certificates()[0].der).serial_number),
    ),
    Vector("file.jwk.thumbprint", jwk(**{"x5t#S256": number(3**161)}), jwk(**{"x5t#S256": OF_FIRST})),
    Vector("file.jwk.key", jwk(number(3**200)), jwk()),
    Vector("file.block.readable", report(GOOD, BROKEN), report(GOOD)),
    Vector("file.material.readable", report(GOOD, unread=read_source(GOOD + BROKEN, "list").problems), report(GOOD)),
    Vector(
        "file.entity_id.differs",
        metadata(f'entityID="{ANOTHER}"', entity_id=OWN),
        metadata(f'entityID="{OWN}"', entity_id=OWN),
    ),
    Vector("file.entity_id.stated", metadata("", **FOR_ONE), metadata(f'entityID="{OWN}"', **FOR_ONE)),
    Vector(
        "file.metadata.expired",
        metadata(f'entityID="{OWN}" validUntil="2020-01-01T00:00:00Z"'),
        metadata(f'entityID="{OWN}" validUntil="2030-01-01T00:00:00Z"'),
    ),
    Vector(
        "file.metadata.until",
        metadata(f'entityID="{OWN}" validUntil="gisteren"'),
        metadata(f'entityID="{OWN}" validUntil="2030-01-01T00:00:00Z"'),
    ),
    Vector("file.metadata.certificates", metadata(f'entityID="{OWN}"'), report(GOOD)),
]
