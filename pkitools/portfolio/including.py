"""What a configuration says with what it includes, as if all were one text: which private key goes with which
certificate, whether there is one for each, and which file a variable is that another of its files sets.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, TypeAlias

from pkitools.frozen import dataclass, replace
from pkitools.limits import MAX_POINTERS
from pkitools.portfolio.directives import Block, Condition, Directive, Value
from pkitools.portfolio.following import MOST_ROUNDS, resolved, stands_for_none
from pkitools.portfolio.pointers import named_by
from pkitools.portfolio.pointing import Pointer, Target
from pkitools.portfolio.programs import Program, kinds

Read: TypeAlias = Callable[[str], str | None]
"""Returns the text of a file; ``None`` of what is none."""

NO_ROOTS: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Whole:
    """What a configuration and all that it includes point to, but for further configuration.

    Args:
        pointers: each with the file that it stands in.
        lines: every line that was read for it, by its file.
    """

    pointers: Sequence[tuple[str, Pointer]]
    lines: frozenset[tuple[str, int]]


def whole_of(name: str, read: Read, files: Collection[str] = (), roots: Mapping[str, str] = NO_ROOTS) -> Whole:
    """Return what a configuration and all that it includes point to.

    What stands in an included file is in the block that includes it, as the program has it.

    Args:
        name: of the configuration that includes others.
        read: reads it, and those.
        files: all that it includes, and what those do: a variable of one may be chosen in another.
        roots: by the source of a program the folder that it opens all their relative names from, where that is known.
    """
    pointers: list[tuple[str, Pointer]] = []
    lines: set[tuple[str, int]] = set()
    for program in kinds():
        if program.pattern:
            from_ = (roots[program.source],) if program.source in roots else ()
            reading = _Reading(program, read, files, from_)
            found = [*reading.of(name, Block(), 0)]
            for each in named_by(program, found, name, is_all=reading.is_all):
                origin, line = reading.places[each.line]
                if each.target is not Target.PATTERN:
                    pointers.append((origin, replace(each, line=line, program=program.source, roots=from_)))
            lines.update(reading.places)
    return Whole(pointers, frozenset(lines))


class _Reading:
    """Reads the directives of a configuration and of what it includes: each file is taken apart once.

    In what it yields a place in ``places``, a file and a line, stands for each line. Once something was left out that
    may be included, ``is_all`` is false.
    """

    def __init__(self, program: Program, read: Read, files: Collection[str], roots: tuple[str, ...]) -> None:
        self.places: list[tuple[str, int]] = []
        self.is_all = True
        self._program, self._read, self._roots = program, read, roots
        self._used = program.variables_of(filter(None, map(read, files)))
        self._files = frozenset(name for pair in program.keys.items() for name in pair)
        self._bases: dict[str, None] = {}
        self._known: dict[str, Sequence[Directive]] = {}
        self._left, self._sections = MAX_POINTERS, 0

    def of(self, name: str, block: Block, depth: int, conditions: tuple[Condition, ...] = ()) -> Iterator[Directive]:
        """Yield the directives of a file as standing in a block, with the names of files as they are found from it."""
        if name not in self._known:
            text = self._read(name)
            self.is_all &= text is not None
            found = () if text is None else self._program.read(text, name, self._used)
            self._known[name] = tuple(found)
        blocks: dict[Block, Block] = {}
        sections: dict[int, int] = {}
        for each in self._known[name]:
            self._left -= each.name not in self._program.sections
            if self._left < 0:
                self.is_all = False
                return
            inside = _copied(each.block, block, blocks)
            if each.name in self._program.base and each.values:
                self._bases[each.values[0][0]] = None
            if each.name not in self._program.pattern:
                values = each.values
                if each.name in self._files:
                    values = self._found(values, name)
                elif each.name in self._program.choose:
                    values = (*values[:-1], *self._found(values[-1:], name))
                placed = tuple((value, self._placed(name, line)) for value, line in values)
                at, on = self._placed(name, each.line), (*conditions, *self._conditions(each, sections))
                yield replace(each, block=inside, values=placed, line=at, conditions=on)
            elif each.values and depth < MOST_ROUNDS:
                pointer = self._pointer(Target.PATTERN, *each.values[0])
                leads = resolved(pointer, name)
                self.is_all &= leads.unread is None and (bool(leads.files) or stands_for_none(pointer, name))
                for path in leads.files:
                    on = (*conditions, *self._conditions(each, sections))
                    yield from self.of(path, inside, depth + 1, on)
            else:
                self.is_all = False

    def _conditions(self, one: Directive, sections: dict[int, int]) -> Iterator[Condition]:
        """Yield on what a directive depends, with the number of each section in the whole.

        Args:
            sections: those numbers, by those in the text, of this time that the file is included.
        """
        for kind, about, is_wanted, section in one.conditions:
            if section not in sections:
                self._sections += 1
                sections[section] = self._sections
            yield kind, about, is_wanted, sections[section]

    def _placed(self, name: str, line: int) -> int:
        self.places.append((name, line))
        return len(self.places) - 1

    def _found(self, values: tuple[Value, ...], name: str) -> tuple[Value, ...]:
        """Return the values of a directive with the file that its first names, where there is one by that name."""
        if not values:
            return ()
        (text, line), *rest = values
        paths = resolved(self._pointer(Target.FILE, text, line), name).files if text else ()
        return ((os.path.abspath(paths[0]) if paths else text, line), *rest)  # noqa: PTH100  a Path keeps what leads up

    def _pointer(self, target: Target, text: str, line: int) -> Pointer:
        return Pointer(target, text, line, tuple(self._bases), roots=self._roots)


def _copied(block: Block, outermost: Block, known: dict[Block, Block]) -> Block:
    """Return a block of a file as it is where that file is included: what is in none there is in the outermost."""
    inside: list[Block] = []
    at = block
    while at not in known and at.outer is not None:  # blocks that nobody closed stand in each other by the thousand
        inside.append(at)
        at = at.outer
    known.setdefault(at, outermost)
    for each in reversed(inside):
        known[each] = Block(known[at])
        at = each
    return known[block]
