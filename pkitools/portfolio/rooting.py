"""From where a program opens the names in a part of its configuration: the folder of the main one that includes it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from pkitools.frozen import replace
from pkitools.portfolio.following import resolved
from pkitools.portfolio.including import NO_ROOTS
from pkitools.portfolio.pointing import Pointer, Target


class Roots:
    """What is known of those folders so far, by the file and the program that reads it."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], dict[str, None]] = {}

    def of(self, name: str) -> Sequence[Mapping[str, str]]:
        """Return the folders that programs open the names in a file from, each by the source of its program.

        One at a time: of several that may be so; of a file of which nothing is known one without any.
        """
        real = os.path.realpath(name)
        known: list[Mapping[str, str]]
        known = [{source: root} for (path, source), roots in self._known.items() if path == real for root in roots]
        return known or [NO_ROOTS]

    def rooted(self, further: Sequence[tuple[str, Pointer]]) -> list[tuple[str, Pointer]]:
        """Return pointers as their program opens them: a part has its names from where the main configuration lies.

        Each once for every main configuration that is known to include what it stands in.

        Args:
            further: each with the file that it stands in.
        """
        at_places = [((os.path.realpath(name), pointer.program), name, pointer) for name, pointer in further]
        places: dict[tuple[str, str], list[tuple[str, Pointer]]] = {}
        for at, name, pointer in at_places:
            places.setdefault(at, []).append((name, pointer))
        waiting = [
            (at, root) for at, found in places.items() for root in (*found[0][1].roots, *self._known.get(at, ()))
        ]
        looked = set[tuple[tuple[str, str], str]]()
        while waiting:
            at, root = waiting.pop()
            self._known.setdefault(at, {})[root] = None
            if (at, root) in looked:
                continue
            looked.add((at, root))
            for name, pointer in places.get(at, ()):
                if pointer.target is Target.PATTERN:
                    files = resolved(replace(pointer, roots=(root,)), name).files
                    waiting += (((os.path.realpath(path), pointer.program), root) for path in files)
        return [
            (name, replace(pointer, roots=(root,)) if root else pointer)
            for at, name, pointer in at_places
            for root in pointer.roots or self._known.get(at, ("",))
        ]
