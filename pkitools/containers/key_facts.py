"""The public half of a private key: what a certificate or request that belongs to it shows too.

Nothing secret leaves this module, and nothing is decrypted without its passphrase.
"""

from __future__ import annotations

from base64 import encodebytes
from typing import Final

from pkitools.containers.guard import attempt
from pkitools.containers.model import Item, ItemKind
from pkitools.frozen import replace
from pkitools.x509.der import SEQUENCE, DERError, children, encoded, root
from pkitools.x509.der_writing import value
from pkitools.x509.keys import algorithm_identifier, read_public_key
from pkitools.x509.model import PublicKey
from pkitools.x509.oids import RSASSA_PSS

OPENSSH: Final = "OpenSSH"
"""The form of a key as ``ssh-keygen`` writes it."""

_OLD_LABELS: Final = {"PKCS#1": b"RSA", "SEC1": b"EC", "DSA": b"DSA"}
_UNLOCKED: Final = b"openssh-key-v1\0\0\0\0\x04none\0\0\0\x04none"
_MAX_BYTES: Final = 64 * 1024  # an RSA key of 16,384 bits is 9 kB


def public_half(item: Item) -> PublicKey | None:
    """Return the public key of an item that is a key; ``None`` of an encrypted one and of what cannot be read."""
    if item.encrypted or len(item.der) > _MAX_BYTES:
        return None
    if item.kind is ItemKind.PUBLIC_KEY:
        return _facts(item.der)
    spki = spki_of(item) if item.kind is ItemKind.KEY else None
    return None if spki is None else _facts(spki)


def spki_of(item: Item, passphrase: bytes | None = None, der: bytes | None = None) -> bytes | None:
    """Return the SubjectPublicKeyInfo of a private key; ``None`` where it does not open.

    Args:
        item: the key.
        passphrase: it is still locked with.
        der: its DER, where that is not what stands in the file.
    """
    held = item.der if der is None else der
    return attempt(lambda: _of_openssh(held) if item.form == OPENSSH else _spki(held, passphrase))


def opened_half(item: Item, passphrase: bytes | None = None, der: bytes | None = None) -> PublicKey | None:
    """Return the public half of a private key, however its numbers are; ``None`` where it does not open.

    Args: see :func:`spki_of`.
    """
    held = item.der if der is None else der
    if item.form == OPENSSH:
        found = attempt(lambda: (_of_openssh(held), True))
    else:
        found = attempt(lambda: _opened(held, passphrase))
    if found is None:
        return None
    key = read_public_key(found[0], root(found[0], SEQUENCE), lambda _: None)
    return replace(key, restated=item.is_restated or not found[1])


def spki_of_old_form(item: Item, passphrase: bytes) -> bytes | None:
    """Return the SubjectPublicKeyInfo of a key that OpenSSL encrypted in its old form; ``None`` where it stays shut.

    It takes one round of MD5 to open, so there is nothing to limit.
    """
    label = _OLD_LABELS.get(item.form)
    if label is None or not item.cipher or len(item.der) > _MAX_BYTES:
        return None
    headers = b"Proc-Type: 4,ENCRYPTED\nDEK-Info: %b\n\n" % item.cipher.encode("ascii")
    armour = b"-----%b " + label + b" PRIVATE KEY-----\n"
    text = armour % b"BEGIN" + headers + encodebytes(item.der) + armour % b"END"
    return attempt(lambda: _of_pem(text, passphrase))


def is_locked(openssh: bytes) -> bool:
    """Return whether a key in the form of OpenSSH (PROTOCOL.key) is encrypted: the cipher is named in the clear."""
    return not openssh.startswith(_UNLOCKED)


def _of_openssh(body: bytes) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_ssh_private_key

    if is_locked(body):  # what it takes to open one is said by who made it, and may be anything
        raise ValueError("encrypted")
    text = b"-----BEGIN OPENSSH PRIVATE KEY-----\n%b-----END OPENSSH PRIVATE KEY-----\n" % encodebytes(body)
    key = load_ssh_private_key(text, None)
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _of_pem(text: bytes, passphrase: bytes) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

    key = load_pem_private_key(text, passphrase, unsafe_skip_rsa_key_validation=True)
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _spki(der: bytes, passphrase: bytes | None) -> bytes:
    return _opened(der, passphrase)[0]


def _opened(der: bytes, passphrase: bytes | None) -> tuple[bytes, bool]:
    """Return the SubjectPublicKeyInfo of a key, and whether its algorithm is the one that its PKCS#8 states."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_private_key

    plain: bytes | None = der
    if passphrase is not None:
        from pkitools.containers.locked_keys import opened_pkcs8  # few keys are locked

        plain = opened_pkcs8(der, passphrase)
    # unchecked: whether the parts of a key belong together takes long to say, and nothing is done with it here
    if plain is None:
        key = load_der_private_key(der, passphrase, unsafe_skip_rsa_key_validation=True)
    else:
        key = load_der_private_key(plain, None, unsafe_skip_rsa_key_validation=True)
    found = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return (found, False) if plain is None else (_for_what_it_is(found, plain), True)


def pss_algorithm(der: bytes) -> bytes:
    """Return the algorithm that a PrivateKeyInfo (DER) states, where that is RSASSA-PSS; else nothing."""
    try:
        parts = children(der, root(der, SEQUENCE))
        is_pss = len(parts) > 2 and parts[1][0] == SEQUENCE and algorithm_identifier(der, parts[1])[0] == RSASSA_PSS
    except DERError:
        return b""
    return encoded(der, parts[1]) if is_pss else b""


def pss_algorithm_of_half(public: PublicKey) -> bytes:
    """Return the algorithm that a public key states, where that is RSASSA-PSS; else nothing."""
    if public.algorithm != "RSASSA-PSS":
        return b""
    return encoded(public.spki, children(public.spki, root(public.spki, SEQUENCE))[0])


def stating(der: bytes, algorithm: bytes) -> bytes:
    """Return a PrivateKeyInfo (DER) that states another algorithm; the same one where none is given."""
    if not algorithm:
        return der
    version, _, *others = (encoded(der, part) for part in children(der, root(der, SEQUENCE)))
    return value(SEQUENCE, version, algorithm, *others)


def _for_what_it_is(spki: bytes, der: bytes) -> bytes:
    """Return the public half of a key in the open with the algorithm that its PKCS#8 states, where that is RSASSA-PSS.

    It is read as any RSA key; its certificate says that it is for RSASSA-PSS alone (RFC 4055 1.2).
    """
    return with_algorithm(spki, pss_algorithm(der))


def with_algorithm(spki: bytes, algorithm: bytes) -> bytes:
    """Return a SubjectPublicKeyInfo with another algorithm; the same one where none is given."""
    if not algorithm:
        return spki
    return value(SEQUENCE, algorithm, encoded(spki, children(spki, root(spki, SEQUENCE))[1]))


def _facts(spki: bytes) -> PublicKey | None:
    problems: list[str] = []
    try:
        facts = read_public_key(spki, root(spki, SEQUENCE), problems.append)
    except DERError:
        return None
    return None if problems else facts
