"""Tables, cut where the terminal ends, and the line below one that counts what is in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from pkitools.findings import Verdict
from pkitools.text import visible
from pkitools_cli.i18n import form_of, report_word, tr
from pkitools_cli.lines import coloured, columns
from pkitools_cli.reply import Line
from pkitools_cli.wide import fitted, fitted_end, head, padded, width

_GAP: Final = "  "
_MOST: Final = 40  # columns of a cell: one long name must not push the rest off the screen
_FILE_SHARE: Final = 3  # the names of files have a third of the width


def table(rows: Sequence[Sequence[str]]) -> Iterator[Line | str]:
    """Yield the lines of a table, the first of which has the heads.

    Args:
        rows: cells, as many in each row; what acts on a terminal is made visible.
    """
    told = [[fitted(visible(cell), _MOST) for cell in row] for row in rows]
    widths = [max(map(width, column)) for column in zip(*told, strict=True)]
    (_, above), *lines = (_line(row, widths) for row in told)
    yield Line(above, bold=True)
    yield from (line for _, line in lines)


def closing_rows(
    heads: Sequence[str],
    rows: Sequence[tuple[Sequence[str], Verdict | None]],
    *,
    said: int,
    right: Collection[int] = (),
) -> Iterator[Line | str]:
    """Yield the lines of a table whose last column gives way where the terminal ends.

    Args:
        heads: what stands above each column.
        rows: the cells of a row, and the verdict that stands among them, in colour.
        said: in which column that is.
        right: which columns are at the right of their room.
    """
    told = [[visible(cell) for cell in cells] for cells, _ in ((heads, None), *rows)]
    widths = _widths(told)
    (_, above), *lines = (_line(cells, widths, right) for cells in told)
    yield Line(above, bold=True)
    for (starts, line), (_, verdict) in zip(lines, rows, strict=True):
        yield line if verdict is None else coloured(line, verdict, report_word("verdict", verdict), starts[said])


def naming(files: Sequence[str]) -> Callable[[str, str], str]:
    """Return how a file is called: without its folder where no other has the same name."""
    bases = Counter(Path(file).name for file in set(files))
    most = max(columns() // _FILE_SHARE, 8)

    def name(file: str, mark: str) -> str:
        base = Path(file).name
        return fitted_end(visible(base if bases[base] == 1 else file), most - len(mark)) + mark

    return name


def _widths(cells: Sequence[Sequence[str]]) -> list[int]:
    """Return how wide each column is: of the last only as much as there is room for."""
    needed = [max(map(width, column)) for column in zip(*cells, strict=True)]
    fixed = sum(needed[:-1]) + len(_GAP) * (len(needed) - 1)
    needed[-1] = max(min(needed[-1], columns() - fixed), 0)
    return needed


def _line(cells: Sequence[str], widths: Sequence[int], right: Collection[int] = ()) -> tuple[list[int], str]:
    """Return where each cell begins in a line, in characters, and the line."""
    line, starts = "", []
    for number, (cell, room) in enumerate(zip(cells, widths, strict=True)):
        line += _GAP if number else ""
        starts.append(len(line))
        line += padded(fitted(cell, room), room, right=number in right)
    return starts, head(line.rstrip(), columns())


def counted_all(total: str, verdicts: Sequence[Verdict], unread: Sequence[str], reserved: Sequence[str] = ()) -> str:
    """Return the line that counts all: how many of each verdict, and how many could not be read.

    Args:
        total: how many were judged, in words.
        verdicts: of each.
        unread: files that could not be read.
        reserved: what is to be known of each that passed; empty where there is nothing.
    """
    counts = Counter(verdicts)
    told = [counted(verdict, counts[verdict], reserved) for verdict in Verdict if counts[verdict]]
    told += [tr(f"cli.cert_check.count.unread{form_of(len(unread))}", count=len(unread))] if unread else []
    return f"{total}: {', '.join(told)}." if told else f"{total}."


def counted(verdict: Verdict, count: int, reserved: Iterable[str]) -> str:
    """Return how many have a verdict; of those that passed, how many with what is to be known beside it.

    Args:
        verdict: which.
        count: how many.
        reserved: what is to be known of each that passed; empty where there is nothing.
    """
    told = tr(f"cli.cert_check.count.{verdict}", count=count)
    beside = ", ".join(tally(reserved)) if verdict is Verdict.PASSED else ""
    return f"{told} ({beside})" if beside else told


def tally(words: Iterable[str]) -> list[str]:
    """Return how often each is said: ``2 × revocation not known``."""
    return [f"{count} × {word}" for word, count in Counter(filter(None, words)).items()]
