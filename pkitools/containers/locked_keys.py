"""Open a private key that is locked as PKCS#8 usually is: PBES2 with PBKDF2 and AES (RFC 8018 6.2, appendix A and B).

``cryptography`` opens it as well, and then no longer tells that it is for RSASSA-PSS alone, as the key itself does.
"""

from __future__ import annotations

from typing import Final

from pkitools.x509.der import (
    INTEGER,
    OCTET_STRING,
    SEQUENCE,
    DERError,
    Node,
    children,
    contents,
    encoded,
    expect,
    integer,
    root,
)
from pkitools.x509.keys import algorithm_identifier

_PBES2: Final = "1.2.840.113549.1.5.13"
_PBKDF2: Final = "1.2.840.113549.1.5.12"
_HMACS: Final = {
    "1.2.840.113549.2.7": "SHA1",
    "1.2.840.113549.2.8": "SHA224",
    "1.2.840.113549.2.9": "SHA256",
    "1.2.840.113549.2.10": "SHA384",
    "1.2.840.113549.2.11": "SHA512",
}
_BY_DEFAULT: Final = "1.2.840.113549.2.7"
_AES: Final = {"2.16.840.1.101.3.4.1.2": 16, "2.16.840.1.101.3.4.1.22": 24, "2.16.840.1.101.3.4.1.42": 32}
_BLOCK: Final = 16


def opened_pkcs8(locked: bytes, passphrase: bytes) -> bytes | None:
    """Return the PrivateKeyInfo (DER) of an EncryptedPrivateKeyInfo; ``None`` where it is locked in another way.

    How much work it is to open, is for the caller to ask first.

    Raises:
        ValueError: it does not open with this passphrase, or is no such thing.
    """
    try:
        return _opened(locked, passphrase)
    except DERError as error:
        raise ValueError(str(error)) from error


def _opened(locked: bytes, passphrase: bytes) -> bytes | None:
    algorithm, secret = children(locked, root(locked, SEQUENCE))
    scheme, parameters = algorithm_identifier(locked, algorithm)
    if scheme != _PBES2 or parameters is None:
        return None
    derivation, cipher = children(locked, expect(parameters, SEQUENCE))
    name, initial = algorithm_identifier(locked, cipher)
    size = _AES.get(name)
    if size is None or initial is None:
        return None
    key = _derived(locked, derivation, passphrase, size)
    if key is None:
        return None
    plain = _decrypted(contents(locked, expect(secret, OCTET_STRING)), key, contents(locked, initial))
    return encoded(plain, root(plain, SEQUENCE))


def _derived(data: bytes, node: Node, passphrase: bytes, size: int) -> bytes | None:
    """Return the key that the passphrase gives; ``None`` where that is not by PBKDF2."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

    name, parameters = algorithm_identifier(data, node)
    if name != _PBKDF2 or parameters is None:
        return None
    salt, rounds, *others = children(data, expect(parameters, SEQUENCE))
    function = next((algorithm_identifier(data, each)[0] for each in others if each[0] != INTEGER), _BY_DEFAULT)
    if salt[0] != OCTET_STRING or function not in _HMACS:
        return None
    digest = getattr(hashes, _HMACS[function])()
    return PBKDF2HMAC(digest, size, contents(data, salt), integer(data, rounds)).derive(passphrase)


def _decrypted(secret: bytes, key: bytes, initial: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.padding import PKCS7

    decryptor = Cipher(algorithms.AES(key), modes.CBC(initial)).decryptor()
    unpadder = PKCS7(_BLOCK * 8).unpadder()
    return unpadder.update(decryptor.update(secret) + decryptor.finalize()) + unpadder.finalize()
