"""The hierarchies that a statement names, for people."""

from __future__ import annotations

from collections.abc import Iterator

from pkitools.systems import Statement
from pkitools.trust import hierarchies
from pkitools_cli.i18n import tr


def labels(statement: Statement) -> Iterator[str]:
    """Yield the label of each hierarchy, or of a group of them."""
    known = {h.name: h.label for h in hierarchies()}
    for value in statement.values:
        yield known.get(value) or tr(f"cli.systems.group.{'others' if value == '*' else value}")
