"""The extensions of a PKIoverheid certificate, each a small function that returns its DER value.

Sources: RFC 5280 4.2, RFC 3739 3.2.6 and ETSI EN 319 412-5 (qcStatements).
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterable, Sequence
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pkitools.x509 import oids
from pkitools.x509.model import Extension
from pkitools.x509.oids import KEY_USAGES
from pkitools_test_pki import der
from pkitools_test_pki.algorithms import PublicKey

OIDS: Final = {
    "subject_directory_attributes": "2.5.29.9",
    "subject_key_identifier": "2.5.29.14",
    "key_usage": "2.5.29.15",
    "subject_alternative_name": "2.5.29.17",
    "basic_constraints": "2.5.29.19",
    "name_constraints": "2.5.29.30",
    "crl_distribution_points": "2.5.29.31",
    "certificate_policies": "2.5.29.32",
    "policy_mappings": "2.5.29.33",
    "authority_key_identifier": "2.5.29.35",
    "policy_constraints": "2.5.29.36",
    "extended_key_usage": "2.5.29.37",
    "freshest_crl": "2.5.29.46",
    "inhibit_any_policy": "2.5.29.54",
    "authority_information_access": "1.3.6.1.5.5.7.1.1",
    "qc_statements": "1.3.6.1.5.5.7.1.3",
    "ocsp_no_check": "1.3.6.1.5.5.7.48.1.5",
}
CRITICAL: Final = frozenset({"key_usage", "basic_constraints", "name_constraints", "policy_constraints"})

EXTENDED_KEY_USAGES: Final = {name: oid for oid, name in oids.EXTENDED_KEY_USAGES.items()}
"""Purpose → OID."""

_QC_PDS: Final = "0.4.0.1862.1.5"
_CA_ISSUERS: Final = "1.3.6.1.5.5.7.48.2"
_OCSP: Final = "1.3.6.1.5.5.7.48.1"
_CPS: Final = "1.3.6.1.5.5.7.2.1"


def extension(kind: str, value: bytes, critical: bool | None = None) -> Extension:
    """Return an extension by its name in :data:`OIDS` (or a dotted OID), critical where the profiles make it so."""
    return Extension(OIDS.get(kind, kind), kind in CRITICAL if critical is None else critical, value)


def encode(extension: Extension) -> bytes:
    """Return the Extension structure."""
    critical = der.boolean(True) if extension.critical else b""
    return der.sequence(der.oid(extension.oid), critical, der.octets(extension.value))


def basic_constraints(ca: bool, path_length: int | None = None) -> bytes:
    """Return BasicConstraints; the default FALSE is left out, as DER asks."""
    length = b"" if path_length is None else der.integer(path_length)
    return der.sequence(der.boolean(True) if ca else b"", length)


def key_usage(usages: Iterable[str]) -> bytes:
    """Return KeyUsage from the names of RFC 5280."""
    return der.named_bits(KEY_USAGES.index(usage) for usage in usages)


def extended_key_usage(purposes: Iterable[str]) -> bytes:
    """Return ExtKeyUsageSyntax from names of :data:`EXTENDED_KEY_USAGES` or dotted OIDs."""
    return der.sequence(*(der.oid(EXTENDED_KEY_USAGES.get(purpose, purpose)) for purpose in purposes))


def certificate_policies(policies: Iterable[str], cps: str | None = None) -> bytes:
    """Return CertificatePolicies; the CPS address, if any, goes with the last policy, PKIoverheid's own."""
    encoded = [der.oid(policy) for policy in policies]
    qualifier = b""
    if cps:
        qualifier = der.sequence(der.sequence(der.oid(_CPS), der.string(cps, "IA5String")))
    return der.sequence(*(der.sequence(policy) for policy in encoded[:-1]), der.sequence(encoded[-1], qualifier))


def subject_key_identifier(public_key: PublicKey) -> bytes:
    """Return SubjectKeyIdentifier by method 1 of RFC 5280 4.2.1.2."""
    return der.octets(key_identifier(public_key))


def key_identifier(public_key: PublicKey) -> bytes:
    """Return the SHA-1 of the public key's bits."""
    if isinstance(public_key, rsa.RSAPublicKey):
        key_bits = public_key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    elif isinstance(public_key, ec.EllipticCurvePublicKey):
        key_bits = public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    else:
        key_bits = public_key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return hashlib.sha1(key_bits, usedforsecurity=False).digest()


def authority_key_identifier(identifier: bytes) -> bytes:
    """Return AuthorityKeyIdentifier with the key identifier only."""
    return der.sequence(der.context(0, identifier, constructed=False))


def uri(address: str) -> bytes:
    """Return a GeneralName that is a URI."""
    return der.context(6, address.encode("utf-8"), constructed=False)


def crl_distribution_points(addresses: Iterable[str]) -> bytes:
    """Return CRLDistributionPoints, one point with one full name for each address."""
    return der.sequence(*(der.sequence(der.context(0, der.context(0, uri(address)))) for address in addresses))


def authority_information_access(ca_issuers: Iterable[str] = (), ocsp: Iterable[str] = ()) -> bytes:
    """Return AuthorityInfoAccessSyntax, the issuers' certificates first."""
    methods = [(_CA_ISSUERS, address) for address in ca_issuers] + [(_OCSP, address) for address in ocsp]
    return der.sequence(*(der.sequence(der.oid(method), uri(address)) for method, address in methods))


def dns_name(name: str) -> bytes:
    """Return a GeneralName that is a dNSName."""
    return der.context(2, name.encode("utf-8"), constructed=False)


def email_name(address: str) -> bytes:
    """Return a GeneralName that is an rfc822Name."""
    return der.context(1, address.encode("utf-8"), constructed=False)


def ip_name(address: str) -> bytes:
    """Return a GeneralName that is an iPAddress."""
    return der.context(7, ipaddress.ip_address(address).packed, constructed=False)


def other_name(type_id: str, value: bytes) -> bytes:
    """Return a GeneralName that is an otherName around a whole DER value."""
    return der.context(0, der.oid(type_id), der.context(0, value))


def permanent_identifier(value: str, assigner: str | None = None) -> bytes:
    """Return the otherName of RFC 4043: a permanent identifier and who assigned it."""
    who = b"" if assigner is None else der.oid(assigner)
    return other_name("1.3.6.1.5.5.7.8.3", der.sequence(der.string(value), who))


def subject_alternative_name(names: Iterable[bytes]) -> bytes:
    """Return GeneralNames from names already encoded (:func:`dns_name`, :func:`other_name`, …)."""
    return der.sequence(*names)


def qc_statements(statements: Iterable[Sequence[str]], disclosure: Sequence[tuple[str, str]] = ()) -> bytes:
    """Return QCStatements.

    Args:
        statements: for each the OID, followed by the OIDs inside.
        disclosure: (URL, language) of the PKI disclosure statements, the value of QcPDS.
    """
    return der.sequence(*(_qc_statement(oid, inside, disclosure) for oid, *inside in statements))


def _qc_statement(oid: str, inside: Sequence[str], disclosure: Sequence[tuple[str, str]]) -> bytes:
    parts = [der.oid(value) for value in inside]
    if oid == _QC_PDS:
        parts = [
            der.sequence(der.string(url, "IA5String"), der.string(tongue, "PrintableString"))
            for url, tongue in disclosure
        ]
    return der.sequence(der.oid(oid), der.sequence(*parts) if parts else b"")
