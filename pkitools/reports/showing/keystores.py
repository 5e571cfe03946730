"""A keystore as its owner sees it: its entries by their names, and how they are protected."""

from __future__ import annotations

from typing import Final

from pkitools.containers import ContainerFormat, Item, ItemKind, KeystoreProtection, Protection
from pkitools.frozen import dataclass
from pkitools.reports.contents import DescribedFile, DescribedItem
from pkitools.x509 import CertificateFacts

PRIVATE_KEY, OTHER_KEY, CERTIFICATE, CHAIN = "private_key", "other_key", "certificate", "chain"
_JKS_DIGEST: Final = KeystoreProtection(None, None, Protection("SHA-1", ""))  # over passphrase, a fixed text and store


@dataclass(frozen=True, slots=True)
class KeystoreEntry:
    """One entry.

    Args:
        alias: its name; ``None`` where it has none.
        kind: ``private_key`` with its certificate, ``other_key``: a certificate with which a private key stands, or
            may do so, that was not read; ``certificate`` somebody trusts, or ``chain``: a certificate that stands
            without a name and without a key.
        positions: the items of the file that it is.
    """

    alias: str | None
    kind: str
    positions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Keystore:
    """A keystore.

    Args:
        entries: in the order of the file.
        protection: of the whole.
        integrity_checked: the passphrase fitted the value that guards the whole against changes.
        integrity_differs: the passphrase given did not fit it.
    """

    entries: tuple[KeystoreEntry, ...]
    protection: KeystoreProtection
    integrity_checked: bool
    integrity_differs: bool = False


def keystore_of(file: DescribedFile) -> Keystore | None:
    """Return the keystore that a file is; ``None`` of any other file."""
    contents = file.contents
    if contents is None:
        return None
    if contents.container is ContainerFormat.JKS:
        fits = contents.digest_fits
        return Keystore(_jks_entries(contents.items), _JKS_DIGEST, fits is True, integrity_differs=fits is False)
    if contents.keystore is None:
        return None
    keys = {each.public_key.spki for each in file.items if each.public_key is not None}
    entries = tuple(_entry(each, keys) for each in file.items if each.item.kind is ItemKind.CERTIFICATE)
    # it would not have been opened otherwise
    return Keystore(entries, contents.keystore, integrity_checked=contents.keystore.integrity is not None)


def _entry(each: DescribedItem, keys: set[bytes]) -> KeystoreEntry:
    item = each.item
    if isinstance(each.facts, CertificateFacts) and each.facts.public_key.spki in keys:
        kind = PRIVATE_KEY
    else:
        kind = OTHER_KEY if item.has_key else CERTIFICATE if item.alias is not None else CHAIN
    return KeystoreEntry(item.alias, kind, (item.position,))


def _jks_entries(items: tuple[Item, ...]) -> tuple[KeystoreEntry, ...]:
    """Return the entries of a Java keystore, in which a chain stands under the name of its key."""
    held: dict[str | None, list[Item]] = {}
    for item in items:
        held.setdefault(item.alias, []).append(item)
    return tuple(
        KeystoreEntry(
            alias,
            PRIVATE_KEY if any(item.kind is ItemKind.KEY for item in inside) else CERTIFICATE,
            tuple(item.position for item in inside),
        )
        for alias, inside in held.items()
    )
