"""End-entity facts of a good PKIoverheid certificate, from which a test changes what it is about."""

from __future__ import annotations

from dataclasses import replace

from pkitools.x509 import CertificateFacts, read_certificate
from pkitools.x509.model import CertificatePolicy, GeneralName, PublicKey
from tests.support.der import UTF8, certificate, common_name, name, serial_attribute

KVK_OIN = "00000003273229750000"
RSIN_OIN = "00000001006033404000"
CLIENT, SERVER = "1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.1"
UZI_NAME = "2.16.528.1.1003.1.3.5.5.5-1-123456789-S-90000380-00.000-00000000"


def rsa(bits: int = 3072, thumbprint: str = "11" * 32) -> PublicKey:
    return PublicKey("RSA", bits, None, 65537, thumbprint)


def dns(*names: str) -> tuple[GeneralName, ...]:
    return tuple(GeneralName("dns", value) for value in names)


def leaf(
    cn: str = "api.example.nl",
    *,
    issuer: str = "KPN PKIoverheid Private Services CA - G1",
    oin: str = KVK_OIN,
    **changes: object,
) -> CertificateFacts:
    """Facts of a G1 server certificate; ``changes`` are fields of :class:`CertificateFacts`."""
    attributes = [("2.5.4.10", UTF8, b"Voorbeeld"), common_name(cn)]
    if oin:
        attributes.append(serial_attribute(oin))
    facts = read_certificate(certificate(name(*attributes), issuer=name(common_name(issuer))))
    good: dict[str, object] = {
        "key_usage": frozenset({"digitalSignature", "keyEncipherment"}),
        "extended_key_usage": (CLIENT, SERVER),
        "subject_alternative_name": dns(cn),
        "certificate_policies": (CertificatePolicy("2.16.528.1.1003.1.2.8.6"),),
        "public_key": rsa(),
    }
    return replace(facts, **{**good, **changes})
