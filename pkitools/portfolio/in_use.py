"""Which configurations a server reads, where its own is among what was given: with all that it includes."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from pkitools.frozen import dataclass, field, replace
from pkitools.portfolio.model import Gap, Pointer, Unread
from pkitools.portfolio.programs import kinds

_MOST_BELOW: Final = 1
"""Folders below that of the server's own configuration in which its parts lie (``sites-available``, ``snippets``)."""


@dataclass
class InUse:
    """What configurations include, and what they name that is not there."""

    _includes: dict[str, set[str]] = field(default_factory=dict)
    _unsure: set[str] = field(default_factory=set)
    _missing: list[tuple[str, Pointer, Unread]] = field(default_factory=list)

    def includes(self, name: str, files: tuple[str, ...], *, is_all: bool) -> None:
        """Note what a configuration includes.

        Args:
            name: of the configuration.
            files: what it includes.
            is_all: that is known.
        """
        self._includes.setdefault(os.path.realpath(name), set()).update(map(os.path.realpath, files))
        if not is_all:
            self._unsure.add(os.path.realpath(name))

    def parts(self) -> frozenset[str]:
        """Return the files that another configuration includes, with links followed."""
        return frozenset(path for by, files in self._includes.items() for path in files if path != by)

    def reached(self, name: str) -> tuple[str, ...]:
        """Return a configuration with all that it includes, and what those do."""
        return name, *sorted(self._reached(os.path.realpath(name)))

    def misses(self, name: str, pointer: Pointer, unread: Unread) -> None:
        """Note what a configuration names and is not there."""
        self._missing.append((name, pointer, unread))

    def missing(self, read: Callable[[str], str | None], given: Callable[[str], bool]) -> Iterator[tuple[str, Unread]]:
        """Yield what is not there, with the configuration that names it; less heavy where that is not in use.

        A configuration is not in use where that of its server lies in its folder or the one above, and neither this nor
        anything it includes includes it. Where that names what cannot be followed nobody knows, and of one that was
        named itself somebody says that it is used.

        Args:
            read: reads a configuration.
            given: whether a file was named itself.
        """
        known: dict[str, Mapping[Path, frozenset[str]]] = {}
        for name, pointer, unread in self._missing:
            if pointer.program not in known:
                known[pointer.program] = self._servers(pointer.program, read)
            servers, path = known[pointer.program], Path(os.path.realpath(name))
            near = [servers[each] for each in path.parents[: _MOST_BELOW + 1] if each in servers]
            is_used = not near or given(name) or any(str(path) in used for used in servers.values())
            yield name, unread if is_used else replace(unread, gap=Gap.SKIPPED, code="portfolio.error.not_in_use")

    def _servers(self, program: str, read: Callable[[str], str | None]) -> dict[Path, frozenset[str]]:
        """Return by the folder of each server's own configuration what that and all that it includes are.

        Nothing where of one of them that is not known.
        """
        signs = [each.main for each in kinds() if each.source == program and each.main]
        found: dict[Path, frozenset[str]] = {}
        for name in self._includes:
            if any(re.search(sign, read(name) or "") for sign in signs):
                used = frozenset(self._reached(name))
                if not self._unsure.isdisjoint(used):
                    return {}
                folder = Path(name).parent
                found[folder] = used | found.get(folder, frozenset())
        return found

    def _reached(self, name: str) -> set[str]:
        found, waiting = {name}, [name]
        while waiting:
            further = self._includes.get(waiting.pop(), set()) - found
            found |= further
            waiting += further
        return found
