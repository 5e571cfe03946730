"""Whether a passphrase is that of a PKCS#12 keystore: by its MAC (RFC 7292 4 and appendix B; RFC 9579).

Asked only of a keystore that could not be opened: it tells a wrong passphrase from contents that cannot be read.
"""

from __future__ import annotations

import hashlib
import hmac
from itertools import islice
from typing import Final

from pkitools.containers.protection import DIGESTS, HMACS, PBKDF2_HMAC, PBMAC1
from pkitools.x509.der import (
    INTEGER,
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

_MAX_ROUNDS: Final = 1_000_000  # about a second; beyond it the question is left open
_INTEGRITY_KEY: Final = 3  # appendix B.3


def passphrase_fits(data: bytes, passphrase: bytes | None) -> bool | None:
    """Return whether the MAC of a keystore is made with this passphrase; ``None`` where that cannot be said.

    Args:
        data: the keystore.
        passphrase: in UTF-8; ``None`` for none at all, of which another key is made than of an empty one.
    """
    try:
        return _fits(data, passphrase)
    except (DERError, ValueError, IndexError, StopIteration):
        return None


def _fits(data: bytes, passphrase: bytes | None) -> bool | None:
    parts = list(islice(iterate(data, root(data, SEQUENCE)), 3))
    if len(parts) < 3:
        return None
    _, wrapped = islice(iterate(data, parts[1]), 2)
    signed = contents(data, next(iterate(data, wrapped)))
    digest, salt, *rounds = islice(iterate(data, parts[2]), 3)
    algorithm, expected = islice(iterate(data, digest), 2)
    if salt[0] != OCTET_STRING or expected[0] != OCTET_STRING:
        return None
    count = integer(data, rounds[0], padded=True) if rounds else 1
    made = _mac(data, algorithm, (passphrase, contents(data, salt), count), signed)
    return None if made is None else hmac.compare_digest(made, contents(data, expected))


def _mac(data: bytes, algorithm: Node, secret: tuple[bytes | None, bytes, int], signed: bytes) -> bytes | None:
    dotted, *parameters = islice(iterate(data, algorithm), 2)
    if oid(data, dotted) == PBMAC1:
        return _pbmac1(data, parameters[0], secret[0] or b"", signed)
    name = DIGESTS.get(oid(data, dotted))
    if name is None or not 1 <= secret[2] <= _MAX_ROUNDS:
        return None
    return hmac.digest(derive(name, *secret), signed, name)


def _pbmac1(data: bytes, parameters: Node, passphrase: bytes, signed: bytes) -> bytes | None:
    derivation, scheme = islice(iterate(data, parameters), 2)
    _, inner = islice(iterate(data, derivation), 2)
    salt, *rest = islice(iterate(data, inner), 4)
    rounds, *lengths = [integer(data, node) for node in rest if node[0] == INTEGER]
    named = [_first_oid(data, node) for node in rest if node[0] == SEQUENCE]
    pseudo_random = HMACS.get(named[0] if named else PBKDF2_HMAC)
    name = HMACS.get(_first_oid(data, scheme))
    if name is None or pseudo_random is None or not lengths or not 1 <= rounds <= _MAX_ROUNDS:
        return None
    key = hashlib.pbkdf2_hmac(pseudo_random, passphrase, contents(data, salt), rounds, min(lengths[0], 1024))
    return hmac.digest(key, signed, name)


def _first_oid(data: bytes, node: Node) -> str:
    return oid(data, next(iterate(data, node)))


def derive(name: str, passphrase: bytes | None, salt: bytes, rounds: int) -> bytes:
    """Return the key of the MAC (RFC 7292 B.2), of the length of its hash: one block is enough for that.

    Args:
        name: of the hash, as :mod:`hashlib` has it.
        passphrase: in UTF-8, or ``None``.
        salt: of the MAC.
        rounds: how often it is hashed.
    """
    make = getattr(hashlib, name)  # hashlib.new takes twice as long, and this is called for each round
    block = make(usedforsecurity=False).block_size
    text = b"" if passphrase is None else passphrase.decode("utf-8").encode("utf-16-be") + b"\x00\x00"
    value: bytes = bytes([_INTEGRITY_KEY]) * block + _stretched(salt, block) + _stretched(text, block)
    for _ in range(rounds):
        value = make(value, usedforsecurity=False).digest()
    return value


def _stretched(value: bytes, block: int) -> bytes:
    size = -(-len(value) // block) * block
    return (value * (size // len(value) + 1))[:size] if value else b""
