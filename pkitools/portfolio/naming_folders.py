"""Texts that name a folder in which copies of what was before are kept: what is in it is used by any name then.

``./srv/archive:/tls`` of Docker Compose, ``WorkingDirectory=/srv/archive``, ``$ARCHIVE/…`` and ``ssl_dir = archive``
name none of the files in it.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from pkitools.portfolio.where import same_place
from pkitools.text import pattern

_TOKEN: Final = pattern(r"[^\s\"'`=:;,()\[\]{}<>|&]+")
_ASSIGNED: Final = pattern(r"[=:][ \t]*[\"']?\Z")
_KEY: Final = pattern(r"[\"']?[ \t]*[=:]")
_QUOTES: Final = frozenset("\"'`")
_VARIABLE: Final = frozenset("$%*?~")
_COMMENTS: Final = ("#", ";", "//", "--", "*")
_CERTBOTS: Final = ("archive_dir", "[renewalparams]")
"""A key of certbot, and what the file that it stands in has: there it keeps what ``live`` links to."""
_AROUND: Final = 400
_MOST_LOOKED_UP: Final = 200
"""Names in one text of which it is looked whether they lead to another folder; of more it is not."""


class Folders:
    """The folders that some files are kept in: each from the first that is called as one for copies.

    Args:
        names: of the files.
        called: what such folders are called, in small letters.
    """

    def __init__(self, names: Iterable[str], called: Collection[str]) -> None:
        self._called = called
        self._files: dict[str, list[str]] = {}
        self._by_end: dict[tuple[str, ...], list[str]] = {}
        self._by_place: dict[str, str] = {}
        self._first: set[str] = set()
        self._counted: set[str] = set()
        for name in names:
            parts = name.replace(os.sep, "/").split("/")[:-1]
            folded = [part.casefold() for part in parts]
            begins = [at for at, part in enumerate(folded) if part in called]
            for at in range(begins[0], len(parts)) if begins else ():
                folder = "/".join(parts[: at + 1])
                if folder not in self._files:
                    self._by_place[same_place(folder)] = folder
                    for begin in (each for each in begins if each <= at):
                        self._by_end.setdefault(tuple(folded[begin : at + 1]), []).append(folder)
                self._files.setdefault(folder, []).append(name)
            if begins:
                self._first.add(same_place("/".join(parts[: begins[0] + 1])))

    def named_in(self, text: str, source: str) -> Iterator[tuple[str, int]]:
        """Yield the files in each folder that a text names, and where it does; not those that are counted already.

        Args:
            text: the text.
            source: the name of its file.
        """
        if not self._files:
            return
        at_source = os.path.dirname(source)  # noqa: PTH120  as a walk names it
        place = same_place(at_source)
        is_within = any(f"{place}{os.sep}".startswith(f"{first}{os.sep}") for first in self._first)
        is_beside = is_within or any(os.path.dirname(first) == place for first in self._first)  # noqa: PTH120  as above
        folded = text.casefold()
        if not is_within and not any(each in folded for each in self._called):
            return
        is_certbots = _CERTBOTS[1] in folded
        seen: set[str] = set()
        for found in _TOKEN.finditer(text):
            if not is_within and not any(each in found[0].casefold() for each in self._called):
                continue
            is_value = "/" in found[0] or "\\" in found[0] or _is_value(text, *found.span(), is_beside=is_beside)
            if not is_value or found[0] in seen or _is_address(text, found.start()):
                continue
            if is_certbots and _line(text, found.start()).lstrip().startswith(_CERTBOTS[0]):
                continue
            seen.add(found[0])
            for folder in self._named(found[0], at_source, is_within=is_within, is_known=len(seen) < _MOST_LOOKED_UP):
                yield from ((name, found.start()) for name in self._files[folder] if name not in self._counted)

    def count(self, name: str) -> None:
        """Take it that a file is used: no more texts are asked of it."""
        self._counted.add(name)

    def _named(self, token: str, at_source: str, *, is_within: bool, is_known: bool) -> Iterator[str]:
        """Yield the folders that a path may name.

        Args:
            token: the path.
            at_source: the folder of the text.
            is_within: that lies in a folder for copies.
            is_known: it is to be looked where it leads.
        """
        parts = token.replace("\\", "/").split("/")
        begin = max((at for at, part in enumerate(parts) if part.casefold() in self._called), default=-1)
        variables = (at for at, part in enumerate(parts) if at > begin and not _VARIABLE.isdisjoint(part))
        end = next(variables, len(parts))
        literal = parts[:end]
        is_of_variable = any(not _VARIABLE.isdisjoint(part) for part in literal)
        if is_within and literal and not is_of_variable and not token.startswith(("/", "\\")):
            folder = self._by_place.get(same_place(os.path.join(at_source, *literal)))  # noqa: PTH118  as a walk names it
            if folder is not None:
                yield folder
        end_of = tuple(part.casefold() for part in literal[begin:] if part not in {"", "."}) if begin >= 0 else ()
        for folder in self._by_end.get(end_of, ()):
            if is_of_variable or not is_known or _may_lead("/".join(literal), at_source, folder):
                yield folder


def _is_value(text: str, start: int, end: int, *, is_beside: bool) -> bool:
    """Return whether a word without a separator stands where a value does; beside the folder anywhere but as a key."""
    if _KEY.match(text, end):
        return False
    before = text[max(0, start - _AROUND) : start]
    if _ASSIGNED.search(before) or (before[-1:] in _QUOTES and text[end : end + 1] in _QUOTES):
        return True
    return is_beside and not _line(text, start).lstrip().startswith(_COMMENTS)


def _is_address(text: str, start: int) -> bool:
    """Return whether a path is that of an address, such as ``https://example.nl/archive``; not of ``file:///srv``."""
    return text[start - 1 : start + 2] == "://" and text[start + 2 : start + 3] != "/"


def _line(text: str, at: int) -> str:
    """Return the beginning of the line that a place is in, up to that place."""
    return text[max(text.rfind("\n", 0, at) + 1, at - _AROUND) : at + _AROUND]


def _may_lead(path: str, at_source: str, folder: str) -> bool:
    """Return whether a path may lead to a folder: not where it leads to another one that is there.

    What stands in a text may be as a container sees it, or of another machine whose files these are.
    """
    is_whole = path.startswith("/")
    wanted = os.path.realpath(folder)
    above = [at_source, *map(str, Path(folder).absolute().parents)]
    bases: Sequence[str] = [path, *above[1:]] if is_whole else above
    found = [path if is_whole and at == 0 else os.path.join(base, path.lstrip("/")) for at, base in enumerate(bases)]  # noqa: PTH118  as above
    there = [os.path.realpath(each) == wanted for each in found if os.path.isdir(each)]  # noqa: PTH112  as above
    if not is_whole and os.path.isdir(found[0]):  # noqa: PTH112  as above
        return there[0]
    return any(there) or not there
