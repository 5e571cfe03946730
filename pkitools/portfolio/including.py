"""Which private key goes with which certificate where a configuration includes others: as if all were one text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from pkitools.frozen import replace
from pkitools.limits import MAX_POINTERS
from pkitools.portfolio.directives import Block, Directive, Value
from pkitools.portfolio.following import MOST_ROUNDS, resolved
from pkitools.portfolio.model import Pointer, Target
from pkitools.portfolio.pointers import directives_of, kinds, named_by

Read: TypeAlias = Callable[[str], str | None]
"""Returns the text of a file; ``None`` of what is none."""


def keys_including(name: str, read: Read) -> Iterator[Pointer]:
    """Yield the private keys of a configuration and of what it includes of which the certificate is known.

    What stands in an included file is in the block that includes it, as the program has it.

    Args:
        name: of the configuration that includes others.
        read: reads it, and those.
    """
    for raw in kinds():
        if raw.get("pattern") and raw.get("keys"):
            found = [*_Reading(raw, read).of(name, Block(), 0)]
            yield from (each for each in named_by(raw, found, name) if each.is_key and each.key_of)


class _Reading:
    """Reads the directives of a configuration and of what it includes: each file is taken apart once."""

    def __init__(self, raw: Mapping[str, Any], read: Read) -> None:
        self._raw, self._read = raw, read
        self._includes = frozenset(name.lower() for name in raw["pattern"])
        self._files = frozenset(name.lower() for pair in raw["keys"].items() for name in pair)
        self._choosing = frozenset(raw.get("choose", ()))
        self._base = frozenset(name.lower() for name in raw.get("base", ()))
        self._bases: dict[str, None] = {}
        self._known: dict[str, Sequence[Directive]] = {}
        self._left = MAX_POINTERS

    def of(self, name: str, block: Block, depth: int) -> Iterator[Directive]:
        """Yield the directives of a file as standing in a block, with the names of files as they are found from it."""
        if name not in self._known:
            text = self._read(name)
            self._known[name] = () if text is None else tuple(directives_of(self._raw, text, name))
        blocks: dict[Block, Block] = {}
        for each in self._known[name]:
            self._left -= 1
            if self._left < 0:
                return
            inside = _copied(each.block, block, blocks)
            told = each.name.lower()
            if told in self._base and each.values:
                self._bases[each.values[0][0]] = None
            if told not in self._includes:
                values = each.values
                if told in self._files:
                    values = self._found(values, name)
                elif told in self._choosing:
                    values = (*values[:-1], *self._found(values[-1:], name))
                yield replace(each, block=inside, values=values)
            elif each.values and depth < MOST_ROUNDS:
                for path in self._resolved(Target.PATTERN, *each.values[0], name):
                    yield from self.of(path, inside, depth + 1)

    def _found(self, values: tuple[Value, ...], name: str) -> tuple[Value, ...]:
        """Return the values of a directive with the file that its first names, where there is one by that name."""
        if not values:
            return ()
        (text, line), *rest = values
        paths = self._resolved(Target.FILE, text, line, name) if text else ()
        return ((paths[0] if paths else text, line), *rest)

    def _resolved(self, target: Target, text: str, line: int, name: str) -> Sequence[str]:
        return resolved(Pointer(target, text, line, tuple(self._bases)), name).files


def _copied(block: Block, outermost: Block, known: dict[Block, Block]) -> Block:
    """Return a block of a file as it is where that file is included: what is in none there is in the outermost."""
    if block not in known:
        known[block] = outermost if block.outer is None else Block(_copied(block.outer, outermost, known))
    return known[block]
