"""Which configurations a server reads, where its own is among what was given: with all that it includes."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePath
from typing import Final

from pkitools.frozen import dataclass, field, replace
from pkitools.portfolio.model import Gap, Unread
from pkitools.portfolio.pointing import Pointer
from pkitools.portfolio.programs import kinds
from pkitools.portfolio.where import folder_of, same_place

_MOST_BELOW: Final = 1
"""Folders below that of the server's own configuration in which its parts lie (``sites-available``, ``snippets``)."""
_TAKEN_WHOLE: Final = "sites-enabled"
"""The folder of which nginx as Debian has it reads every file, whatever that is called."""


@dataclass
class InUse:
    """What configurations include, and what they name that is not there."""

    _includes: dict[str, set[str]] = field(default_factory=dict)
    _unsure: set[str] = field(default_factory=set)
    _missing: list[tuple[str, Pointer, Unread]] = field(default_factory=list)
    _named: dict[str, set[str]] = field(default_factory=dict)
    _current: set[str] = field(default_factory=set)
    _folders: dict[str, set[str]] = field(default_factory=dict)
    _elsewhere: dict[str, set[str]] = field(default_factory=dict)
    _in_force: frozenset[str] | None = None

    def names(self, name: str, files: Iterable[str], *, is_old: bool) -> None:
        """Note what a line of a configuration names, whatever that is: one of before is read where another names it.

        Args:
            name: of the configuration.
            files: what the line names.
            is_old: it is called one of before.
        """
        path = os.path.realpath(name)
        self._named.setdefault(path, set()).update(map(os.path.realpath, files))
        if not is_old:
            self._current.add(path)
        self._in_force = None

    def includes(self, name: str, files: tuple[str, ...], written: str, *, is_all: bool) -> None:
        """Note what a configuration includes.

        Args:
            name: of the configuration.
            files: what it includes.
            written: how it names that.
            is_all: that is known.
        """
        path = os.path.realpath(name)
        self._includes.setdefault(path, set()).update(map(os.path.realpath, files))
        self._folders.setdefault(path, set()).update(same_place(folder_of(file)) for file in files)
        if not files:
            self._elsewhere.setdefault(path, set()).add(written)
        if not is_all:
            self._unsure.add(path)
        self._in_force = None

    def may_include(self, name: str) -> bool:
        """Return whether a configuration that is not called one of before includes a file, or may do so.

        It may where the folder is another one here, as of what was copied from a server, and where it was not given.

        Args:
            name: as it was reached.
        """
        if self._in_force is None:
            self._in_force = frozenset(self._leading(self._current))
        in_force = self._in_force
        if os.path.realpath(name) in in_force:
            return True
        parts = PurePath(name).parts
        wanted = (PurePath(each).parts for one in in_force for each in self._elsewhere.get(one, ()))
        if any(_may_stand_for(each, parts) for each in wanted):
            return True
        folder = folder_of(same_place(name))
        if any(folder in self._folders.get(each, ()) for each in in_force):
            return False  # it is known what is included from there
        return PurePath(folder).name == _TAKEN_WHOLE

    def parts(self) -> frozenset[str]:
        """Return the files that another configuration includes, with links followed."""
        return frozenset(path for by, files in self._includes.items() for path in files if path != by)

    def reached(self, name: str) -> tuple[str, ...]:
        """Return a configuration with all that it includes, and what those do."""
        return name, *sorted(self._reached(os.path.realpath(name)))

    def misses(self, name: str, pointer: Pointer, unread: Unread) -> None:
        """Note what a configuration names and is not there."""
        self._missing.append((name, pointer, unread))

    def missing(
        self, read: Callable[[str], str | None], given: Callable[[str], bool], is_old: Callable[[str], bool]
    ) -> Iterator[tuple[str, Unread]]:
        """Yield what is not there, with the configuration that names it; less heavy where that is not in use.

        A configuration is not in use where that of its server lies in its folder or the one above, and neither this nor
        anything it includes includes it. Where that names what cannot be followed nobody knows, and of one that was
        named itself somebody says that it is used.

        Args:
            read: reads a configuration.
            given: whether a file was named itself.
            is_old: whether one is of before, and nothing includes it.
        """
        known: dict[str, Mapping[Path, frozenset[str]]] = {}
        for name, pointer, unread in self._missing:
            if pointer.program not in known:
                known[pointer.program] = self._servers(pointer.program, read, is_old)
            servers, path = known[pointer.program], Path(os.path.realpath(name))
            near = [servers[each] for each in path.parents[: _MOST_BELOW + 1] if each in servers]
            is_used = not near or any(str(path) in used for used in servers.values())
            is_used = given(name) or (is_used and not is_old(name))
            yield name, unread if is_used else replace(unread, gap=Gap.SKIPPED, code="portfolio.error.not_in_use")

    def _servers(
        self, program: str, read: Callable[[str], str | None], is_old: Callable[[str], bool]
    ) -> dict[Path, frozenset[str]]:
        """Return by the folder of each server's own configuration what that and all that it includes are.

        Nothing where of one of them that is not known.
        """
        signs = [each.main for each in kinds() if each.source == program and each.main]
        found: dict[Path, frozenset[str]] = {}
        for name in self._includes:
            if not is_old(name) and any(re.search(sign, read(name) or "") for sign in signs):
                used = frozenset(self._reached(name))
                if not self._unsure.isdisjoint(used):
                    return {}
                folder = Path(name).parent
                found[folder] = used | found.get(folder, frozenset())
        return found

    def _leading(self, current: Iterable[str]) -> set[str]:
        """Return the configurations and all that they name, include, and what those do."""
        found, waiting = set(current), [*current]
        while waiting:
            path = waiting.pop()
            further = (self._includes.get(path, set()) | self._named.get(path, set())) - found
            found |= further
            waiting += further
        return found

    def _reached(self, name: str) -> set[str]:
        found, waiting = {name}, [name]
        while waiting:
            further = self._includes.get(waiting.pop(), set()) - found
            found |= further
            waiting += further
        return found


def _may_stand_for(written: Sequence[str], parts: Sequence[str]) -> bool:
    """Return whether what a configuration names may be a file by its end: its folder and its name, or its folder."""
    *_, last = written or ("",)
    if fnmatchcase(parts[-1], last):
        return all(map(fnmatchcase, parts[-2:-1], written[-2:-1]))
    return last in parts[-2:-1]
