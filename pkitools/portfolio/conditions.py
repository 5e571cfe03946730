"""What a configuration with conditions says in each case: of Apache ``<IfDefine>``, ``<IfModule>``, ``<IfVersion>``.

Apache reads from top to bottom: a condition, and a variable, is what is defined above it (``Define`` is carried out
when it is read, ``mod_core.c``). What only a command line tells may be either, and each case is gone through.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from pkitools.frozen import replace
from pkitools.portfolio.directives import Block, Condition, Directive
from pkitools.portfolio.programs import Program, name_of
from pkitools.text import pattern

MOST_CASES: Final = 32
"""Cases of one block that are gone through; of more nothing is known."""
MOST_READ: Final = 50_000
"""Directives that are read in all cases of all blocks: those of a thousand hosts are some ten thousand."""
_MOST_VALUE: Final = 4096  # characters of a path
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
        ``None`` for a block with too many cases, and once for all blocks after which there is too much to read.
    """
    reading = _Reading(program, _assumed(program, found))
    for items, block in _Gathered(program, found).blocks():
        for case in reading.cases(items, block):
            yield case
            if reading.has_ended:
                return


class _Gathered:
    """Directives by what reads them together: a block, what stands around it, and what defines what those use.

    Args:
        program: it.
        found: its directives, in the order that it reads them.
    """

    def __init__(self, program: Program, found: Sequence[Directive]) -> None:
        self._found, self._variable = found, program.grammar.variable
        held = frozenset(program.keys).union(program.keys.values(), program.engine)
        setting = program.define | program.undefine
        self._blocks: dict[Block, list[int]] = {}
        self._settings: dict[str, list[int]] = {}
        self._others: list[int] = []
        for at, one in enumerate(found):
            of_block = self._blocks.setdefault(one.block, [])
            if one.name in setting:
                self._settings.setdefault(one.values[0][0] if one.values else "", []).append(at)
            elif one.name in held:
                of_block.append(at)
            else:
                self._others.append(at)
                if one.name in program.base:
                    of_block.append(at)

    def blocks(self) -> Iterator[tuple[list[Directive], Block]]:
        """Yield the directives for each block, in their order."""
        others = self._others
        for block in self._blocks:
            taken = {at for each in block.around() for at in self._blocks.get(each, ())}.union(others)
            others = []
            waiting = [*taken]
            while waiting:
                one = self._found[waiting.pop()]
                further = {at for name in self._used(one) for at in self._settings.get(name, ())} - taken
                taken |= further
                waiting += further
            yield [self._found[at] for at in sorted(taken)], block

    def _used(self, one: Directive) -> Iterator[str]:
        """Yield the names on which a directive depends."""
        yield from (about for kind, about, *_ in one.conditions if kind == "ifdefine")
        yield from (name_of(name) for value, _ in one.values for name in self._variable.finditer(value))


def has_cases(program: Program, found: Iterable[Directive]) -> bool:
    """Return whether anything depends on a condition, on the order of what is defined, or on what is switched off."""
    telling = program.define | program.undefine | program.engine
    return any(one.conditions or one.name in telling for one in found)


def _assumed(program: Program, found: Iterable[Directive]) -> Mapping[Atom, bool]:
    """Return what is taken as not defined from without: what a text gives a value where it has none."""
    return {
        ("ifdefine", one.values[0][0]): False
        for one in found
        if one.name in program.define
        and ("ifdefine", one.values[0][0], False)
        in ((kind, about, wanted) for kind, about, wanted, _ in one.conditions)
    }


class _Reading:
    """Reads directives as the program does, until it has read enough.

    Args:
        program: it.
        assumed: what is taken to be so.
    """

    def __init__(self, program: Program, assumed: Mapping[Atom, bool]) -> None:
        self._program, self._assumed = program, assumed
        self._left = MOST_READ

    @property
    def has_ended(self) -> bool:
        """Whether no more is read."""
        return self._left < 0

    def cases(self, items: Sequence[Directive], block: Block) -> Iterator[list[Directive] | None]:
        """Yield what a block says in each case; ``None`` for more than are gone through."""
        waiting, count = [dict(self._assumed)], 0
        while waiting:
            known = waiting.pop()
            self._left -= len(items)
            told = None if self.has_ended else self._read(items, known)
            if isinstance(told, tuple):
                waiting += ({**known, told: True}, {**known, told: False})
                continue
            count += 1
            if told is None or count > MOST_CASES:
                yield None
                return
            yield self._switched(told, block)

    def _read(self, items: Iterable[Directive], known: Mapping[Atom, bool]) -> list[Directive] | Atom:
        """Return what is in force in a case, or the first condition of which the case does not say whether it holds."""
        values: dict[str, str | None] = {}
        taken: list[Directive] = []
        entered: dict[int, bool] = {}
        for one in items:
            holds = self._holds(one.conditions, values, known, entered)
            if isinstance(holds, tuple):
                return holds
            if not holds:
                continue
            name = one.values[0][0] if one.values else ""
            if one.name in self._program.define:
                values[name] = self._with(one.values[1][0], values) if one.values[1:] else ""
            elif one.name in self._program.undefine:
                values[name] = None
            else:
                taken.append(replace(one, values=tuple((self._with(text, values), line) for text, line in one.values)))
        return taken

    def _holds(
        self,
        conditions: Iterable[Condition],
        values: Mapping[str, str | None],
        known: Mapping[Atom, bool],
        entered: dict[int, bool],
    ) -> bool | Atom:
        """Return whether something is in force, or the first condition of which the case does not say it.

        Args:
            entered: of each section so far whether it is: what it defines itself changes nothing of that.
        """
        for kind, about, is_wanted, section in conditions:
            if section in entered:
                if not entered[section]:
                    return False
                continue
            told = values[about] is not None if kind == "ifdefine" and about in values else _fixed(kind, about)
            told = known.get((kind, about)) if told is None else told
            if told is None:
                return kind, about
            entered[section] = told is is_wanted
            if not entered[section]:
                return False
        return True

    def _with(self, text: str, values: Mapping[str, str | None]) -> str:
        told = self._program.grammar.variable.sub(lambda one: values.get(name_of(one)) or one[0], text)
        return told if len(told) <= _MOST_VALUE else text  # one value twice in the next, and so on: a name in it stays

    def _switched(self, told: Iterable[Directive], block: Block) -> list[Directive]:
        """Return what is in force, where it is switched off as what the program does not use."""
        told = [*told]
        switches = {one.block: one.values[0][0] for one in told if one.name in self._program.engine and one.values}
        nearest = next((switches[each] for each in block.around() if each in switches), "")
        if nearest.lower() != _OFF:
            return told
        own = frozenset(self._program.keys).union(self._program.keys.values())  # what it shows to others it uses still
        return [replace(one, is_idle=True) if one.name in own else one for one in told]


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
