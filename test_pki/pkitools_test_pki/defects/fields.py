"""Defects of the basic fields: version, serial number."""

from __future__ import annotations

from pkitools_test_pki import der, keys
from pkitools_test_pki.defects.laboratory import Laboratory
from pkitools_test_pki.defects.registry import defect
from pkitools_test_pki.issued import IssuedCertificate


@defect("rfc5280.serial.positive", "trial.serial.octets", "por.serial.random", "path.certificate.serial_number")
def serial_number_zero(lab: Laboratory) -> IssuedCertificate:
    """The certificate's serial number is 0."""
    return lab.leaf(serial_number=0)


@defect("rfc5280.serial.positive", "path.certificate.serial_number")
def serial_number_negative(lab: Laboratory) -> IssuedCertificate:
    """The certificate's serial number is negative."""
    return lab.leaf(serial_number=-(1 << 150))


@defect("rfc5280.serial.length", "path.certificate.serial_number")
def serial_number_too_long(lab: Laboratory) -> IssuedCertificate:
    """The certificate's serial number has 22 octets; at most 20 are allowed."""
    return lab.leaf(serial_number=1 << 170)


@defect("trial.serial.octets", "por.serial.random")
def serial_number_predictable(lab: Laboratory) -> IssuedCertificate:
    """The certificate's serial number is 42: it is not random."""
    return lab.leaf(serial_number=42)


@defect("rfc5280.serial.encoding", "path.certificate.encoding")
def serial_number_padded(lab: Laboratory) -> IssuedCertificate:
    """The certificate's serial number is written with zeros before it, which DER does not allow."""
    number = b"\x00\x00\x01" + bytes(range(16))
    return lab.leaf(raw={"serial_number": der.tlv(der.INTEGER, number)})


@defect(
    "path.certificate.encoding",
    "environment.policy.profile",
    "advice.revocation.none",
    "rfc5280.authority_key_identifier.present",
    "rfc5280.subject_key_identifier.present",
)
def version_1(lab: Laboratory) -> IssuedCertificate:
    """The certificate is one of version 1: it has no extensions at all."""
    return lab.leaf(raw={"version": b"", "extensions": b""})


@defect("rfc5280.version.v3_with_extensions", "path.certificate.encoding")
def extensions_in_version_1(lab: Laboratory) -> IssuedCertificate:
    """The certificate says to be of version 1 and has extensions."""
    return lab.leaf(raw={"version": b""})


@defect("rfc5280.version.known", "rfc5280.version.v3_with_extensions", "path.certificate.encoding")
def version_unknown(lab: Laboratory) -> IssuedCertificate:
    """The certificate says to be of version 5, which does not exist."""
    return lab.leaf(raw={"version": der.context(0, der.integer(4))})


@defect("rfc5280.unique_identifiers.absent")
def unique_identifier(lab: Laboratory) -> IssuedCertificate:
    """The certificate has a subjectUniqueID, a field that must not be used."""
    written = keys.spki(lab.key.public_key()) + der.tlv(0x82, b"\x00\x01\x02\x03")
    return lab.leaf(raw={"spki": written})
