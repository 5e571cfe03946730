"""Keys that were handed in: which file could not be opened, and with what the others go."""

from __future__ import annotations

from pkitools.checking.private_keys import held_keys
from pkitools.containers import Contents
from pkitools.errors import SecretError


def locked(name: str, contents: Contents, passphrase: bytes | None) -> SecretError | None:
    """Return that a private key in a file is encrypted and stayed so: it was compared with nothing.

    Args:
        name: of the file.
        contents: what it holds.
        passphrase: what was typed; ``None``: nothing was.
    """
    if not any(each.item.encrypted and each.public is None for each in held_keys(contents, passphrase)):
        return None
    slug = "passphrase_needed" if passphrase is None else "passphrase_wrong"
    return SecretError(f"requests.error.{slug}", name=name)
