"""The names of the elements of SAML metadata, and how many of them are looked at."""

from __future__ import annotations

from typing import Final

from pkitools.limits import MAX_PEM_BLOCKS

ENTITY: Final = "EntityDescriptor"

GROUP: Final = "EntitiesDescriptor"

KEY: Final = "KeyDescriptor"

SIGNATURE: Final = "Signature"
"""The role of a certificate that signed the metadata itself: of one entity, or of a list of them."""

MAX_MENTIONS: Final = 20 * MAX_PEM_BLOCKS
"""Elements looked at: an entity, and a certificate of one, stands between some ten of them."""
