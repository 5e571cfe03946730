"""The reports of a scan: their names are looked at before it begins, and they are written when it has ended."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from pkitools.frozen import dataclass
from pkitools_cli.i18n import language
from pkitools_cli.remedies import offline_remedy_text, told

if TYPE_CHECKING:
    from pkitools.portfolio import Changes, Portfolio
    from pkitools.portfolio.risk import Risks


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A report to be written.

    Args:
        name: its file.
        form: the end of that name, which says its form.
    """

    name: str
    form: str


def refuse_reports(names: Sequence[str], *, overwrite: bool) -> tuple[ReportFile, ...]:
    """Return the reports that are asked for; one that cannot be written is refused before a file is read.

    Raises:
        InvalidValueError: the end of a name says no form.
        FileError: one is there already, or its folder is not.
        click.UsageError: one is named twice.
    """
    if not names:
        return ()
    places = [os.path.realpath(name) for name in names]
    twice = next((name for name, place in zip(names, places, strict=True) if places.count(place) > 1), None)
    if twice is not None:
        raise click.UsageError(told("files.error.named_twice", {"name": twice}).message)
    from pkitools.files import Output, check_outputs
    from pkitools.reports import report_form

    found = tuple(ReportFile(name, report_form(name)) for name in names)
    check_outputs([Output(each.name, b"", secret=False) for each in found], overwrite=overwrite)
    return found


def write_reports(
    reports: Sequence[ReportFile], portfolio: Portfolio, changes: Changes | None, risks: Risks, *, overwrite: bool
) -> None:
    """Write the reports, all or none.

    Raises:
        FileError: they cannot be written.
    """
    if not reports:
        return
    from pkitools.files import Output, write_set
    from pkitools.reports import Telling, report_pieces
    from pkitools_cli.commands.scan.text import first_step

    telling = Telling(language(), changes, offline_remedy_text, first_step(portfolio, risks), risks)
    outputs = [Output(each.name, report_pieces(portfolio, each.form, telling), secret=False) for each in reports]
    write_set(outputs, overwrite=overwrite)
