"""Write DER (ITU-T X.690), byte for byte as asked.

Every structure of the test PKI is assembled from these few functions instead of a builder, because a builder refuses
what a defective certificate needs: a wrong string type, a negative serial number, a second serialNumber, a duplicate
extension. What goes in is written; nothing here checks.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

BOOLEAN: Final = 0x01
INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
NULL: Final = b"\x05\x00"
OBJECT_IDENTIFIER: Final = 0x06
ENUMERATED: Final = 0x0A
UTC_TIME: Final = 0x17
GENERALIZED_TIME: Final = 0x18
SEQUENCE: Final = 0x30
SET: Final = 0x31

STRING_TAGS: Final = {
    "UTF8String": (0x0C, "utf-8"),
    "NumericString": (0x12, "ascii"),
    "PrintableString": (0x13, "ascii"),
    "TeletexString": (0x14, "latin-1"),
    "IA5String": (0x16, "ascii"),
    "VisibleString": (0x1A, "ascii"),
    "UniversalString": (0x1C, "utf-32-be"),
    "BMPString": (0x1E, "utf-16-be"),
}
"""String type → tag and encoding. A character the encoding lacks is written in UTF-8: that is a defect on purpose."""


def tlv(tag: int, *content: bytes) -> bytes:
    """Return one value: tag, shortest length, content."""
    body = content[0] if len(content) == 1 else b"".join(content)
    size = len(body)
    if size < 0x80:
        return bytes((tag, size)) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + body


def sequence(*parts: bytes) -> bytes:
    """Return a SEQUENCE (OF)."""
    return tlv(SEQUENCE, b"".join(parts))


def set_of(*parts: bytes) -> bytes:
    """Return a SET OF, its members in DER order."""
    return tlv(SET, b"".join(sorted(parts)))


def context(number: int, *content: bytes, constructed: bool = True) -> bytes:
    """Return a context-specific value: explicit tagging when ``content`` is a whole value, else implicit."""
    return tlv((0xA0 if constructed else 0x80) | number, *content)


def integer(value: int, tag: int = INTEGER) -> bytes:
    """Return an INTEGER, negative ones too; ``tag`` makes it an ENUMERATED or an implicit one."""
    size = (value if value >= 0 else ~value).bit_length() // 8 + 1
    return tlv(tag, value.to_bytes(size, "big", signed=True))


def boolean(value: bool) -> bytes:
    """Return a BOOLEAN."""
    return tlv(BOOLEAN, b"\xff" if value else b"\x00")


@lru_cache(maxsize=1024)
def oid(dotted: str) -> bytes:
    """Return an OBJECT IDENTIFIER."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    return tlv(OBJECT_IDENTIFIER, b"".join(_base128(arc) for arc in (first * 40 + second, *rest)))


def _base128(arc: int) -> bytes:
    out = [arc & 0x7F]
    while arc := arc >> 7:
        out.append(0x80 | arc & 0x7F)
    return bytes(reversed(out))


def octets(content: bytes) -> bytes:
    """Return an OCTET STRING."""
    return tlv(OCTET_STRING, content)


def bits(content: bytes, unused: int = 0) -> bytes:
    """Return a BIT STRING."""
    return tlv(BIT_STRING, bytes((unused,)), content)


def named_bits(positions: Iterable[int]) -> bytes:
    """Return a BIT STRING with these bits set (0 is the first), without trailing zero bits: a named bit list."""
    chosen = set(positions)
    if not chosen:
        return bits(b"")
    count = max(chosen) + 1
    number = sum(1 << (count - 1 - position) for position in chosen)
    unused = -count % 8
    return bits((number << unused).to_bytes((count + 7) // 8, "big"), unused)


def string(value: str, kind: str = "UTF8String") -> bytes:
    """Return a character string of the given ASN.1 type, whether or not the type allows its characters."""
    tag, encoding = STRING_TAGS[kind]
    try:
        return tlv(tag, value.encode(encoding))
    except UnicodeEncodeError:
        return tlv(tag, value.encode("utf-8", "surrogatepass"))


@lru_cache(maxsize=4096)
def time(moment: datetime) -> bytes:
    """Return the Time of RFC 5280 4.1.2.5: UTCTime to 2049, GeneralizedTime from 2050 on."""
    return generalized_time(moment) if not 1950 <= moment.year < 2050 else tlv(UTC_TIME, _digits(moment)[2:])


def generalized_time(moment: datetime) -> bytes:
    """Return a GeneralizedTime in whole seconds."""
    return tlv(GENERALIZED_TIME, _digits(moment))


def _digits(moment: datetime) -> bytes:
    utc = moment.astimezone(UTC)
    return f"{utc.year:04}{utc:%m%d%H%M%S}Z".encode("ascii")
