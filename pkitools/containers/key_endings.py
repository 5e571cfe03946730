"""A public key as it ends the SubjectPublicKeyInfo of a certificate: how one that is written otherwise is compared.

Nothing is calculated with the key. What a JWK and the KeyValue of an XML signature say is written so and looked for.
"""

from __future__ import annotations

from typing import Final

from pkitools.x509.der import INTEGER, SEQUENCE
from pkitools.x509.der_writing import value

_SHORTEST: Final = 33  # a compressed point of P-256; an Ed25519 key has 32 octets and comes in a JWK alone
_COMPRESSED: Final = (2, 3)


def of_numbers(modulus: bytes, exponent: bytes) -> bytes:
    """Return an RSA key, of its two numbers without leading zeros; nothing where one of them is missing."""
    modulus, exponent = modulus.lstrip(b"\0"), exponent.lstrip(b"\0")
    return value(SEQUENCE, of_number(modulus), of_number(exponent)) if modulus and exponent else b""


def of_number(magnitude: bytes) -> bytes:
    """Return a number, of its octets without leading zeros, as DER has it."""
    return value(INTEGER, b"\0" if magnitude[0] & 0x80 else b"", magnitude)


def of_xml(stated: bytes) -> bytes:
    """Return a key that XML states, where it is long enough to be one; else nothing: what is short ends many others."""
    return stated if len(stated) >= _SHORTEST else b""


def is_key_of(stated: bytes, spki: bytes) -> bool:
    """Return whether this is the key of a certificate.

    Args:
        stated: the key as it ends one, a whole SubjectPublicKeyInfo, or a point in its compressed form (SEC 1 2.3.3);
            nothing where it could not be read.
        spki: the SubjectPublicKeyInfo of the certificate.
    """
    if not stated:
        return False
    if spki.endswith(stated):
        return True
    size = len(stated) - 1
    point = spki[-(2 * size + 1) :]
    is_point = stated[0] in _COMPRESSED and point[:1] == b"\x04"
    return is_point and point[1 : 1 + size] == stated[1:] and point[-1] % 2 == stated[0] % 2
