"""From when until when a CPA of Digikoppeling holds, and the rule of it that every room tells alike (ebXML CPPA 2.0).

Read as text, see :mod:`pkitools.containers.xml_tags`: a file is handed in to have its certificates judged, and one that
ended passes nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final

from pkitools.containers.saml_names import MAX_MENTIONS
from pkitools.containers.xml_tags import Tag, tags, text_of
from pkitools.containers.xml_times import xml_moment
from pkitools.errors import LimitError
from pkitools.frozen import dataclass
from pkitools.limits import MAX_PEM_BLOCKS
from pkitools.text import pattern

_ROOT: Final = "CollaborationProtocolAgreement"
_START, _END = "Start", "End"
_CPAID: Final = pattern(rb"[\s:]cpaid\s{0,9}=\s{0,9}[\"']([^\"'<>]{1,200})[\"']")  # qualified, but by some programs
_LONGEST_TIME: Final = 64  # octets: what is longer is no time, and is kept in thousands
_LONGEST: Final = 4096  # octets of an element with a time that are looked at
# linear: a comment ends at the first of its ends, and where there is none nothing of it is tried again
_ASIDE: Final = pattern(
    rb"\A<(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+>"
    rb"|<!--(?:[^-]++|-(?!->))*+-->|<\?(?:[^?]++|\?(?!>))*+\?>|<!\[CDATA\[|\]\]>"
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


def _agreements(text: bytes) -> Iterator[Agreed]:
    agreement: str | None = None  # the name of the one that is open
    times: dict[str, list[str]] = {_START: [], _END: []}
    opened: Tag | None = None
    for tag in tags(text, _ROOT.encode(), _START.encode(), _END.encode()):
        if tag.name == _ROOT:
            if agreement is not None:
                yield Agreed(agreement, start_of(times[_START]), end_of(times[_END]))
            agreement, times = _cpaid(tag) if tag.opens else None, {_START: [], _END: []}
        elif tag.opens and tag.closes:
            times[tag.name].append("")
        elif tag.opens:
            opened = tag
        elif opened is not None and opened.name == tag.name:
            inside = _ASIDE.sub(b"", text[opened.at : min(tag.at, opened.at + _LONGEST)])
            times[tag.name].append(text_of(inside.strip(), _LONGEST_TIME))
    if agreement is not None:
        yield Agreed(agreement, start_of(times[_START]), end_of(times[_END]))


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


def _cpaid(tag: Tag) -> str:
    found = _CPAID.search(tag.written)
    return text_of(found[1]) if found else ""
