"""What a server takes from a file that it sends or loads: blocks of PEM whose armour has lines of its own.

So OpenSSL reads it (``PEM_read_bio``), and by that nginx, Apache and HAProxy; Go, and by that Traefik and Kubernetes,
takes the same: a block whose lines of armour begin and end at those of the text. What else pkitools reads these do not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pkitools.text import pattern

_BLOCK: Final = pattern(
    rb"(?m)^-----BEGIN (?P<label>[A-Z0-9 ]{1,64}+)-----[ \t]*+\r?\n"
    rb"(?:[^-]|-(?!----))*+(?<=\n)-----END (?P=label)-----[ \t]*+\r?$"
)
_BOM: Final = b"\xef\xbb\xbf"
_CERTIFICATES: Final = frozenset((b"CERTIFICATE", b"X509 CERTIFICATE", b"TRUSTED CERTIFICATE"))
_KEY: Final = b"PRIVATE KEY"
_FOREIGN_KEYS: Final = frozenset((b"OPENSSH PRIVATE KEY",))
_LOCKED: Final = (b"-----BEGIN ENCRYPTED ", b"Proc-Type: 4,ENCRYPTED")


def certificate_blocks(data: bytes) -> bytes:
    """Return the certificates that a program takes from a file, in its order; empty where it finds none."""
    return b"\n".join(block for label, block in _blocks(data) if label in _CERTIFICATES)


def key_block(data: bytes) -> bytes:
    """Return the private key that a program takes from a file, the first; empty where it finds none."""
    blocks = _blocks(data)
    return next((block for label, block in blocks if label.endswith(_KEY) and label not in _FOREIGN_KEYS), b"")


def is_locked(block: bytes) -> bool:
    """Return whether the block of a private key is encrypted."""
    return any(sign in block for sign in _LOCKED)


def _blocks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    for found in _BLOCK.finditer(data.removeprefix(_BOM)):
        yield found["label"], found[0]
