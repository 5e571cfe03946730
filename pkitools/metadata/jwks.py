"""A JSON Web Key Set (RFC 7517), as an OAuth or OIDC client publishes it: its keys, and the certificates with them."""

from __future__ import annotations

import binascii
import json
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha1, sha256
from typing import Any, Final

from pkitools.containers.jwk import PRIVATE_MEMBERS, is_secret, stated_key, stated_kind
from pkitools.errors import InputError, LimitError
from pkitools.frozen import dataclass
from pkitools.limits import MAX_JWKS_BYTES, MAX_RSA_BITS
from pkitools.text import size_text
from pkitools.x509.base64_text import from_base64

_TOLD: Final = frozenset({"kty", "kid", "use", "alg", "x5u", "x5c", "x5t", "x5t#S256", "n", "e", "crv", "x", "y"})
_REQUIRED: Final = {"RSA": ("e", "kty", "n"), "EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x")}
"""The members that a thumbprint is over (RFC 7638 3.2, RFC 8037 2)."""
_NUMBERS: Final = frozenset({"n", "e", "x", "y"})
_MINIMAL: Final = frozenset({"n", "e"})
_LONGEST_KEY: Final = MAX_RSA_BITS // 6 + 2  # characters of its largest number
_LONGEST: Final = 200  # characters of a thumbprint: that of SHA-256 has 43


@dataclass(frozen=True, slots=True)
class Jwk:
    """A key.

    Args:
        kid: its name; ``None`` where it has none.
        kty: its kind.
        use: ``sig`` or ``enc``, or what else it says, as written; ``None`` where it does not say.
        certificates: the DER of each certificate of ``x5c``; ``None`` of one that is no base64.
        sha1: ``x5t`` as octets; ``None`` where it has none, empty where that is no base64.
        sha256: ``x5t#S256``, likewise.
        elsewhere: ``x5u``: an address where its certificates are to be had.
        stated: SHA-256, in hex, of the public key that it states; ``None`` where it states none.
        is_private: the private part is in it.
        algorithm: ``alg``, what it says to be used with, as written; ``None`` where it does not say.
        others: what else it says, each on one line. Of a private part that it is there, never what it is.
        thumbprint: by which the key itself is known, whatever else is said of it (RFC 7638, SHA-256, base64url);
            ``None`` where the key cannot be read.
    """

    kid: str | None
    kty: str
    use: str | None
    certificates: tuple[bytes | None, ...]
    sha1: bytes | None
    sha256: bytes | None
    elsewhere: str | None
    stated: str | None
    is_private: bool
    algorithm: str | None = None
    others: tuple[str, ...] = ()
    thumbprint: str | None = None

    @property
    def ders(self) -> tuple[bytes, ...]:
        """The certificates that are base64."""
        return tuple(der for der in self.certificates if der is not None)


@dataclass(frozen=True, slots=True)
class KeySet:
    """A set of keys, in order."""

    keys: tuple[Jwk, ...]


def is_json(data: bytes) -> bool:
    """Return whether a text begins as JSON does."""
    return data[:4096].lstrip()[:1] in {b"{", b"["}


def read_jwks(data: bytes, name: str) -> KeySet:
    """Return the keys of a JWKS, of a list of JWKs, or the one JWK.

    Raises:
        InputError: it is no JSON, or holds no JWK.
        LimitError: it is larger than a JWKS is.
    """
    if len(data) > MAX_JWKS_BYTES:
        raise LimitError("files.error.too_large", name=name, limit=size_text(MAX_JWKS_BYTES))
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        raise InputError("metadata.error.not_json", name=name) from None
    found = document.get("keys", [document]) if isinstance(document, dict) else document
    keys = [each for each in found if isinstance(each, dict) and "kty" in each] if isinstance(found, list) else []
    if not keys:
        raise InputError("metadata.error.no_jwk", name=name)
    return KeySet(tuple(map(_jwk, keys)))


def _jwk(row: dict[str, Any]) -> Jwk:
    chain = row.get("x5c")
    return Jwk(
        _text(row.get("kid")),
        str(row.get("kty")),
        _said(row, "use"),
        tuple(map(_certificate, chain)) if isinstance(chain, list) else (),
        _thumbprint(row.get("x5t")),
        _thumbprint(row.get("x5t#S256")),
        _said(row, "x5u"),
        _stated(row),
        is_secret(row),
        _said(row, "alg"),
        tuple(_others(row)),
        _of_key(row),
    )


def _of_key(row: dict[str, Any]) -> str | None:
    members = _REQUIRED.get(stated_kind(row) or "", ())
    found = {name: row.get(name) for name in members}
    numbers = {name: _octets(value, _LONGEST_KEY) for name, value in found.items() if name in _NUMBERS}
    if not numbers or not all(numbers.values()):
        return None
    # RFC 7518 6.3.1: no more octets than the number needs; of a coordinate as many as its curve has
    exact = {name: value.lstrip(b"\0") for name, value in numbers.items() if value and name in _MINIMAL}
    said = {**found, **{name: urlsafe_b64encode(value).rstrip(b"=").decode() for name, value in exact.items()}}
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    digest = sha256(canonical.encode("utf-8", "surrogatepass")).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def _others(row: dict[str, Any]) -> Iterator[str]:
    """Yield the members that are told nowhere else: its end, what may be done with it, thumbprints that are wrong."""
    for name, value in sorted(row.items()):
        if name in PRIVATE_MEMBERS:
            yield f"{name} …"
        elif name not in _TOLD:
            yield f"{name} {json.dumps(value, sort_keys=True)}"
    chain = row.get("x5c")
    if not isinstance(chain, list):
        chain = [] if chain is None else [chain]
    yield from (f"x5c {json.dumps(each)}" for each in chain if _certificate(each) is None)
    first = _certificate(chain[0]) if chain else None
    for name, printed in (("x5t", sha1), ("x5t#S256", sha256)):
        if name in row and (first is None or _thumbprint(row[name]) != printed(first).digest()):
            yield f"{name} {json.dumps(row[name])}"


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _said(row: dict[str, Any], name: str) -> str | None:
    """Return what a member says, also where it is no text, which is not to be passed over."""
    value = row.get(name)
    return value if value is None or isinstance(value, str) else json.dumps(value)[:_LONGEST]


def _certificate(entry: object) -> bytes | None:
    try:
        return (from_base64(entry.encode("ascii")) or None) if isinstance(entry, str) else None
    except (binascii.Error, UnicodeEncodeError):
        return None


def _thumbprint(value: object) -> bytes | None:
    if value is None:
        return None
    return _octets(value) or b""


def _octets(value: object, longest: int = _LONGEST) -> bytes | None:
    """Return base64 for URLs, without its padding, as octets."""
    if not isinstance(value, str) or len(value) > longest:
        return None
    try:
        return b64decode(value.encode("ascii") + b"=" * (-len(value) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return None


def _stated(row: dict[str, Any]) -> str | None:
    key = stated_key(row)
    return sha256(key).hexdigest() if key else None
