"""Where a certificate in other XML than metadata is somebody's own: in a signature, a security token, a CPA.

Read as text, see :mod:`pkitools.containers.xml_tags`. A list of what somebody trusts holds certificates too, and a CPA
names those among its own (``tp:AnchorCertificateRef``): they are nobody's place.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pkitools.containers.saml_names import MAX_MENTIONS, SIGNATURE
from pkitools.containers.saml_places import XmlPlace
from pkitools.containers.xml_tags import Tag, tags
from pkitools.errors import LimitError
from pkitools.frozen import dataclass, field
from pkitools.limits import MAX_PEM_BLOCKS
from pkitools.text import pattern

_CERTIFICATE: Final = "Certificate"
_TOKEN: Final = b"BinarySecurityToken"
_ANCHORS: Final = pattern(rb"AnchorCertificateRef\s[^<>]{0,200}?certId\s{0,9}=\s{0,9}[\"']([^\"'<>]{1,200})[\"']")
_CERT_ID: Final = pattern(rb"[\s:]certId\s{0,9}=\s{0,9}[\"']([^\"'<>]{1,200})[\"']")


@dataclass(slots=True)
class _State:
    """What is open at a place in the text."""

    anchors: frozenset[bytes]
    open: list[str] = field(default_factory=list)
    number: int = 0

    def take(self, tag: Tag) -> None:
        if tag.name not in {SIGNATURE, _CERTIFICATE} or (tag.opens and tag.closes):
            return
        if tag.closes:
            if tag.name in self.open:
                del self.open[-1]
        elif tag.name == SIGNATURE or not self._is_anchor(tag):
            self.open.append(tag.name)
            self.number += 1

    def _is_anchor(self, tag: Tag) -> bool:
        told = _CERT_ID.search(tag.written)
        return told is None or told[1] in self.anchors


def own_places(text: bytes, offsets: list[int]) -> Iterator[XmlPlace]:
    """Yield where each of these offsets, in ascending order, stands: with a number where that is somebody's own.

    Raises:
        LimitError: more elements than XML with certificates can have.
    """
    if text.count(b"Certificate") + text.count(b"Signature") > MAX_MENTIONS:
        raise LimitError("sources.error.too_many_blocks", limit=MAX_PEM_BLOCKS)
    state, found = _State(frozenset(_ANCHORS.findall(text))), tags(text, b"Signature", b"Certificate")
    tag = next(found, None)
    for offset in offsets:
        while tag is not None and tag.at < offset:
            state.take(tag)
            tag = next(found, None)
        if not state.open and text[offset - len(_TOKEN) : offset] == _TOKEN:
            state.number += 1
            yield XmlPlace(number=state.number)
        else:
            yield XmlPlace(number=state.number if state.open else None)


_X509: Final = pattern(rb"<(?:[^\s<>/:\"'=]++:)?X509Certificate[\s>]")


def bare_certificates(text: bytes) -> int:
    """Return how many certificates of a CPA hold none: a key, a name, or nothing. Those that it trusts do not count."""
    anchors, count = frozenset(_ANCHORS.findall(text)), 0
    opened: Tag | None = None
    for tag in tags(text, b"Certificate"):
        if tag.name != _CERTIFICATE:
            continue
        start = tag if tag.opens else opened
        if tag.closes and start is not None:
            told = _CERT_ID.search(start.written)
            is_own = told is not None and told[1] not in anchors
            count += is_own and not _X509.search(text, start.at, tag.at)
        opened = tag if tag.opens and not tag.closes else None
    return count
