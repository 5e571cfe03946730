"""The reports of ``status`` and ``plan``, and which of them were written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from pkitools.frozen import replace
from pkitools_cli.commands.status.commands import command_for
from pkitools_cli.commands.status.new_files import NewFiles
from pkitools_cli.i18n import language, tr
from pkitools_cli.lines import pasted, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    is_read: bool = True,
) -> None:
    """Write the reports, all or none.

    Args:
        reports: the files to write.
        work: what is told in them.
        overwrite: also what is there.
        given: the options by which a check of a certificate knows what was known here.
        new: where the files of new keys go, where that is told elsewhere as well.
        is_read: everything that was given to judge by could be read.

    Raises:
        FileError: they cannot be written.
    """
    if not reports:
        return
    from pkitools.files import Output, write_set
    from pkitools.reports.planning import work_report
    from pkitools.reports.planning.work import WorkTelling

    places = new or NewFiles()
    words = partial(command_for, given=given, new=places, moment=work.moment)
    telling = WorkTelling(language(), partial(_command, words=words))
    if work.status is not None and any(each.form == ".html" for each in reports):
        from pkitools_cli.commands.status.text import around_command, beside_told, now_told, of_all  # which leads here

        file = work.status.connections.name
        telling = replace(
            telling,
            around=lambda one, step: around_command(one, step, words(one, step), places, file),
            beside=beside_told,
            now=now_told(work.status, is_read=is_read),
            remarks=tuple(of_all(work.status)),
        )
    outputs = [Output(each.name, work_report(work, each.form, telling), secret=False) for each in reports]
    write_set(outputs, overwrite=overwrite)


def _command(
    one: ConnectionStatus, step: StepStatus, *, words: Callable[[ConnectionStatus, StepStatus], Sequence[str] | None]
) -> str | None:
    found = words(one, step)
    return None if found is None else pasted(found)


def written_told(reports: Sequence[ReportFile]) -> Iterator[str]:
    """Yield which files were written."""
    return (row for each in reports for row in wrapped(tr("cli.scan.written", name=each.name), ""))
