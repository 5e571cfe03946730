"""How a keystore or an encrypted key is protected, read from its structure: nothing is decrypted.

What is shown is what the file names. An algorithm that is not in the tables is shown by its OID.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

from pkitools.frozen import dataclass
from pkitools.x509.der import (
    INTEGER,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    SEQUENCE,
    DERError,
    Node,
    contents,
    integer,
    iterate,
    oid,
    root,
)

DATA: Final = "1.2.840.113549.1.7.1"
"""The type of a ContentInfo whose contents lie open."""

PBMAC1: Final = "1.2.840.113549.1.5.14"
SCRYPT: Final = "1.3.6.1.4.1.11591.4.11"
_ENCRYPTED_DATA: Final = "1.2.840.113549.1.7.6"
_KEY_BAG: Final = "1.2.840.113549.1.12.10.1.1"
_SHROUDED_BAG: Final = "1.2.840.113549.1.12.10.1.2"
_PBES2: Final = "1.2.840.113549.1.5.13"
_PBKDF2: Final = "1.2.840.113549.1.5.12"
_MOST: Final = 10_000  # bags looked at
_KDF_12: Final = "PKCS#12 KDF"
# RFC 7292 appendix C, RFC 8018 appendix A.3, and Java's own: OID → cipher, derivation
_SCHEMES: Final = {
    "1.2.840.113549.1.12.1.1": ("RC4-128", f"{_KDF_12} SHA-1"),
    "1.2.840.113549.1.12.1.2": ("RC4-40", f"{_KDF_12} SHA-1"),
    "1.2.840.113549.1.12.1.3": ("3DES", f"{_KDF_12} SHA-1"),
    "1.2.840.113549.1.12.1.4": ("2-key 3DES", f"{_KDF_12} SHA-1"),
    "1.2.840.113549.1.12.1.5": ("RC2-128", f"{_KDF_12} SHA-1"),
    "1.2.840.113549.1.12.1.6": ("RC2-40", f"{_KDF_12} SHA-1"),
    "1.2.840.113549.1.5.3": ("DES", "PBKDF1 MD5"),
    "1.2.840.113549.1.5.6": ("RC2", "PBKDF1 MD5"),
    "1.2.840.113549.1.5.10": ("DES", "PBKDF1 SHA-1"),
    "1.2.840.113549.1.5.11": ("RC2", "PBKDF1 SHA-1"),
    "1.3.6.1.4.1.42.2.17.1.1": ("JKS", "SHA-1"),
    "1.3.6.1.4.1.42.2.19.1": ("3DES", "JCEKS MD5"),
}
_CIPHERS: Final = {
    "1.2.840.113549.3.2": "RC2",
    "1.2.840.113549.3.7": "3DES",
    "1.3.14.3.2.7": "DES",
    "2.16.840.1.101.3.4.1.2": "AES-128-CBC",
    "2.16.840.1.101.3.4.1.6": "AES-128-GCM",
    "2.16.840.1.101.3.4.1.22": "AES-192-CBC",
    "2.16.840.1.101.3.4.1.42": "AES-256-CBC",
    "2.16.840.1.101.3.4.1.46": "AES-256-GCM",
}
HMACS: Final = {
    "1.2.840.113549.2.7": "sha1",
    "1.2.840.113549.2.8": "sha224",
    "1.2.840.113549.2.9": "sha256",
    "1.2.840.113549.2.10": "sha384",
    "1.2.840.113549.2.11": "sha512",
}
"""OID of an HMAC → its hash, as :mod:`hashlib` names it."""

PBKDF2_HMAC: Final = "1.2.840.113549.2.7"
"""The HMAC of PBKDF2 where its parameters name none (RFC 8018 A.2)."""

DIGESTS: Final = {
    "1.2.840.113549.2.5": "md5",
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.4": "sha224",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
"""OID of a hash → :mod:`hashlib`'s name of it."""


@dataclass(frozen=True, slots=True)
class Protection:
    """How something is encrypted, or its integrity kept, with a passphrase.

    Args:
        cipher: such as ``AES-256-CBC`` or ``RC2-40``; of a MAC its hash: ``HMAC SHA-256``.
        derivation: how a key is made of the passphrase, such as ``PBKDF2 SHA-256``.
        rounds: of that derivation (of scrypt its cost), where the structure names them.
    """

    cipher: str
    derivation: str
    rounds: int | None = None


@dataclass(frozen=True, slots=True)
class KeystoreProtection:
    """How a PKCS#12 keystore is protected.

    Args:
        key: of its private keys; ``None`` when one of them stands in it unencrypted, or there is none to be seen.
        certificates: of the encrypted part, where the certificates are as a rule; ``None`` without such a part.
        integrity: of its MAC; ``None`` without one.
    """

    key: Protection | None
    certificates: Protection | None
    integrity: Protection | None


def protection_of_key(der: bytes) -> Protection | None:
    """Return how an EncryptedPrivateKeyInfo (RFC 5958 3) is encrypted; ``None`` where it is something else."""
    try:
        algorithm, _ = islice(iterate(der, root(der, SEQUENCE)), 2)
        return _encryption(der, algorithm)
    except (DERError, ValueError):
        return None


def protection_of_keystore(data: bytes) -> KeystoreProtection:
    """Return how a PKCS#12 keystore is protected. What cannot be read of it is left ``None``."""
    keys: list[Protection | None] = []
    encrypted: list[Protection] = []
    integrity = None
    try:
        parts = list(islice(iterate(data, root(data, SEQUENCE)), 3))
        integrity = _mac(data, parts[2]) if len(parts) == 3 else None
        for kind, layer, value in _contents(data, parts[1]):
            if kind == DATA:
                keys += _keys(layer, value)
            elif kind == _ENCRYPTED_DATA:
                encrypted.append(_of_encrypted_data(layer, value))
    except (DERError, ValueError, IndexError):
        pass
    content = encrypted[0] if encrypted else None
    inside = content if not keys else None if None in keys else keys[0]
    return KeystoreProtection(inside, content, integrity)


def _contents(data: bytes, safe: Node) -> Iterator[tuple[str, bytes, Node]]:
    """Yield the type of each ContentInfo of the authenticated safe, and the value in it."""
    octets = _octets_of(data, safe)
    for info in islice(iterate(octets, root(octets, SEQUENCE)), _MOST):
        kind, wrapped = islice(iterate(octets, info), 2)
        yield oid(octets, kind), octets, _inside(octets, wrapped)


def _octets_of(data: bytes, info: Node) -> bytes:
    kind, wrapped = islice(iterate(data, info), 2)
    inside = _inside(data, wrapped)
    if oid(data, kind) != DATA or inside[0] != OCTET_STRING:
        raise DERError("is_none", kind="data")
    return contents(data, inside)


def _inside(data: bytes, node: Node) -> Node:
    """Return the first value inside another. Raises :class:`DERError`."""
    first = next(iterate(data, node), None)
    if first is None:
        raise DERError("nothing_there")
    return first


def _keys(layer: bytes, value: Node) -> Iterator[Protection | None]:
    bags = contents(layer, value)
    for bag in islice(iterate(bags, root(bags, SEQUENCE)), _MOST):
        kind, wrapped = islice(iterate(bags, bag), 2)
        dotted = oid(bags, kind)
        if dotted == _KEY_BAG:
            yield None
        elif dotted == _SHROUDED_BAG:
            yield _encryption(bags, _inside(bags, _inside(bags, wrapped)))


def _of_encrypted_data(layer: bytes, value: Node) -> Protection:
    _, content = islice(iterate(layer, value), 2)
    _, algorithm = islice(iterate(layer, content), 2)
    return _encryption(layer, algorithm)


def _encryption(data: bytes, algorithm: Node) -> Protection:
    dotted, parameters = _algorithm(data, algorithm)
    if dotted == _PBES2 and len(parameters) >= 2:
        derivation, rounds = _derivation(data, parameters[0])
        cipher, _ = _algorithm(data, parameters[1])
        return Protection(_CIPHERS.get(cipher, cipher), derivation, rounds)
    cipher, derivation = _SCHEMES.get(dotted, (dotted, ""))
    numbers = [integer(data, part) for part in parameters if part[0] == INTEGER]
    return Protection(cipher, derivation, numbers[0] if numbers else None)


def _derivation(data: bytes, algorithm: Node) -> tuple[str, int | None]:
    dotted, parameters = _algorithm(data, algorithm)
    numbers = [integer(data, part) for part in parameters if part[0] == INTEGER]
    rounds = numbers[0] if numbers else None
    if dotted == SCRYPT:
        return "scrypt", rounds
    if dotted != _PBKDF2:
        return dotted, rounds
    named = [_algorithm(data, part)[0] for part in parameters[1:] if part[0] == SEQUENCE]
    return f"PBKDF2 {_hash_name(HMACS, named[0] if named else PBKDF2_HMAC)}", rounds


def _mac(data: bytes, node: Node) -> Protection:
    """Return how a MacData (RFC 7292 4, RFC 9579) is made."""
    digest, *rest = islice(iterate(data, node), 3)
    dotted, parameters = _algorithm(data, _inside(data, digest))
    if dotted == PBMAC1 and len(parameters) >= 2:
        derivation, rounds = _derivation(data, parameters[0])
        scheme = _algorithm(data, parameters[1])[0]
        return Protection(f"HMAC {_hash_name(HMACS, scheme)}", derivation, rounds)
    rounds = integer(data, rest[1]) if len(rest) == 2 else 1
    name = _hash_name(DIGESTS, dotted)
    return Protection(f"HMAC {name}", f"{_KDF_12} {name}", rounds)


def _hash_name(table: Mapping[str, str], dotted: str) -> str:
    """Return a hash as people write it, such as ``SHA-256``."""
    known = table.get(dotted)
    return dotted if known is None else known.upper().replace("SHA", "SHA-")


def _algorithm(data: bytes, node: Node) -> tuple[str, list[Node]]:
    """Return the OID of an AlgorithmIdentifier and the values inside its parameters."""
    parts = list(islice(iterate(data, node), 2))
    if not parts or parts[0][0] != OBJECT_IDENTIFIER:
        raise DERError("is_none", kind="AlgorithmIdentifier")
    inside = parts[1:] and parts[1][0] == SEQUENCE
    return oid(data, parts[0]), list(islice(iterate(data, parts[1]), 5)) if inside else []
