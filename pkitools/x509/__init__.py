"""Certificates read into facts: one frozen, total view, names as encoded, and the OIN in it.

See :func:`read_certificate`. A bare "serial" means nothing here: ``facts.subject.first("2.5.4.5")`` is the OIN,
``facts.serial_number`` the certificate's own number. What asks about the OIN is imported when first named.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

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
from pkitools.x509.reader import SignedParts, read_certificate, signed_parts

if TYPE_CHECKING:
    from pkitools.x509.problems import problem_sentence
    from pkitools.x509.subject_oin import OINResult, oin_from_certificate, oin_from_subject
    from pkitools.x509.uzi_name import UZIName

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
    "PublicKey",
    "QcStatement",
    "SignatureAlgorithm",
    "SignedParts",
    "UZIName",
    "key_identifier",
    "oin_from_certificate",
    "oin_from_subject",
    "problem_sentence",
    "read_certificate",
    "signed_parts",
]

_LATER: Final = {
    "OINResult": ("subject_oin", "OINResult"),
    "UZIName": ("uzi_name", "UZIName"),
    "oin_from_certificate": ("subject_oin", "oin_from_certificate"),
    "oin_from_subject": ("subject_oin", "oin_from_subject"),
    "problem_sentence": ("problems", "problem_sentence"),
}


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _LATER[name]
    return getattr(import_module(f"{__name__}.{module}"), attribute)
