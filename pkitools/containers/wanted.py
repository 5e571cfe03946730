"""Ask a source for one kind of item, and say in one sentence what is there instead."""

from __future__ import annotations

from typing import Final

from pkitools.containers.model import Contents, Item, ItemKind
from pkitools.errors import InputError

# the most telling thing first: whoever hands over a key should hear that before anything else
_TOLD: Final = (
    ItemKind.KEY,
    ItemKind.REQUEST,
    ItemKind.CERTIFICATE,
    ItemKind.CRL,
    ItemKind.PUBLIC_KEY,
    ItemKind.OCSP_RESPONSE,
    ItemKind.SAML_MESSAGE,
)


def items_of(source: Contents, kind: ItemKind | str) -> tuple[Item, ...]:
    """Return the items of this kind, at least one.

    Raises:
        InputError: there is none: ``sources.error.only_<kind found>``.
        InvalidValueError: there is no such kind.
    """
    found = source.of_kind(kind)
    if found:
        return found
    instead = next(other for other in _TOLD if source.of_kind(other))
    raise InputError(f"sources.error.only_{instead.value}", name=source.name)
