"""``pkitools scan``: what is there, how does it stand, and what has to be done first?"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from pkitools.environment import Environment
from pkitools.findings import Severity
from pkitools.frozen import dataclass, replace
from pkitools.reports import Telling, report_form, scan_document
from pkitools_cli.commands.given.fetching import NetworkRange
from pkitools_cli.commands.given.judging import scan_options
from pkitools_cli.commands.report_files import ReportFile, refuse_reports
from pkitools_cli.commands.scan.across import risks_for
from pkitools_cli.commands.scan.claims import claimed, connections_in, places_of
from pkitools_cli.commands.scan.means import refuse_together
from pkitools_cli.commands.scan.orders import orders_for, weight_of_others, weight_of_renewals
from pkitools_cli.commands.scan.running import Running, words_to_check
from pkitools_cli.commands.scan.text import first_step, scan_told
from pkitools_cli.commands.scan.writing import write_reports
from pkitools_cli.exit_codes import of_verdicts
from pkitools_cli.framework import Command, gathered
from pkitools_cli.i18n import language
from pkitools_cli.options import environment_option, fail_on_option, moment_option
from pkitools_cli.passphrases import passphrase_options
from pkitools_cli.remedies import offline_remedy_text
from pkitools_cli.reply import Reply

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from ipaddress import IPv4Network, IPv6Network

    from pkitools.portfolio import Changes, Claim, Portfolio
    from pkitools.portfolio.risk import Risks


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What ``scan`` was given."""

    places: tuple[str, ...]
    environment: Environment | None
    systems: tuple[str, ...]
    connections: str | None
    reports: tuple[str, ...]
    since: str | None
    jobs: int
    dask: str | None
    chain: tuple[str, ...]
    trust: tuple[str, ...]
    crls: tuple[str, ...]
    revocation: str | None
    passphrase_file: str | None
    passphrase_env: str | None
    offline: bool
    allow_net: tuple[IPv4Network | IPv6Network, ...]
    force: bool
    verbose: bool
    moment: datetime
    fail_on: Severity | None


@dataclass(frozen=True, slots=True)
class Scanned:
    """What came of a scan.

    Args:
        portfolio: what was found.
        changes: what changed since an earlier one, where one was given.
        written: the reports that were written.
        risks: what is told of all together.
    """

    portfolio: Portfolio
    changes: Changes | None
    written: tuple[ReportFile, ...]
    risks: Risks

    @property
    def worst(self) -> Severity | None:
        """The severity of the worst, of one certificate or of several together."""
        found = (self.portfolio.worst, self.risks.worst)
        return max((each for each in found if each is not None), default=None)


@click.command("scan", cls=Command, help="cli.scan.help")
@click.argument("places", nargs=-1, metavar="[PATH|HOST:PORT]...")
@environment_option
@click.option("--for", "systems", multiple=True, metavar="SYSTEM", help="cli.scan.for")
@click.option("--connections", metavar="FILE", help="cli.scan.connections")
@click.option("--report", "reports", multiple=True, metavar="FILE", help="cli.scan.report")
@click.option("--since", metavar="FILE", help="cli.scan.since")
@click.option("--jobs", type=click.IntRange(1, 256), default=1, help="cli.scan.jobs")
@click.option("--dask", metavar="ADDRESS", help="cli.scan.dask")
@click.option("--chain", multiple=True, metavar="FILE", help="cli.cert_check.chain")
@scan_options
@passphrase_options
@click.option("--offline", is_flag=True, envvar="PKITOOLS_OFFLINE", help="cli.scan.offline")
@click.option("--allow-net", multiple=True, type=NetworkRange(), help="cli.scan.allow_net")
@click.option("--force", is_flag=True, help="cli.scan.force")
@click.option("--verbose", is_flag=True, help="cli.scan.verbose")
@moment_option
@fail_on_option
@gathered(Options)
def command(options: Options) -> Reply[Scanned]:
    """Look at every place, judge what is there, and write the reports."""
    refuse_together(options.jobs, options.dask, offline=options.offline)
    connections = connections_in(options.connections)
    claims = claimed(connections)
    options = replace(options, places=places_of(options.places, claims))
    reports = refuse_reports(options.reports, report_form, overwrite=options.force)
    running = Running.of(options).by(claims)
    portfolio, changes = running.found()
    risks = risks_for(portfolio, options.systems, connections)
    given, orders = _to_check_one(options, claims), orders_for(options.moment, connections)
    telling = Telling(language(), changes, offline_remedy_text, risks=risks, connections=connections)
    write_reports(
        reports,
        portfolio,
        telling,
        first_step(portfolio, risks, given, orders, connections),
        overwrite=options.force,
    )
    scanned = Scanned(portfolio, changes, reports, risks)
    weights = [scanned.worst]
    if options.fail_on is not None:
        weights += weight_of_others(portfolio, connections), weight_of_renewals(portfolio, orders)
    worst = max((each for each in weights if each is not None), default=None)
    return Reply(
        scanned,
        document=lambda value: scan_document(value.portfolio, value.changes, value.risks, connections),
        text=lambda value: scan_told(
            value.portfolio,
            value.changes,
            value.risks,
            [report.name for report in value.written],
            given,
            orders=orders,
            connections=connections,
            verbose=options.verbose,
        ),
        code=of_verdicts([(portfolio.verdict, worst)], options.fail_on, complete=portfolio.is_whole),
    )


def _to_check_one(options: Options, claims: Iterable[Claim]) -> dict[str | None, Sequence[str]]:
    """Return the options by which ``cert check`` of one certificate knows what this scan knew, by who claims it."""
    given = words_to_check(options)
    found: dict[str | None, Sequence[str]] = {None: given}
    for claim in claims:
        told = (("--oin", claim.oin), ("--entity-id", claim.entity_id))
        found[claim.name] = [*(word for option, value in told if value for word in (option, value)), *given]
    return found
