"""Defects of keys."""

from __future__ import annotations

from pkitools_test_pki.algorithms import SignatureScheme
from pkitools_test_pki.defects.laboratory import Laboratory
from pkitools_test_pki.defects.model import Context, Sample
from pkitools_test_pki.defects.registry import defect
from pkitools_test_pki.issued import IssuedCertificate


@defect("trial.key.size")
def rsa_2048(lab: Laboratory) -> IssuedCertificate:
    """The key is RSA with 2048 bits; G4 asks more than 3000."""
    return lab.leaf(key=lab.keys("rsa:2048", "weak end entity"))


@defect("trial.key.size", "por.key.size_2048", "path.key.strength")
def rsa_1024(lab: Laboratory) -> IssuedCertificate:
    """The key is RSA with 1024 bits, which can be broken."""
    return lab.leaf(key=lab.keys("rsa:1024", "weak end entity"))


@defect("por.key.rsa", "rfc5280.key_usage.suits_ec_key")
def elliptic_curve(lab: Laboratory) -> IssuedCertificate:
    """The key is on an elliptic curve; PKIoverheid has only RSA."""
    return lab.leaf(key=lab.keys("ec:P-256", "end entity"))


@defect(
    "trial.usage.key_usage",
    "system.key.rsa_size",
    context=Context(systems=("digid-machtigen",)),
)
def edwards_curve(lab: Laboratory) -> IssuedCertificate:
    """The key is Ed25519, and so cannot be used with DigiD."""
    return lab.leaf(key=lab.keys("ed25519", "end entity"), key_usage=["digitalSignature"])


@defect("trial.key.exponent")
def exponent_3(lab: Laboratory) -> IssuedCertificate:
    """The public exponent of the RSA key is 3."""
    return lab.leaf(key=lab.keys.low_exponent)


@defect("path.key.strength", "por.g4.signature")
def issuer_rsa_1024(lab: Laboratory) -> Sample:
    """The issuing authority's key is RSA with 1024 bits, too few for a signature as G4 has it."""
    issuer = lab.authority(key=lab.keys("rsa:1024", "weak authority"))
    issued = lab.leaf(issuer=issuer, signature=SignatureScheme("pss", "sha256", salt_length=32))
    return Sample(issued, crls=())
