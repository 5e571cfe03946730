"""Does a file that is about to be replaced hold a private key? By its content, for its name and mode may lie.

Better one file kept too many than one key lost: what cannot be read, or is too large to look through, counts as a key.
"""

from __future__ import annotations

import base64
from typing import Final

_WORDS: Final = b"PRIVATE KEY"  # in every PEM of a key: of PKCS#1, PKCS#8, SEC 1, OpenSSH, PGP


def _in_base64(words: bytes) -> tuple[bytes, ...]:
    """Return how words look inside base64, at each of the three places where they can begin."""
    return tuple(base64.b64encode(b"\0" * shift + words)[shift + bool(shift) : -4] for shift in range(3))


_MARKS: Final = (
    _WORDS,
    *_in_base64(_WORDS),  # a manifest of Kubernetes
    b"PuTTY-User-Key-File",
)
_JAVA: Final = (b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce")
_SEQUENCE, _NUMBER, _OBJECT, _LONG = 0x30, 0x02, 0x06, 0x80


def may_hold_key(data: bytes) -> bool:
    """Return whether the content of a file may be a private key or a keystore, encrypted or not."""
    bare = data.replace(b"\0", b"")  # UTF-16
    return data.startswith(_JAVA) or _is_der_of_key(data) or any(mark in bare for mark in _MARKS)


def _is_der_of_key(data: bytes) -> bool:
    """Whether it begins as PKCS#1, #8 and #12 and SEC 1 do, with a number, or as PKCS#8 that is encrypted.

    A certificate, a request and a list begin with a sequence of a number, a version or a sequence; PKCS#7 with an
    object identifier. A public key begins as an encrypted one does, and is kept too.
    """
    first = _inside(data)
    return first[:1] == bytes([_NUMBER]) or _inside(first)[:1] == bytes([_OBJECT])


def _inside(data: bytes) -> bytes:
    """Return what is in the sequence it begins with; empty when it begins with something else."""
    if data[:1] != bytes([_SEQUENCE]) or len(data) < 2:
        return b""
    more = data[1] - _LONG if data[1] > _LONG else 0
    return data[2 + more : 66 + more]
