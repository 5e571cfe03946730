"""In which line of a TOML text something stands: the standard library reads it, and does not tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from pkitools.frozen import dataclass, field
from pkitools.text import pattern
from pkitools.toml_text import read_foreign_toml

_PART: Final = r"""(?:"(?:[^"\\\n]|\\.){0,500}"|'[^'\n]{0,500}'|[A-Za-z0-9_-]{1,200})"""
_PARTS: Final = pattern(_PART)
_HEADER: Final = pattern(rf"[ \t]*(\[\[?)([ \t]*{_PART}(?:[ \t]*\.[ \t]*{_PART}){{0,20}}[ \t]*)\]")
_KEY: Final = pattern(r"[ \t]*[\"']?([A-Za-z0-9_-]{1,200})[\"']?[ \t]*[.=]")
_BASIC: Final = '"""'
_LITERAL: Final = "'''"
# what begins a text of several lines, one of one line as a whole, and a remark
_TOKEN: Final = pattern(r"""\"{3}|'{3}|"(?:[^"\\\n]|\\.){0,10000}"|'[^'\n]{0,10000}'|#""")


@dataclass(frozen=True, slots=True)
class Lines:
    """Where each table and each of its fields begins.

    Args:
        known: path → line, from 1. Of the third ``[[connection]]`` the path is ``("connection", 3)``.
    """

    known: Mapping[tuple[str | int, ...], int] = field(hash=False)

    def of(self, path: tuple[str | int, ...]) -> int:
        """Return the line of something, or of what it stands in."""
        while path and path not in self.known:
            path = path[:-1]
        return self.known.get(path, 1)


def lines_of(data: bytes) -> Lines:
    """Return where everything stands; what is written in a way of its own is found by the table it stands in."""
    known: dict[tuple[str | int, ...], int] = {}
    counts: Counter[tuple[str, ...]] = Counter()
    here: tuple[str | int, ...] = ()
    end = None  # of a text of several lines, where one has begun
    for number, line in enumerate(data.decode("utf-8-sig", "replace").split("\n"), start=1):
        was_in_text, end = end is not None, _left_open(line, end)
        if was_in_text:
            continue
        if header := _HEADER.match(line):
            here = _path(header[1], header[2], counts)
            known.setdefault(here, number)
        elif key := _KEY.match(line):
            known.setdefault((*here, key[1]), number)
    return Lines(known)


def _left_open(line: str, end: str | None) -> str | None:
    """Return what ends the text of several lines that is open behind a line; ``None`` where none is.

    Args:
        line: it.
        end: what ends the one that was open before it.
    """
    at = 0
    while True:
        if end is not None:
            closed = line.find(end, at)
            while end == _BASIC and closed > 0 and (closed - len(line[:closed].rstrip("\\"))) % 2:
                closed = line.find(end, closed + 1)  # behind a backslash it ends nothing
            if closed < 0:
                return end
            at, end = closed + len(end), None
        token = _TOKEN.search(line, at)
        if token is None or token[0] == "#":
            return None
        at = token.end()
        if token[0] in {_BASIC, _LITERAL}:
            end = token[0]


def _part(told: str) -> str:
    """Return a part of the name of a table without the marks around it, and what is escaped in it."""
    if told[0] in "\"'":
        is_escaped = told[0] == '"' and "\\" in told
        return str(*read_foreign_toml(f"{told} = 1", "")) if is_escaped else told[1:-1]
    return told


def _path(brackets: str, inside: str, counts: Counter[tuple[str, ...]]) -> tuple[str | int, ...]:
    parts = tuple(_part(found[0]) for found in _PARTS.finditer(inside))
    if brackets == "[":
        return parts
    counts[parts] += 1
    return (*parts, counts[parts])
