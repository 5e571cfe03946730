"""The table that closes ``cert check`` of many certificates, and the line that counts them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from pkitools.findings import Verdict
from pkitools.frozen import dataclass
from pkitools.reports.telling.readable import days_left, short_day
from pkitools.text import visible
from pkitools_cli.i18n import language, report_word, tr
from pkitools_cli.lines import coloured, columns, wrapped
from pkitools_cli.reply import Line

_GAP: Final = "  "
_FILE_SHARE: Final = 3  # the names of files have a third of the width
_NOTHING: Final = "–"


@dataclass(frozen=True, slots=True)
class Row:
    """One certificate in the table.

    Args:
        file: its file.
        mark: which certificate of it; empty where there is one.
        not_after: until when it is valid.
        moment: when was judged.
        verdict: of its report.
        why: in a few words; of what passed, what is to be known beside that.
    """

    file: str
    mark: str
    not_after: datetime
    moment: datetime | None
    verdict: Verdict
    why: str

    def cells(self, name: str) -> tuple[str, ...]:
        """Return what stands in each column, its file being called ``name``."""
        days = _NOTHING if self.moment is None else str(days_left(self.not_after, self.moment))
        day = short_day(self.not_after, language())
        return name, day, days, report_word("verdict", self.verdict), self.why


def table(rows: Sequence[Row], unread: Sequence[str]) -> Iterator[Line | str]:
    """Yield a line for each certificate and each file that could not be read, and one that counts them."""
    name = _naming([*(row.file for row in rows), *unread])
    good = [row.cells(name(row.file, row.mark)) for row in rows]
    bad = [(name(file, ""), _NOTHING, _NOTHING, tr("cli.cert_check.table.unread"), "") for file in unread]
    heads = tuple(tr(f"cli.cert_check.table.{key}") for key in ("file", "until", "days", "verdict", "why"))
    widths = _widths([heads, *good, *bad])
    yield Line(_line(heads, widths), bold=True)
    for row, told in zip(rows, good, strict=True):
        yield _coloured(_line(told, widths), widths, row.verdict)
    yield from (_line(told, widths) for told in bad)
    yield ""
    yield from wrapped(_counted(rows, unread), "")


def _naming(files: Sequence[str]) -> Callable[[str, str], str]:
    """Return how a file is called: without its folder where no other has the same name."""
    bases = Counter(Path(file).name for file in set(files))
    most = max(columns() // _FILE_SHARE, 8)

    def name(file: str, mark: str) -> str:
        base = Path(file).name
        return cut_front(visible(base if bases[base] == 1 else file), most - len(mark)) + mark

    return name


def _widths(cells: Sequence[Sequence[str]]) -> list[int]:
    """Return how wide each column is: of file and why only as much as there is room for."""
    needed = [max(len(visible(cell)) for cell in column) for column in zip(*cells, strict=True)]
    fixed = sum(needed[1:4]) + len(_GAP) * 4
    needed[4] = max(min(needed[4], columns() - fixed - needed[0]), 0)
    return needed


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    name, until, days, verdict, why = (visible(cell) for cell in cells)
    told = (
        f"{name:<{widths[0]}}",
        f"{until:>{widths[1]}}",
        f"{days:>{widths[2]}}",
        f"{verdict:<{widths[3]}}",
        why if len(why) <= widths[4] else why[: max(widths[4] - 1, 0)] + "…",
    )
    return _GAP.join(told).rstrip()[: columns()]


def cut_front(name: str, width: int) -> str:
    """Return the end of a name: that is where files of one folder differ."""
    return name if len(name) <= width else f"…{name[len(name) - width + 1 :]}"


def _coloured(line: str, widths: Sequence[int], verdict: Verdict) -> Line:
    """Return a line of the table with its verdict in colour."""
    return coloured(line, verdict, report_word("verdict", verdict), sum(widths[:3]) + len(_GAP) * 3)


def _counted(rows: Sequence[Row], unread: Sequence[str]) -> str:
    counts = Counter(row.verdict for row in rows)
    told = [counted(verdict, counts[verdict], _reserved(rows)) for verdict in Verdict if counts[verdict]]
    told += [tr(f"cli.cert_check.count.unread{_one(unread)}", count=len(unread))] if unread else []
    return tr(f"cli.cert_check.counted{_one(rows)}", total=len(rows), told=", ".join(told))


def _reserved(rows: Sequence[Row]) -> list[str]:
    return [row.why for row in rows if row.verdict is Verdict.PASSED]


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


def _one(counted: Sequence[object]) -> str:
    return "_one" if len(counted) == 1 else ""
