"""Certificates that have ended in files called copies of what was before, and those of connections after which another
comes: whether anything uses them all the same, whatever is stated.

A configuration of a program that no reader of ours knows names what it uses too, or the folder that it lies in, and a
folder may be reached by a link that is called otherwise than the folder.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from enum import Enum, auto
from typing import Final

from pkitools.checking.file_names import ARCHIVES, is_called_copy
from pkitools.errors import InputError
from pkitools.frozen import replace
from pkitools.portfolio.model import HeldCertificate, Place, Reading, Unread
from pkitools.portfolio.naming_folders import Folders
from pkitools.portfolio.remarks import without_remarks
from pkitools.portfolio.succeeding import MOST_AHEAD, line_of
from pkitools.portfolio.where import folder_of
from pkitools.portfolio.written import Word, plain, set_in, words
from pkitools.text import pattern

_WORD: Final = pattern(r"[\w.~@+-]+")
_PART_BACKWARDS: Final = pattern(r"[^\s\"'`=:;,()\[\]{}<>|&/]*")
_NAME: Final = pattern(r"\w+")
_WILDCARD: Final = r"[*?]"
_ANY: Final = "*"
"""What may be any folder."""
_EXPANSION: Final = ("}", ")", "]", "%>")
_LONGEST: Final = 260
"""Characters before the name of a file in which it is looked for the last folder before it."""
_LINE_FEED: Final = "\n"
_ENTERED_BEFORE: Final = "portfolio.error.entered_before"
_OWN: Final = "pkitools"
_CONNECTION: Final = "[[connection]]"
_HEADERS: Final = ("standing,not_after,", "standing;not_after;")
"""What a report of ours says of itself, and one in CSV begins with: that tells of certificates, and uses no file."""
_DIGITS: Final = 16  # of a thumbprint: a report for people has no more
_NO_USE: Final = pattern(
    r"(?:readme|leesmij|lees-mij|changelog)(?:\.(?:txt|en|nl))?"
    r"|\.[a-z]{1,20}ignore|\.gitattributes"  # .dockerignore: what is named there is not taken
    r"|.+\.(?:csv|tsv)|.+\.log(?:[.-][0-9]{1,8})?|\.history|\.[a-z]{1,20}_history"  # lists, and what was done
)
_FOR_PEOPLE: Final = pattern(r".+\.(?:md|markdown|rst|adoc|html?)")
"""Words for people, by the name of their file: they tell of any certificate, and of a copy seldom but to use it."""
_NO_LEADS: Final[Mapping[str, Collection[str]]] = {}
_SUM: Final = pattern(r"\\?[0-9a-f]{32,128} [ *]\S.*|(?:md5|sha[0-9/-]{1,8}) ?\(.+\) ?= ?[0-9a-f]{32,128}")
"""A line of ``sha256sum``, or of BSD's ``sha256``, in small letters."""


class Copies:
    """What a scan found in such files."""

    def __init__(self) -> None:
        self._files: dict[str, list[HeldCertificate]] = {}
        self._before: dict[str, list[HeldCertificate]] = {}
        self._latest: dict[bytes, datetime] = {}
        self._links: dict[str, str] = {}

    def note(self, name: str, one: HeldCertificate, moment: datetime, *, is_claimed: bool = False) -> None:
        """Keep what has ended in a file called a copy, and what is of connections and has ended, or does soon.

        Args:
            name: the file.
            one: it.
            moment: as of when, aware.
            is_claimed: it is found at places of connections, which state what is in use.
        """
        if one.is_authority:
            return
        if one.not_after < moment and is_called_copy(name):
            _keep(self._files, name, one)
        elif is_claimed and (line := line_of(one)) is not None:
            self._latest[line] = max(one.not_after, self._latest.get(line, one.not_after))
            if one.not_after < moment + MOST_AHEAD:
                _keep(self._before, name, one)

    def _followed(self) -> dict[str, list[HeldCertificate]]:
        """Return by their files the certificates of connections after which another comes that was found."""
        after = {
            name: [one for one in held if one.not_after < self._latest[line_of(one) or b""]]
            for name, held in self._before.items()
        }
        return {name: held for name, held in after.items() if held}

    def note_link(self, unread: Unread) -> None:
        """Keep by which further name a folder was reached."""
        if unread.code == _ENTERED_BEFORE:
            self._links[unread.name] = str(unread.params["other"])

    def __bool__(self) -> bool:
        return bool(self._files or self._before)

    def by_links(self) -> Iterator[Reading]:
        """Yield what is in a file once more, under each name that it is reached by through a link to its folder."""
        for name, held in self._files.items():
            for link, folder in self._links.items():
                begin = folder.rstrip(os.sep) + os.sep
                if name.startswith(begin):
                    other = os.path.join(link, name[len(begin) :])  # noqa: PTH118  as a walk names it
                    if not is_called_copy(other):
                        yield _reading(held, other)

    def by_texts(
        self,
        texts: Iterable[tuple[str, int, str]],
        names: Iterable[str],
        leads: Mapping[str, Collection[str]] = _NO_LEADS,
    ) -> Iterator[Reading]:
        """Yield what is in a file once more, with the first line of each text that names that file.

        Of those that name no more than a folder that it is kept in, with the first.

        Args:
            texts: the name of each, and its parts: the number of the first line of a part and what is in it.
            names: of all files.
            leads: by its line, as ``FILE:LINE``, the files that what a program reads there stands for: no others.
        """
        before = self._followed()
        held = {**before, **self._files}
        files, folders = NamedFiles(self._files, names), Folders(self._files, ARCHIVES)
        earlier = NamedFiles(before.keys() - self._files.keys(), names, is_of_values=True)
        told: set[tuple[str, str]] = set()
        counted: set[str] = set()
        report = last = ""
        for source, line, written in texts:
            is_rest, last = source == last, source
            text = plain(written)
            folded, is_within = text.casefold(), folders.is_within(source)
            may_name = is_within or folders.may_name(folded) or files.are_in(folded)
            may_name_earlier = earlier.are_in(folded) and not _tells_of_any(source, written)
            if not (may_name or may_name_earlier):
                continue
            kind = _kind(folded)
            report = source if kind is _Kind.REPORT else report
            if source == report and kind is not _Kind.REPORT:
                continue  # a further part of it
            wanted = _anything if is_within else lambda word: folders.may_name(word) or files.may_name(word)
            found = [*words(text, wanted, is_rest=is_rest)] if may_name else []
            named: dict[str, int] = {}
            for name, at in files.named_in(found, text, source):
                named.setdefault(name, text.count(_LINE_FEED, 0, at))
            if may_name_earlier:
                acted_on = plain(without_remarks(written, source))
                spelled = words(acted_on, earlier.may_name, is_rest=is_rest)
                for name, at in earlier.named_in(spelled, acted_on, source):
                    named.setdefault(name, acted_on.count(_LINE_FEED, 0, at))
            of_folder: dict[str, int] = {}
            for name, at in folders.named_in(found, text, source):
                if name not in named and name not in counted:
                    of_folder.setdefault(name, text.count(_LINE_FEED, 0, at))
            for name, at in (*named.items(), *of_folder.items()):
                origin = f"{source}:{line + at}"
                if name in before and origin in leads and name not in leads[origin]:
                    continue
                if name != source and (source, name) not in told and not _tells_of(held[name], folded, kind):
                    told.add((source, name))
                    if name in of_folder:
                        counted.add(name)
                        folders.settle(name)
                    yield _reading(held[name], name, origin)


def naming(
    wanted: Collection[str], names: Iterable[str], texts: Iterable[tuple[str, int, str]]
) -> Iterator[tuple[str, str]]:
    """Yield which texts name some files as what is used, and which: ``COPY nginx.conf.orig /etc/nginx/nginx.conf``.

    Args:
        wanted: the names of those files.
        names: of all files.
        texts: as of :meth:`Copies.by_texts`.
    """
    files, before, report = NamedFiles(wanted, names), "", ""
    for source, _, written in texts:
        is_rest, before = source == before, source
        text = plain(written)
        folded = text.casefold()
        report = source if _kind(folded) is not _Kind.NONE else report
        if source != report and files.are_in(folded):
            found = words(text, files.may_name, is_rest=is_rest)
            yield from ((source, name) for name, _ in files.named_in(found, text, source) if name != source)


def _anything(_: str) -> bool:
    return True


def _keep(files: dict[str, list[HeldCertificate]], name: str, one: HeldCertificate) -> None:
    places = tuple(each for each in one.places if not each.is_of_peer)
    if places:
        files.setdefault(name, []).append(replace(one, judgements=(), places=places))


def _is_of_connections(source: str, text: str) -> bool:
    """Return whether a text is a file of connections: it says where their files lie, and puts none into use."""
    if _CONNECTION not in text or not source.casefold().endswith(".toml"):
        return False
    from pkitools.toml_text import read_foreign_toml  # few texts come to it

    try:
        told = read_foreign_toml(text, source)
    except InputError:
        return False
    entries = told.get("connection")
    is_ours = isinstance(entries, list) and all(isinstance(one, dict) and "organization" in one for one in entries)
    return is_ours and isinstance(told.get("organization"), dict)


def _tells_of_any(source: str, text: str) -> bool:
    """Return whether a text is words for people by its name, or a file of connections."""
    return _FOR_PEOPLE.fullmatch(_bare(source)) is not None or _is_of_connections(source, text)


class NamedFiles:
    """Files that a text may name, by the last word of what they are called.

    Args:
        names: of the files.
        others: of all files: of those that are no copies.
        is_of_values: what is a key or an option names none.
    """

    def __init__(self, names: Collection[str], others: Iterable[str], *, is_of_values: bool = False) -> None:
        self._is_of_values = is_of_values
        self._by_word: dict[str, dict[str, dict[str, list[str]]]] = {}
        self._by_place: dict[tuple[str, str], list[str]] = {}
        for name in names:
            bare, above = _bare(name), _folded(folder_of(name))
            spelled = _WORD.findall(bare)
            if spelled:
                by_folder = self._by_word.setdefault(spelled[-1], {}).setdefault(bare, {})
                by_folder.setdefault(above.rpartition("/")[2], []).append(name)
                self._by_place.setdefault((above, bare), []).append(name)
        called = {_bare(name) for name in names}
        self._shared = called.intersection(_bare(name) for name in others if not is_called_copy(name))

    def are_in(self, folded: str) -> bool:
        """Return whether a text, in small letters, may name one."""
        return any(word in self._by_word for word in _WORD.findall(folded))

    def may_name(self, word: str) -> bool:
        """Return whether a word may name one."""
        return self.are_in(word.casefold())

    def named_in(self, words: Iterable[Word], text: str, source: str) -> Iterator[tuple[str, int]]:
        """Yield the files that a text names, and where it does.

        What is compared is the end of a path: the name of the file, and the folder before it where other files are
        called so. What a wildcard or a variable stands for may be that folder, but for a variable whose value stands in
        the text; so may the folder of the text itself, and all above it.

        Args:
            words: those of the text that may be paths.
            text: the text.
            source: the name of its file.
        """
        seen: set[tuple[str, str | None]] = set()
        given: Collection[str] | None = None
        around = [_folded(above) for above in _above(source)]
        for word in words:
            if not word.is_used or (self._is_of_values and not (word.may_be_value or word.is_remark)):
                continue
            folded = word.text.casefold()
            for found in _WORD.finditer(folded):
                end = word.start + found.end()
                for bare, by_folder in self._by_word.get(found[0], {}).items():
                    start = end - len(bare)
                    if text[max(0, start) : end].casefold() != bare:
                        continue
                    folder: str | None = _ANY
                    if not is_called_copy(bare):
                        given = set_in(text) if given is None else given
                        folder = _folder_before(text, start, given)
                    spot = bare, folder
                    if spot not in seen:
                        seen.add(spot)
                        for name in self._meant(bare, by_folder, folder, around):
                            yield name, start

    def _meant(
        self, bare: str, by_folder: Mapping[str, list[str]], folder: str | None, around: Iterable[str]
    ) -> Iterator[str]:
        if folder is None and bare not in self._shared:
            folder = _ANY
        for place in around:
            yield from self._by_place.get((place, bare), ())
        if folder is not None:
            begin, *more = re.split(_WILDCARD, folder, maxsplit=1)
            for each, names in by_folder.items():
                if each.startswith(begin) if more else each == begin:
                    yield from names


def _folder_before(text: str, start: int, given: Collection[str]) -> str | None:
    """Return the last folder before the name of a file, in small letters.

    A wildcard is in it where a variable stands for it; and it is ``None`` where no folder is written.

    Args:
        text: the text.
        start: where the name stands.
        given: the variables whose value stands in the text.
    """
    if text[max(0, start - 1) : start] not in {"/", "\\"}:
        return None
    before = text[max(0, start - _LONGEST) : start - 1].replace("\\", "/")
    if before.endswith(_EXPANSION):
        opened = max(map(before.rfind, "{[(<"))
        name = _NAME.search(before, max(0, opened)) if opened >= 0 else None
        return "" if name is not None and name[0] in given else _ANY
    backwards = _PART_BACKWARDS.match(before[::-1])
    written = backwards[0][::-1] if backwards else ""
    if "$" in written or "%" in written:
        name = _NAME.search(written)
        return "" if name is not None and name[0] in given else _ANY
    return None if written == "." else written.casefold()


def _above(source: str) -> Iterator[str]:
    """Yield the folder of a file and each above it."""
    below, above = source, folder_of(source)
    while above != below:
        yield above
        below, above = above, folder_of(above)


class _Kind(Enum):
    """What kind of text tells of files, and uses none."""

    REPORT = auto()
    """One of ours."""
    SUMS = auto()
    NONE = auto()


def is_no_use(source: str) -> bool:
    """Return whether a text is for people by its name, leaves out what it names, lists it or tells what was done."""
    return _NO_USE.fullmatch(_bare(source)) is not None


def _kind(text: str) -> _Kind:
    if _OWN in text or text.lstrip("\ufeff").startswith(_HEADERS):
        return _Kind.REPORT
    return _Kind.SUMS if _is_list_of_sums(text) else _Kind.NONE


def _tells_of(held: Iterable[HeldCertificate], text: str, kind: _Kind) -> bool:
    """Return whether a text tells of a file with these certificates, and does not use it.

    A report has a thumbprint of what is in it. A list of sums that has one is no such list: it pins what is used.
    """
    if kind is _Kind.NONE:
        return False
    has_thumbprint = any(one.sha256[:_DIGITS] in text or one.sha1 in text for one in held)
    return has_thumbprint is (kind is _Kind.REPORT)


def _is_list_of_sums(text: str) -> bool:
    lines = [line for line in text.splitlines() if line.strip()]
    return bool(lines) and all(map(_SUM.fullmatch, lines))


def _folded(name: str) -> str:
    return name.replace(os.sep, "/").casefold()


def _bare(name: str) -> str:
    return _folded(name).rpartition("/")[2]


def _reading(held: Iterable[HeldCertificate], name: str, *named_by: str) -> Reading:
    """Return what is in a file once more, under a name, with what names it."""
    return Reading(name, tuple(replace(one, places=_places(one, name, named_by)) for one in held), is_again=True)


def _places(one: HeldCertificate, name: str, named_by: tuple[str, ...]) -> tuple[Place, ...]:
    return tuple(replace(place, name=name, named_by=named_by or place.named_by) for place in one.places)
