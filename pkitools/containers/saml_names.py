"""The names of the elements of SAML metadata, and how many of them are looked at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pkitools.limits import MAX_PEM_BLOCKS

ENTITY: Final = "EntityDescriptor"

GROUP: Final = "EntitiesDescriptor"

KEY: Final = "KeyDescriptor"

SIGNATURE: Final = "Signature"
"""The role of a certificate that signed the metadata itself: of one entity, or of a list of them."""

MAX_MENTIONS: Final = 20 * MAX_PEM_BLOCKS
"""Elements looked at: an entity, and a certificate of one, stands between some ten of them."""

PROVIDER: Final = "IDPSSODescriptor"
"""The role of an identity provider (SAML metadata 2.0, 2.4.3)."""


def is_of_provider(roles: Iterable[str | None]) -> bool:
    """Return whether a certificate is of an identity provider, the other side for whoever connects, and nobody else's.

    Args:
        roles: those in which it stands; ``None`` of every place that is not in metadata.
    """
    found = set(roles)
    return PROVIDER in found and found <= {PROVIDER, SIGNATURE}
