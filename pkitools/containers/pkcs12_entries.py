"""Which certificates of a PKCS#12 keystore stand with a private key, from what is not encrypted in it (RFC 7292 4.2).

Common software encrypts the certificates and, one by one, the keys; the bags of the keys lie open, with their names.
What reads the keystore hands out its first key only: these names tell of the others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from pkitools.containers.protection import DATA
from pkitools.frozen import dataclass, field, replace
from pkitools.x509.der import (
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    SEQUENCE,
    SET,
    DERError,
    Node,
    contents,
    encoded,
    iterate,
    oid,
    root,
)

_SHROUDED: Final = "1.2.840.113549.1.12.10.1.2"
_KEY_BAGS: Final = frozenset({"1.2.840.113549.1.12.10.1.1", _SHROUDED})
_FRIENDLY_NAME: Final = "1.2.840.113549.1.9.20"
_LOCAL_KEY_ID: Final = "1.2.840.113549.1.9.21"
_MAX_BAGS: Final = 10_000
_BMP_STRING: Final = 0x1E


@dataclass(frozen=True, slots=True)
class KeyBag:
    """One private key of a keystore, by the names it has on the outside; and the key, shrouded or not."""

    friendly_name: str | None
    local_key_id: bytes | None
    key: bytes = field(default=b"", repr=False)
    shrouded: bool = False


def with_key(
    data: bytes, named: Sequence[tuple[bytes, str | None]], first: int | None, *, holds_key: bool
) -> frozenset[int]:
    """Return which of the certificates stand with a private key; all of them when that cannot be seen.

    Args:
        data: the keystore.
        named: the DER and the friendly name of each certificate.
        first: the number of the certificate that fits the first key, if one does.
        holds_key: there is a private key.
    """
    everything = frozenset(range(len(named)))
    known = frozenset(() if first is None else (first,))
    try:
        bags = list(islice(key_bags(data), _MAX_BAGS))
    except DERError:
        bags = []
    if not bags:
        return everything if holds_key else known
    if len(bags) == 1:
        return known
    fitting = _fitting(named, bags)
    return everything if fitting is None else known | fitting


def _fitting(named: Sequence[tuple[bytes, str | None]], bags: Sequence[KeyBag]) -> frozenset[int] | None:
    """Return which certificates have the name or the local key ID of a key; ``None`` where a key has none that fits."""
    names = {bag.friendly_name for bag in bags} - {None}
    key_ids = {bag.local_key_id for bag in bags} - {None}
    # what OpenSSL gives as local key ID
    thumbprints = [hashlib.sha1(der, usedforsecurity=False).digest() for der, _ in named]
    held = {name for _, name in named}.union(thumbprints) - {None}
    if not all(bag.friendly_name in held or bag.local_key_id in held for bag in bags):
        return None
    return frozenset(n for n, (_, name) in enumerate(named) if name in names or thumbprints[n] in key_ids)


def entry_of(bag: KeyBag, named: Sequence[tuple[bytes, str | None]]) -> int | None:
    """Return the number of the certificate that a key says to stand with; ``None`` where that is none, or several.

    Args:
        bag: the key.
        named: the DER and the friendly name of each certificate.
    """
    if bag.local_key_id is not None:
        for number, (der, _) in enumerate(named):
            if hashlib.sha1(der, usedforsecurity=False).digest() == bag.local_key_id:
                return number
    alike = [number for number, (_, name) in enumerate(named) if name is not None and name == bag.friendly_name]
    return alike[0] if len(alike) == 1 else None


def key_bags(data: bytes) -> Iterator[KeyBag]:
    """Yield the private keys whose bags are not inside encrypted content. Raises :class:`DERError`."""
    parts = list(islice(iterate(data, root(data, SEQUENCE)), 2))
    if len(parts) < 2:
        raise DERError("is_none", kind="PKCS#12")
    safes = _data_of(data, parts[1])
    for content in iterate(safes, root(safes, SEQUENCE)) if safes else ():
        bags = _data_of(safes, content)
        for bag in iterate(bags, root(bags, SEQUENCE)) if bags else ():
            fields = list(islice(iterate(bags, bag), 3))
            if fields and fields[0][0] == OBJECT_IDENTIFIER and oid(bags, fields[0]) in _KEY_BAGS:
                shrouded = oid(bags, fields[0]) == _SHROUDED
                yield replace(_key_bag(bags, fields[2:]), key=_inside(bags, fields[1:2]), shrouded=shrouded)


def _data_of(data: bytes, content: Node) -> bytes:
    """Return what a ContentInfo of type data holds; nothing of an encrypted one."""
    fields = list(islice(iterate(data, content), 2))
    if len(fields) < 2 or fields[0][0] != OBJECT_IDENTIFIER or oid(data, fields[0]) != DATA:
        return b""
    inner = next(iterate(data, fields[1]), None)
    return contents(data, inner) if inner is not None and inner[0] == OCTET_STRING else b""


def _inside(data: bytes, wrapped: Sequence[Node]) -> bytes:
    inner = next(iterate(data, wrapped[0]), None) if wrapped else None
    return b"" if inner is None else encoded(data, inner)


def _key_bag(data: bytes, attributes: Sequence[Node]) -> KeyBag:
    name: str | None = None
    key_id: bytes | None = None
    for attribute in iterate(data, attributes[0]) if attributes and attributes[0][0] == SET else ():
        kind, values = islice(iterate(data, attribute), 2)
        value = next(iterate(data, values), None)
        if value is None:
            continue
        if oid(data, kind) == _FRIENDLY_NAME and value[0] == _BMP_STRING:
            name = contents(data, value).decode("utf-16-be", "replace")
        elif oid(data, kind) == _LOCAL_KEY_ID and value[0] == OCTET_STRING:
            key_id = contents(data, value)
    return KeyBag(name, key_id)
