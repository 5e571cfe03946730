"""The hierarchies that a statement names, for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from pkitools.systems import Statement
from pkitools.trust import hierarchies
from pkitools_cli.i18n import tr

_OTHERS: Final = "*"


_USUAL: Final = "g1-private"


def labels(statement: Statement, *, said: Sequence[Statement] = ()) -> Iterator[str]:
    """Yield the label of each hierarchy, or of a group of them.

    Args:
        statement: the statement.
        said: all that is said of hierarchies there: where nothing else is, the others are all; and where the usual one
            is among the others, it is named, for it is the one that is looked for.
    """
    known = {h.name: h.label for h in hierarchies()}
    for value in statement.values:
        if value == _OTHERS and _is_untold(said):
            yield tr("cli.systems.group.others_too", label=known[_USUAL])
        else:
            group = ("all" if len(said) == 1 else "others") if value == _OTHERS else value
            yield known.get(value) or tr(f"cli.systems.group.{group}")


def named(statement: Statement) -> Iterator[str]:
    """Yield the label of each hierarchy that a statement calls by its name."""
    known = {h.name: h.label for h in hierarchies()}
    yield from (known[value] for value in statement.values if value in known)


def _is_untold(said: Sequence[Statement]) -> bool:
    return len(said) > 1 and not any({_USUAL, "pkioverheid"} & set(each.values) for each in said)


def is_for_others(statement: Statement) -> bool:
    """Return whether a statement is about the hierarchies that no other one names: it is read after those."""
    return _OTHERS in statement.values
