"""Tags of XML and their attributes, as text: no XML parser runs, so nothing in the file can act.

What stands in a comment is no tag. Linear, whatever the text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import merge
from typing import Final

from pkitools.containers.xml_text import occurrences

_LONGEST_OPENING: Final = 110
_OPENING: Final = re.compile(rb"<(?:[\w.-]{1,64}:)?([A-Za-z]{0,40})\Z")
# linear: what may repeat never starts alike, and nothing given up is tried again (possessive)
_REST: Final = re.compile(rb"(?![\w.-])(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+")
_LONGEST_TAG: Final = 16 * 1024  # octets of a tag that are read; one with a dozen namespaces has a thousand
_ATTRIBUTE: Final = re.compile(rb"(?<!\S)([\w.:-]{1,64})\s{0,20}=\s{0,20}(?:\"([^\"<]*+)\"|'([^'<]*+)')")
_COMMENT: Final = b"<!--"
_MAX_VALUE: Final = 2048  # octets of an attribute that are kept


@dataclass(frozen=True, slots=True)
class Tag:
    """An opening tag.

    Args:
        name: of its element, without a prefix.
        attributes: name, with its prefix if it has one → value.
        at: where it begins: its ``<``.
    """

    name: str
    attributes: dict[str, str] = field(repr=False)
    at: int


def opening_tags(text: bytes, ending: bytes) -> Iterator[Tag]:
    """Yield each opening tag whose name ends so, in order.

    Args:
        text: the XML.
        ending: such as ``Descriptor``.
    """
    hidden = 0
    for start, stop in merge(occurrences(text, _COMMENT), occurrences(text, ending)):
        if start < hidden:
            continue
        if text[start:stop] == _COMMENT:
            end = text.find(b"-->", stop)
            hidden = len(text) if end < 0 else end
            continue
        tag = _tag(text, start, stop)
        if tag is not None:
            yield tag


def _tag(text: bytes, start: int, stop: int) -> Tag | None:
    begin = max(0, start - _LONGEST_OPENING)
    before = _OPENING.search(text[begin:start])
    if before is None:
        return None
    rest = _REST.match(text, stop, stop + _LONGEST_TAG)
    if rest is None:
        return None
    return Tag((before[1] + text[start:stop]).decode("ascii"), _attributes(rest[0]), begin + before.start())


def _attributes(octets: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(octets):
        value = match[2] if match[2] is not None else match[3]
        found.setdefault(match[1].decode("utf-8", "backslashreplace"), text_of(value))
    return found


def text_of(octets: bytes) -> str:
    """Return a value as text, its entities replaced; of a very long one the beginning."""
    return html.unescape(octets[:_MAX_VALUE].decode("utf-8", "backslashreplace")).strip()
