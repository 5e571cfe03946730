"""The reports of ``status`` and ``plan``, and which of them were written."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from pkitools.connections.drafting import quoted
from pkitools.frozen import replace
from pkitools_cli.commands.status.commands import command_for, makes_key
from pkitools_cli.commands.status.new_files import NewFiles, entry_for
from pkitools_cli.i18n import language, tr
from pkitools_cli.lines import pastable, pasted, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from pkitools.connections import Connection, ConnectionStatus, StepStatus
    from pkitools.reports.connections import StepCommand
    from pkitools.reports.planning import Work
    from pkitools.reports.planning.work import Commanding
    from pkitools_cli.commands.report_files import ReportFile


def write_work_reports(
    reports: Sequence[ReportFile],
    work: Work,
    *,
    overwrite: bool,
    given: Sequence[str] = (),
    new: NewFiles | None = None,
    is_read: bool = True,
    now: str = "",
) -> None:
    """Write the reports, all or none.

    Args:
        reports: the files to write.
        work: what is told in them.
        overwrite: also what is there.
        given: the options by which a check of a certificate knows what was known here.
        new: where the files of new keys go, where that is told elsewhere as well.
        is_read: everything that was given to judge by could be read.
        now: what to do first, of days alone.

    Raises:
        FileError: they cannot be written.
    """
    if not reports:
        return
    from pkitools.files import Output, write_set
    from pkitools.reports.planning import work_report
    from pkitools.reports.planning.work import WorkTelling

    places = new or NewFiles()
    file = "" if work.status is None else work.status.connections.name
    telling = WorkTelling(language(), step_command(file, work.moment, given, places), now=now)
    if work.status is not None and any(each.form == ".html" for each in reports):
        from pkitools_cli.commands.status.text import before_command, beside_told, now_told, of_all  # which leads here

        words = partial(command_for, given=given, new=places, moment=work.moment)
        telling = replace(
            telling,
            before=lambda one, step: before_command(one, step, words(one, step), places, work.moment),
            beside=beside_told,
            now=now_told(work.status, is_read=is_read),
            remarks=tuple(of_all(work.status)),
        )
    outputs = [Output(each.name, work_report(work, each.form, telling), secret=False) for each in reports]
    write_set(outputs, overwrite=overwrite)


def step_command(file: str, moment: datetime, given: Sequence[str], new: NewFiles) -> Commanding:
    """Return what gives the command of a step, with what to do beside it.

    Args:
        file: the file of connections.
        moment: as of when, aware UTC.
        given: the options by which a check of a certificate knows what was known here.
        new: where the files of new keys go.
    """
    return partial(_command, file=file, moment=moment, given=given, new=new)


def _command(
    one: ConnectionStatus, step: StepStatus, *, file: str, moment: datetime, given: Sequence[str], new: NewFiles
) -> StepCommand | None:
    from pkitools.reports.connections import StepCommand

    words = command_for(one, step, given, new, moment)
    if words is None:
        return None
    entry = entry_of(one.connection, words, file, new)
    whole = ("pkitools", *pastable(words))
    return StepCommand(pasted(words), whole, entry, "" if entry is None else add_to_files(entry))


def entry_of(connection: Connection, words: Sequence[str], file: str, new: NewFiles) -> str | None:
    """Return what to add to ``files`` of a connection for what comes of a command to be seen; ``None`` where it is.

    Args:
        connection: it.
        words: the command.
        file: the file of connections: what it names counts from its folder.
        new: where the files of new keys go.
    """
    if not makes_key(words) or (place := new.of(connection)).is_named:
        return None
    return entry_for(place, file)


def add_to_files(entry: str) -> str:
    """Return that something is to be added to ``files``, in a sentence: as TOML has it."""
    return tr("cli.status.add_to_files", entry=quoted(entry))


def written_told(reports: Sequence[ReportFile]) -> Iterator[str]:
    """Yield which files were written."""
    return (row for each in reports for row in wrapped(tr("cli.scan.written", name=each.name), ""))
