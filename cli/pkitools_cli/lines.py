"""Lines that several commands tell alike: a report, labels with a value beside each, a paragraph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from pkitools.findings import Report, Verdict
from pkitools_cli.i18n import tr
from pkitools_cli.remedies import report_lines
from pkitools_cli.reply import Line

_MOST_COLUMNS: Final = 100  # longer lines are hard to read, whatever the terminal
_COLOURS: Final = {Verdict.PASSED: "green", Verdict.FAILED: "red", Verdict.INDETERMINATE: "yellow"}


def report_told(report: Report, *between: str) -> Iterator[Line | str]:
    """Yield a report, its verdict in colour; ``between`` are lines that stand below the verdict."""
    verdict, *findings = report_lines(report)
    yield Line(verdict, colour=_COLOURS[report.verdict], bold=True)
    yield from between
    yield from findings


def labelled(prefix: str, rows: Iterable[tuple[str, str | None]]) -> Iterator[str]:
    """Yield a line for each row: the text of ``<prefix>.<key>`` and the value, in two columns.

    A row whose value is ``None`` is left out, and its label still counts for the width: tables of one kind line up.
    """
    told = [(tr(f"{prefix}.{key}"), value) for key, value in rows]
    width = max((len(label) for label, _ in told), default=0)
    yield from (f"  {label:<{width}}  {value}" for label, value in told if value is not None)


def wrapped(text: str, indent: str, first: str | None = None) -> list[str]:
    """Return a text as lines that fit the terminal.

    Args:
        text: without line breaks.
        indent: what each line begins with.
        first: what the first line begins with, where that differs.
    """
    import shutil  # few commands have paragraphs, and these two load much
    import textwrap

    width = max(min(shutil.get_terminal_size().columns, _MOST_COLUMNS), 40)
    start = indent if first is None else first
    return textwrap.wrap(text, width, initial_indent=start, subsequent_indent=indent, break_on_hyphens=False)
