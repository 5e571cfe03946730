"""A plain table: columns as wide as what stands in them, cut where the terminal ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from pkitools.text import visible
from pkitools_cli.lines import columns
from pkitools_cli.reply import Line
from pkitools_cli.wide import fitted, head, padded, width

_GAP: Final = "  "
_MOST: Final = 40  # columns of a cell: one long name must not push the rest off the screen


def table(rows: Sequence[Sequence[str]]) -> Iterator[Line | str]:
    """Yield the lines of a table, the first of which has the heads.

    Args:
        rows: cells, as many in each row; what acts on a terminal is made visible.
    """
    told = [[fitted(visible(cell), _MOST) for cell in row] for row in rows]
    widths = [max(map(width, column)) for column in zip(*told, strict=True)]
    for number, row in enumerate(told):
        line = head(_GAP.join(map(padded, row, widths)).rstrip(), columns())
        yield Line(line, bold=True) if number == 0 else line
