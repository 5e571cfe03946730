"""The reports of ``status`` and ``plan``, and which of them were written."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from pkitools_cli.commands.status.commands import command_for
from pkitools_cli.i18n import language, tr
from pkitools_cli.lines import wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkitools.connections import ConnectionStatus, StepStatus
    from pkitools.reports.planning import Work
    from pkitools_cli.commands.report_files import ReportFile


def write_work_reports(
    reports: Sequence[ReportFile], work: Work, *, overwrite: bool, knowing: Sequence[str] = ()
) -> None:
    """Write the reports, all or none.

    Args:
        reports: which.
        work: what to tell.
        overwrite: write over what is there.
        knowing: the options by which a check of one certificate knows what was known of all.

    Raises:
        FileError: they cannot be written.
    """
    if not reports:
        return
    from pkitools.files import Output, write_set
    from pkitools.reports.planning import work_report
    from pkitools.reports.planning.work import WorkTelling

    telling = WorkTelling(language(), partial(_command, knowing))
    outputs = [Output(each.name, work_report(work, each.form, telling), secret=False) for each in reports]
    write_set(outputs, overwrite=overwrite)


def _command(knowing: Sequence[str], one: ConnectionStatus, step: StepStatus) -> str | None:
    words = command_for(one, step, knowing)
    return None if words is None else shlex.join(["pkitools", *words])


def written_told(reports: Sequence[ReportFile]) -> Iterator[str]:
    """Yield which files were written."""
    return (row for each in reports for row in wrapped(tr("cli.scan.written", name=each.name), ""))
