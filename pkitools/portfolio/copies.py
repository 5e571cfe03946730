"""Files that have ended and are called copies of what was before: whether anything uses them all the same.

A configuration of a program that no reader of ours knows names what it uses too, or the folder that it lies in, and a
folder may be reached by a link that is called otherwise than the folder.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator
from enum import Enum, auto
from typing import Final

from pkitools.checking.file_names import ARCHIVES, is_called_copy
from pkitools.frozen import replace
from pkitools.portfolio.model import HeldCertificate, Place, Reading, Unread
from pkitools.portfolio.naming_folders import Folders, with_one_separator
from pkitools.text import pattern

_WORD: Final = pattern(r"[\w.~@+-]+")
_NO_FOLDER: Final = r"(?:(?<![\w.~@+/-])|[})%]/|\$\w{1,100}/)"
"""Before the name of a file: no folder, or one that a variable stands for."""
_ENTERED_BEFORE: Final = "portfolio.error.entered_before"
_OWN: Final = "pkitools"
_HEADERS: Final = ("standing,not_after,", "standing;not_after;")
"""What a report of ours says of itself, and one in CSV begins with: that tells of certificates, and uses no file."""
_DIGITS: Final = 16  # of a thumbprint: a report for people has no more
_FOR_PEOPLE: Final = pattern(r"(?:readme|leesmij|lees-mij|changelog)(?:\.(?:txt|en|nl))?")
_LEAVES_OUT: Final = pattern(r"\.[a-z]{1,20}ignore|\.gitattributes")  # .dockerignore: what is named there is not taken
_SUM: Final = pattern(r"\\?[0-9a-f]{32,128} [ *]\S.*|(?:md5|sha[0-9/-]{1,8}) ?\(.+\) ?= ?[0-9a-f]{32,128}")
"""A line of ``sha256sum``, or of BSD's ``sha256``, in small letters."""


class Copies:
    """What a scan found in such files."""

    def __init__(self) -> None:
        self._files: dict[str, list[HeldCertificate]] = {}
        self._links: dict[str, str] = {}

    def note(self, name: str, one: HeldCertificate) -> None:
        """Keep a certificate that has ended, where its file is called a copy."""
        if not one.is_authority and is_called_copy(name):
            places = tuple(each for each in one.places if each.container != "tls")
            if places:
                self._files.setdefault(name, []).append(replace(one, judgements=(), places=places))

    def note_link(self, unread: Unread) -> None:
        """Keep by which further name a folder was reached."""
        if unread.code == _ENTERED_BEFORE:
            self._links[unread.name] = str(unread.params["other"])

    def __bool__(self) -> bool:
        return bool(self._files)

    def by_links(self) -> Iterator[Reading]:
        """Yield what is in a file once more, under each name that it is reached by through a link to its folder."""
        for name, held in self._files.items():
            for link, folder in self._links.items():
                begin = folder.rstrip(os.sep) + os.sep
                if name.startswith(begin):
                    other = os.path.join(link, name[len(begin) :])  # noqa: PTH118  as a walk names it
                    if not is_called_copy(other):
                        yield _reading(held, other)

    def by_texts(self, texts: Iterable[tuple[str, str]], names: Iterable[str]) -> Iterator[Reading]:
        """Yield what is in a file once more, with the first line of each text that names that file.

        Of those that name no more than a folder that it is kept in, with the first.

        Args:
            texts: the name and the content of each.
            names: of all files.
        """
        by_word: dict[str, list[str]] = {}
        for name in self._files:
            words = _WORD.findall(_bare(name))
            if words:
                by_word.setdefault(words[-1], []).append(name)
        called = {_bare(name) for name in self._files}
        shared = called.intersection(_bare(name) for name in names if not is_called_copy(name))
        folders = Folders(self._files, ARCHIVES)
        for source, written in texts:
            text = with_one_separator(written)
            folded = text.casefold()
            used = {word for word in _WORD.findall(folded) if word in by_word}
            found: dict[str, int] = {}
            for name, at in folders.named_in(text, source):
                found.setdefault(name, at)
            if not (used or found) or _is_for_people(source):
                continue
            kind = _kind(folded)
            for word in used:
                for name in by_word[word]:
                    if source != name and not _tells_of(self._files[name], folded, kind):
                        first = _named_at(folded.replace("\\", "/"), name, source, shared)
                        if first is not None:
                            yield _reading(self._files[name], name, _origin(source, folded, first))
            for name, at in found.items():
                if source != name and not _tells_of(self._files[name], folded, kind):
                    folders.count(name)
                    yield _reading(self._files[name], name, _origin(source, text, at))


class _Kind(Enum):
    """What kind of text tells of files, and uses none."""

    REPORT = auto()
    """One of ours."""
    SUMS = auto()
    NONE = auto()


def _is_for_people(source: str) -> bool:
    bare = _bare(source)
    return bool(_FOR_PEOPLE.fullmatch(bare) or _LEAVES_OUT.fullmatch(bare))


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


def _bare(name: str) -> str:
    return name.replace(os.sep, "/").rpartition("/")[2].casefold()


def _named_at(text: str, name: str, source: str, shared: Collection[str]) -> int | None:
    """Return where a text names a file.

    Where it is the folder that is called so, other files are called as this one: they are told apart by the folder
    beside it, or by where the text lies. Where no other is called so, a name without a folder is that of this one.
    """
    path, bare = name.replace(os.sep, "/").casefold(), _bare(name)
    folder = path.rpartition("/")[0]
    is_near = f"{source.replace(os.sep, '/').casefold().rpartition('/')[0]}/".startswith(f"{folder}/")
    told = bare if is_called_copy(bare) or is_near else f"{folder.rpartition('/')[2]}/{bare}"
    at = text.find(told)
    if at >= 0:
        return at
    found = None if bare in shared else re.search(_NO_FOLDER + re.escape(bare), text)
    return None if found is None else found.start()


def _origin(source: str, text: str, at: int) -> str:
    line = text.count("\n", 0, at) + 1
    return f"{source}:{line}"


def _reading(held: Iterable[HeldCertificate], name: str, *named_by: str) -> Reading:
    """Return what is in a file once more, under a name, with what names it."""
    return Reading(name, tuple(replace(one, places=_places(one, name, named_by)) for one in held), is_again=True)


def _places(one: HeldCertificate, name: str, named_by: tuple[str, ...]) -> tuple[Place, ...]:
    return tuple(replace(place, name=name, named_by=named_by or place.named_by) for place in one.places)
