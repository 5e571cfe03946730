"""Certificates read into facts: one frozen, total view, names as encoded, and the OIN in it.

>>> facts = read_certificate(der)                      # doctest: +SKIP
>>> facts.subject.first("2.5.4.5"), facts.serial_number    # the OIN, and the certificate's own number   # doctest: +SKIP
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
