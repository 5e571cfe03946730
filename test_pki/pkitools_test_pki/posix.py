"""What a test PKI in a folder needs of the operating system."""

from __future__ import annotations

from pkitools.errors import StateError
from pkitools.files.platform import POSIX


def require_posix() -> None:
    """Raise unless folders can be locked and files have permissions: several processes share a test PKI by both.

    Raises:
        StateError: this is no POSIX system.
    """
    if not POSIX:
        raise StateError("test_pki.error.platform")
