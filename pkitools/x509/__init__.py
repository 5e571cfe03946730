"""Certificates read into facts: one frozen, total view, names as encoded, and the OIN in it.

See :func:`read_certificate`. A bare "serial" means nothing here: ``facts.subject.first("2.5.4.5")`` is the OIN,
``facts.serial_number`` the certificate's own number.
"""

from pkitools.x509.model import (
    BasicConstraints,
    CertificateFacts,
    CertificatePolicy,
    DistinguishedName,
    DistributionPoint,
    Extension,
    GeneralName,
    NameAttribute,
    PublicKey,
    QcStatement,
    SignatureAlgorithm,
)
from pkitools.x509.problems import problem_sentence
from pkitools.x509.reader import SignedParts, read_certificate, signed_parts

__all__ = [
    "BasicConstraints",
    "CertificateFacts",
    "CertificatePolicy",
    "DistinguishedName",
    "DistributionPoint",
    "Extension",
    "GeneralName",
    "NameAttribute",
    "PublicKey",
    "QcStatement",
    "SignatureAlgorithm",
    "SignedParts",
    "problem_sentence",
    "read_certificate",
    "signed_parts",
]
