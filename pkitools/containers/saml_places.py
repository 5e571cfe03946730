"""Where in SAML metadata a certificate stands: of which entity, in which role, and for what use.

The names of a few elements are looked for, and what stands around them; no XML parser runs, so nothing in the file can
act. What stands in a comment places nothing.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import merge
from typing import Final

from pkitools.containers.xml_text import occurrences
from pkitools.errors import LimitError
from pkitools.limits import MAX_PEM_BLOCKS

_NAMES: Final = (b"Descriptor", b"Signature", b"<!--")
_MAX_MENTIONS: Final = 20 * MAX_PEM_BLOCKS  # a certificate in metadata stands between some ten of them
_OPENING: Final = re.compile(rb"<(/?)(?:[\w.-]{1,64}:)?([A-Za-z]{0,40})\Z")
_LONGEST_OPENING: Final = 110
# linear: what may repeat never starts alike, and nothing given up is tried again (possessive)
_REST: Final = re.compile(rb"(?![\w.-])((?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+)(?:>|[\"'][^<]*+\Z|\Z)")
_LONGEST_TAG: Final = 16 * 1024  # octets of a tag that are looked at; one with a dozen namespaces has a thousand
_ENTITY_ID: Final = re.compile(rb"(?<![\w:.-])entityID\s{0,20}=\s{0,20}(?:\"([^\"<]{0,2048})\"|'([^'<]{0,2048})')")
_USE: Final = re.compile(rb"(?<![\w:.-])use\s{0,20}=\s{0,20}[\"']\s{0,20}([A-Za-z]{1,40})\s{0,20}[\"']")
_ETOEGANG: Final = b"etoegang:"
# ROLE:OIN:services:INDEX, whatever stands in their places: what is wrong with them a rule says
_SERVICE: Final = re.compile(rb"[^:\s\"'<>]{0,40}:[^:\s\"'<>]{0,80}:[Ss][Ee][Rr][Vv][Ii][Cc][Ee][Ss]:[^\s\"'<>]{0,80}")
_COMMENT: Final = ord("<")
_ENTITY: Final = "EntityDescriptor"
_KEY: Final = "KeyDescriptor"
_GROUP: Final = "EntitiesDescriptor"
SIGNATURE: Final = "Signature"
"""The role of a certificate that signed the metadata itself: of one entity, or of a list of them."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a certificate stands.

    Args:
        entity_id: of the entity whose key it is, or whose metadata it signed; ``None`` outside an entity: who signed a
            list of entities need not be one of them.
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
        entity = self.entities[-1] if self.entities else None
        if self.signatures:
            return Place(entity, SIGNATURE)
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


def service_ids(text: bytes) -> tuple[str, ...]:
    """Return the service IDs of eHerkenning (``urn:etoegang:DV:<OIN>:services:1``) that stand in it, each once.

    Raises:
        LimitError: more than metadata can have.
    """
    found: dict[str, None] = {}
    for start, stop in occurrences(text, _ETOEGANG):
        if text[max(0, start - 4) : start].lower() != b"urn:":
            continue
        match = _SERVICE.match(text, stop)
        if match is not None:
            found[text[start - 4 : match.end()].decode("utf-8", "backslashreplace")] = None
        if len(found) > MAX_PEM_BLOCKS:
            raise LimitError("sources.error.too_many_blocks", limit=MAX_PEM_BLOCKS)
    return tuple(found)


def places(text: bytes, offsets: list[int]) -> Iterator[Place]:
    """Yield where each of these offsets, in ascending order, stands.

    Raises:
        LimitError: more elements than metadata with so many certificates can have.
    """
    if sum(text.count(name) for name in _NAMES) > _MAX_MENTIONS:
        raise LimitError("sources.error.too_many_blocks", limit=MAX_PEM_BLOCKS)
    state, hidden = _State(), 0
    mentions = merge(*(occurrences(text, name) for name in _NAMES))
    mention = next(mentions, None)
    for offset in offsets:
        while mention is not None and mention[0] < offset:
            if mention[0] >= hidden:
                hidden = _applied(text, *mention, state)
            mention = next(mentions, None)
        yield state.place()


def _applied(text: bytes, start: int, stop: int, state: _State) -> int:
    """Take a tag into the state; of a comment, return where it ends."""
    if text[start] == _COMMENT:
        end = text.find(b"-->", stop)
        return len(text) if end < 0 else end
    before = _OPENING.search(text[max(0, start - _LONGEST_OPENING) : start])
    rest = _REST.match(text, stop, stop + _LONGEST_TAG)  # of a longer one the beginning
    if before is None or rest is None:
        return 0
    name = (before[2] + text[start:stop]).decode("ascii")
    if name.endswith(SIGNATURE) and name != SIGNATURE:
        return 0
    if before[1]:
        state.closes(name)
    elif not rest[1].endswith(b"/"):
        state.opens(name, rest[1])
    return 0


def _text(found: re.Match[bytes] | None) -> str | None:
    if found is None:
        return None
    value = next(group for group in found.groups() if group is not None)
    return html.unescape(value.decode("utf-8", "backslashreplace")).strip()
