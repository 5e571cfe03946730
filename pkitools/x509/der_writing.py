"""The few lines of DER writing that OCSP requests and relative names need."""

from __future__ import annotations

from pkitools.x509.der import INTEGER, OBJECT_IDENTIFIER, OCTET_STRING


def value(tag: int, *parts: bytes) -> bytes:
    """Return one DER value: its tag, its length in the shortest form, and the parts as contents."""
    body = b"".join(parts)
    size = len(body)
    if size < 0x80:
        return bytes((tag, size)) + body
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + body


def integer(number: int) -> bytes:
    """Return a DER INTEGER."""
    return value(INTEGER, integer_octets(number))


def integer_octets(number: int) -> bytes:
    """Return the contents of a DER INTEGER: two's complement in the fewest octets."""
    size = (number if number >= 0 else ~number).bit_length() // 8 + 1
    return number.to_bytes(size, "big", signed=True)


def octet_string(octets: bytes) -> bytes:
    """Return a DER OCTET STRING."""
    return value(OCTET_STRING, octets)


def oid(dotted: str) -> bytes:
    """Return a DER OBJECT IDENTIFIER."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    return value(OBJECT_IDENTIFIER, b"".join(_arc(arc) for arc in (40 * first + second, *rest)))


def _arc(arc: int) -> bytes:
    octets = [arc & 0x7F]
    while arc := arc >> 7:
        octets.append(arc & 0x7F | 0x80)
    return bytes(reversed(octets))
