"""Where the files of a new key of a connection go: where the next status sees them, and nobody else's are."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from itertools import count, islice
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final

from pkitools.files import is_folder
from pkitools.frozen import dataclass
from pkitools.text import pattern
from pkitools_cli.commands.next_steps import stem_of
from pkitools_cli.commands.renewing import is_there

if TYPE_CHECKING:
    from pkitools.connections import Connection

_REQUEST: Final = (".key", ".csr", ".pem")
_SELF_SIGNED: Final = (".key", ".pem")
_MOST_FOLDERS: Final = 10  # of a pattern that stands for folders
_END: Final = pattern(r"\.[^.]*$|\*$")  # of a pattern: what stands for the end of a name
_ANY: Final = pattern(r"\*+")
_ONE: Final = pattern(r"\?|\[[^\]]*\]")
_BETWEEN: Final = "-_. "


@dataclass(frozen=True, slots=True)
class NewPlace:
    """Where the files of a new key go.

    Args:
        prefix: what they are called, all but their ends.
        is_named: ``files`` of the connection names them: what comes of the command is seen.
    """

    prefix: str
    is_named: bool

    @property
    def missing(self) -> str | None:
        """The folder that has to be made first; ``None`` where it is there."""
        folder = Path(self.prefix).parent
        return None if is_folder(folder) else str(folder)


class NewFiles:
    """The places of new keys, each told to one connection: what is told of all of them can be run at once."""

    def __init__(self) -> None:
        self._told: dict[int, NewPlace] = {}
        self._taken: set[str] = set()
        self._reached: dict[str, int] = {}  # of a name the number that was told last: a thousand may be called alike

    def of(self, connection: Connection, old: str | None = None) -> NewPlace:
        """Return where the next files of a connection go: the same as was told of it before.

        Args:
            connection: whose they are.
            old: a file with the certificate that they come after: beside it, called as every other command tells it.
        """
        number = connection.number
        if number not in self._told:
            self._told[number] = self._found(connection, old)
            self._taken.add(self._told[number].prefix)
        return self._told[number]

    def _found(self, connection: Connection, old: str | None) -> NewPlace:
        after = None if old is None else self._free(stem_of(old), ["."], is_itself=False)
        if after is not None and _is_named(after, connection):
            return NewPlace(after, is_named=True)
        for base in _bases(connection):
            # behind a dash or a dot, as a pattern may have it
            numbered = [each for each in "-." if _is_named(f"{base}{each}2", connection)]
            found = self._free(base, numbered, is_itself=_is_named(base, connection))
            if found is not None:
                return NewPlace(found, is_named=True)
        found = after or self._free(_beside(connection), ["-"])
        assert found is not None  # there is always a next number
        return NewPlace(found, is_named=False)

    def _free(self, base: str, numbered: Sequence[str], *, is_itself: bool = True) -> str | None:
        """Return a name of which there are no files, itself or with a number; ``None`` where neither may be."""
        if is_itself and self._is_free(base):
            return base
        for number in count(self._reached.get(base, 2)) if numbered else ():
            for prefix in (f"{base}{between}{number}" for between in numbered):
                if self._is_free(prefix):
                    self._reached[base] = number
                    return prefix
        return None

    def _is_free(self, prefix: str) -> bool:
        return prefix not in self._taken and not is_there(prefix)


def entry_for(place: NewPlace, file: str) -> str:
    """Return what to add to ``files`` for what comes at a place to be seen.

    Args:
        place: it.
        file: the file of connections: what it names counts from its folder.
    """
    folder, name = os.path.split(place.prefix)
    try:
        folder = os.path.relpath(folder or os.curdir, Path(file).parent)
    except ValueError:  # another drive
        folder = str(Path(folder).absolute())
    return os.path.normpath(f"{glob.escape(str(PurePath(folder, name)))}.*")


def _bases(connection: Connection) -> Iterator[str]:
    """Yield what the files of a connection suggest to call new ones, each in a folder that is there or is named."""
    name = _own_name(connection)
    for entry in connection.files:
        path = Path(entry)
        if is_folder(path):
            yield str(path / name)
        elif glob.has_magic(entry) and not os.path.lexists(entry):
            there = filter(is_folder, glob.iglob(str(path.parent)))  # noqa: PTH207  as Places asks it
            folders = islice(there, _MOST_FOLDERS)
            yield from (str(Path(folder) / each) for folder in folders for each in _stems(path.name, name))
        elif path.suffix and is_folder(path.parent):
            yield str(path.with_name(path.stem.removesuffix(".chain")))
        elif not path.suffix and not glob.has_magic(entry) and not os.path.lexists(entry):
            yield str(path / name)  # a folder that is to be made


def _stems(wanted: str, name: str) -> Iterator[str]:
    """Yield names that may fit a pattern, with the most of it in them first."""
    stem = _END.sub("", wanted)
    filled = _ONE.sub("x", _ANY.sub(name, stem))
    yield from dict.fromkeys(filter(None, (filled.rstrip(_BETWEEN), f"{filled}{name}", name)))


def _is_named(prefix: str, connection: Connection) -> bool:
    ends = _SELF_SIGNED if connection.self_signed else _REQUEST
    return all(any(_covers(entry, f"{prefix}{end}") for entry in connection.files) for end in ends)


def _covers(entry: str, name: str) -> bool:
    """Return whether an entry of ``files`` stands for a file that is to come, or for a folder above it."""
    wanted, parts = PurePath(entry).parts, PurePath(name).parts
    if len(wanted) > len(parts) or PurePath(entry).is_absolute() is not PurePath(name).is_absolute():
        return False
    if not wanted:  # the folder it counts from
        return parts[0] != os.pardir
    is_literal = os.path.lexists(entry)
    return all(part == each if is_literal else _fits(part, each) for each, part in zip(wanted, parts, strict=False))


def _fits(part: str, wanted: str) -> bool:
    if not glob.has_magic(wanted):
        return part == wanted
    return fnmatch(part, wanted) and not (part.startswith(".") and not wanted.startswith("."))


def _own_name(connection: Connection) -> str:
    system = "" if connection.system is None else f"{connection.system.name}-"
    return f"{system}{connection.environment}"


def _beside(connection: Connection) -> str:
    """Return where new files go that no entry names: the first folder of the connection that is there."""
    folders = (each if is_folder(each) else each.parent for each in map(Path, connection.files))
    return str(next((each for each in folders if is_folder(each)), Path()) / _own_name(connection))
