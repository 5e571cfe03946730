"""The reports of a scan, which are written when it has ended."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pkitools_cli.i18n import language
from pkitools_cli.remedies import offline_remedy_text

if TYPE_CHECKING:
    from pkitools.portfolio import Changes, Portfolio
    from pkitools.portfolio.risk import Risks
    from pkitools_cli.commands.report_files import ReportFile


def write_reports(
    reports: Sequence[ReportFile],
    portfolio: Portfolio,
    changes: Changes | None,
    risks: Risks,
    *,
    overwrite: bool,
    given: Mapping[str | None, Sequence[str]],
) -> None:
    """Write the reports, all or none.

    Args:
        reports: the files.
        portfolio, changes, risks: what is told.
        overwrite: take the place of what is there.
        given: by the connections that certificates are judged by, and by ``None``, the options by which a check of one
            knows what the scan knew.

    Raises:
        FileError: they cannot be written.
    """
    if not reports:
        return
    from pkitools.files import Output, write_set
    from pkitools.reports import Telling, report_pieces
    from pkitools_cli.commands.scan.text import first_step

    first = first_step(portfolio, risks, given)
    now = first.sentence if first.words is None else f"{first.sentence} {shlex.join(('pkitools', *first.words))}"
    telling = Telling(language(), changes, offline_remedy_text, now, risks)
    outputs = [Output(each.name, report_pieces(portfolio, each.form, telling), secret=False) for each in reports]
    write_set(outputs, overwrite=overwrite)
