"""What SAML metadata says of its entities: who they are, and until when the metadata may be used (SAML metadata 2.3).

Read as text, see :mod:`pkitools.containers.xml_tags`.
"""

from __future__ import annotations

from typing import Final

from pkitools.containers.saml_described import Described
from pkitools.containers.saml_names import ENTITY, GROUP, KEY, MAX_MENTIONS
from pkitools.containers.xml_tags import Tag, opening_tags
from pkitools.containers.xml_times import xml_moment
from pkitools.errors import LimitError
from pkitools.limits import MAX_PEM_BLOCKS

_ENDING: Final = b"Descriptor"
_LONGEST_TIME: Final = 64  # octets: what is longer is no time, and is kept in thousands
_VALID_UNTIL, _CACHE_DURATION = "validUntil", "cacheDuration"


def described_in(text: bytes) -> tuple[Described, ...]:
    """Return the entities of metadata in order, lists of them, and the roles that say until when they are valid.

    Raises:
        LimitError: more than metadata with as many certificates as may be can have.
    """
    if text.count(_ENDING) > MAX_MENTIONS:
        raise LimitError("sources.error.too_many_blocks", limit=MAX_PEM_BLOCKS)
    found: list[Described] = []
    entity: str | None = None
    for tag in opening_tags(text, _ENDING):
        if tag.name == ENTITY:
            entity = tag.attribute("entityID", as_written=True)
        if tag.name in {ENTITY, GROUP} or (tag.name != KEY and _has_time(tag)):
            found.append(_described(tag, entity))
        if len(found) > MAX_PEM_BLOCKS:
            raise LimitError("sources.error.too_many_blocks", limit=MAX_PEM_BLOCKS)
    return tuple(found)


def _has_time(tag: Tag) -> bool:
    return tag.attribute(_VALID_UNTIL) is not None or tag.attribute(_CACHE_DURATION) is not None


def _described(tag: Tag, entity: str | None) -> Described:
    until = tag.attribute(_VALID_UNTIL, _LONGEST_TIME)
    name = tag.attribute("Name") if tag.name == GROUP else entity
    return Described(tag.name, name, xml_moment(until), until, tag.attribute(_CACHE_DURATION, _LONGEST_TIME))
