"""Keys that are derived from a passphrase, each once: 600,000 rounds take a tenth of a second, and the same comes out.

Of the same passphrase, salt, rounds and hash nothing is derived twice in a process. A key that a test locks in its own
process gets one of two salts in turn, so two that follow one another differ; its initialization vector is as random as
ever. How often the library asks is not hidden: who counts that counts its calls.
"""

from __future__ import annotations

import itertools
import os
from hashlib import shake_256
from types import SimpleNamespace
from typing import Any, Final

from cryptography.hazmat.primitives.hashes import HashAlgorithm
from cryptography.hazmat.primitives.kdf import pbkdf2

SALT: Final = 32
"""Octets of the salt of a locked key, as :mod:`pkitools.requests.pbes2` asks for it; of others nothing is kept."""

derived_anew: Final = pbkdf2.PBKDF2HMAC
"""The real thing, for who tests that."""

_turns: Final = itertools.cycle(shake_256(f"pkitools salt {number}".encode()).digest(SALT) for number in range(2))


_kept: Final[dict[tuple[object, ...], bytes]] = {}


class PBKDF2HMAC:
    """Stand in for the class of this name: derive once, and remember."""

    def __init__(
        self, algorithm: HashAlgorithm, length: int, salt: bytes, iterations: int, backend: Any = None
    ) -> None:
        self._real = derived_anew(algorithm, length, salt, iterations, backend)
        self._asked = (algorithm.name, length, bytes(salt), iterations)

    def derive(self, key_material: bytes) -> bytes:
        """Return the key."""
        asked = (*self._asked, bytes(key_material))
        if asked not in _kept:
            _kept[asked] = self._real.derive(key_material)
        return _kept[asked]


def urandom(size: int) -> bytes:
    """Return one of two salts in turn; of another size what is random."""
    return next(_turns) if size == SALT else os.urandom(size)


def install() -> None:
    """Let the packages use these; before anything takes the class by its name."""
    pbkdf2.PBKDF2HMAC = PBKDF2HMAC  # type: ignore[assignment,misc]  # it has what is used of it
    from pkitools.requests import pbes2

    pbes2.os = SimpleNamespace(urandom=urandom)  # type: ignore[assignment]  # that alone is used of it
