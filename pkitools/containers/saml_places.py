"""Where in SAML metadata a certificate stands: of which entity, in which role, and for what use.

The text is looked through once, for start tags and end tags; no XML parser runs, so nothing in the file can act. What
stands in a comment places nothing.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

# linear: what may repeat never starts alike, and nothing given up is tried again (possessive)
_TAG: Final = re.compile(
    rb"<(?:(!--)|(/?)(?:[\w.-]{1,64}:)?([A-Za-z]{0,40}Descriptor|Signature)(?![\w.-])"
    rb"((?:[^<>\"']|\"[^\"<]*+\"|'[^'<]*+')*+)>)"
)
_ENTITY_ID: Final = re.compile(rb"(?<![\w:.-])entityID\s{0,20}=\s{0,20}(?:\"([^\"<]{0,2048})\"|'([^'<]{0,2048})')")
_USE: Final = re.compile(rb"(?<![\w:.-])use\s{0,20}=\s{0,20}[\"']\s{0,20}([A-Za-z]{1,40})\s{0,20}[\"']")
_ENTITY: Final = "EntityDescriptor"
_KEY: Final = "KeyDescriptor"
_GROUP: Final = "EntitiesDescriptor"
SIGNATURE: Final = "Signature"
"""The role of a certificate that signed the metadata itself: it need not be of the entity described."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a certificate stands.

    Args:
        entity_id: of the entity whose key it is; ``None`` of what signed the metadata, and outside an entity.
        role: the element its KeyDescriptor stands in, such as ``SPSSODescriptor``; or ``Signature``.
        use: ``signing`` or ``encryption``; ``None`` where the KeyDescriptor does not say, which means both.
    """

    entity_id: str | None = None
    role: str | None = None
    use: str | None = None


@dataclass(slots=True)
class _State:
    """What is open at a place in the text."""

    entities: list[str | None] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    uses: list[str | None] = field(default_factory=list)
    signatures: int = 0

    def place(self) -> Place:
        if self.signatures:
            return Place(role=SIGNATURE)
        entity = self.entities[-1] if self.entities else None
        role = self.roles[-1] if self.roles else None
        return Place(entity, role, self.uses[-1] if self.uses else None)

    def opens(self, name: str, attributes: bytes) -> None:
        if name == SIGNATURE:
            self.signatures += 1
        elif name == _ENTITY:
            self.entities.append(_text(_ENTITY_ID.search(attributes)))
        elif name == _KEY:
            self.uses.append(_text(_USE.search(attributes)))
        elif name != _GROUP:
            self.roles.append(name)

    def closes(self, name: str) -> None:
        if name == SIGNATURE:
            self.signatures = max(0, self.signatures - 1)
            return
        opened: list[str | None] | list[str] = {_ENTITY: self.entities, _KEY: self.uses}.get(name) or self.roles
        if opened and name != _GROUP:
            opened.pop()


def places(text: bytes, offsets: list[int]) -> Iterator[Place]:
    """Yield where each of these offsets, in ascending order, stands."""
    state, tags, hidden = _State(), _TAG.finditer(text), 0
    tag = next(tags, None)
    for offset in offsets:
        while tag is not None and tag.start() < offset:
            if tag.start() >= hidden:
                hidden = _applied(tag, text, state)
            tag = next(tags, None)
        yield state.place()


def _applied(tag: re.Match[bytes], text: bytes, state: _State) -> int:
    """Take a tag into the state; of a comment, return where it ends."""
    if tag[1]:
        end = text.find(b"-->", tag.end())
        return len(text) if end < 0 else end
    name, attributes = tag[3].decode("ascii"), tag[4]
    if tag[2]:
        state.closes(name)
    elif not attributes.endswith(b"/"):
        state.opens(name, attributes)
    return 0


def _text(found: re.Match[bytes] | None) -> str | None:
    if found is None:
        return None
    value = next(group for group in found.groups() if group is not None)
    return html.unescape(value.decode("utf-8", "backslashreplace")).strip()
