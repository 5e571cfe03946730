"""Ask a source for one kind of item, and say in one sentence what is there instead."""

from __future__ import annotations

from typing import Final

from pkitools.errors import InputError
from pkitools.sources.model import Item, Kind, Source

# the most telling thing first: whoever hands over a key should hear that before anything else
_TOLD: Final = (Kind.KEY, Kind.REQUEST, Kind.CERTIFICATE, Kind.CRL, Kind.PUBLIC_KEY, Kind.OCSP_RESPONSE)


def items_of(source: Source, kind: Kind) -> tuple[Item, ...]:
    """Return the items of this kind, at least one.

    Raises:
        InputError: there is none: ``sources.error.only_<kind found>``.
    """
    found = source.of_kind(kind)
    if found:
        return found
    instead = next(other for other in _TOLD if source.of_kind(other))
    raise InputError(f"sources.error.only_{instead.value}", name=source.name)
