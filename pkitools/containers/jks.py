"""The certificates in a Java keystore of the old type (JKS, JCEKS): its public part, which needs no passphrase.

The format is that of ``sun.security.provider.JavaKeyStore``: big-endian; magic, version, count, then entries of a tag,
an alias, a time in milliseconds and, for a key, the encrypted key and its chain. Private keys stay as they are, and the
digest at the end, which only the passphrase could check, is left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pkitools.containers.model import Item, ItemKind
from pkitools.errors import InputError

MAGICS: Final = (b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce")
_KEY, _CERTIFICATE, _SECRET_KEY = 1, 2, 3
_X509: Final = "X.509"
_DIGEST: Final = 20


@dataclass(slots=True)
class _Cursor:
    data: bytes
    at: int = 0

    def take(self, size: int) -> bytes:
        octets = self.data[self.at : self.at + size]
        if len(octets) != size:
            raise InputError("sources.error.jks_malformed", offset=self.at)
        self.at += size
        return octets

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def text(self) -> str:
        return self.take(self.number(2)).decode("utf-8", "backslashreplace")


def read_jks(data: bytes) -> tuple[Item, ...]:
    """Return the keys (encrypted) and certificates of a keystore, in order. Raises :class:`InputError`."""
    cursor = _Cursor(data[:-_DIGEST], 4)
    version = cursor.number(4)
    if version not in {1, 2}:
        raise InputError("sources.error.jks_malformed", offset=4)
    items: list[Item] = []
    for _ in range(cursor.number(4)):
        tag, alias, _created = cursor.number(4), cursor.text(), cursor.take(8)
        if tag == _KEY:
            key = cursor.take(cursor.number(4))
            items.append(Item(ItemKind.KEY, key, len(items) + 1, "JKS", True, alias))
            for number in range(cursor.number(4)):
                _certificate(cursor, version, alias, items, has_key=number == 0)  # its own comes first, then its chain
        elif tag == _CERTIFICATE:
            _certificate(cursor, version, alias, items)
        elif tag == _SECRET_KEY:  # a serialised Java object of unknown length: what follows cannot be found
            break
        else:
            raise InputError("sources.error.jks_malformed", offset=cursor.at)
    return tuple(items)


def _certificate(cursor: _Cursor, version: int, alias: str, items: list[Item], *, has_key: bool = False) -> None:
    kind = cursor.text() if version == 2 else _X509
    octets = cursor.take(cursor.number(4))
    if kind == _X509:
        items.append(Item(ItemKind.CERTIFICATE, octets, len(items) + 1, alias=alias, has_key=has_key))
