"""What was ordered, by key: ``manifest.json`` beside the keys and requests of a batch.

A certificate that comes back holds the key and nothing else that is sure: an order is found by the SHA-256 of its
SubjectPublicKeyInfo. The manifest holds nothing secret.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from pkitools.arguments import octets, text
from pkitools.environment import Environment
from pkitools.errors import InputError, LimitError, about_file
from pkitools.files import locked_folder, read_bytes, write_public
from pkitools.frozen import dataclass, field
from pkitools.ordering.orders import Order
from pkitools.requests import RequestFacts
from pkitools.text import pattern

MANIFEST: Final = "manifest.json"
"""Its name in the folder of a batch."""
SCHEMA: Final = "pkitools.manifest/v1"
MAX_MANIFEST_BYTES: Final = 8 * 1024 * 1024
"""A thousand orders with a hundred names each take four."""

_HASH: Final = pattern("[0-9a-f]{64}")
_NAME: Final = pattern(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")
_TEXTS: Final = ("profile", "system", "tsp", "oin", "organization", "common_name")


@dataclass(frozen=True, slots=True)
class Ordered:
    """One order that was made.

    Args:
        name: its files are ``<name>.key`` and ``<name>.csr``, beside the manifest.
        environment: where the certificate is to be used.
        profile: the name of its profile.
        system: the name of the system it is for; ``None`` where none was named.
        tsp: the name of who it goes to; ``None`` where that was not said.
        oin, organization, common_name: what was asked for; ``None`` where nothing was.
        dns: the DNS names asked for.
    """

    name: str
    environment: Environment
    profile: str
    system: str | None = None
    tsp: str | None = None
    oin: str | None = None
    organization: str | None = None
    common_name: str | None = None
    dns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was ordered.

    Args:
        orders: SHA-256 of the SubjectPublicKeyInfo, hex lower case → the order.
        replaced: the same of orders whose key was replaced later: its certificate may have been ordered by then. The
            key is kept as ``<name>.key.bak-1``, ``-2``, ...
    """

    orders: Mapping[str, Ordered]
    replaced: Mapping[str, Ordered] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Manifest: {len(self.orders)} orders>"

    def with_orders(self, made: Iterable[tuple[str, Ordered]]) -> Manifest:
        """Return a manifest with these orders too; one of the same name takes the place of what is kept as replaced."""
        new = dict(made)
        names = {order.name.lower() for order in new.values()}
        gone = {spki: order for spki, order in self.orders.items() if order.name.lower() in names}
        kept = {spki: order for spki, order in self.orders.items() if spki not in gone}
        replaced = {spki: order for spki, order in {**self.replaced, **gone}.items() if spki not in new}
        return Manifest({**kept, **new}, replaced)

    def order_of(self, spki: str) -> Ordered | None:
        """Return what was ordered for a key, also one that was replaced since; ``None`` where nothing was."""
        return self.orders.get(spki) or self.replaced.get(spki)

    @property
    def json(self) -> bytes:
        """The file."""
        return json.dumps(manifest_document(self), indent=2, ensure_ascii=False).encode() + b"\n"


def manifest_in(folder: Path) -> Manifest:
    """Return the manifest in the folder of a batch; an empty one where there is none.

    Raises:
        FileError: it cannot be read.
        InputError: it is no manifest.
    """
    path = folder / MANIFEST
    if not os.path.lexists(path):
        return Manifest({})
    with about_file(str(path)):
        return read_manifest(read_bytes(path, limit=MAX_MANIFEST_BYTES), str(path))


def add_orders(folder: Path, made: Iterable[tuple[str, Ordered]]) -> None:
    """Add orders to the manifest in a folder, as it is by now: another batch may have added its own meanwhile.

    Args:
        folder: of the batch; it exists.
        made: as :func:`ordered` gives them.

    Raises:
        FileError: it cannot be read or written, or another process keeps the folder locked.
        InputError: what is there is no manifest.
    """
    with locked_folder(folder):
        write_public(folder / MANIFEST, manifest_in(folder).with_orders(made).json, overwrite=True)


def ordered(name: str, order: Order, request: RequestFacts) -> tuple[str, Ordered]:
    """Return what a manifest holds of a request that was made: the hash of its key, and the order."""
    plan, choice = order.plan, order.choice
    return request.public_key.spki_sha256, Ordered(
        name=name,
        environment=plan.environment,
        profile=plan.profile.name,
        system=choice.system.name if choice is not None else None,
        tsp=plan.tsp.name if plan.tsp is not None else None,
        oin=plan.subject.get("serialNumber"),
        organization=plan.subject.get("O"),
        common_name=plan.subject.get("CN"),
        dns=plan.dns_names,
    )


def manifest_document(manifest: Manifest) -> dict[str, object]:
    """Return the whole document; what was replaced is in it where there is any."""
    replaced = {"replaced": _documents(manifest.replaced)} if manifest.replaced else {}
    return {"schema": SCHEMA, "orders": _documents(manifest.orders), **replaced}


def _documents(orders: Mapping[str, Ordered]) -> dict[str, object]:
    return {spki: ordered_document(each) for spki, each in orders.items()}


def ordered_document(order: Ordered) -> dict[str, object]:
    """Return one order as data."""
    return {
        "name": order.name,
        "environment": str(order.environment),
        **{field: getattr(order, field) for field in _TEXTS},
        "dns": list(order.dns),
    }


def read_manifest(data: bytes, name: str) -> Manifest:
    """Return what a manifest says was ordered.

    Args:
        data: the file.
        name: what to call it in an error.

    Raises:
        InputError: it is none.
        LimitError: larger than :data:`MAX_MANIFEST_BYTES`.
    """
    data, name = octets(data, "data"), text(name, "name")
    if len(data) > MAX_MANIFEST_BYTES:
        raise LimitError("ordering.error.manifest_size", name=name, limit=MAX_MANIFEST_BYTES)
    try:
        document = json.loads(data)
        orders, replaced = _orders(document, document["orders"]), _orders(document, document.get("replaced", {}))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InputError("ordering.error.manifest", name=name) from None
    both = set(orders) & set(replaced)
    if both or any(not _HASH.fullmatch(spki) for spki in (*orders, *replaced)) or _has_doubles(orders.values()):
        raise InputError("ordering.error.manifest", name=name)
    return Manifest(orders, replaced)


def _orders(document: Any, found: Any) -> Mapping[str, Ordered]:
    if document["schema"] != SCHEMA or not isinstance(found, dict):
        raise ValueError("not this schema")
    return {spki: _ordered(entry) for spki, entry in found.items()}


def _ordered(entry: Any) -> Ordered:
    """Return an order; its name becomes a path, so it is held to what a name of files may be."""
    if not _NAME.fullmatch(entry["name"]):
        raise ValueError("no name of files")
    texts = {field: _text(entry[field]) for field in _TEXTS}
    profile = texts.pop("profile")
    if profile is None:
        raise ValueError("no profile")
    dns = tuple(str(_text(each)) for each in entry["dns"])
    return Ordered(entry["name"], Environment(entry["environment"]), profile, dns=dns, **texts)


def _text(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise TypeError("no text")
    return value


def _has_doubles(orders: Iterable[Ordered]) -> bool:
    names = [order.name.lower() for order in orders]
    return len(set(names)) != len(names)
