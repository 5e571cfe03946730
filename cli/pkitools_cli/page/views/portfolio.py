"""What there is and how the connections stand: ``scan`` and ``status``, of what was named at start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from pkitools.errors import PkitoolsError
from pkitools.frozen import dataclass
from pkitools.messages import error_sentence, message
from pkitools.reports import Planned, Telling
from pkitools.reports.pages.portfolio import ShownPortfolio, portfolio_for_page
from pkitools.reports.planning.work import connection_name, date_title, date_why, past_word, shown_dates
from pkitools.reports.telling.readable import readable
from pkitools.text import visible
from pkitools_cli.commands.scan.across import risks_for
from pkitools_cli.commands.scan.claims import claimed
from pkitools_cli.commands.scan.running import Running
from pkitools_cli.commands.status.asked import Scanning, given_connections
from pkitools_cli.commands.status.text import beside_told, counted, counted_group, of_all, state_word
from pkitools_cli.i18n import language, tr
from pkitools_cli.page.exchange import Request, Screen
from pkitools_cli.page.site import Site
from pkitools_cli.page.views.requests import SELF_SIGNED

if TYPE_CHECKING:
    from pkitools.connections import Connection, Connections, ConnectionsStatus, ConnectionStatus, StepStatus
    from pkitools.systems import System

_TONES: Final = {"late": "bad", "now": "soon", "unknown": "unsure", "waiting": "plain", "done": "good"}
_GROUPINGS: Final = ("organization", "system", "supplier")
_WITH_A_REQUEST: Final = frozenset({"request", "certificate", "renewal"})


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of a connection, for a template.

    Args:
        tone, state: how it stands, and the word for it.
        title: what it is.
        said: what there is to say of it.
        link: where on the page it is done; empty where that is elsewhere.
    """

    tone: str
    state: str
    title: str
    said: str
    link: str


def look(site: Site, request: Request) -> Screen:
    """Show how every connection stands, and every certificate that is found."""
    groupings = [(name, tr(f"cli.page.portfolio.by.{name}")) for name in _GROUPINGS]
    values: dict[str, object] = {"connections": None, "shown": None, "problems": (), "groupings": groupings}
    connections = None if site.given.connections is None else given_connections(site.given.connections)
    if connections is not None:
        values |= _connections(site, connections, request.query.get("by", ""))
    if site.given.places:
        values["shown"] = _found(site, connections)
    return Screen("standing.html", values)


def _scanning(site: Site) -> Scanning:
    given = site.given
    return Scanning(
        moment=given.clock(),
        places=given.places,
        trust=given.trust,
        crls=given.crls,
        revocation=given.revocation,
    )


def _found(site: Site, connections: Connections | None) -> ShownPortfolio:
    """Return what lies at the places: what a connection claims judged by it, and to be ordered as its plan says."""
    # of a connection that cannot be used the page says so above, and judges by the others
    portfolio, _ = Running.of(_scanning(site)).by(claimed(connections)).found()
    risks = risks_for(portfolio, (), connections)
    return portfolio_for_page(portfolio, Telling(language(), risks=risks, connections=connections))


def _connections(site: Site, connections: Connections, by: str) -> Mapping[str, object]:
    from pkitools.connections import hold
    from pkitools.connections.status import Grouping

    running = Running.of(_scanning(site))
    status: ConnectionsStatus = hold(connections, running.judging)
    errors = [*(each.error for each in running.unread), *(each.error for each in status.unread)]
    apart = connections.told_apart()
    groups = status.grouped(Grouping(by)) if by in _GROUPINGS else {}
    return {
        "connections": [
            _told(one, connection_name(one.connection, language(), apart), site.given.clock())
            for one in status.in_order()
        ],
        "counted": counted(status.statuses, status.connections.name),
        "of_all": tuple(of_all(status)),
        "by": by,
        "groups": [counted_group(name, members) for name, members in groups.items()],
        "problems": [*map(_problem, errors)],
    }


def _problem(error: PkitoolsError) -> str:
    """Return what could not be read, always with the name of its file."""
    sentence = error_sentence(error, language())
    named = visible(error.file or "")
    return sentence if named in sentence else tr("cli.inputs.failed", file=named, why=sentence)


def _told(one: ConnectionStatus, name: str, moment: datetime) -> Mapping[str, object]:
    return {
        "name": name,
        "tone": _TONES[one.state.value],
        "state": state_word(one.state),
        "is_open": one.state.value in {"late", "now", "unknown"},
        "steps": tuple(_steps(one)),
        "beside": tuple(beside_told(one)),
        "dates": tuple(_dates(one, moment.date())),
    }


def _dates(one: ConnectionStatus, today: date) -> Iterator[tuple[str, date, str, str, str]]:
    """Yield the days of a connection, counted back: what, when, the word if that has passed, why."""
    tongue = language()
    planned = Planned.of(one)
    for each in shown_dates(planned):
        title = date_title(each, planned, tongue)
        past = past_word(each, today, tongue)
        yield each.kind.value, each.day, past, title, date_why(each, tongue)


def _steps(one: ConnectionStatus) -> Iterator[StepRow]:
    tongue = language()
    for step in one.steps:
        title = message(f"connections.title.{step.step.value}", {}, tongue).title
        said = message(step.code, readable(step.params, tongue), tongue).message
        yield StepRow(_TONES[step.state.value], state_word(step.state), title, said, _link(one, step))


def _order(connection: Connection, system: System) -> dict[str, str]:
    """Return what the file of connections says of the certificate of a connection, by the fields of the form."""
    holder, self_signed = connection.holder, connection.self_signed
    told = {
        "system": system.name,
        "environment": str(connection.environment),
        "kind": SELF_SIGNED if self_signed else "",
        "tsp": "" if self_signed else holder.tsp or "",
        "oin": holder.oin,
        "organization": holder.name,
        "common_name": connection.common_name or "",
        "dns": " ".join(connection.dns),
    }
    return {name: value for name, value in told.items() if value}


def _link(one: ConnectionStatus, step: StepStatus) -> str:
    if step.state.value not in {"late", "now", "unknown"} or one.connection.system is None:
        return ""
    if step.step.value in _WITH_A_REQUEST or step.code == "connections.verdict.lacking":
        return f"/request?{urlencode(_order(one.connection, one.connection.system))}"
    return "/" if step.step.value == "verdict" else ""
