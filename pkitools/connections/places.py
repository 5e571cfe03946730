"""In which line of a TOML text something stands: the standard library reads it, and does not tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from pkitools.frozen import dataclass, field
from pkitools.text import pattern

_HEADER: Final = pattern(r"[ \t]*(\[\[?)([^\]\n]{1,500})\]")
_KEY: Final = pattern(r"[ \t]*[\"']?([A-Za-z0-9_-]{1,200})[\"']?[ \t]*[.=]")


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
    in_text = False
    for number, line in enumerate(data.decode("utf-8-sig", "replace").split("\n"), start=1):
        was_in_text, in_text = in_text, in_text ^ bool((line.count('"""') + line.count("'''")) % 2)
        if was_in_text:
            continue
        if header := _HEADER.match(line):
            here = _path(header[1], header[2], counts)
            known.setdefault(here, number)
        elif key := _KEY.match(line):
            known.setdefault((*here, key[1]), number)
    return Lines(known)


def _path(brackets: str, inside: str, counts: Counter[tuple[str, ...]]) -> tuple[str | int, ...]:
    parts = tuple(part.strip(" \t\"'") for part in inside.split("."))
    if brackets == "[":
        return parts
    counts[parts] += 1
    return (*parts, counts[parts])
