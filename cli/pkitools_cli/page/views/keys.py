"""Keys that were handed in: which file could not be opened."""

from __future__ import annotations

from collections.abc import Iterable

from pkitools.checking.beside import Companion
from pkitools.containers import Contents, ItemKind
from pkitools.errors import SecretError


def locked(name: str, contents: Contents, opened: Iterable[Companion], passphrase: bytes | None) -> SecretError | None:
    """Return that a private key in a file is encrypted and stayed so: it was compared with nothing.

    Args:
        name: of the file.
        contents: what it holds.
        opened: among others the keys in it that could be opened.
        passphrase: what was typed; ``None``: nothing was.
    """
    keys = contents.of_kind(ItemKind.KEY)
    count = sum(each.file == name and each.kind is ItemKind.KEY for each in opened)
    if count == len(keys) or not any(each.encrypted for each in keys):
        return None
    slug = "passphrase_needed" if passphrase is None else "passphrase_wrong"
    return SecretError(f"requests.error.{slug}", name=name)
