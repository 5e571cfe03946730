"""The reports of a scan, which are written when it has ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pkitools.frozen import replace
from pkitools_cli.lines import pasted

if TYPE_CHECKING:
    from pkitools.portfolio import Portfolio
    from pkitools.reports import Telling
    from pkitools_cli.commands.next_steps import NextStep
    from pkitools_cli.commands.report_files import ReportFile


def write_reports(
    reports: Sequence[ReportFile], portfolio: Portfolio, telling: Telling, first: NextStep, *, overwrite: bool
) -> None:
    """Write the reports, all or none.

    Args:
        reports: the files.
        portfolio: what is told.
        telling: how.
        first: what to do first.
        overwrite: take the place of what is there.

    Raises:
        FileError: they cannot be written.
    """
    if not reports:
        return
    from pkitools.files import Output, write_set
    from pkitools.reports import report_pieces

    command = "" if first.words is None else pasted(first.words)
    now = f"{first.sentence} {command} {first.after}".rstrip() if command else first.sentence
    told = replace(telling, now=now, command=command)
    outputs = [Output(each.name, report_pieces(portfolio, each.form, told), secret=False) for each in reports]
    write_set(outputs, overwrite=overwrite)
