"""SAML messages (SAML core 3): an AuthnRequest, a Response and their like, recognised and described, never judged.

Read as text, see :mod:`pkitools.containers.xml_tags`, and of the beginning only: what is said of a message stands in
its first tag and its first element. A message that is deflated, as in the address of a redirect, is not recognised.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pkitools.containers.xml_tags import Tag, opening_tags, text_of
from pkitools.containers.xml_text import is_metadata
from pkitools.containers.xml_times import xml_moment
from pkitools.frozen import dataclass
from pkitools.text import pattern

_PROTOCOL: Final = b"urn:oasis:names:tc:SAML:2.0:protocol"
_HEAD: Final = 65536
_ENDINGS: Final = (b"Request", b"Response", b"Query", b"Resolve")
_TYPES: Final = frozenset(
    {
        "ArtifactResolve",
        "ArtifactResponse",
        "AssertionIDRequest",
        "AttributeQuery",
        "AuthnQuery",
        "AuthnRequest",
        "AuthzDecisionQuery",
        "LogoutRequest",
        "LogoutResponse",
        "ManageNameIDRequest",
        "ManageNameIDResponse",
        "NameIDMappingRequest",
        "NameIDMappingResponse",
        "Response",
    }
)
_ISSUER: Final = pattern(rb"<(?:[^\s<>/:\"'=]++:)?Issuer(?:\s[^<>]{0,1000})?>([^<]{0,2048})</")
_SIGNATURE: Final = pattern(rb"<(?:[^\s<>/:\"'=]++:)?Signature[\s>]")
_COMMENT: Final = pattern(rb"<!--(?:[^-]|-(?!->))*+(?:-->|\Z)")


@dataclass(frozen=True, slots=True)
class SamlMessage:
    """A message. What it does not say is ``None``.

    Args:
        type: its element, such as ``AuthnRequest``.
        id: its ``ID``.
        issuer: the entity ID of who sent it.
        destination: the address it is meant for.
        issue_instant: when it was made, aware UTC.
        signed: a signature stands in it; whether it is good nobody asked.
    """

    type: str
    id: str | None
    issuer: str | None
    destination: str | None
    issue_instant: datetime | None
    signed: bool


def read_message(text: bytes) -> SamlMessage | None:
    """Return the message that XML is, the outermost where one stands in another; ``None`` where it is none."""
    head = text[:_HEAD]
    if _PROTOCOL not in head or is_metadata(head):
        return None
    head = _COMMENT.sub(b"", head)
    tags = (tag for ending in _ENDINGS for tag in opening_tags(head, ending) if tag.name in _TYPES)
    first = min(tags, key=lambda tag: tag.at, default=None)
    return None if first is None else _message(head, first)


def _message(head: bytes, tag: Tag) -> SamlMessage:
    issuer = _ISSUER.search(head, tag.at)
    return SamlMessage(
        tag.name,
        tag.attribute("ID"),
        None if issuer is None else text_of(issuer[1]),
        tag.attribute("Destination"),
        xml_moment(tag.attribute("IssueInstant")),
        _SIGNATURE.search(head, tag.at) is not None,
    )
