"""The values a certificate is read into: frozen, total, free of any dependency's types.

Terms are those of RFC 5280. ``subject_serial_number`` (attribute 2.5.4.5, where the OIN sits) is never confused with
``serial_number`` (the certificate's own).
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from pkitools.frozen import dataclass, field
from pkitools.text import NameText, pattern

_SPECIAL: Final = pattern(r'[\\"+,;<>]|^[ #]|(?<=.) \Z')
_SIGNS: Final = frozenset('\\"+,;<>')


def escaped(value: str) -> str:
    """Return the value of an attribute with a backslash before what would end it or begin another (RFC 4514 2.4)."""
    if _SIGNS.isdisjoint(value) and not value.startswith((" ", "#")) and not value.endswith(" "):
        return value  # as of most: to look for the pattern takes ten times as long
    return _SPECIAL.sub(r"\\\g<0>", value)


@dataclass(frozen=True, slots=True)
class NameAttribute:
    """One AttributeTypeAndValue as encoded.

    Args:
        oid: dotted, such as ``2.5.4.5``.
        name: the usual short name (``CN``, ``O``, ``serialNumber``, ``organizationIdentifier``), else the OID.
        value: decoded text; undecodable bytes become backslash escapes.
        string_type: ``PrintableString``, ``UTF8String``, ``IA5String``, ``TeletexString``, ``BMPString``,
            or ``tag 0x..`` for what is none.
    """

    oid: str
    name: str
    value: str
    string_type: str


@dataclass(frozen=True, slots=True)
class DistinguishedName:
    """A name: its RDNs in encoded order, and its DER, which is what names compare by."""

    rdns: tuple[tuple[NameAttribute, ...], ...]
    der: bytes = field(repr=False)

    def __iter__(self) -> Iterator[NameAttribute]:
        return (attribute for rdn in self.rdns for attribute in rdn)

    def attributes(self, oid: str) -> tuple[NameAttribute, ...]:
        """Return every attribute with this OID, also from multi-valued RDNs, in encoded order."""
        return tuple([a for rdn in self.rdns for a in rdn if a.oid == oid])

    def first(self, oid: str) -> str | None:
        """Return the value of the first attribute with this OID."""
        for rdn in self.rdns:
            for attribute in rdn:
                if attribute.oid == oid:
                    return attribute.value
        return None

    @property
    def common_name(self) -> str | None:
        """The first commonName."""
        return self.first("2.5.4.3")

    @property
    def organization(self) -> str | None:
        """The first organizationName."""
        return self.first("2.5.4.10")

    @property
    def called(self) -> str:
        """What to call whose name this is: its common name, else all of it. Not made safe, and of any length."""
        return self.common_name or self.text

    @property
    def text(self) -> NameText:
        """One line for people, most significant first: ``C=NL, O=…, CN=…``. Not for comparison, not made safe.

        Values are escaped as in :rfc:`4514`, so that none looks like another attribute; no control characters are.
        """
        full = ", ".join(["+".join([f"{a.name}={escaped(a.value)}" for a in rdn]) for rdn in self.rdns])
        return NameText(full, self.common_name or self.organization)


@dataclass(frozen=True, slots=True)
class GeneralName:
    """One GeneralName of RFC 5280.

    Args:
        kind: ``dns``, ``ip``, ``uri``, ``email``, ``directory``, ``other``, ``registered_id``, ``x400``, ``edi_party``,
            and in a CRL distribution point also ``relative`` (to the issuer's name).
        value: text; for ``other`` the decoded string where it is one, else hex.
        type_id: OID of an otherName.
        string_type: the string type inside an otherName, where it is a string.
    """

    kind: str
    value: str
    type_id: str | None = None
    string_type: str | None = None


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The subject's public key.

    Args:
        algorithm: ``RSA``, ``RSASSA-PSS``, ``EC``, ``Ed25519``, ``Ed448``, ``DSA``, ``X25519``, ``X448``, else the OID.
        bits: modulus or field size; ``None`` when unknown.
        curve: name of the EC curve.
        exponent: RSA public exponent.
        spki_sha256: SHA-256 of the SubjectPublicKeyInfo, 64 hex characters: the FSC public key thumbprint.
        spki: the SubjectPublicKeyInfo, DER.
        restated: of an RSA key that was read by what does not tell whether it is for RSASSA-PSS alone.
    """

    algorithm: str
    bits: int | None
    curve: str | None
    exponent: int | None
    spki_sha256: str
    spki: bytes = field(default=b"", repr=False)
    restated: bool = field(default=False, compare=False, repr=False)

    @property
    def spki_sha256_base64(self) -> str:
        """The same thumbprint in base64, as key pins have it."""
        return base64.b64encode(bytes.fromhex(self.spki_sha256)).decode()

    @property
    def label(self) -> str:
        """``RSA 3072``, ``EC P-384``."""
        return f"{self.algorithm} {self.curve or self.bits or ''}".strip()


@dataclass(frozen=True, slots=True)
class SignatureAlgorithm:
    """The signature algorithm with the RSASSA-PSS parameters spelled out (RFC 4055 defaults filled in)."""

    oid: str
    name: str  # sha256WithRSAEncryption, RSASSA-PSS, ecdsa-with-SHA384, ...
    hash: str | None = None  # sha256, sha512, sha1
    mgf_hash: str | None = None
    salt_length: int | None = None
    trailer_field: int | None = None


@dataclass(frozen=True, slots=True)
class CertificatePolicy:
    """One PolicyInformation."""

    oid: str
    cps_uris: tuple[str, ...] = ()
    user_notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BasicConstraints:
    """basicConstraints as encoded."""

    ca: bool
    path_length: int | None


@dataclass(frozen=True, slots=True)
class QcStatement:
    """One qcStatement (ETSI EN 319 412-5): its OID, and the OIDs or URIs inside (semantics id, QcType, PDS URLs)."""

    oid: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DistributionPoint:
    """One CRL distribution point: full names, and whether reasons or a separate CRL issuer narrow it."""

    uris: tuple[str, ...]
    other_names: tuple[GeneralName, ...] = ()
    reasons: tuple[str, ...] = ()
    crl_issuer: tuple[GeneralName, ...] = ()


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension as encoded."""

    oid: str
    critical: bool
    value: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """Everything pkitools knows about one certificate. Made by :func:`pkitools.x509.read_certificate`.

    Total: a certificate that loads at all gets its facts. What could not be decoded is named in ``problems`` and its
    field is empty. ``None`` means "extension absent"; an empty tuple means "present and empty or undecodable"
    (basic_constraints and authority_key_identifier, which have no empty value, are ``None`` then as well).

    A problem is ``<slug>:<where>``, such as ``duplicate_extension:2.5.29.15``; its sentence in Dutch and English is
    ``x509.problem.<slug>``, see :func:`pkitools.x509.problem_sentence`.
    """

    der: bytes = field(repr=False)
    version: int  # 3 for X.509v3
    serial_number: int
    subject: DistinguishedName
    issuer: DistinguishedName
    not_before: datetime  # aware UTC
    not_after: datetime  # aware UTC, inclusive (RFC 5280 4.1.2.5)
    public_key: PublicKey
    signature_algorithm: SignatureAlgorithm
    sha256: str  # of the DER, hex lower case
    sha1: str
    extensions: tuple[Extension, ...]
    basic_constraints: BasicConstraints | None
    key_usage: frozenset[str] | None  # RFC 5280 names: digitalSignature, nonRepudiation, keyEncipherment, ...
    extended_key_usage: tuple[str, ...] | None  # OIDs in encoded order
    subject_alternative_name: tuple[GeneralName, ...] | None
    certificate_policies: tuple[CertificatePolicy, ...] | None
    subject_key_identifier: str | None  # hex
    authority_key_identifier: str | None  # hex of keyid, where present
    crl_distribution_points: tuple[DistributionPoint, ...] | None
    ocsp_uris: tuple[str, ...]
    ca_issuers_uris: tuple[str, ...]
    qc_statements: tuple[QcStatement, ...] | None
    problems: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<CertificateFacts {self.subject.called!r}, sha256 {self.sha256[:16]}…>"

    @property
    def subject_serial_numbers(self) -> tuple[NameAttribute, ...]:
        """Every subject.serialNumber (2.5.4.5): where the OIN sits. Exactly one is expected."""
        return self.subject.attributes("2.5.4.5")

    @property
    def x5t_s256(self) -> str:
        """SHA-256 of the certificate in base64url without padding: ``x5t#S256`` of RFC 7515."""
        return base64.urlsafe_b64encode(bytes.fromhex(self.sha256)).decode().rstrip("=")

    @property
    def is_self_issued(self) -> bool:
        """Subject and issuer are the same name. Whether the key signed it is another question."""
        return self.subject.der == self.issuer.der

    @property
    def is_ca(self) -> bool:
        """BasicConstraints says CA."""
        return self.basic_constraints is not None and self.basic_constraints.ca

    @property
    def crl_uris(self) -> tuple[str, ...]:
        """The URIs of all CRL distribution points."""
        return tuple(uri for point in self.crl_distribution_points or () for uri in point.uris)

    def extension(self, oid: str) -> Extension | None:
        """Return the first extension with this OID."""
        return next((e for e in self.extensions if e.oid == oid), None)
