"""The public half of a private key: what a certificate or request that belongs to it shows too.

Nothing secret leaves this module, and nothing is decrypted: of an encrypted key there is no public half.
"""

from __future__ import annotations

from typing import Final

from pkitools.containers.guard import attempt
from pkitools.containers.model import Item, ItemKind
from pkitools.x509.der import SEQUENCE, DERError, root
from pkitools.x509.keys import read_public_key
from pkitools.x509.model import PublicKey

_MAX_BYTES: Final = 64 * 1024  # an RSA key of 16,384 bits is 9 kB


def public_half(item: Item) -> PublicKey | None:
    """Return the public key of an item that is a key; ``None`` of an encrypted one and of what cannot be read."""
    if item.encrypted or len(item.der) > _MAX_BYTES:
        return None
    if item.kind is ItemKind.PUBLIC_KEY:
        return _facts(item.der)
    spki = attempt(lambda: _spki(item.der)) if item.kind is ItemKind.KEY else None
    return None if spki is None else _facts(spki)


def _spki(der: bytes) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_private_key

    # unchecked: whether the parts of a key belong together takes long to say, and nothing is done with it here
    key = load_der_private_key(der, None, unsafe_skip_rsa_key_validation=True)
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _facts(spki: bytes) -> PublicKey | None:
    problems: list[str] = []
    try:
        facts = read_public_key(spki, root(spki, SEQUENCE), problems.append)
    except DERError:
        return None
    return None if problems else facts
