"""Texts that name a folder in which copies of what was before are kept: what is in it is used by any name then.

``./srv/archive:/tls`` of Docker Compose, ``WorkingDirectory=/srv/archive``, ``$ARCHIVE/…`` and ``ssl_dir = archive``
name none of the files in it.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Final

from pkitools.files import is_folder
from pkitools.portfolio.where import folder_of, same_place
from pkitools.portfolio.written import Word

_ENDS_OF_VALUE: Final = frozenset("})]>")
"""What stands for a value ends with one of these: ``${BASE}/archive``."""
_NOT_LITERAL: Final = frozenset("$%*?~#")
_CERTBOTS: Final = ("archive_dir", "[renewalparams]")
"""A key of certbot, and what the file that it stands in has: there it keeps what ``live`` links to."""
_MOST_LOOKED_UP: Final = 20_000
"""Places of which it is looked in one scan whether a folder is there; of more it is not, and what may be named is."""
_MOST_COMPARED: Final = 50_000
"""Paths in texts that are held to a folder each, in one scan; of more each may lead to it."""
_HERE: Final = frozenset({"", ".", ".."})


class Folders:
    """The folders that some files are kept in: each from the first that is called as one for copies.

    Args:
        names: of the files.
        called: what such folders are called, in small letters.
    """

    def __init__(self, names: Iterable[str], called: Collection[str]) -> None:
        self._called = called
        self._files: dict[str, list[str]] = {}
        self._by_end: dict[tuple[str, ...], dict[str, None]] = {}
        self._by_place: dict[str, str] = {}
        self._ends: dict[str, list[tuple[str, ...]]] = {}
        self._first: set[str] = set()
        self._last: set[str] = set()
        self._there: dict[str, str | None] = {}
        self._real_of: dict[str, str] = {}
        self._at: dict[str, list[str]] = {}
        self._sorted: dict[str, list[tuple[str, str]]] = {}
        self._left = _MOST_COMPARED
        for name in names:
            parts = name.replace(os.sep, "/").split("/")[:-1]
            folded = [part.casefold() for part in parts]
            begins = [at for at, part in enumerate(folded) if part in called]
            for at in range(begins[0], len(parts)) if begins else ():
                folder = "/".join(parts[: at + 1])
                if folder not in self._files:
                    self._by_place[same_place(folder)] = folder
                    self._ends[folder] = [tuple(folded[begin : at + 1]) for begin in begins if begin <= at]
                    for end in self._ends[folder]:
                        self._by_end.setdefault(end, {})[folder] = None
                    self._real_of[folder] = os.path.realpath(folder)
                    self._at.setdefault(self._real_of[folder], []).append(folder)
                self._files.setdefault(folder, []).append(name)
                self._last.add(folded[at])
            if begins:
                self._first.add(same_place("/".join(parts[: begins[0] + 1])))
        self._above_first = {folder_of(first) for first in self._first}
        self._open = {folder: len(files) for folder, files in self._files.items()}
        self._of: dict[str, list[str]] = {}
        for folder, files in self._files.items():
            for name in files:
                self._of.setdefault(name, []).append(folder)

    def settle(self, name: str) -> None:
        """Take it that nobody asks for a file any more: a folder of which all are settled is named no longer."""
        for folder in self._of.pop(name, ()):
            self._open[folder] -= 1
            if not self._open[folder]:
                for end in self._ends[folder]:
                    del self._by_end[end][folder]

    def named_in(self, words: Iterable[Word], text: str, source: str) -> Iterator[tuple[str, int]]:
        """Yield the files in each folder that a text names, and where it does.

        Args:
            words: of the text, at least those of :meth:`may_name`.
            text: the text.
            source: the name of its file.
        """
        at_source, is_within = folder_of(source), self.is_within(source)
        is_beside = is_within or same_place(at_source) in self._above_first
        is_certbots = _CERTBOTS[1] in text
        seen: set[str] = set()
        named: set[tuple[str, str]] = set()
        for word in words:
            if word.text in seen or not (is_within or self.may_name(word.text)):
                continue
            if (is_certbots and word.key == _CERTBOTS[0]) or not self._is_path(word, text, is_beside=is_beside):
                continue
            seen.add(word.text)
            for folder, begin in self._named(word.text, at_source, is_within=is_within):
                if (folder, begin) not in named:
                    named.add((folder, begin))
                    found = self._files[folder] if not begin else self._begun(folder, begin)
                    yield from ((name, word.start) for name in found)

    def may_name(self, text: str) -> bool:
        """Return whether a text, or a word of it, may name one from elsewhere."""
        folded = text.casefold()
        return bool(self._files) and any(each in folded for each in self._called)

    def is_within(self, source: str) -> bool:
        """Return whether a file lies in such a folder: from there it may be named without its name."""
        below, above = "", same_place(folder_of(source))
        while above != below:
            if above in self._first:
                return True
            below, above = above, folder_of(above)
        return False

    def _is_path(self, word: Word, text: str, *, is_beside: bool) -> bool:
        """Return whether a word is a path: a value, where it is the name of a folder alone, or that below the root.

        ``location /archive`` of a web server, ``^/archive/`` and ``\\Archive`` of a mailbox are none.
        """
        token, start = word.text, word.start
        plain = token.replace("\\", "/")
        if "^" in token or not word.is_used or _is_address(text, start):
            return False
        if "/" in plain.strip("/"):
            return True
        if not plain.startswith("/"):
            if token in _HERE:
                return word.is_value or (is_beside and word.may_be_value)
            return plain.endswith("/") or (token.casefold() in self._last and word.is_folder)
        before = text[max(0, start - 1) : start]
        return before in _ENDS_OF_VALUE or (before == ":" if token.startswith("\\") else word.is_value)

    def _begun(self, folder: str, begin: str) -> Iterator[str]:
        """Yield the files of which the path from a folder begins so: none where that is one itself, or a folder."""
        if folder not in self._sorted:
            below = len(folder) + 1
            self._sorted[folder] = sorted((name[below:].casefold(), name) for name in self._files[folder])
        names = self._sorted[folder]
        start, deeper = (bisect_left(names, (each, "")) for each in (begin, f"{begin}/"))
        if any(path == begin for path, _ in names[start : start + 1]):
            return
        if any(path.startswith(f"{begin}/") for path, _ in names[deeper : deeper + 1]):
            return
        for at in range(start, len(names)):
            path, name = names[at]
            if not path.startswith(begin):
                return
            yield name

    def _named(self, token: str, at_source: str, *, is_within: bool) -> Iterator[tuple[str, str]]:
        """Yield the folders that a path may name, each with how the files begin that are meant in it.

        Of ``archive/a-{{ year }}.pem`` and ``"archive/a-" + year`` this is the word before what is put behind it.

        Args:
            token: the path.
            at_source: the folder of the text.
            is_within: that lies in a folder for copies.
        """
        parts = token.replace("\\", "/").split("/")
        begin = max((at for at, part in enumerate(parts) if part.casefold() in self._called), default=-1)
        variables = (at for at, part in enumerate(parts) if at > begin and not _NOT_LITERAL.isdisjoint(part))
        end = next(variables, len(parts))
        literal = parts[:end]
        is_of_variable = any(not _NOT_LITERAL.isdisjoint(part) for part in literal)
        last = next((part.casefold() for part in reversed(literal) if part), "")
        is_relative = not (is_of_variable or token.startswith(("/", "\\")))
        if is_within and is_relative and (last in _HERE or last in self._last):
            folder = self._by_place.get(same_place(os.path.join(at_source, *literal)))  # noqa: PTH118  as a walk names it
            if folder is not None:
                yield folder, ""
        end_of = tuple(part.casefold() for part in literal[begin:] if part not in {"", "."}) if begin >= 0 else ()
        for begin_of, of in (("", literal), (last, literal[:-1])):
            folders = self._by_end.get(end_of[: len(end_of) - bool(begin_of)])
            if folders and (not begin_of or (end == len(parts) and literal[-1])):
                led = [*folders] if is_of_variable else self._led_to("/".join(of), at_source, folders)
                yield from ((folder, begin_of) for folder in led)

    def _led_to(self, path: str, at_source: str, folders: Collection[str]) -> Iterator[str]:
        """Yield those of some folders that a path may lead to: not where it leads to another one that is there.

        What stands in a text may be as a container sees it, or of another machine whose files these are. What counts
        from the folder of the text and is there is that.
        """
        is_whole, below = path.startswith("/"), path.lstrip("/")
        first = self._real(path if is_whole else os.path.join(at_source, below))  # noqa: PTH118  as a walk names it
        if first is not None and not is_whole:
            yield from (folder for folder in self._at.get(first, ()) if folder in folders)
        else:
            yield from [folder for folder in folders if self._may_lead(below, first, folder)]

    def _may_lead(self, below: str, first: str | None, folder: str) -> bool:
        """Return whether a path may lead to a folder.

        Args:
            below: it, without what says that it counts from the root.
            first: where it leads to as it stands; ``None`` where nothing is there.
            folder: the folder.
        """
        wanted = self._real_of[folder]
        self._left -= 1
        if first == wanted or self._left < 0:
            return True
        above = map(str, Path(folder).absolute().parents)
        there = {self._real(os.path.join(base, below)) for base in above} | {first}  # noqa: PTH118  as above
        return wanted in there or there == {None}

    def _real(self, folder: str) -> str | None:
        """Return where a folder is; ``None`` where none is there, or very many were looked for."""
        if folder not in self._there and len(self._there) < _MOST_LOOKED_UP:
            self._there[folder] = os.path.realpath(folder) if is_folder(folder) else None
        return self._there.get(folder)


def _is_address(text: str, start: int) -> bool:
    """Return whether a path is that of an address, such as ``https://example.nl/archive``; not of ``file:///srv``."""
    return text[start - 1 : start + 2] == "://" and text[start + 2 : start + 3] != "/"
