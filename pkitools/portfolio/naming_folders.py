"""Texts that name a folder in which copies of what was before are kept: what is in it is used by any name then.

``./srv/archive:/tls`` of Docker Compose, ``WorkingDirectory=/srv/archive``, ``$ARCHIVE/…`` and ``ssl_dir = archive``
name none of the files in it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Final

from pkitools.portfolio.where import same_place
from pkitools.text import pattern

_TOKEN: Final = pattern(r"[^\s\"'`=:;,()\[\]{}<>|&]+")
_ASSIGNED: Final = pattern(r"(?:[=:]|\n[ \t]*-|(?<!\S)--?[a-zA-Z][\w-]{0,40})[ \t]{0,40}[\"']?\Z")
"""Before a value: of a key, of a list in YAML, of an option of a program."""
_KEY: Final = pattern(r"[\"']?[ \t]*[=:]")
_SEPARATORS: Final = pattern(r"(?:(?<=[a-zA-Z0-9]{2}:)(?P<address>(?:\\?/){2}))|[\\/](?:\.?[\\/])+")
"""What is written for one separator, but not what begins an address."""
_VALUES: Final = (
    # name = archive, "name": ["live", "archive"], NAME="live archive"
    pattern(
        r"(?<![\w.$@-])(?P<key>[\w.$@-]{1,60})[\"']?\s{0,40}[=:]>?\s{0,40}"
        r"(?:[\[(]\s{0,40}(?:[^\[\](){}=:]{0,300},\s{0,40})?)?(?:[\"'](?:[^\"'\n]{0,200}[\s,:])?)?\Z"
    ),
    # name:
    #   - archive
    pattern(
        r"\n[ \t-]*[\"']?(?P<key>[\w.$@-]{1,60})[\"']?:[ \t]*(?:#[^\n]*)?\r?\n"
        r"(?:[ \t]*(?:[-#][^\n]*)?\n){0,50}[ \t]*-[ \t]+[\"']?\Z"
    ),
    pattern(r"<(?P<key>[\w:.-]{1,60})(?:\s[^<>]{0,200})?>\s{0,40}\Z"),
    pattern(r"\n[ \t]*(?P<key>[\w.-]{1,60})[ \t]{1,40}[\"']?\Z"),
    # --dir archive, ["--dir", "archive"]
    pattern(
        r"(?<![\w/-])--?(?P<key>[a-zA-Z][\w-]{0,60})"
        r"(?:=|[ \t]{1,40}|[\"'],\s{0,40}|[\"']?\r?\n[ \t]*-[ \t]+)[\"']?\Z"
    ),
    # os.path.join(os.path.dirname(__file__), "archive")
    pattern(r"(?<![\w.])(?P<key>[\w.]{1,60})\((?:(?:[^()\n]|\([^()\n]{0,60}\)){1,150},)?\s{0,40}[\"']\Z"),
)
"""Before a value, with the name of what it is the value of."""
_OPTION: Final = 4
_CALL: Final = 5
_AFTER_WORD: Final = (3, _OPTION)
"""Of these forms, those in which a word stands before the value, and no sign: of prose no other is looked for."""
_WHOLE: Final = pattern(r"[\"'`]?\s{0,40}(?:[,;#)\]}<]|\n|\Z)|[\"']")
_OF_PLACE: Final = pattern(
    r"(?<!re)dir(?!ect(?!or))|map|path|folder|cert|crt|tls|ssl|root|home(?!page)|(?<!data)base|volume|(?<!a)mount|src"
    r"|(?<!re)source|location|(?<!re)store|context|pem"
)
"""In small letters, in the name of what has a folder or certificates as its value."""
_OF_CALL: Final = pattern(r"join|open|glob|file|walk|resolve")
_OF_NO_PLACE: Final = pattern(r"type|kind|format|packag")
_OF_LEFT_OUT: Final = pattern(r"exclu|ignor|prun")
_BEFORE_ITEMS: Final = frozenset("\n-,[(>")
"""After one of these the name may stand on a line before."""
_SHORT: Final = frozenset("dDCcpv")
_ITEM_ALONE: Final = pattern(r"\A\s*(?:---[^\n]*\n)?(?:[ \t]*(?:[-#][^\n]*)?\n){0,400}[ \t]*-[ \t]+[\"']?\Z")
_COMMAND: Final = pattern(
    r"(?:[\n;&|(`]|RUN[ \t])[ \t]*(?:sudo[ \t]+)?"
    r"(?P<name>COPY|ADD|cd|pushd|cp|scp|rsync|xcopy|robocopy|for[ \t]+\w{1,40}[ \t]+in)(?:[ \t]+-[^\s;&|]*){0,9}"
    r"(?P<others>(?:[ \t]+[^\s;&|#]+){0,20})[ \t]+(?:\[[ \t]*)?[\"']?\Z"
)
_JOINED: Final = pattern(r"(?<![/*])/[ \t]*[\"']\Z")  # BASE / "archive"
_NEXT: Final = pattern(r"[\"']?,?[ \t]+[^\s;&|]")
_NOT_ENTERED: Final = pattern(r"(?:(?:!|-not)[ \t]+)?-(?:i?path|i?name|i?wholename)[ \t]+[\"']?\Z")
_PRUNED: Final = pattern(r"[^\n;&|]*-prune\b")
_QUOTES: Final = frozenset("\"'`")
_EXPANSION: Final = frozenset("})]>")
"""What stands for a value ends with one of these: ``${BASE}/archive``."""
_VARIABLE: Final = frozenset("$%*?~")
_COMMENTS: Final = ("#", ";", "//", "--", "*")
_CERTBOTS: Final = ("archive_dir", "[renewalparams]")
"""A key of certbot, and what the file that it stands in has: there it keeps what ``live`` links to."""
_AROUND: Final = 400
_MOST_LOOKED_UP: Final = 20_000
"""Places of which it is looked in one scan whether a folder is there; of more it is not, and what may be named is."""
_HERE: Final = frozenset({"", ".", ".."})


def with_one_separator(text: str) -> str:
    r"""Return a text in which each separator of a path is one ``/`` or one ``\``, with its lines as they were.

    A path is written ``\/srv\/archive`` and ``C:\\srv\\archive`` in JSON, and is the same with ``//`` or ``/./`` in it.

    >>> with_one_separator(r'{"dir": "..\\archive\\.\\v1", "docs": "https:\/\/example.nl\/a"}')
    '{"dir": "..\\archive\\v1", "docs": "https://example.nl/a"}'
    """

    def one(found: re.Match[str]) -> str:
        return "//" if found["address"] else "/" if "/" in found[0] else "\\"

    return _SEPARATORS.sub(one, text)


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
        self._last: set[str] = set()
        self._spelled: set[str] = {".", ".."}
        self._counted: set[str] = set()
        self._there: dict[str, str | None] = {}
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
                self._last.add(folded[at])
                self._spelled.add(parts[at])
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
        named: set[str] = set()
        for found in _TOKEN.finditer(text):
            if not is_within and not any(each in found[0].casefold() for each in self._called):
                continue
            if found[0] in seen or not self._is_path(found[0], text, *found.span(), is_beside=is_beside):
                continue
            if is_certbots and _line(text, found.start()).lstrip().startswith(_CERTBOTS[0]):
                continue
            seen.add(found[0])
            for folder in self._named(found[0], at_source, is_within=is_within):
                if folder not in named:
                    named.add(folder)
                    yield from ((name, found.start()) for name in self._files[folder] if name not in self._counted)

    def count(self, name: str) -> None:
        """Take it that a file is used: no more texts are asked of it."""
        self._counted.add(name)

    def _is_path(self, token: str, text: str, start: int, end: int, *, is_beside: bool) -> bool:
        """Return whether a word is a path: a value, where it is the name of a folder alone, or that below the root.

        ``location /archive`` of a web server, ``^/archive/`` and ``\\Archive`` of a mailbox are none.
        """
        plain = token.replace("\\", "/")
        if "^" in token or _is_address(text, start) or _is_left_out(text, start, end):
            return False
        if "/" in plain.strip("/"):
            return True
        if not plain.startswith("/"):
            if token in _HERE:
                return _is_value(text, start, end, is_beside=is_beside)
            return plain.endswith("/") or (token in self._spelled and _is_folder(text, start, end))
        before = text[max(0, start - 1) : start]
        if before in _EXPANSION:
            return True
        return before == ":" if token.startswith("\\") else _is_value(text, start, end, is_beside=False)

    def _named(self, token: str, at_source: str, *, is_within: bool) -> Iterator[str]:
        """Yield the folders that a path may name.

        Args:
            token: the path.
            at_source: the folder of the text.
            is_within: that lies in a folder for copies.
        """
        parts = token.replace("\\", "/").split("/")
        begin = max((at for at, part in enumerate(parts) if part.casefold() in self._called), default=-1)
        variables = (at for at, part in enumerate(parts) if at > begin and not _VARIABLE.isdisjoint(part))
        end = next(variables, len(parts))
        literal = parts[:end]
        is_of_variable = any(not _VARIABLE.isdisjoint(part) for part in literal)
        last = next((part.casefold() for part in reversed(literal) if part), "")
        is_relative = not (is_of_variable or token.startswith(("/", "\\")))
        if is_within and is_relative and (last in _HERE or last in self._last):
            folder = self._by_place.get(same_place(os.path.join(at_source, *literal)))  # noqa: PTH118  as a walk names it
            if folder is not None:
                yield folder
        end_of = tuple(part.casefold() for part in literal[begin:] if part not in {"", "."}) if begin >= 0 else ()
        for folder in self._by_end.get(end_of, ()):
            if is_of_variable or self._may_lead("/".join(literal), at_source, folder):
                yield folder

    def _may_lead(self, path: str, at_source: str, folder: str) -> bool:
        """Return whether a path may lead to a folder: not where it leads to another one that is there.

        What stands in a text may be as a container sees it, or of another machine whose files these are. What counts
        from the folder of the text and is there is that.
        """
        is_whole, below, wanted = path.startswith("/"), path.lstrip("/"), os.path.realpath(folder)
        own = path if is_whole else os.path.join(at_source, below)  # noqa: PTH118  as a walk names it
        first = self._real(own)
        if first is not None and (first == wanted or not is_whole):
            return first == wanted
        above = map(str, Path(folder).absolute().parents)
        there = {self._real(os.path.join(base, below)) for base in above} | {first}  # noqa: PTH118  as above
        return wanted in there or there == {None}

    def _real(self, folder: str) -> str | None:
        """Return where a folder is; ``None`` where none is there, or very many were looked for."""
        if folder not in self._there and len(self._there) < _MOST_LOOKED_UP:
            self._there[folder] = os.path.realpath(folder) if os.path.isdir(folder) else None  # noqa: PTH112  as elsewhere here
        return self._there.get(folder)


def _is_value(text: str, start: int, end: int, *, is_beside: bool) -> bool:
    """Return whether a word without a separator stands where a value does; beside the folder anywhere but as a key."""
    if _KEY.match(text, end):
        return False
    begin, after = max(0, start - _AROUND), text[end : end + 1]
    before = ("" if begin else "\n") + text[begin:start]
    is_enclosed = (before[-1:] in _QUOTES and after in _QUOTES) or (before[-1:], after) == (">", "<")
    if is_enclosed or _ASSIGNED.search(before):
        return True
    return is_beside and not _line(text, start).lstrip().startswith(_COMMENTS)


def _is_folder(text: str, start: int, end: int) -> bool:
    """Return whether a word without a separator is a folder, by what it is the value of; it is a word of English too.

    ``type: archive``, ``git archive HEAD`` and "kept in the archive" name none.
    """
    if _KEY.match(text, end):
        return False
    before = _before(text, start)
    is_whole = bool(_WHOLE.match(text, end)) or before.endswith("=")
    for number, found in _names(before):
        if not (is_whole or number == _OPTION or _is_within_quotes(before)):
            continue
        key = found["key"]
        folded = key.casefold()
        is_of_place = _OF_PLACE.search(folded) or (number == _CALL and _OF_CALL.search(folded))
        if (is_of_place and not _OF_NO_PLACE.search(folded)) or (number == _OPTION and key in _SHORT):
            return True
    line = before[before.rfind("\n") :]
    if (is_whole and _ITEM_ALONE.search(before)) or _JOINED.search(line):
        return True
    command = _COMMAND.search(line)
    if command is None:
        return False
    is_last = not _NEXT.match(text, end)  # of cp and COPY: where it is copied to
    return not command["others"] or command["name"].startswith("for") or not is_last


def _names(before: str) -> Iterator[tuple[int, re.Match[str]]]:
    """Yield which of the forms of a value this is, with the name of what it is the value of."""
    is_after_word = before.rstrip(" \t")[-1:].isalnum() and not _is_within_quotes(before)
    is_in_list = before.rstrip(" \t\"'")[-1:] in _BEFORE_ITEMS
    where = before if is_in_list else before[before.rfind("\n") :]
    for number in _AFTER_WORD if is_after_word else range(len(_VALUES)):
        found = _VALUES[number].search(where)
        if found is not None:
            yield number, found


def _is_within_quotes(before: str) -> bool:
    line = before[before.rfind("\n") + 1 :]
    return any(line.count(quote) % 2 for quote in "\"'")


def _is_left_out(text: str, start: int, end: int) -> bool:
    """Return whether a path is one that a program is told to leave out."""
    before = _before(text, start)
    line = before[before.rfind("\n") :]
    if any(number != _CALL and _OF_LEFT_OUT.search(found["key"].casefold()) for number, found in _names(before)):
        return True
    found = _NOT_ENTERED.search(line)
    return found is not None and (found[0].startswith(("!", "-not")) or bool(_PRUNED.match(text, end)))


def _before(text: str, start: int) -> str:
    """Return what stands before a place, from the beginning of a line."""
    begin = max(0, start - _AROUND)
    before = text[begin:start]
    if not begin:
        return "\n" + before
    cut = before.find("\n")
    return before if cut < 0 else before[cut:]


def _is_address(text: str, start: int) -> bool:
    """Return whether a path is that of an address, such as ``https://example.nl/archive``; not of ``file:///srv``."""
    return text[start - 1 : start + 2] == "://" and text[start + 2 : start + 3] != "/"


def _line(text: str, at: int) -> str:
    """Return the beginning of the line that a place is in, up to that place."""
    begin = max(0, at - _AROUND)
    return text[max(text.rfind("\n", begin, at) + 1, begin) : at]
