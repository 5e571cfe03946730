"""A tiny DER writer, for certificates no library would make: doubled extensions, odd strings, broken lengths."""

from __future__ import annotations

from collections.abc import Sequence

from pkitools_test_pki.der import NULL, integer, oid, sequence, tlv

__all__ = [
    "IA5",
    "NULL",
    "PRINTABLE",
    "RSA",
    "SHA256_WITH_RSA",
    "UTF8",
    "Attribute",
    "alternative_names",
    "certificate",
    "common_name",
    "extension",
    "integer",
    "name",
    "oid",
    "other_name",
    "rsa_key",
    "sequence",
    "serial_attribute",
    "tlv",
]

SHA256_WITH_RSA = "1.2.840.113549.1.1.11"
RSA = "1.2.840.113549.1.1.1"
PRINTABLE, UTF8, IA5 = 0x13, 0x0C, 0x16

Attribute = tuple[str, int, bytes]  # OID, tag, contents


def name(*rdns: Attribute | Sequence[Attribute]) -> bytes:
    """A Name; an RDN is one attribute, or a list of them when multi-valued."""
    sets = []
    for rdn in rdns:
        attributes = [rdn] if isinstance(rdn, tuple) and isinstance(rdn[0], str) else rdn
        sets.append(tlv(0x31, *(sequence(oid(str(a[0])), tlv(int(a[1]), bytes(a[2]))) for a in attributes)))  # type: ignore[arg-type, index]  # mypy cannot tell one attribute from a list of them
    return sequence(*sets)


def serial_attribute(value: str | bytes, tag: int = PRINTABLE) -> Attribute:
    return "2.5.4.5", tag, value.encode() if isinstance(value, str) else value


def common_name(value: str | bytes, tag: int = UTF8) -> Attribute:
    return "2.5.4.3", tag, value.encode() if isinstance(value, str) else value


def extension(dotted: str, value: bytes, critical: bytes = b"") -> bytes:
    return sequence(oid(dotted), critical, tlv(0x04, value))


def alternative_names(*names: bytes) -> bytes:
    return extension("2.5.29.17", sequence(*names))


def other_name(type_id: str, value: str, tag: int = IA5) -> bytes:
    return tlv(0xA0, oid(type_id), tlv(0xA0, tlv(tag, value.encode())))


def rsa_key(bits: int = 2048) -> bytes:
    modulus = sequence(integer((1 << bits) - 1), integer(65537))
    return sequence(sequence(oid(RSA), NULL), tlv(0x03, b"\x00", modulus))


def certificate(
    subject: bytes | None = None,
    *extensions: bytes,
    issuer: bytes | None = None,
    serial: bytes = b"\x02\x01\x01",
    version: bytes = b"\xa0\x03\x02\x01\x02",
    validity: bytes | None = None,
    key: bytes | None = None,
    algorithm: bytes | None = None,
    outer_algorithm: bytes | None = None,
) -> bytes:
    """An unsigned certificate (its signature is four zero octets); every part may be replaced by other bytes."""
    default = sequence(oid(SHA256_WITH_RSA), NULL)
    body = sequence(
        version,
        serial,
        algorithm or default,
        name(common_name("issuer")) if issuer is None else issuer,
        validity or sequence(tlv(0x17, b"260101000000Z"), tlv(0x17, b"270101000000Z")),
        name(common_name("subject")) if subject is None else subject,
        key or rsa_key(),
        tlv(0xA3, sequence(*extensions)) if extensions else b"",
    )
    return sequence(body, outer_algorithm or algorithm or default, tlv(0x03, b"\x00" * 5))
