"""A JWK beside its certificate (RFC 7517, 7518, 8037): the public key that it states itself, and whether it is secret.

Nothing is calculated with the key: it is written as it stands at the end of a certificate's, to be compared.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from hashlib import sha1, sha256
from typing import Any, Final

from pkitools.containers.key_endings import of_numbers

_COORDINATE: Final = {"P-256": 32, "P-384": 48, "P-521": 66, "secp256k1": 32}
_MAX_OCTETS: Final = 4096  # of one number; the largest RSA key that anything reads has 2,048
_SYMMETRIC: Final = frozenset({"k"})
_KINDS: Final = frozenset({"RSA", "EC", "OKP"})
PRIVATE_MEMBERS: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
"""Members with a private part, whatever the kind of key; what they hold is never told."""
_PUBLIC: Final = frozenset({"n", "e", "crv", "x", "y"})  # what a public key is stated with, whatever its kind


def is_secret(jwk: Mapping[str, Any]) -> bool:
    """Return whether it has a private part, or is a symmetric key (RFC 7518 6.2.2, 6.3.2, 6.4.1; RFC 8037 2).

    Any part will do: of an RSA key one prime gives the rest.
    """
    is_key = "kty" in jwk or "x5c" in jwk or {"n", "e"} <= jwk.keys()
    members = _SYMMETRIC if jwk.get("kty") == "oct" else PRIVATE_MEMBERS - _SYMMETRIC
    return is_key and any(jwk.get(member) not in (None, "") for member in members)


def is_public(jwk: Mapping[str, Any]) -> bool:
    """Return whether it is a key for others to use: whose it is a certificate says."""
    return isinstance(jwk.get("kty"), str) and jwk["kty"] != "oct"


def stated_key(jwk: Mapping[str, Any]) -> bytes | None:
    """Return the key as it ends a SubjectPublicKeyInfo; ``None`` where none is stated, nothing where it is none.

    A kind that RFC 7518 and 8037 do not know, also ``rsa``, states what nobody can compare; so do numbers without one.
    """
    kind = jwk.get("kty")
    if stated_kind(jwk) is None:
        return b"" if kind is not None or not _PUBLIC.isdisjoint(jwk) else None
    if _PUBLIC.isdisjoint(jwk):
        return None
    if kind == "RSA":
        return of_numbers(_octets(jwk.get("n")), _octets(jwk.get("e")))
    return _octets(jwk.get("x")) if kind == "OKP" else _point(jwk)


def stated_kind(jwk: Mapping[str, Any]) -> str | None:
    """Return the kind of key that a JWK says it is: ``RSA``, ``EC`` or ``OKP``; ``None`` of any other."""
    kind = jwk.get("kty")
    return kind if isinstance(kind, str) and kind in _KINDS else None


def _point(jwk: Mapping[str, Any]) -> bytes:
    size = _COORDINATE.get(str(jwk.get("crv")), 0)
    x, y = (_octets(jwk.get(member)).rjust(size, b"\0") for member in ("x", "y"))
    return b"\x04" + x + y if size and len(x) == len(y) == size else b""


def is_stated(jwk: Mapping[str, Any], certificate: bytes) -> bool | None:
    """Return whether its thumbprints are those of its first certificate (RFC 7517 4.8, 4.9); ``None`` without any."""
    wanted = {"x5t": sha1(certificate, usedforsecurity=False), "x5t#S256": sha256(certificate)}
    stated = [(jwk[member], each.digest()) for member, each in wanted.items() if member in jwk]
    return all(_octets(value) == digest for value, digest in stated) if stated else None


def _octets(value: object) -> bytes:
    if not isinstance(value, str) or len(value) > _MAX_OCTETS:
        return b""
    try:
        return urlsafe_b64decode(value.encode("ascii") + b"=" * (-len(value) % 4))
    except (binascii.Error, UnicodeEncodeError):
        return b""
