"""Tags of XML and their attributes, as text: no XML parser runs, so nothing in the file can act.

What stands in a comment, in CDATA or in a processing instruction is no tag. Linear, whatever the text.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections.abc import Iterator, Sequence
from heapq import merge
from itertools import islice
from typing import Final

from pkitools.containers.xml_text import named, occurrences
from pkitools.frozen import dataclass, field
from pkitools.text import pattern

HIDING: Final = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}
"""What begins a stretch without tags, and what ends it."""

_LONGEST_BEGINNING: Final = 64  # octets of a name before its ending
# linear: what may repeat never starts alike, and nothing given up is tried again (possessive)
_REST: Final = pattern(
    rb"(?![\w.:\x80-\xff-])((?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+)(?:>|[\"'][^<]*+\Z|\Z)",
)
_LONGEST_TAG: Final = 16 * 1024  # octets of a tag that are read; one with a dozen namespaces has a thousand
# what is no attribute is passed over whole: the inside of a value is never taken for one
_ATTRIBUTE: Final = pattern(
    rb"([^\s=<>\"'/]++)\s*+=\s*+(?:\"([^\"<]*+)\"|'([^'<]*+)')|\"[^\"]*+\"|'[^']*+'|[^\s=<>\"'/]++"
)
_MAX_ATTRIBUTES: Final = 100  # and what looks like one; an element of SAML has ten
_REFERENCE: Final = pattern(r"&(?:#0*+([0-9]{1,7})|#x0*+([0-9A-Fa-f]{1,6})|(amp|lt|gt|quot|apos));")
_NAMED: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_LINE_END: Final = pattern(rb"\r\n|[\r\n\t]")
MAX_VALUE: Final = 2048
"""Octets of an attribute that are kept, and characters: SAML metadata 2.2.1 allows an entity ID 1,024."""

_CUT: Final = "…"


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag.

    Args:
        name: of its element, without a prefix.
        written: its attributes, as they stand there: they are taken apart when one is asked for.
        at: where it begins: its ``<``.
        opens: an element begins here.
        closes: an element ends here; an empty one does both.
    """

    name: str
    written: bytes = field(repr=False)
    at: int
    opens: bool = True
    closes: bool = False

    def attribute(self, name: str, most: int = MAX_VALUE, *, as_written: bool = False) -> str | None:
        """Return the value of an attribute; of two of one name, which XML forbids, the first.

        Args:
            name: with its prefix if it has one. Only the first hundred attributes are looked at.
            most: octets of the value that are kept.
            as_written: with the spaces around it, where there is more than those.
        """
        wanted = name.encode()
        if wanted not in self.written:
            return None
        for found in islice(_ATTRIBUTE.finditer(self.written), _MAX_ATTRIBUTES):
            if found[1] == wanted:
                return text_of(_LINE_END.sub(b" ", found[2] or found[3] or b""), most, as_written=as_written)
        return None


def opening_tags(text: bytes, ending: bytes) -> Iterator[Tag]:
    """Yield each opening tag whose name ends so, in order, those of empty elements too.

    Args:
        text: the XML.
        ending: such as ``Descriptor``.
    """
    return (tag for tag in tags(text, ending) if tag.opens)


def tags(text: bytes, *endings: bytes) -> Iterator[Tag]:
    """Yield each tag whose name ends in one of these, in order.

    Args:
        text: the XML.
        endings: such as ``Descriptor``.
    """
    for name, start, stop in named(text, _shown(text, endings)):
        if start - name.start(2) <= _LONGEST_BEGINNING:
            tag = _tag(text, name, stop)
            if tag is not None:
                yield tag


def _shown(text: bytes, endings: Sequence[bytes]) -> Iterator[tuple[int, int]]:
    """Yield where one of these stands, in order, but for what is in a stretch without tags."""
    hidden = 0
    for start, stop in merge(*(occurrences(text, mark) for mark in (*HIDING, *endings))):
        if start < hidden:
            continue
        if until := HIDING.get(text[start:stop]):
            end = text.find(until, stop)
            hidden = len(text) if end < 0 else end
        else:
            yield start, stop


def _tag(text: bytes, opening: re.Match[bytes], stop: int) -> Tag | None:
    rest = _REST.match(text, stop, stop + _LONGEST_TAG)  # of a longer one the beginning
    if rest is None:
        return None
    name = text[opening.start(2) : stop].decode("utf-8", "backslashreplace")
    if opening[1]:
        return Tag(name, b"", opening.start(), opens=False, closes=True)
    return Tag(name, rest[1], opening.start(), closes=rest[1].endswith(b"/"))


def text_of(octets: bytes, most: int = MAX_VALUE, *, as_written: bool = False) -> str:
    """Return a value as text, its references replaced, without the spaces around it unless that was asked.

    Of one of more octets than ``most`` the beginning, and a sign that there is more.
    """
    try:  # a character that is cut through is left out
        kept = getincrementaldecoder("utf-8")().decode(octets[:most])
        more = len(octets) > most
    except UnicodeDecodeError:  # each octet that is no text becomes four characters
        kept = octets[: most // 4].decode("utf-8", "backslashreplace")
        more = len(octets) > most // 4
    told = _REFERENCE.sub(_character, kept)
    bare = told.strip()
    return (told if as_written and bare else bare) + (_CUT if more else "")


def _character(reference: re.Match[str]) -> str:
    if reference[3]:
        return _NAMED[reference[3]]
    number = int(reference[1]) if reference[1] else int(reference[2], 16)
    return chr(number) if _is_character(number) else reference[0]


def _is_character(number: int) -> bool:
    """Return whether XML 1.0 (2.2) has such a character."""
    return number in {9, 10, 13} or any(
        first <= number <= last for first, last in ((0x20, 0xD7FF), (0xE000, 0xFFFD), (0x10000, 0x10FFFF))
    )
