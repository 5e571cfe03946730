"""Certificates read into facts: one frozen, total view, names as encoded, and the OIN in it.

See :func:`read_certificate`. A bare "serial" means nothing here: ``facts.subject.first("2.5.4.5")`` is the OIN,
``facts.serial_number`` the certificate's own number.
"""

from pkitools.x509.keys import key_identifier
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
from pkitools.x509.subject_oin import OINResult, oin_from_certificate, oin_from_subject

OIN_from_certificate = oin_from_certificate
"""The same under the name the OIN's own spelling gives."""

__all__ = [
    "BasicConstraints",
    "CertificateFacts",
    "CertificatePolicy",
    "DistinguishedName",
    "DistributionPoint",
    "Extension",
    "GeneralName",
    "NameAttribute",
    "OINResult",
    "OIN_from_certificate",
    "PublicKey",
    "QcStatement",
    "SignatureAlgorithm",
    "SignedParts",
    "key_identifier",
    "oin_from_certificate",
    "oin_from_subject",
    "problem_sentence",
    "read_certificate",
    "signed_parts",
]
