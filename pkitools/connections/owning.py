"""Which connections a place belongs to: those that name it, or a folder above it, or a file that points to it."""

from __future__ import annotations

import difflib
import fnmatch
import glob
import os
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import PurePath
from typing import Final

from pkitools.arguments import of_type
from pkitools.connections.model import Connection, Connections
from pkitools.files import is_folder, may_be_there
from pkitools.frozen import dataclass
from pkitools.limits import MAX_PATTERN_FILES
from pkitools.portfolio import HeldCertificate, Place
from pkitools.portfolio.risk import CertificateUse, Uses
from pkitools.portfolio.where import same_place

_CLOSE: Final = 0.8
"""How alike two names are of which one may be the other misspelt, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Places:
    """The places of one connection.

    Args:
        there: those that are there, patterns as the files they stand for.
        absent: those that are not there.
        cut: patterns that stand for more files than are looked at.
        named: those there that are files, named as such, where all that is named is there.
    """

    there: tuple[str, ...]
    absent: tuple[str, ...]
    cut: tuple[str, ...]
    named: tuple[str, ...] = ()

    @classmethod
    def of(cls, files: Sequence[str], name: str) -> Places:
        """Return what the files of a connection stand for; a pattern not for the file that has it."""
        own = same_place(name)
        found = {each: [path for path in _matches(each) if path == each or same_place(path) != own] for each in files}
        there = dict.fromkeys(path for paths in found.values() for path in paths[:MAX_PATTERN_FILES])
        absent = tuple(each for each, paths in found.items() if not paths)
        cut = tuple(each for each, paths in found.items() if len(paths) > MAX_PATTERN_FILES)
        named = (
            () if absent else tuple(each for each, paths in found.items() if paths == [each] and not is_folder(each))
        )
        return cls(tuple(there), absent, cut, named)


@dataclass(frozen=True, slots=True)
class Near:
    """What is beside a place that is not there, and has nearly its name.

    Args:
        name: its path.
        is_same: it differs in capitals alone, or in how its letters are put together (Unicode).
    """

    name: str
    is_same: bool


def near(place: str, known: Collection[str]) -> Near | None:
    """Return what may be meant by a place that is not there; ``None`` where nothing is like it.

    Args:
        place: a path or pattern; only its last part is compared, with so many names as a pattern may stand for.
        known: what is not meant, as :func:`~pkitools.portfolio.where.same_place` has it: it is looked at already.
    """
    folder, wanted = PurePath(place).parent, _folded(PurePath(place).name)
    try:
        with os.scandir(folder) as found:
            every = [each.name for each in islice(found, MAX_PATTERN_FILES)]
    except (OSError, ValueError):
        return None
    names = {name: _folded(name) for name in every if same_place(str(folder / name)) not in known}
    same = sorted(name for name, folded in names.items() if fnmatch.fnmatchcase(folded, wanted) or folded == wanted)
    close = difflib.get_close_matches(wanted, sorted({*names.values()}), 1, _CLOSE) if not glob.has_magic(place) else []
    chosen = [*same, *(name for name in sorted(names) if names[name] in close)]
    return Near(str(folder / chosen[0]), bool(same)) if chosen else None


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _matches(path: str) -> list[str]:
    """Return the files that a path or pattern stands for, one more than are looked at where there are that many.

    Where nobody may look stands for itself: what looks there says so.
    """
    if os.path.lexists(path) or (may_be_there(path) and not glob.has_magic(path)):
        return [path]
    if not glob.has_magic(path):
        return []
    # the one of pathlib takes no pattern that begins at the root
    return sorted(islice((*_closed(path), *glob.iglob(path)), MAX_PATTERN_FILES + 1))  # noqa: PTH207  as said


def _closed(path: str) -> Iterator[str]:
    """Yield the folders that a pattern goes through and that may not be looked into."""
    parts = PurePath(path).parts if PurePath(path).is_absolute() else (os.curdir, *PurePath(path).parts)
    for number, part in enumerate(parts[1:], start=1):
        wanted = os.X_OK | (os.R_OK if glob.has_magic(part) else 0)
        folders = islice(glob.iglob(str(PurePath(*parts[:number]))), MAX_PATTERN_FILES)  # noqa: PTH207  as said
        yield from (each for each in folders if is_folder(each) and not os.access(each, wanted))


class Owners:
    """Which connections a place belongs to.

    Args:
        connections: the connections.
    """

    def __init__(self, connections: Connections) -> None:
        self.places: Mapping[int, Places] = {
            one.number: Places.of(one.files, connections.name) for one in connections.connections
        }
        self._by_path: dict[str, list[Connection]] = {}
        for one in connections.connections:
            for path in self.places[one.number].there:
                self._by_path.setdefault(same_place(path), []).append(one)

    def of(self, place: Place) -> Iterator[Connection]:
        """Yield the connections that something belongs to, by where it lies and by the files that point there."""
        for name in place.names:
            yield from self.named(name)

    def is_of_another(self, one: HeldCertificate, connection: Connection) -> bool:
        """Return whether a certificate is that of another connection, wherever it lies at the places of this one."""
        there = [each for each in ({*self.of(place)} for place in one.places) if connection in each]
        return all(any(owner.holder.oin == one.oin for owner in each) for each in there)

    def named(self, name: str) -> Iterator[Connection]:
        """Yield the connections that name a file, or a folder above it."""
        path = PurePath(same_place(name))
        for each in (path, *path.parents):
            yield from self._by_path.get(str(each), ())


def uses_of(connections: Connections) -> Uses:
    """Return for what the certificates at a place are, by the connections that name it.

    Args:
        connections: the connections.
    """
    owners = Owners(of_type(connections, Connections, "connections"))

    def uses(name: str) -> Sequence[CertificateUse]:
        found = dict.fromkeys(owners.named(name))
        return tuple(CertificateUse(one.environment, one.system, _called(one), is_stated=True) for one in found)

    return uses


def _called(one: Connection) -> str:
    """Return what to call a connection: whose, for what, and where it stands in its file."""
    system = [] if one.system is None else [one.system.title]
    return f"{', '.join((one.organization.name, *system))} (:{one.line})"
