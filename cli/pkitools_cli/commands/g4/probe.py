"""``pkitools g4 probe``: is the other side ready for certificates of G4?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import click

from pkitools.errors import NetworkError
from pkitools.frozen import dataclass
from pkitools.reports import g4_probe_document
from pkitools.text import shown
from pkitools_cli.commands.given.fetching import NetworkRange, proxies_of_environment
from pkitools_cli.commands.next_steps import step
from pkitools_cli.commands.probe import target_of, unused_of
from pkitools_cli.exit_codes import ExitCode
from pkitools_cli.framework import Command, gathered, progress
from pkitools_cli.i18n import blank, tr
from pkitools_cli.lines import labelled, wrapped
from pkitools_cli.options import moment_option
from pkitools_cli.reply import Line, Reply

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

    from pkitools.probing import Alert, ClientMaterial, Observation
    from pkitools.renewal import Readiness
    from pkitools_test_pki.issued import IssuedCertificate


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What ``g4 probe`` was given."""

    target: str
    starttls: str | None
    offline: bool
    allow_net: tuple[IPv4Network | IPv6Network, ...]
    moment: datetime


@dataclass(frozen=True, slots=True)
class Tried:
    """What a peer showed, and how it was named."""

    found: Readiness
    options: Options


@click.command("probe", cls=Command, help="cli.g4.probe.help")
@click.argument("target", metavar="HOST:PORT")
@click.option("--starttls", metavar="PROTOCOL", help="cli.g4.probe.starttls")
@click.option("--offline", is_flag=True, envvar="PKITOOLS_OFFLINE", help="cli.g4.probe.offline")
@click.option("--allow-net", multiple=True, type=NetworkRange(), help="cli.g4.probe.allow_net")
@moment_option
@gathered(Options)
def command(options: Options) -> Reply[Tried]:
    """Try a peer with two throw-away certificates."""
    found = _tried(options)
    # never passed: whoever takes a client of a root that was made a moment ago verifies nobody
    return Reply(
        Tried(found, options),
        document=lambda tried: g4_probe_document(tried.found),
        text=_text,
        code=ExitCode.FAILED if found.answer == "no" else ExitCode.INDETERMINATE,
        warnings=unused_of(options.target),
    )


def _tried(options: Options) -> Readiness:
    from pkitools.probing.model import peer_name
    from pkitools.renewal import try_readiness
    from pkitools_test_pki.clients import twin_clients

    host, port = target_of(options.target, options.starttls)
    if options.offline:
        raise NetworkError("probing.error.offline", peer=peer_name(host, port))
    progress(tr("cli.g4.probe.asking", peer=peer_name(host, port)))
    clients = twin_clients(options.moment)
    return try_readiness(
        host,
        port,
        moment=options.moment,
        signed_with_pss=_material(clients.pss),
        signed_with_pkcs1=_material(clients.pkcs1),
        starttls=options.starttls or "",
        allow_net=options.allow_net,
        proxies=proxies_of_environment(),
        strangers=True,
    )


def _material(client: IssuedCertificate) -> ClientMaterial:
    """Return what is sent: the certificate with its chain, without the root, as a client should."""
    from pkitools.probing import ClientIdentity, ClientMaterial

    chain = tuple(link.der for link in client.path[:-1])
    return ClientMaterial(ClientIdentity(chain, client.key), chain)


def _text(tried: Tried) -> Iterator[Line | str]:
    found = tried.found
    answer = tr(f"cli.g4.probe.answer.{_state(found)}", peer=found.seen.peer)
    yield from (Line(row, bold=True) for row in wrapped(answer, ""))
    yield from labelled("cli.g4.probe.row", _rows(found))
    commands = {
        "plan": lambda: ("g4", "plan", blank("file")),
        "look": lambda: ("probe", *_same(tried.options)),
        "probe": lambda: (
            *("probe", *_same(tried.options), "--client-cert", blank("file")),
            *("--client-key", blank("file")),
        ),
    }
    told = step(f"g4_probe.{_state(found)}", {}, commands)
    yield from told.told() if told is not None else ()


def _same(options: Options) -> Iterator[str]:
    """Yield the peer and how to come to it, as they were given."""
    yield options.target
    if options.starttls:
        yield from ("--starttls", options.starttls)
    for network in options.allow_net:
        yield from ("--allow-net", str(network))


def _state(found: Readiness) -> str:
    """Return what came of it: the answer, or why there could be none."""
    shaken = found.seen.handshake
    if found.takes_anyone:
        return "anyone"
    if found.answer != "unknown" or shaken.asks:
        return str(found.answer)
    return "not_asked" if shaken.completed else "no_connection"


def _rows(found: Readiness) -> Iterator[tuple[str, str | None]]:
    shaken = found.seen.handshake
    is_alike = found.certificate == "unknown"  # what it says of one alone is no matter of trust
    if shaken.asks or shaken.completed:
        yield (
            "certificate",
            (tr("cli.g4.probe.anyone") if found.takes_anyone else _taken(found.seen, found.alert, is_alike)),
        )
    yield "control", None if found.control is None else _taken(found.control, found.control_alert, is_alike)
    yield "signatures", tr(f"cli.g4.probe.offered.{found.signatures}") if shaken.asks else None
    yield "authorities", _authorities(found) if shaken.asks else None
    tls = tr("cli.g4.probe.tls", version=shaken.version, cipher=shaken.cipher)
    yield "tls", tls if shaken.cipher else None


def _taken(seen: Observation, alert: Alert | None, is_alike: bool) -> str:
    named = "" if alert is None else f" ({alert.name})"
    if is_alike and alert is not None and alert.name == "unknown_ca":
        return tr("cli.g4.probe.untrusted", alert=named)
    return tr(f"cli.g4.probe.taken.{seen.taken}", alert=named)


def _authorities(found: Readiness) -> str:
    names = ", ".join(map(shown, found.named))
    return tr(f"cli.g4.probe.authorities.{found.authorities}", names=names, count=len(found.seen.handshake.issuers))
