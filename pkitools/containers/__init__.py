"""Bytes → certificates, requests, CRLs and keys: PEM, DER, base64, PKCS#7, PKCS#12, Java keystores, SAML metadata.

Start at :func:`read_source`; :func:`items_of` asks it for one kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkitools.containers.model import BadItem, ContainerFormat, Contents, Item, ItemKind
from pkitools.containers.reader import read_source
from pkitools.containers.wanted import items_of, may_hold_more, unread_file, unread_of

if TYPE_CHECKING:
    from pkitools.containers.protection import KeystoreProtection, Protection

__all__ = [
    "BadItem",
    "ContainerFormat",
    "Contents",
    "Item",
    "ItemKind",
    "KeystoreProtection",
    "Protection",
    "items_of",
    "may_hold_more",
    "read_source",
    "unread_file",
    "unread_of",
]


def __getattr__(name: str) -> object:
    if name not in {"KeystoreProtection", "Protection"}:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pkitools.containers import protection  # of who has a keystore

    return getattr(protection, name)
