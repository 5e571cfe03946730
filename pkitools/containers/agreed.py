"""From when until when a CPA of Digikoppeling holds, and the rule of it that every room tells alike (ebXML CPPA 2.0).

Read as text, see :mod:`pkitools.containers.xml_tags`: a file is handed in to have its certificates judged, and one that
ended passes nowhere. A time is the agreement's where its element stands in that of the agreement, and in its namespace,
as a parser finds it: an extension may have an ``End`` of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final

from pkitools.containers.saml_names import MAX_MENTIONS
from pkitools.containers.xml_tags import text_of
from pkitools.containers.xml_times import xml_moment
from pkitools.errors import LimitError
from pkitools.frozen import dataclass, field
from pkitools.limits import MAX_PEM_BLOCKS
from pkitools.text import pattern

_ROOT: Final = "CollaborationProtocolAgreement"
_START, _END = "Start", "End"
_CPAID: Final = pattern(rb"[\s:]cpaid\s{0,9}=\s{0,9}[\"']([^\"'<>]{1,200})[\"']")  # qualified, but by some programs
_LONGEST_TIME: Final = 64  # octets: what is longer is no time, and is kept in thousands
# linear: what is aside ends at the first of its ends, or with the text; what is given up of a tag is not tried again
_ASIDE: Final = pattern(rb"<!--(?s:.*?)(?:-->|\Z)|<\?(?s:.*?)(?:\?>|\Z)|<!\[CDATA\[|\]\]>")
_TAG: Final = pattern(
    rb"(?s)<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)"
    rb"|<(?P<close>/?)(?P<name>[^\s<>/\"'=&!?]++)(?P<rest>(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+)>"
)
_SPACE: Final = pattern(
    rb"(?<=\s)xmlns(?::([^\s<>/:\"'=&]++))?\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)')|\"[^\"]*+\"|'[^']*+'"
)


@dataclass(frozen=True, slots=True)
class Agreed:
    """An agreement.

    Args:
        name: its cpaid, as written; empty where it has none.
        start: from when, as written; empty where it does not say.
        end: until when, as written.
    """

    name: str
    start: str
    end: str

    @property
    def ends(self) -> datetime | None:
        """Until when, aware UTC; ``None`` where that is no moment."""
        return xml_moment(self.end)

    def holds(self, moment: datetime) -> bool:
        """Return whether it says to hold at a moment: what is no moment says nothing."""
        start, end = xml_moment(self.start), self.ends
        return start is not None and end is not None and start <= moment < end

    @property
    def time(self) -> str:
        """From when until when, as written."""
        return f"{self.start} – {self.end}"


def agreements_in(text: bytes) -> tuple[Agreed, ...]:
    """Return the agreements of a text in order, each with the times that count of those that stand in it.

    Raises:
        LimitError: more than a CPA with as many certificates as may be can have.
    """
    if _ROOT.encode() not in text:
        return ()
    if sum(text.count(name.encode()) for name in (_ROOT, _START, _END)) > MAX_MENTIONS:
        raise LimitError("sources.error.too_many_blocks", limit=MAX_PEM_BLOCKS)
    return tuple(_agreements(text))


@dataclass(slots=True)
class _Reading:
    """An agreement that is open, and what it says so far.

    Args:
        name: its cpaid.
        space: the namespace of its element.
        depth: elements that are open, this one among them.
        own: the times of elements that stand in it itself, by name.
        anywhere: those of each element of such a name in it.
    """

    name: str
    space: bytes
    depth: int
    own: dict[str, list[str]] = field(default_factory=lambda: {_START: [], _END: []})
    anywhere: dict[str, list[str]] = field(default_factory=lambda: {_START: [], _END: []})

    def take(self, name: str, value: bytes, *, is_own: bool) -> None:
        """Take a time."""
        time = text_of(_ASIDE.sub(b"", value).strip(), _LONGEST_TIME)
        self.anywhere[name].append(time)
        if is_own:
            self.own[name].append(time)

    def agreed(self, *, is_whole: bool) -> Agreed:
        """Return what it says: where tags do not pair nobody can tell what stands in it itself, and each counts."""
        times = self.own if is_whole else self.anywhere
        return Agreed(self.name, start_of(times[_START]), end_of(times[_END]))


def _agreements(text: bytes) -> Iterator[Agreed]:
    nested = _Nested()
    reading: _Reading | None = None
    opened: tuple[str, int, bool] | None = None  # what has a time, where that begins, and whether it is the CPA's own
    for tag in _TAG.finditer(text):
        if not tag["name"]:
            continue  # a comment and its like
        name = tag["name"].rpartition(b":")[2].decode("utf-8", "backslashreplace")
        opens, closes = not tag["close"], bool(tag["close"]) or tag["rest"].endswith(b"/")
        space = nested.enter(tag["name"], tag["rest"]) if opens else b""
        if name == _ROOT:
            if reading is not None:
                yield reading.agreed(is_whole=closes and not opens and nested.is_at(reading.depth, tag["name"]))
            reading = _Reading(_cpaid(tag["rest"]), space, nested.depth) if opens else None
        elif reading is not None and name in (_START, _END):
            if opens:
                opened = name, tag.end(), nested.depth == reading.depth + 1 and space == reading.space
            if closes and opened is not None and opened[0] == name:
                reading.take(name, b"" if opens else text[opened[1] : tag.start()], is_own=opened[2])
                opened = None
        if closes:
            nested.leave(tag["name"])
    if reading is not None:
        yield reading.agreed(is_whole=False)


class _Nested:
    """Which elements are open, and what their prefixes stand for (Namespaces in XML 1.0)."""

    def __init__(self) -> None:
        self._open: list[tuple[bytes, list[bytes]]] = []
        self._spaces: dict[bytes, list[bytes]] = {}
        self._pairs = True

    @property
    def depth(self) -> int:
        """How many are open."""
        return len(self._open)

    def is_at(self, depth: int, name: bytes) -> bool:
        """Return whether so many are open, this one last, and each tag paired until here."""
        return self._pairs and self.depth == depth and self._open[-1][0] == name

    def enter(self, name: bytes, rest: bytes) -> bytes:
        """Take an opening tag, and return the namespace of its element; empty where nothing says."""
        said = _SPACE.finditer(rest) if b"xmlns" in rest else ()
        stated = {one[1] or b"": one[2] or one[3] or b"" for one in said if one[0][:1] not in {b'"', b"'"}}
        for prefix, space in stated.items():
            self._spaces.setdefault(prefix, []).append(space)
        self._open.append((name, list(stated)))
        return (self._spaces.get(name.rpartition(b":")[0]) or [b""])[-1]

    def leave(self, name: bytes) -> None:
        """Take a closing tag."""
        if not self._open or self._open[-1][0] != name:
            self._pairs = False
            return
        for prefix in self._open.pop()[1]:
            self._spaces[prefix].pop()


def start_of(written: Sequence[str]) -> str:
    """Return from when an agreement holds that says so more than once, which no schema allows: one that is no moment,
    else the last. Empty where it does not say.
    """
    return _counting(written, max)


def end_of(written: Sequence[str]) -> str:
    """Return until when an agreement holds, as :func:`start_of`: one that is no moment, else the first."""
    return _counting(written, min)


def _counting(written: Sequence[str], of_both: Callable[[datetime, datetime], datetime]) -> str:
    counts, moment = "", None
    for each in written:
        found = xml_moment(each)
        if found is None:
            return each
        if moment is None or of_both(found, moment) is not moment:
            counts, moment = each, found
    return counts


def _cpaid(attributes: bytes) -> str:
    found = _CPAID.search(attributes)
    return text_of(found[1]) if found else ""
