"""What there is and how the connections stand: ``scan`` and ``status``, of what was named at start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from pkitools.errors import PkitoolsError
from pkitools.messages import error_sentence
from pkitools.reports import Telling
from pkitools.reports.pages.portfolio import ShownPortfolio, portfolio_for_page
from pkitools.reports.pages.work import work_for_page
from pkitools.reports.planning import Work, WorkTelling
from pkitools.reports.planning.work import connection_name
from pkitools.text import visible
from pkitools_cli.commands.scan.across import risks_for
from pkitools_cli.commands.scan.claims import claimed, named_by
from pkitools_cli.commands.scan.running import Running
from pkitools_cli.commands.status.asked import Scanning, given_connections
from pkitools_cli.commands.status.commands import command_for, makes_key
from pkitools_cli.commands.status.text import beside_told, counted, counted_group, now_told, of_all
from pkitools_cli.i18n import language, tr
from pkitools_cli.page.exchange import Request, Screen
from pkitools_cli.page.site import Site
from pkitools_cli.page.views.requests import SELF_SIGNED

if TYPE_CHECKING:
    from pkitools.connections import Connections, ConnectionsStatus, ConnectionStatus, StepStatus
    from pkitools.portfolio import Claim

_GROUPINGS: Final = ("organization", "system", "supplier")


def look(site: Site, request: Request) -> Screen:
    """Show how every connection stands, and every certificate that is found."""
    groupings = [(name, tr(f"cli.page.portfolio.by.{name}")) for name in _GROUPINGS]
    values: dict[str, object] = {"work": None, "shown": None, "problems": (), "groupings": groupings}
    connections = None if site.given.connections is None else given_connections(site.given.connections)
    above: frozenset[str] = frozenset()
    if connections is not None:
        told, above = _connections(site, connections, request.query.get("by", ""))
        values |= told
    claims = claimed(connections)
    places = site.given.places or named_by(claims)
    if places:
        values["shown"] = _found(site, places, claims, connections, above)
    return Screen("standing.html", values)


def _scanning(site: Site, places: tuple[str, ...] = ()) -> Scanning:
    given = site.given
    return Scanning(
        moment=given.clock(),
        places=places,
        trust=given.trust,
        crls=given.crls,
        revocation=given.revocation,
    )


def _found(
    site: Site,
    places: tuple[str, ...],
    claims: tuple[Claim, ...],
    connections: Connections | None,
    above: frozenset[str],
) -> ShownPortfolio:
    """Return what lies at places: what a connection claims judged by it, and to be ordered as its plan says.

    Of the connections that are told ``above`` with a certificate from elsewhere, that none lies here tells nothing.
    """
    # of a connection that cannot be used the page says so above, and judges by the others
    portfolio, _ = Running.of(_scanning(site, places)).by(claims).found()
    risks = risks_for(portfolio, (), connections)
    telling = Telling(language(), risks=risks, connections=connections, elsewhere=above)
    return portfolio_for_page(portfolio, telling)


def _connections(site: Site, connections: Connections, by: str) -> tuple[Mapping[str, object], frozenset[str]]:
    """Return how connections stand, and what people call those that have a certificate."""
    from pkitools.connections import hold
    from pkitools.connections.status import Grouping

    running = Running.of(_scanning(site))
    status: ConnectionsStatus = hold(connections, running.judging)
    errors = [*(each.error for each in running.unread), *(each.error for each in status.unread)]
    groups = status.grouped(Grouping(by)) if by in _GROUPINGS else {}
    now = now_told(status, is_read=not running.unread, takes_passphrase=False)
    telling = WorkTelling(language(), beside=beside_told, now=now)
    told = {
        "work": work_for_page(Work.of_status(status), telling, _link),
        "counted": counted(status.statuses, status.connections.name),
        "of_all": tuple(of_all(status, keys_closed="cli.page.portfolio.keys_closed")),
        "by": by,
        "groups": [counted_group(name, members) for name, members in groups.items()],
        "problems": [*map(_problem, errors)],
    }
    apart = connections.told_apart()
    having = (one.connection for one in status.statuses if one.certificate is not None)
    return told, frozenset(connection_name(each, language(), apart) for each in having)


def _problem(error: PkitoolsError) -> str:
    """Return what could not be read, always with the name of its file."""
    sentence = error_sentence(error, language())
    named = visible(error.file or "")
    return sentence if named in sentence else tr("cli.inputs.failed", file=named, why=sentence)


def _order(one: ConnectionStatus) -> dict[str, str]:
    """Return what the file of connections says of the certificate of a connection, by the fields of the form."""
    from pkitools.connections.wishes import wishes_of

    wishes = wishes_of(one.connection, one.tsp)
    told = {"system": str(wishes.pop("for")), "kind": SELF_SIGNED if one.connection.self_signed else ""}
    told |= {name: each if isinstance(each, str) else " ".join(each) for name, each in wishes.items()}
    told["connection"] = str(one.connection.number)
    return {name: value for name, value in told.items() if value}


def _link(one: ConnectionStatus, step: StepStatus) -> str:
    """Return where on the page a step is done that asks something; empty where that is elsewhere."""
    if one.connection.system is None:
        return ""
    # where the command line makes a key: one step asks for a request one day and the next to use what lies there
    words = command_for(one, step)
    if words is not None and makes_key(words):
        return f"/request?{urlencode(_order(one))}"
    return "/" if step.step.value == "verdict" else ""
