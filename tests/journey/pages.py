"""A page that is walked: its command lines, what it shows of their output, and the exit code it states."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

PAGES = Path(__file__).parents[2] / "docs" / "nl"
LEFT_OUT = "…"
"""A line of this alone stands for lines of the output that are left out."""

_BLOCK = re.compile(
    r"^```console(?P<where> in een tweede venster)?\n(?P<inside>.*?)^```\n(?=\n?(?P<after>[^\n]*))", re.M | re.S
)
_CODE = re.compile(r"exit ?code (\d+)", re.I)
_MONTHS = "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
_VOLATILE = (
    (re.compile(r"\\\n"), " "),
    (re.compile(r"\s+"), " "),
    (re.compile(r"\b[0-9A-F]{2}(:[0-9A-F]{2}){15,}"), "AA:AA"),
    (re.compile(r"\b[0-9a-f]{40,}\b"), "aaaa"),
    (re.compile(r"\b[0-9]{40,}\b"), "9999"),
    (re.compile(rf"\b\d{{1,2}} ({_MONTHS}) \d{{4}}"), "1 januari 2000"),
    (re.compile(r"\b\d{1,2} (jan|feb|mrt|apr|mei|jun|jul|aug|sep|okt|nov|dec) (\d{4}) +\d+ "), "1 jan 2000 9 "),
    (re.compile(r"\b\d{1,2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} +\d+ "), "1 Jan 2000 9 "),
    (re.compile(r"\b20\d\d-\d\d-\d\d([T ]\d\d:\d\d:\d\d(Z| UTC))?"), "2000-01-01"),
    (re.compile(r" om \d\d:\d\d(:\d\d)? UTC"), " om 12:00 UTC"),
    (re.compile(r"nog \d+ dagen"), "nog 9 dagen"),
    (re.compile(r"\b\d{1,2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}\b"), "1 Jan 2000"),
    (re.compile(r"\b\d{1,2} (jan|feb|mrt|apr|mei|jun|jul|aug|sep|okt|nov|dec) \d{4}\b"), "1 jan 2000"),
    (re.compile(r"\bin \d+ days\b"), "in 9 days"),
    (re.compile(r"\bdays_left=\d+"), "days_left=9"),
)


_LONGEST_VOLATILE = 200
_COLUMN = re.compile(r"^|  |(?:^|(?<=  ))[-*+?] ")


@dataclass(frozen=True)
class Line:
    """One command line of a page.

    Args:
        text: as it is typed, after the ``$``.
        shown: the parts of its output that the page shows, in their order.
        code: the exit code that the page states; 0 where it states none.
        beside: whether it runs on in a second window.
    """

    text: str
    shown: tuple[str, ...]
    code: int
    beside: bool


def page_text(page: str) -> str:
    """Return a page of docs/nl."""
    return (PAGES / page).read_text(encoding="utf-8")


def lines_of(text: str) -> list[Line]:
    """Return the command lines of a page, in its order."""
    return [line for block in _BLOCK.finditer(text) for line in _lines(block)]


def missing(line: Line, printed: str) -> str:
    """Return the first part of what a page shows of a command that the command did not print; empty when it did all.

    A part begins where a line or a column of it does, and ends where a line does: no word that turns it round stands
    before it, nothing that was added stands behind it, and no command that it ends with goes on.
    """
    rest = printed.splitlines()
    for part in line.shown:
        ends = _end_of(as_always(part), rest)
        if ends is None:
            return part
        rest = rest[ends:]
    return ""


def _end_of(wanted: str, lines: Sequence[str]) -> int | None:
    """Return behind which line a part ends; ``None`` when it is nowhere."""
    ends = (number for number, line in enumerate(lines, 1) if not line.endswith("\\"))
    return next((end for end in ends if _ends_with(lines[:end], wanted)), None)


def _ends_with(lines: Sequence[str], wanted: str) -> bool:
    """Return whether the last of these lines, however many, are a text."""
    for start in range(len(lines) - 1, -1, -1):
        first, *others = lines[start:]
        found = [as_always("\n".join((first[at.end() :], *others))) for at in _COLUMN.finditer(first)]
        if wanted in found:
            return True
        if len(found[-1]) > len(wanted) + _LONGEST_VOLATILE:
            return False
    return False


def _lines(block: re.Match[str]) -> Iterator[Line]:
    *before, last = re.split(r"^\$ ", block["inside"], flags=re.MULTILINE)[1:]
    stated = _CODE.search(block["after"])
    for each in before:
        yield _line(each, 0, block)
    yield _line(last, int(stated[1]) if stated else 0, block)


def _line(typed: str, code: int, block: re.Match[str]) -> Line:
    text, *_ = re.split(r"(?<!\\)\n", typed, maxsplit=1)
    output = typed[len(text) :]
    shown = (part.strip() for part in re.split(rf"^ *{LEFT_OUT}$", output, flags=re.MULTILINE))
    return Line(text.replace("\\\n", " "), tuple(part for part in shown if part), code, bool(block["where"]))


def as_always(text: str) -> str:
    """Return output without what differs from run to run: days, serial numbers, fingerprints, where a row ends."""
    for volatile, always in _VOLATILE:
        text = volatile.sub(always, text)
    return text.strip()
