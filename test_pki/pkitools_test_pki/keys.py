"""Where keys come from. A key source is a function from a key type (``rsa:4096``, ``ec:P-256``) to a new key.

The shapes ask for the real thing, RSA 4096 for an authority and 3072 for an end entity: seconds of work. Tests that do
not look at the keys pass :data:`elliptic_keys`, or a :class:`KeyPool` that makes each key once.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias, cast

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_pem_private_key,
)

from pkitools.errors import InputError, InvalidValueError
from pkitools.files import may_be_there, read_bytes, write_secret
from pkitools_test_pki.algorithms import PrivateKey, PublicKey

KeySource: TypeAlias = Callable[[str], PrivateKey]

_CURVES: Final[dict[str, type[ec.EllipticCurve]]] = {
    "P-256": ec.SECP256R1,
    "P-384": ec.SECP384R1,
    "P-521": ec.SECP521R1,
}


def fresh_keys(key_type: str) -> PrivateKey:
    """Return a new key exactly as asked: ``rsa:<bits>``, ``ec:<curve>`` or ``ed25519``.

    Raises:
        InvalidValueError: no such key type.
    """
    family, _, size = key_type.partition(":")
    if family == "rsa" and size.isascii() and size.isdigit() and 1024 <= int(size) <= 16384:
        return rsa.generate_private_key(65537, int(size))
    if family == "ec" and size in _CURVES:
        return ec.generate_private_key(_CURVES[size]())
    if key_type == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    raise InvalidValueError("test_pki.error.key_type", key_type=key_type)


def small_keys(key_type: str) -> PrivateKey:
    """Return an RSA key of 2048 bits where 4096 is asked: the algorithms stay those of the shape, without the wait."""
    return fresh_keys("rsa:2048" if key_type == "rsa:4096" else key_type)


def elliptic_keys(key_type: str) -> PrivateKey:
    """Return an EC key whatever is asked, in microseconds: P-384 for an authority, P-256 for an end entity.

    PKIoverheid has no such certificates; what is signed with these keys carries ECDSA.
    """
    return fresh_keys("ec:P-384" if key_type == "rsa:4096" else "ec:P-256")


class KeyPool:
    """A key source that makes each key once and hands it out again, to the next PKI or on the next run.

    The n-th key of a type is always the same one. Within one PKI no key is used twice, unless ``limit`` says how many
    there are of each type; then the first one follows the last.

    Args:
        source: what makes a key that the pool does not hold yet.
        folder: where to keep the keys between runs, mode 0600; memory only when left out.
        limit: most keys of each type.
    """

    def __init__(
        self,
        source: KeySource = fresh_keys,
        folder: str | os.PathLike[str] | None = None,
        *,
        limit: int | None = None,
    ) -> None:
        self._source = source
        self._folder = None if folder is None else Path(folder)
        self._limit = limit
        self._keys: dict[str, list[PrivateKey]] = {}
        self._used: Counter[str] = Counter()

    def __call__(self, key_type: str) -> PrivateKey:
        """Return the next key of this type."""
        number = self._used[key_type]
        self._used[key_type] += 1
        if self._limit is not None:
            number %= self._limit
        keys = self._keys.setdefault(key_type, [])
        while len(keys) <= number:
            keys.append(self._made(key_type, len(keys)))
        return keys[number]

    def rewind(self) -> None:
        """Start again from the first key of each type: for the next PKI."""
        self._used.clear()

    def _made(self, key_type: str, number: int) -> PrivateKey:
        if self._folder is None:
            return self._source(key_type)
        path = self._folder / f"{key_type.replace(':', '-')}-{number}.key"
        if may_be_there(path):
            return load_key(read_bytes(path))
        key = self._source(key_type)
        write_secret(path, private_pem(key))
        return key


def private_pem(key: PrivateKey) -> bytes:
    """Return the key as PKCS#8 in PEM, not encrypted."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def spki(key: PublicKey) -> bytes:
    """Return the SubjectPublicKeyInfo in DER."""
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def load_key(data: bytes, name: str = "key") -> PrivateKey:
    """Return one of our own keys, unencrypted PEM or DER.

    Its numbers are not checked again: that takes 260 ms for 4096 bits, and the key was made here.

    Raises:
        InputError: no private key, or of a kind we cannot sign with.
    """
    load = load_pem_private_key if data.lstrip().startswith(b"-----") else load_der_private_key
    try:
        key = load(data, None, unsafe_skip_rsa_key_validation=True)
    except Exception as error:  # cryptography raises several types here, TypeError for an encrypted key among them
        raise InputError("test_pki.error.key_unreadable", name=name) from error
    if not hasattr(key, "sign"):
        raise InputError("test_pki.error.key_unreadable", name=name)
    return cast("PrivateKey", key)
