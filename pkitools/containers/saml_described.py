"""What SAML metadata says of an entity, as a value. Made by :mod:`pkitools.containers.saml_entities`."""

from __future__ import annotations

from datetime import datetime

from pkitools.containers.saml_names import ENTITY
from pkitools.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Described:
    """An entity, a list of them, or a role that has a time of its own.

    Args:
        element: ``EntityDescriptor``, ``EntitiesDescriptor``, or the element of the role.
        name: the entity ID; of a list its name; of a role the entity ID it belongs to. ``None`` where it has none.
        valid_until: aware UTC; ``None`` where the metadata does not say, and where what it says is no moment.
        valid_until_text: as written.
        cache_duration: as written: an ISO 8601 duration, such as ``PT24H``.
    """

    element: str
    name: str | None
    valid_until: datetime | None = None
    valid_until_text: str | None = None
    cache_duration: str | None = None

    @property
    def is_entity(self) -> bool:
        """Whether it is an entity, and no list or role."""
        return self.element == ENTITY
