"""The reports of ``status`` and ``plan``: their names are looked at before the work, and they are written after it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pkitools.frozen import dataclass
from pkitools_cli.commands.status.commands import command_for
from pkitools_cli.i18n import language, tr
from pkitools_cli.lines import wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkitools.connections import ConnectionStatus, StepStatus
    from pkitools.reports.planning import Work


@dataclass(frozen=True, slots=True)
class WorkFile:
    """A report to be written.

    Args:
        name: its file.
        form: the end of that name, which says its form.
    """

    name: str
    form: str


def refuse_work_reports(names: Sequence[str], *, overwrite: bool) -> tuple[WorkFile, ...]:
    """Return the reports that are asked for; one that cannot be written is refused before a file is read.

    Raises:
        InvalidValueError: the end of a name says no form.
        FileError: one is there already, or its folder is not.
    """
    if not names:
        return ()
    from pkitools.files import Output, check_outputs
    from pkitools.reports.planning import work_form

    found = tuple(WorkFile(name, work_form(name)) for name in names)
    check_outputs([Output(each.name, b"", secret=False) for each in found], overwrite=overwrite)
    return found


def write_work_reports(reports: Sequence[WorkFile], work: Work, *, overwrite: bool) -> None:
    """Write the reports, all or none.

    Raises:
        FileError: they cannot be written.
    """
    if not reports:
        return
    from pkitools.files import Output, write_set
    from pkitools.reports.planning import work_report
    from pkitools.reports.planning.work import WorkTelling

    telling = WorkTelling(language(), _command)
    outputs = [Output(each.name, work_report(work, each.form, telling), secret=False) for each in reports]
    write_set(outputs, overwrite=overwrite)


def _command(one: ConnectionStatus, step: StepStatus) -> str | None:
    words = command_for(one, step)
    return None if words is None else shlex.join(["pkitools", *words])


def written_told(reports: Sequence[WorkFile]) -> Iterator[str]:
    """Yield which files were written."""
    return (row for each in reports for row in wrapped(tr("cli.scan.written", name=each.name), ""))
