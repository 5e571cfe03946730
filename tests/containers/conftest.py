"""Material made once: a small authority-less certificate with its key, in every wrapping."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Made:
    """A key, a certificate and a request for it, and a CRL; and a second certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    other: x509.Certificate
    request: x509.CertificateSigningRequest
    crl: x509.CertificateRevocationList

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def other_der(self) -> bytes:
        return self.other.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)


def certificate(key: ec.EllipticCurvePrivateKey, common_name: str, serial: int) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    builder = x509.CertificateBuilder(name, name, key.public_key(), serial)
    builder = builder.not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
    return builder.not_valid_after(datetime(2027, 1, 1, tzinfo=UTC)).sign(key, hashes.SHA256())


@pytest.fixture(scope="session")
def made() -> Made:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "made")])
    crl = x509.CertificateRevocationListBuilder(name).last_update(datetime(2026, 1, 1, tzinfo=UTC))
    crl = crl.next_update(datetime(2026, 2, 1, tzinfo=UTC))
    return Made(
        key,
        certificate(key, "made", 1),
        certificate(key, "other", 2),
        x509.CertificateSigningRequestBuilder(name).sign(key, hashes.SHA256()),
        crl.sign(key, hashes.SHA256()),
    )


@pytest.fixture(scope="session")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 1024)  # small: it is only wrapped, never used


@pytest.fixture(scope="session")
def dsa_key() -> dsa.DSAPrivateKey:
    return dsa.generate_private_key(1024)
