"""Folders → the files in them, in the order of their names, each reached once; what cannot be entered is told.

Nothing here opens a file. A link to a folder is followed, and a folder is looked through once, however many links lead
to it: a loop of them ends.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Container, Iterable, Iterator
from pathlib import Path
from typing import Final

from pkitools.errors import PkitoolsError
from pkitools.files import is_folder
from pkitools.files.common import file_error
from pkitools.frozen import dataclass
from pkitools.portfolio.model import Gap, Unread
from pkitools.portfolio.where import same_place
from pkitools.text import pattern

_HASHED: Final = pattern(r"[0-9a-f]{8}\.[0-9]")  # of `openssl rehash`
_SPECIAL: Final = ((stat.S_ISFIFO, "is_fifo"), (stat.S_ISSOCK, "is_socket"))


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file to be read.

    Args:
        name: as it is reached from what was given.
        in_folder: it lay in a folder: nobody named it.
        is_top: it lay in the folder itself that was given, in none below it.
        is_trusted: OpenSSL looks authorities up in that folder: one has the hash of its name for a name.
    """

    name: str
    in_folder: bool
    is_top: bool = False
    is_trusted: bool = False


class Walk:
    """One walk, which remembers the folders it was in.

    Args:
        tops: folders that were given too, and lie in one that is walked: :func:`~pkitools.portfolio.where.same_place`.
    """

    def __init__(self, tops: Container[str] = ()) -> None:
        self._entered: dict[object, str] = {}
        self._tops = tops

    def files(self, given: str, *, below: bool = True) -> Iterator[FoundFile | Unread]:
        """Yield the files of a folder and of all below it; of a file itself that one.

        Args:
            given: as it was named.
            below: also those of the folders in it.
        """
        if not is_folder(given):
            yield FoundFile(given, in_folder=False)
            return
        waiting = [given]
        while waiting:
            folder = waiting.pop()
            entries = self._entries(folder)
            if isinstance(entries, Unread):
                yield entries
                continue
            folders = []
            is_trusted = any(map(_HASHED.fullmatch, entries))
            is_top = folder == given or (bool(self._tops) and same_place(folder) in self._tops)
            for name in entries:
                path = os.path.join(folder, name)  # noqa: PTH118  of a hundred thousand files the plain way is the quick one
                found = _found(path, name, is_top=is_top, is_trusted=is_trusted)
                if found is _FOLDER:
                    folders.append(path)
                elif isinstance(found, FoundFile | Unread):
                    yield found
            waiting += reversed(folders) if below else ()

    def _entries(self, folder: str) -> list[str] | Unread:
        """Return the names in a folder, and nothing more of each: there may be a hundred thousand."""
        try:
            status = Path(folder).stat()
            # some file systems of networks have no numbers: there a folder is what its whole name says
            key: object = (status.st_dev, status.st_ino) if status.st_ino else os.path.realpath(folder)
            if key in self._entered:
                params = {"name": folder, "other": self._entered[key]}
                return Unread(folder, Gap.SKIPPED, "portfolio.error.entered_before", params)
            self._entered[key] = folder
            return sorted(os.listdir(folder))  # noqa: PTH208  an object for each is what is left out
        except OSError as error:
            return _unread(folder, file_error(error, folder, "unreadable"))


_FOLDER: Final = object()
_VERSIONS: Final = {
    ".git": (("HEAD", "objects"),),
    ".hg": (("store",), ("requires",)),
    ".svn": (("wc.db",), ("entries",)),
}
"""What holds what was, compressed in a form of its own, and by what it is told from a folder that is called so: any of
these together."""


def _found(path: str, name: str, *, is_top: bool, is_trusted: bool) -> FoundFile | Unread | object | None:
    """Return a file, that it is a folder, or what is none: a pipe, socket or device is never opened."""
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116  as above
    except OSError as error:
        if name.startswith(".#"):  # with a link that leads nowhere Emacs locks a file
            return None
        return _unread(path, file_error(error, path, "unreadable"))
    if stat.S_ISDIR(mode):
        is_of_versions = name in _VERSIONS and any(_holds(path, each) for each in _VERSIONS[name])
        return Unread(path, Gap.SKIPPED, "portfolio.error.versions", {"name": path}) if is_of_versions else _FOLDER
    if stat.S_ISREG(mode):
        return FoundFile(path, in_folder=True, is_top=is_top, is_trusted=is_trusted)
    kind = next((kind for test, kind in _SPECIAL if test(mode)), "is_device")
    return Unread(path, Gap.SKIPPED, f"files.error.{kind}", {"name": path})


def _holds(folder: str, names: Iterable[str]) -> bool:
    return all(os.path.lexists(os.path.join(folder, name)) for name in names)  # noqa: PTH118  as above


def _unread(name: str, error: PkitoolsError) -> Unread:
    gap = Gap.MISSING if error.code == "files.error.missing" else Gap.UNREADABLE
    return Unread(name, gap, error.code, error.params)
