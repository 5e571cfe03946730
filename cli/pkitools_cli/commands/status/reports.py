"""The reports of ``status`` and ``plan``, and which of them were written."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from pkitools_cli.commands.status.commands import command_for
from pkitools_cli.commands.status.new_files import NewFiles
from pkitools_cli.i18n import language, tr
from pkitools_cli.lines import pasted, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from pkitools.connections import ConnectionStatus, StepStatus
    from pkitools.reports.planning import Work
    from pkitools_cli.commands.report_files import ReportFile


def write_work_reports(
    reports: Sequence[ReportFile],
    work: Work,
    *,
    overwrite: bool,
    given: Sequence[str] = (),
    new: NewFiles | None = None,
) -> None:
    """Write the reports, all or none.

    Args:
        reports: the files to write.
        work: what is told in them.
        overwrite: also what is there.
        given: the options by which a check of a certificate knows what was known here.
        new: where the files of new keys go, where that is told elsewhere as well.

    Raises:
        FileError: they cannot be written.
    """
    if not reports:
        return
    from pkitools.files import Output, write_set
    from pkitools.reports.planning import work_report
    from pkitools.reports.planning.work import WorkTelling

    telling = WorkTelling(language(), partial(_command, given=given, new=new or NewFiles(), moment=work.moment))
    outputs = [Output(each.name, work_report(work, each.form, telling), secret=False) for each in reports]
    write_set(outputs, overwrite=overwrite)


def _command(
    one: ConnectionStatus, step: StepStatus, *, given: Sequence[str], new: NewFiles, moment: datetime
) -> str | None:
    words = command_for(one, step, given, new, moment)
    return None if words is None else pasted(words)


def written_told(reports: Sequence[ReportFile]) -> Iterator[str]:
    """Yield which files were written."""
    return (row for each in reports for row in wrapped(tr("cli.scan.written", name=each.name), ""))
