"""The certificates in a Java keystore of the old type (JKS, JCEKS): its public part, which needs no passphrase.

The format is that of ``sun.security.provider.JavaKeyStore``: big-endian; magic, version, count, then entries of a tag,
an alias, a time in milliseconds and, for a key, the encrypted key and its chain. Private keys stay as they are;
:mod:`pkitools.containers.jks_keys` opens them. The digest at the end, which only the passphrase can check, is checked
when there is one: :func:`digest_fits`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

from pkitools.containers.model import BadItem, Item, ItemKind
from pkitools.errors import InputError, LimitError
from pkitools.frozen import dataclass, replace
from pkitools.limits import MAX_KEYSTORE_BYTES, MAX_PEM_BLOCKS

_KEY, _CERTIFICATE, _SECRET_KEY = 1, 2, 3
_X509: Final = "X.509"
_X509_NAMES: Final = frozenset({_X509, "X509"})  # Java takes both
_DIGEST: Final = 20
_MAX_ALIAS: Final = 1000  # octets of a name that are kept


@dataclass(slots=True)
class _Cursor:
    data: bytes
    at: int = 0
    parts: int = 0

    def take(self, size: int) -> bytes:
        start = self.at
        self.skip(size)
        return self.data[start : self.at]

    def skip(self, size: int) -> None:
        if self.at + size > len(self.data) - _DIGEST:
            raise InputError("sources.error.jks_malformed", offset=self.at)
        self.at += size

    def each(self, count: int) -> Iterator[int]:
        """Yield the numbers of so many parts, within what one keystore may have in all, used or not."""
        for number in range(count):
            self.parts += 1
            if self.parts > MAX_PEM_BLOCKS:
                raise LimitError("sources.error.too_many_blocks", limit=MAX_PEM_BLOCKS)
            yield number

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def text(self) -> str:
        size = self.number(2)
        octets = self.take(min(size, _MAX_ALIAS))
        self.skip(size - len(octets))
        return octets.decode("utf-8", "backslashreplace") + ("..." if size > _MAX_ALIAS else "")


def read_jks(data: bytes, name: str) -> tuple[tuple[Item, ...], tuple[BadItem, ...]]:
    """Return the keys (encrypted) and certificates of a keystore, in order, and what could not be read.

    Raises:
        InputError: damaged, or of an unknown version.
        LimitError: larger than a keystore may be, or more in it; found while reading.
    """
    if len(data) > MAX_KEYSTORE_BYTES:
        raise LimitError("sources.error.keystore_too_large", name=name, limit=MAX_KEYSTORE_BYTES)
    cursor = _Cursor(data, 4)
    version = cursor.number(4)
    if version not in {1, 2}:
        raise InputError("sources.error.jks_malformed", offset=4)
    items: list[Item] = []
    bad: list[BadItem] = []
    entries = cursor.number(4)
    for entry in cursor.each(entries):
        tag, alias, _created = cursor.number(4), cursor.text(), cursor.take(8)
        if tag == _KEY:
            key = cursor.take(cursor.number(4))
            items.append(Item(ItemKind.KEY, key, len(items) + 1, "JKS", True, alias, place=entry + 1))
            for number in cursor.each(cursor.number(4)):
                # its own comes first, then its chain
                _certificate(cursor, version, alias, items, bad, has_key=number == 0, place=entry + 1)
        elif tag == _CERTIFICATE:
            _certificate(cursor, version, alias, items, bad)
        elif tag == _SECRET_KEY:  # a serialised Java object of unknown length: what follows cannot be found
            if entry + 1 < entries:
                error = InputError("sources.error.jks_secret_key", alias=alias, count=entries - entry - 1)
                bad.append(BadItem(len(items) + 1, error))
            break
        else:
            raise InputError("sources.error.jks_malformed", offset=cursor.at)
    else:
        _tell_behind(data, cursor.at + _DIGEST, len(items) + 1, bad)
    if any(item.has_key for item in items):
        return tuple(items), tuple(bad)
    return tuple(replace(item, has_key=None) for item in items), tuple(bad)  # a truststore: none stands with a key


def _tell_behind(data: bytes, end: int, position: int, bad: list[BadItem]) -> None:
    if data[end:].strip(b"\x00 \t\r\n"):
        size = len(data) - end
        bad.append(BadItem(position, InputError("sources.error.trailing", number=position, size=size)))


def digest_fits(data: bytes, passphrase: bytes) -> bool:
    """Return whether the digest at the end of a keystore is made with this passphrase over what stands in it.

    It does not when the passphrase is another one, and when something in the keystore changed: which of the two,
    nobody can tell.
    """
    key = passphrase.decode("utf-8", "replace").encode("utf-16-be") + b"Mighty Aphrodite"
    digest = hashlib.sha1(key, usedforsecurity=False)
    digest.update(memoryview(data)[:-_DIGEST])
    return digest.digest() == data[-_DIGEST:]


def _certificate(
    cursor: _Cursor,
    version: int,
    alias: str,
    items: list[Item],
    bad: list[BadItem],
    *,
    has_key: bool = False,
    place: int | None = None,
) -> None:
    kind = cursor.text() if version == 2 else _X509
    octets = cursor.take(cursor.number(4))
    if kind not in _X509_NAMES:
        bad.append(BadItem(len(items) + 1, InputError("sources.error.jks_kind", alias=alias, kind=kind)))
    else:
        item = Item(ItemKind.CERTIFICATE, octets, len(items) + 1, alias=alias, has_key=has_key, place=place)
        items.append(item)
