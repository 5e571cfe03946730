"""Where in SAML metadata a certificate stands: of which entity, in which role, and for what use.

Read as text, see :mod:`pkitools.containers.xml_tags`. What stands in a comment places nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pkitools.containers.saml_names import ENTITY, GROUP, KEY, MAX_MENTIONS, SIGNATURE
from pkitools.containers.xml_tags import HIDING, Tag, tags
from pkitools.containers.xml_text import occurrences
from pkitools.errors import LimitError
from pkitools.frozen import dataclass, field
from pkitools.limits import MAX_PEM_BLOCKS
from pkitools.text import pattern

_ENDINGS: Final = (b"Descriptor", b"Signature")
_ETOEGANG: Final = b"etoegang:"
# ROLE:OIN:services:INDEX, whatever stands in their places: what is wrong with them a rule says
_SERVICE: Final = pattern(rb"[^:\s\"'<>]{0,40}:[^:\s\"'<>]{0,80}:[Ss][Ee][Rr][Vv][Ii][Cc][Ee][Ss]:[^\s\"'<>]{0,80}")


@dataclass(frozen=True, slots=True)
class XmlPlace:
    """Where a certificate stands.

    Args:
        entity_id: of the entity whose key it is, or whose metadata it signed; ``None`` outside an entity: who signed a
            list of entities need not be one of them.
        role: the element its KeyDescriptor stands in, such as ``SPSSODescriptor``; or ``Signature``.
        use: ``signing`` or ``encryption``; ``None`` where the KeyDescriptor does not say, which means both.
        number: of the KeyDescriptor or the signature it stands in; ``None`` outside one.
    """

    entity_id: str | None = None
    role: str | None = None
    use: str | None = None
    number: int | None = None


@dataclass(slots=True)
class _State:
    """What is open at a place in the text."""

    entities: list[str | None] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    uses: list[str | None] = field(default_factory=list)
    signatures: int = 0
    number: int = 0
    """Of the last KeyDescriptor or signature that opened."""

    def place(self) -> XmlPlace:
        entity = self.entities[-1] if self.entities else None
        if self.signatures:
            return XmlPlace(entity, SIGNATURE, number=self.number)
        role = self.roles[-1] if self.roles else None
        return XmlPlace(entity, role, self.uses[-1], self.number) if self.uses else XmlPlace(entity, role)

    def take(self, tag: Tag) -> None:
        """Take a tag into the state; an element without contents holds no certificate."""
        if tag.name == GROUP or (tag.name.endswith(SIGNATURE) and tag.name != SIGNATURE):
            return
        if not tag.closes:
            self._opens(tag)
        elif not tag.opens:
            self._closes(tag.name)

    def _opens(self, tag: Tag) -> None:
        self.number += tag.name in {SIGNATURE, KEY}
        if tag.name == SIGNATURE:
            self.signatures += 1
        elif tag.name == ENTITY:
            self.entities.append(tag.attribute("entityID", as_written=True))
        elif tag.name == KEY:
            self.uses.append(tag.attribute("use") or None)
        else:
            self.roles.append(tag.name)

    def _closes(self, name: str) -> None:
        if name == SIGNATURE:
            self.signatures = max(0, self.signatures - 1)
            return
        others: dict[str, list[str | None]] = {ENTITY: self.entities, KEY: self.uses}
        opened: list[str | None] | list[str] = others.get(name, self.roles)
        if opened:
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


_CERTIFICATE: Final = pattern(rb"<(?:[^\s<>/:\"'=]++:)?X509Certificate[\s>]")


def bare_keys(text: bytes) -> Iterator[str]:
    """Yield the use of each KeyDescriptor in which no certificate stands; ``-`` where it says neither of the two.

    One that stands in it and cannot be read is told of by itself.
    """
    opened: Tag | None = None
    for tag in tags(text, KEY.encode()):
        if tag.name != KEY:
            continue
        if tag.closes:
            start = tag if tag.opens else opened
            if start is not None and not _CERTIFICATE.search(text, start.at, tag.at):
                use = start.attribute("use")
                yield use if use in {"signing", "encryption"} else "-"
        opened = tag if tag.opens and not tag.closes else None


def places(text: bytes, offsets: list[int]) -> Iterator[XmlPlace]:
    """Yield where each of these offsets, in ascending order, stands.

    Raises:
        LimitError: more elements than metadata with so many certificates can have.
    """
    if sum(text.count(name) for name in (*HIDING, *_ENDINGS)) > MAX_MENTIONS:
        raise LimitError("sources.error.too_many_blocks", limit=MAX_PEM_BLOCKS)
    state, found = _State(), tags(text, *_ENDINGS)
    tag = next(found, None)
    for offset in offsets:
        while tag is not None and tag.at < offset:
            state.take(tag)
            tag = next(found, None)
        yield state.place()
