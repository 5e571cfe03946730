"""Folders → the files in them, in the order of their names, each reached once; what cannot be entered is told.

Nothing here opens a file. A link to a folder is followed, and a folder is looked through once, however many links lead
to it: a loop of them ends.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pkitools.errors import PkitoolsError
from pkitools.files.common import file_error
from pkitools.frozen import dataclass
from pkitools.portfolio.model import Gap, Unread

_SPECIAL: Final = ((stat.S_ISFIFO, "is_fifo"), (stat.S_ISSOCK, "is_socket"))


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file to be read.

    Args:
        name: as it is reached from what was given.
        in_folder: it lay in a folder: nobody named it.
    """

    name: str
    in_folder: bool


class Walk:
    """One walk, which remembers the folders it was in."""

    def __init__(self) -> None:
        self._entered: dict[tuple[int, int], str] = {}

    def files(self, given: str) -> Iterator[FoundFile | Unread]:
        """Yield the files of a folder and of all below it; of a file itself that one.

        Args:
            given: as it was named.
        """
        if not Path(given).is_dir():
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
            for entry in entries:
                if _is_folder(entry):
                    folders.append(entry.path)
                elif (found := _file(entry)) is not None:
                    yield found
            waiting += reversed(folders)

    def _entries(self, folder: str) -> list[os.DirEntry[str]] | Unread:
        try:
            status = Path(folder).stat()
            key = status.st_dev, status.st_ino
            if key in self._entered:
                params = {"name": folder, "other": self._entered[key]}
                return Unread(folder, Gap.SKIPPED, "portfolio.error.entered_before", params)
            self._entered[key] = folder
            with os.scandir(folder) as found:
                return sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            return _unread(folder, file_error(error, folder, "unreadable"))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a loop of links: reading it says so
        return False


def _file(entry: os.DirEntry[str]) -> FoundFile | Unread | None:
    """Return a file, or what is none: a pipe, socket or device holds nothing, and opening it could wait for ever."""
    try:
        mode = entry.stat().st_mode
    except OSError as error:
        if entry.name.startswith(".#"):  # with a link that leads nowhere Emacs locks a file
            return None
        return _unread(entry.path, file_error(error, entry.path, "unreadable"))
    if stat.S_ISREG(mode):
        return FoundFile(entry.path, in_folder=True)
    kind = next((kind for test, kind in _SPECIAL if test(mode)), "is_device")
    return Unread(entry.path, Gap.SKIPPED, f"files.error.{kind}", {"name": entry.path})


def _unread(name: str, error: PkitoolsError) -> Unread:
    gap = Gap.MISSING if error.code == "files.error.missing" else Gap.UNREADABLE
    return Unread(name, gap, error.code, error.params)
