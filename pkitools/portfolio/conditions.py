"""What a configuration with conditions says in each case: of Apache ``<IfDefine>``, ``<IfModule>``, ``<IfVersion>``.

Apache reads from top to bottom: a condition, and a variable, is what is defined above it (``Define`` is carried out
when it is read, ``mod_core.c``). What only a command line tells may be either, and each case is gone through.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from pkitools.frozen import dataclass, replace
from pkitools.portfolio.directives import Block, Condition, Directive
from pkitools.portfolio.programs import Program, name_of
from pkitools.text import pattern

MOST_CASES: Final = 32
"""Cases of one block that are gone through; of more nothing is known."""
_OWN_MODULES: Final = frozenset(("mod_ssl.c", "ssl_module"))  # without it none of these directives is taken
_VERSION: Final = pattern(r"(?P<sign>[<>]=?|)\s*(?P<major>\d{1,3})\.(?P<minor>\d{1,3})")
_TODAY: Final = (2, 4)
"""The version of Apache that is supported; before it other conditions held."""
_OFF: Final = "off"
Atom: TypeAlias = tuple[str, str]
"""A condition without its ``!``: the section, and what it asks."""


def cases_of(program: Program, found: Sequence[Directive]) -> Iterator[list[Directive] | None]:
    """Yield what directives say in each case, with the values that their variables have there.

    Each case is of one block, with what that has from around it. What is not held to others stands in the first.

    Args:
        program: it.
        found: its directives, in the order that it reads them.

    Returns:
        ``None`` for a block with too many cases.
    """
    wanted = frozenset(program.keys).union(program.keys.values(), program.engine)
    relevant = wanted.union(program.define, program.undefine, program.base)
    used = {
        name_of(each) for one in found for value, _ in one.values for each in program.grammar.variable.finditer(value)
    }
    asked = {about for one in found for kind, about, _ in one.conditions if kind == "ifdefine"}
    reading = _Reading(program, frozenset(used | asked), _assumed(program, found))
    blocks = dict.fromkeys(one.block for one in found)
    for number, block in enumerate(blocks):
        around = {*_around(block)}
        items = [
            one
            for one in found
            if (one.block in around and one.name in relevant)
            or (number == 0 and one.name not in wanted)
            or one.name in program.define | program.undefine
        ]
        yield from reading.cases(items, block)


def has_cases(program: Program, found: Iterable[Directive]) -> bool:
    """Return whether anything depends on a condition, on the order of what is defined, or on what is switched off."""
    telling = program.define | program.undefine | program.engine
    return any(one.conditions or one.name in telling for one in found)


def _around(block: Block) -> Iterator[Block]:
    at: Block | None = block
    while at is not None:
        yield at
        at = at.outer


def _assumed(program: Program, found: Iterable[Directive]) -> Mapping[Atom, bool]:
    """Return what is taken as not defined from without: what a text gives a value where it has none."""
    return {
        ("ifdefine", one.values[0][0]): False
        for one in found
        if one.name in program.define and ("ifdefine", one.values[0][0], False) in one.conditions
    }


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reads directives as the program does.

    Args:
        program: it.
        used: the variables that anything depends on.
        assumed: what is taken to be so.
    """

    program: Program
    used: frozenset[str]
    assumed: Mapping[Atom, bool]

    def cases(self, items: Sequence[Directive], block: Block) -> Iterator[list[Directive] | None]:
        """Yield what a block says in each case; ``None`` for more than are gone through."""
        waiting, count = [dict(self.assumed)], 0
        while waiting:
            known = waiting.pop()
            told = self._read(items, known)
            if not isinstance(told, list):
                waiting += ({**known, told: True}, {**known, told: False})
                continue
            count += 1
            if count > MOST_CASES:
                yield None
                return
            yield self._switched(told, block)

    def _read(self, items: Iterable[Directive], known: Mapping[Atom, bool]) -> list[Directive] | Atom:
        """Return what is in force in a case, or the first condition of which the case does not say whether it holds."""
        values: dict[str, str | None] = {}
        taken: list[Directive] = []
        setting = self.program.define | self.program.undefine
        for one in items:
            name = one.values[0][0] if one.values else ""
            if one.name in setting and name not in self.used:
                continue
            holds = self._holds(one.conditions, values, known)
            if isinstance(holds, tuple):
                return holds
            if not holds:
                continue
            if one.name in self.program.define:
                values[name] = self._with(one.values[1][0], values) if one.values[1:] else ""
            elif one.name in self.program.undefine:
                values[name] = None
            else:
                taken.append(replace(one, values=tuple((self._with(text, values), line) for text, line in one.values)))
        return taken

    def _holds(
        self, conditions: Iterable[Condition], values: Mapping[str, str | None], known: Mapping[Atom, bool]
    ) -> bool | Atom:
        for kind, about, is_wanted in conditions:
            told = values[about] is not None if kind == "ifdefine" and about in values else _fixed(kind, about)
            told = known.get((kind, about)) if told is None else told
            if told is None:
                return kind, about
            if told is not is_wanted:
                return False
        return True

    def _with(self, text: str, values: Mapping[str, str | None]) -> str:
        return self.program.grammar.variable.sub(lambda one: values.get(name_of(one)) or one[0], text)

    def _switched(self, told: Iterable[Directive], block: Block) -> list[Directive]:
        """Return what is in force, where it is switched off as what the program does not use."""
        told = [*told]
        for each in _around(block):
            switches = [one for one in told if one.block is each and one.name in self.program.engine and one.values]
            if switches:
                is_off = switches[-1].values[0][0].lower() == _OFF
                return [replace(one, is_idle=True) for one in told] if is_off else told
        return told


def _fixed(kind: str, about: str) -> bool | None:
    """Return whether a condition holds, where that is so whatever is told to the program."""
    if kind == "ifmodule":
        return True if about.lower() in _OWN_MODULES else None
    version = _VERSION.fullmatch(about) if kind == "ifversion" else None
    if version is None:
        return None
    asked = int(version["major"]), int(version["minor"])
    is_later = version["sign"].startswith(">") and asked <= _TODAY  # a patch of 2.4 comes after 2.4
    return is_later or (version["sign"].startswith("<") and asked > _TODAY)
