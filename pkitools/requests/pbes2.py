"""Encrypt a private key for storage: PKCS#8 with PBES2 (RFC 8018), PBKDF2-HMAC-SHA256 and AES-256-CBC.

Written here because ``cryptography`` offers 2,048 rounds and no way to ask more; it reads what this writes, and so do
OpenSSL, GnuTLS and Java. 600,000 rounds are what OWASP asks of PBKDF2-HMAC-SHA256; they take about 0.2 s.
"""

from __future__ import annotations

import os
from typing import Final

from asn1crypto import core, keys
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.padding import PKCS7

from pkitools.errors import LimitError
from pkitools.limits import MAX_KDF_ITERATIONS
from pkitools.x509.der import INTEGER, OBJECT_IDENTIFIER, SEQUENCE, DERError, children, integer, root, walk

ROUNDS: Final = 600_000
_SALT_BYTES: Final = 32
_MAX_SCRYPT_BYTES: Final = 128 * 1024 * 1024
_SCRYPT: Final = bytes.fromhex("2b06010401da47040b")  # 1.3.6.1.4.1.11591.4.11


def encrypt_pkcs8(der: bytes, passphrase: bytes) -> bytes:
    """Return the EncryptedPrivateKeyInfo (DER) of a PrivateKeyInfo (DER)."""
    salt, initial = os.urandom(_SALT_BYTES), os.urandom(16)
    key = PBKDF2HMAC(hashes.SHA256(), 32, salt, ROUNDS).derive(passphrase)
    padder = PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES256(key), modes.CBC(initial)).encryptor()
    encrypted = encryptor.update(padder.update(der) + padder.finalize()) + encryptor.finalize()
    derivation = {
        "salt": core.OctetString(salt),
        "iteration_count": ROUNDS,
        "prf": {"algorithm": "sha256", "parameters": core.Null()},
    }
    parameters = {
        "key_derivation_func": {"algorithm": "pbkdf2", "parameters": derivation},
        "encryption_scheme": {"algorithm": "aes256_cbc", "parameters": initial},
    }
    algorithm = {"algorithm": "pbes2", "parameters": parameters}
    whole: bytes = keys.EncryptedPrivateKeyInfo({"encryption_algorithm": algorithm, "encrypted_data": encrypted}).dump()
    return whole


def refuse_slow(der: bytes, name: str) -> None:
    """Raise when opening this EncryptedPrivateKeyInfo would take more work than a key is worth: before doing it.

    Raises:
        LimitError: more than MAX_KDF_ITERATIONS rounds, or scrypt with more than 128 MiB.
        DERError: not an EncryptedPrivateKeyInfo.
    """
    algorithm = children(der, root(der, SEQUENCE))[0]
    numbers: list[int] = []
    scrypt = False
    for _, node in walk(der, algorithm):
        if node[0] == OBJECT_IDENTIFIER:
            scrypt = scrypt or der[node[2] : node[3]] == _SCRYPT
        elif node[0] == INTEGER:
            numbers.append(integer(der, node))
    # scrypt has N, r and p (and perhaps a key length, which only makes the estimate higher)
    work = 128 * numbers[0] * numbers[1] if scrypt and len(numbers) > 1 else max(numbers, default=0)
    limit = _MAX_SCRYPT_BYTES if scrypt else MAX_KDF_ITERATIONS
    if work > limit or (scrypt and max(numbers, default=0) > MAX_KDF_ITERATIONS):
        raise LimitError("requests.error.slow_key", name=name, work=work, limit=limit)


__all__ = ["ROUNDS", "DERError", "encrypt_pkcs8", "refuse_slow"]
