"""A plain table: columns as wide as what stands in them, cut where the terminal ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from pkitools.text import visible
from pkitools_cli.lines import columns
from pkitools_cli.reply import Line

_GAP: Final = "  "
_MOST: Final = 40  # characters of a cell: one long name must not push the rest off the screen


def table(rows: Sequence[Sequence[str]]) -> Iterator[Line | str]:
    """Yield the lines of a table, the first of which has the heads.

    Args:
        rows: cells, as many in each row; what acts on a terminal is made visible.
    """
    told = [[_cut(visible(cell)) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*told, strict=True)]
    for number, row in enumerate(told):
        line = _GAP.join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()[: columns()]
        yield Line(line, bold=True) if number == 0 else line


def _cut(cell: str) -> str:
    return cell if len(cell) <= _MOST else f"{cell[: _MOST - 1]}…"
