"""The private keys of a Java keystore, opened: the two ways in which Java itself locks them.

Both are of the JDK and written down nowhere else (``sun.security.provider.KeyProtector`` and
``com.sun.crypto.provider.KeyProtector``); the tests hold them to what ``keytool`` makes. An entry is an
EncryptedPrivateKeyInfo whose algorithm names one of them. A passphrase of another is told from the right one by the
check value in the first and by the padding in the second, where the key that comes out says the rest.
"""

from __future__ import annotations

import hashlib
from hmac import compare_digest
from typing import Final

from pkitools.x509.der import OCTET_STRING, SEQUENCE, DERError, children, contents, expect, integer, oid, root

_SUN: Final = "1.3.6.1.4.1.42.2.17.1.1"
_JCE: Final = "1.3.6.1.4.1.42.2.19.1"
_DIGEST: Final = 20  # of SHA-1: salt in front, check value behind
_BLOCK: Final = 8
_KEY: Final = 24
_MAX_ROUNDS: Final = 1_000_000  # of MD5; Java makes 200,000, and no more than 5,000,000


def opened(entry: bytes, passphrase: bytes) -> bytes | None:
    """Return the PKCS#8 key in a key entry of a keystore; ``None`` when the passphrase, or pkitools, does not open it.

    Args:
        entry: the entry, as it stands in the keystore.
        passphrase: of the key; most keystores have one for all.
    """
    try:
        algorithm, locked = children(entry, root(entry, SEQUENCE))
        named, *parameters = children(entry, expect(algorithm, SEQUENCE))
        secret = contents(entry, expect(locked, OCTET_STRING))
        kind = oid(entry, named)
        if kind == _SUN:
            return _of_sun(secret, passphrase)
        if kind != _JCE or len(parameters) != 1:
            return None
        salt, rounds = children(entry, expect(parameters[0], SEQUENCE))
        return _of_jce(secret, passphrase, contents(entry, expect(salt, OCTET_STRING)), integer(entry, rounds))
    except (DERError, ValueError):  # not what Java writes, or a passphrase that Java would not take
        return None


def _of_sun(secret: bytes, passphrase: bytes) -> bytes | None:
    """JKS: SHA-1 over passphrase and salt, and then over passphrase and what came out, makes the key stream."""
    salt, locked, check = secret[:_DIGEST], secret[_DIGEST:-_DIGEST], secret[-_DIGEST:]
    words = passphrase.decode("utf-8").encode("utf-16-be")
    stream, last = bytearray(), salt
    while len(stream) < len(locked):
        last = hashlib.sha1(words + last, usedforsecurity=False).digest()
        stream += last
    key = bytes(each ^ mask for each, mask in zip(locked, stream, strict=False))
    found = hashlib.sha1(words + key, usedforsecurity=False).digest()
    return key if compare_digest(found, check) else None


def _of_jce(secret: bytes, passphrase: bytes, salt: bytes, rounds: int) -> bytes | None:
    """JCEKS: triple DES in CBC, its key and first block from MD5 over each half of the salt."""
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
    from cryptography.hazmat.primitives.ciphers import Cipher, modes
    from cryptography.hazmat.primitives.padding import PKCS7

    halves = salt[:4], salt[4:]
    # of two equal halves Java mixes one up: one keystore in four thousand million, which is not compared
    if len(salt) != _BLOCK or halves[0] == halves[1] or not 0 < rounds <= _MAX_ROUNDS:
        return None
    made = b"".join(_derived(half, passphrase, rounds) for half in halves)
    decryptor = Cipher(TripleDES(made[:_KEY]), modes.CBC(made[_KEY:])).decryptor()
    unpadder = PKCS7(8 * _BLOCK).unpadder()
    return unpadder.update(decryptor.update(secret) + decryptor.finalize()) + unpadder.finalize()


def _derived(half: bytes, passphrase: bytes, rounds: int) -> bytes:
    made = half
    for _ in range(rounds):
        made = hashlib.md5(made + passphrase, usedforsecurity=False).digest()
    return made
