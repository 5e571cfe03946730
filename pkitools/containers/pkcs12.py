"""PKCS#12 keystores (``.p12``, ``.pfx``; RFC 7292), opened with their passphrase.

How many rounds of key derivation a keystore asks for, its maker chose: 2³¹ would keep us busy for minutes. The outer
structure, which is not encrypted, is read first and refused beyond the limits. A key bag wrapped a second time *inside*
encrypted content cannot be seen beforehand; common software does not make those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any, Final

from pkitools.containers.guard import attempt
from pkitools.containers.key_facts import pss_algorithm, stating
from pkitools.containers.locked_keys import opened_pkcs8
from pkitools.containers.model import Item, ItemKind
from pkitools.containers.pkcs12_entries import KeyBag, entry_of, key_bags, with_key
from pkitools.containers.pkcs12_mac import passphrase_fits
from pkitools.containers.protection import DATA, SCRYPT, protection_of_keystore
from pkitools.errors import InputError, LimitError, SecretError
from pkitools.frozen import dataclass, field, replace
from pkitools.limits import MAX_KDF_ITERATIONS, MAX_KEYSTORE_BYTES
from pkitools.x509.der import (
    INTEGER,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    SEQUENCE,
    DERError,
    Node,
    contents,
    integer,
    iterate,
    oid,
    root,
    walk,
)
from pkitools.x509.oids import RSASSA_PSS

_MAX_NODES: Final = 200_000
_MAX_OPENED: Final = 100  # keys of one keystore; their rounds together count as those of one
_MAX_LAYERS: Final = 8  # a keystore has two: the authenticated safe, and the bags in it
_MAX_SCRYPT_BYTES: Final = 128 * 1024 * 1024
_PKCS12_PBE_ARC: Final = "1.2.840.113549.1.12.1."
_PKCS5_PBE_ARC: Final = "1.2.840.113549.1.5."  # PBES1 and, by .12, PBKDF2: all hold salt and rounds


def read_pkcs12(data: bytes, name: str, passphrase: bytes | None) -> tuple[Item, ...]:
    """Return the key, its certificate and the other certificates.

    Without a passphrase the two ways to have none (absent and empty) are tried.

    Raises:
        SecretError: the passphrase is missing or wrong.
        LimitError: it asks for too many rounds of key derivation.
        InputError: its structure is not that of a keystore.
    """
    if len(data) > MAX_KEYSTORE_BYTES:
        raise LimitError("sources.error.keystore_too_large", name=name, limit=MAX_KEYSTORE_BYTES)
    try:
        _refuse_hard_work(data, name)
    except DERError as error:
        raise InputError("sources.error.pkcs12_malformed", name=name, detail=error.detail) from None
    for tried in (passphrase,) if passphrase is not None else (None, b""):
        items = _opened(data, tried)
        if items is not None:
            return _with_protection(items, data) if tried else items
    raise _why_not_opened(data, name, passphrase)


def _why_not_opened(data: bytes, name: str, passphrase: bytes | None) -> InputError | SecretError:
    fits = passphrase_fits(data, passphrase)
    if passphrase is None and fits is False:
        fits = passphrase_fits(data, b"")
    if fits or (fits is None and passphrase is None and _is_open(data)):
        # the passphrase is the right one, or there is none to give: what stands in the way is inside
        return InputError("sources.error.pkcs12_contents", name=name)
    if passphrase is None:
        return SecretError("sources.error.passphrase_missing", name=name)
    slug = "passphrase_unknown" if fits is None else "passphrase_wrong"
    return SecretError(f"sources.error.{slug}", name=name)


def _is_open(data: bytes) -> bool:
    """Whether nothing in sight is encrypted, and there is no MAC."""
    protection = protection_of_keystore(data)
    return protection.key is None and protection.certificates is None and protection.integrity is None


def _with_protection(items: tuple[Item, ...], data: bytes) -> tuple[Item, ...]:
    protection = protection_of_keystore(data).key
    return tuple(replace(item, protection=protection) if item.kind is ItemKind.KEY else item for item in items)


def _opened(data: bytes, passphrase: bytes | None) -> tuple[Item, ...] | None:
    return attempt(lambda: tuple(_items(data, passphrase)))


def _items(data: bytes, passphrase: bytes | None) -> list[Item]:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12

    found = pkcs12.load_pkcs12(data, passphrase)
    entries = [entry for entry in (found.cert, *found.additional_certs) if entry is not None]
    named = [
        (
            entry.certificate.public_bytes(Encoding.DER),
            entry.friendly_name.decode("utf-8", "replace") if entry.friendly_name else None,
        )
        for entry in entries
    ]
    first = None if found.cert is None else 0
    keyed = with_key(data, named, first, holds_key=found.key is not None)
    keys = _opened_keys(data, passphrase)
    held = {key.spki for key in keys}
    own = {n for n, entry in enumerate(entries) if n == first or _spki(entry.certificate.public_key) in held}
    if len(keyed) < len(named):  # else it may be that they cannot be told apart
        own |= keyed
    items: list[Item] = []
    if found.key is not None:
        der = found.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        first_of_all = _OpenedKey(_spki(found.key.public_key), der)
        # of two of the same key the name of one tells nothing
        same = next((key for key in keys if key.spki == first_of_all.spki), first_of_all)
        others = [key for key in keys if key.spki != first_of_all.spki]
        stated = _stated_algorithms(data, passphrase, entries)
        for key in (replace(same, der=der), *others):
            standing = entry_of(key.bag, named) if key.bag else None
            place = standing + 1 if standing in own else None
            whole, position = stating(key.der, stated.get(key.spki, b"")), len(items) + 1
            restated = key.spki not in stated
            items.append(Item(ItemKind.KEY, whole, position, "PKCS#8", place=place, is_restated=restated))
    for number, (der, alias) in enumerate(named):
        has_key = number in keyed or number in own if keyed or own else None
        place = number + 1 if number in own else None
        items.append(Item(ItemKind.CERTIFICATE, der, len(items) + 1, alias=alias, has_key=has_key, place=place))
    return items


def _bags(data: bytes) -> list[KeyBag]:
    """Return the keys that lie open in a keystore; none where they are too many, or too much work to open."""
    try:
        bags = list(islice(key_bags(data), _MAX_OPENED + 1))
        work = sum(_rounds(data, ""))
    except (DERError, LimitError):
        return []
    return bags if len(bags) <= _MAX_OPENED and work <= MAX_KDF_ITERATIONS else []


def _stated_algorithms(data: bytes, passphrase: bytes | None, entries: Sequence[Any]) -> dict[bytes, bytes]:
    """Return by the public half of each key what it states, where that is RSASSA-PSS alone; nothing of any other.

    What hands out the keys does not tell it. To ask takes as much work again as opening them, and is done only where a
    certificate in the keystore is for RSASSA-PSS alone.
    """
    if not any(entry.certificate.public_key_algorithm_oid.dotted_string == RSASSA_PSS for entry in entries):
        return {}

    from cryptography.hazmat.primitives.serialization import load_der_private_key

    def stated(bag: KeyBag) -> tuple[bytes, bytes]:
        plain = opened_pkcs8(bag.key, passphrase or b"") if bag.shrouded else bag.key
        key = load_der_private_key(plain or b"", None, unsafe_skip_rsa_key_validation=True)
        return _spki(key.public_key), pss_algorithm(plain or b"")

    found = (attempt(partial(stated, bag)) for bag in _bags(data))
    return dict(each for each in found if each is not None)


@dataclass(frozen=True, slots=True)
class _OpenedKey:
    """A private key: its public half, the key itself as PKCS#8, and the bag that it lies in."""

    spki: bytes
    der: bytes = field(repr=False)
    bag: KeyBag | None = None


def _opened_keys(data: bytes, passphrase: bytes | None) -> list[_OpenedKey]:
    """Return each private key that lies open and that the passphrase opens, of several, each once.

    What reads the keystore hands out its first key only, and a name may be missing or fit another.
    """
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
        load_der_private_key,
    )

    bags = _bags(data)
    if len(bags) < 2:
        return []

    def opened(bag: KeyBag) -> _OpenedKey:
        given = passphrase if bag.shrouded else None
        key = load_der_private_key(bag.key, given, unsafe_skip_rsa_key_validation=True)
        der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return _OpenedKey(_spki(key.public_key), der, bag)

    found = (attempt(partial(opened, bag)) for bag in bags)
    return list({key.spki: key for key in found if key is not None and key.spki}.values())


def _spki(public_key: Callable[[], Any]) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return attempt(lambda: bytes(public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))) or b""


def _refuse_hard_work(data: bytes, name: str) -> None:
    for rounds in _rounds(data, name):
        if rounds > MAX_KDF_ITERATIONS:
            raise LimitError("sources.error.kdf_rounds", name=name, rounds=rounds, limit=MAX_KDF_ITERATIONS)


def _rounds(data: bytes, name: str) -> Iterator[int]:
    """Yield the rounds of every key derivation in sight: of the MAC, the contents and the plain bags."""
    parts = _first(data, root(data, SEQUENCE), 3)
    if len(parts) == 3:
        mac = _first(data, parts[2], 3)
        if len(mac) == 3:
            yield integer(data, mac[2], padded=True)
    waiting = [(1, data)]
    nodes = 0
    while waiting:
        depth, layer = waiting.pop()
        if depth > _MAX_LAYERS:  # each is a copy of nearly all of the one around it
            raise DERError("layers", limit=_MAX_LAYERS)
        previous = ""
        for _, node in walk(layer, root(layer, SEQUENCE)):
            nodes += 1
            if nodes > _MAX_NODES:
                raise LimitError("sources.error.keystore_too_large", name=name, limit=MAX_KEYSTORE_BYTES)
            if node[0] == OBJECT_IDENTIFIER:
                previous = oid(layer, node)
            elif node[0] == SEQUENCE and previous.startswith((_PKCS12_PBE_ARC, _PKCS5_PBE_ARC, SCRYPT)):
                yield from _parameters(layer, node, previous, name)
                previous = ""
            elif node[0] == OCTET_STRING and previous == DATA:
                waiting.append((depth + 1, contents(layer, node)))
                previous = ""


def _first(data: bytes, node: Node, count: int) -> list[Node]:
    return list(islice(iterate(data, node), count))


def _parameters(data: bytes, node: Node, algorithm: str, name: str) -> Iterator[int]:
    numbers = [integer(data, part, padded=True) for part in _first(data, node, 5) if part[0] == INTEGER]
    if algorithm == SCRYPT and len(numbers) >= 3:
        cost, block_size, parallel = numbers[:3]
        if 128 * cost * block_size > _MAX_SCRYPT_BYTES or cost * block_size * parallel > 8 * MAX_KDF_ITERATIONS:
            raise LimitError("sources.error.kdf_rounds", name=name, rounds=cost, limit=MAX_KDF_ITERATIONS)
    elif numbers:
        yield numbers[0]
