"""``pkitools status``: how does each connection stand, and what has to be done for it now?"""

from __future__ import annotations

from datetime import datetime
from functools import partial

import click

from pkitools.connections.status import ConnectionsStatus
from pkitools.findings import Severity
from pkitools.frozen import dataclass
from pkitools.reports import status_document
from pkitools_cli.commands.given.judging import scan_options
from pkitools_cli.commands.report_files import refuse_reports
from pkitools_cli.commands.scan.running import words_to_check
from pkitools_cli.commands.status.asked import Scanning, given_connections, judging_of
from pkitools_cli.commands.status.new_files import NewFiles
from pkitools_cli.commands.status.reports import step_command, write_work_reports
from pkitools_cli.commands.status.text import status_told
from pkitools_cli.exit_codes import not_known, of_verdicts
from pkitools_cli.framework import Command, gathered
from pkitools_cli.options import CONNECTIONS_FILE, fail_on_option, moment_option
from pkitools_cli.passphrases import passphrase_options
from pkitools_cli.reply import Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What ``status`` was given."""

    connections: str
    by: str | None
    reports: tuple[str, ...]
    force: bool
    verbose: bool
    trust: tuple[str, ...]
    crls: tuple[str, ...]
    revocation: str | None
    passphrase_file: str | None
    passphrase_env: str | None
    moment: datetime
    fail_on: Severity | None


@click.command("status", cls=Command, help="cli.status.help")
@click.option("--connections", metavar="FILE", default=CONNECTIONS_FILE, help="cli.status.connections")
@click.option("--by", type=click.Choice(["organization", "system", "supplier"]), help="cli.status.by")
@click.option("--report", "reports", multiple=True, metavar="FILE", help="cli.status.report")
@click.option("--force", is_flag=True, help="cli.scan.force")
@click.option("--verbose", is_flag=True, help="cli.status.verbose")
@scan_options
@passphrase_options
@moment_option
@fail_on_option
@gathered(Options)
def command(options: Options) -> Reply[ConnectionsStatus]:
    """Hold every connection against what lies at the places it names."""
    from pkitools.connections import hold
    from pkitools.reports.planning import Work, work_form

    reports = refuse_reports(options.reports, work_form, overwrite=options.force)
    connections = given_connections(options.connections)
    asked = Scanning.of(options)
    judging, complete = judging_of(asked)
    status = hold(connections, judging)
    given, new = words_to_check(asked), NewFiles()
    write_work_reports(reports, Work.of_status(status), overwrite=options.force, given=given, new=new, is_read=complete)
    verdicts = [(one.verdict, one.worst) for one in status.statuses]
    code = of_verdicts(verdicts, options.fail_on, complete=complete and status.is_looked_through)
    return Reply(
        status,
        document=partial(status_document, command=step_command(connections.name, options.moment, given, new)),
        text=partial(
            status_told,
            by=options.by,
            verbose=options.verbose,
            written=reports,
            given=given,
            new=new,
            is_read=complete,
        ),
        code=code if status.is_whole else not_known(code),
    )
