"""The hierarchies that a statement names, for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pkitools.systems import Statement
from pkitools.trust import hierarchies
from pkitools_cli.i18n import tr

_OTHERS: Final = "*"


def labels(statement: Statement, *, alone: bool = False) -> Iterator[str]:
    """Yield the label of each hierarchy, or of a group of them; where nothing else is said, the others are all."""
    known = {h.name: h.label for h in hierarchies()}
    for value in statement.values:
        group = ("all" if alone else "others") if value == _OTHERS else value
        yield known.get(value) or tr(f"cli.systems.group.{group}")


def is_for_others(statement: Statement) -> bool:
    """Return whether a statement is about the hierarchies that no other one names: it is read after those."""
    return _OTHERS in statement.values
