"""``pkitools probe``: would the other side take my certificate, and would I take theirs?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from pkitools.environment import Environment
from pkitools.errors import InputError, NetworkError
from pkitools.findings import Severity
from pkitools.frozen import dataclass
from pkitools.reports import probe_document
from pkitools_cli.commands.given.fetching import proxies_of_environment
from pkitools_cli.commands.given.judging import revocation_of, revocation_options_with, trust_of, trust_option
from pkitools_cli.commands.given.keys import read_key
from pkitools_cli.commands.probe.text import probe_told
from pkitools_cli.debugging import debugging
from pkitools_cli.exit_codes import of_reports
from pkitools_cli.framework import Command, gathered, progress
from pkitools_cli.i18n import tr
from pkitools_cli.inputs import WithUnread, about_input, read_input, read_items
from pkitools_cli.options import STANDARD_INPUT, environment_option, fail_on_option, moment_option
from pkitools_cli.own_data import given_data, titles
from pkitools_cli.passphrases import given_passphrase, passphrase_options
from pkitools_cli.reply import Reply

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

    from pkitools.containers import BadItem, Contents
    from pkitools.probing import ClientMaterial, ProbeResult
    from pkitools.requests import PrivateKey
    from pkitools.trust import TrustStore
    from pkitools.x509 import CertificateFacts

_HTTPS = 443


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What ``probe`` was given."""

    target: str
    client_cert: str | None
    client_key: str | None
    chain: tuple[str, ...]
    starttls: str | None
    systems: tuple[str, ...]
    environment: Environment | None
    trust: tuple[str, ...]
    crls: tuple[str, ...]
    ocsp: tuple[str, ...]
    revocation: str | None
    cache: Path | None
    passphrase_file: str | None
    passphrase_env: str | None
    offline: bool
    allow_net: tuple[IPv4Network | IPv6Network, ...]
    allow_port: tuple[int, ...]
    moment: datetime
    fail_on: Severity | None
    verbose: bool


@dataclass(frozen=True, slots=True)
class Tried:
    """What was found of a peer."""

    result: ProbeResult


def _protocols(function: Callable[..., object]) -> Callable[..., object]:
    from pkitools.probing.starttls import starttls_protocols

    choice = click.Choice(starttls_protocols())
    return click.option("--starttls", type=choice, help="cli.probe.starttls")(function)


@click.command("probe", cls=Command, help="cli.probe.help")
@click.argument("target", metavar="HOST:PORT")
@click.option("--client-cert", metavar="FILE", help="cli.probe.client_cert")
@click.option("--client-key", metavar="FILE", help="cli.probe.client_key")
@click.option("--chain", multiple=True, metavar="FILE", help="cli.probe.chain")
@_protocols
@click.option("--for", "systems", multiple=True, metavar="SYSTEM", help="cli.probe.for")
@environment_option
@trust_option
@revocation_options_with("cli.probe")
@passphrase_options
@click.option("--verbose", is_flag=True, help="cli.cert_check.verbose")
@moment_option
@fail_on_option
@gathered(Options)
def command(options: Options) -> Reply[Tried]:
    """Try a connection, and judge what was seen."""
    host, port = target_of(options.target, options.starttls)
    _refuse_clashes(options)
    titles(options.systems)  # a wrong name is told before anybody is asked
    trust = trust_of(options.trust)
    result = _probed(host, port, options, client=_client(options, trust), trust=trust)
    return Reply(
        Tried(result),
        document=lambda tried: probe_document(tried.result),
        text=lambda tried: probe_told(tried.result, options.target, options.systems, verbose=options.verbose),
        code=of_reports([result.report], options.fail_on, complete=result.is_complete),
        warnings=unused_of(options.target),
    )


def _refuse_clashes(options: Options) -> None:
    if options.client_key is not None and options.client_cert is None:
        raise click.UsageError(tr("cli.probe.key_alone"))
    if options.chain and options.client_cert is None:
        raise click.UsageError(tr("cli.probe.chain_alone"))


def _probed(
    host: str,
    port: int,
    options: Options,
    *,
    client: WithUnread[ClientMaterial | None, BadItem],
    trust: TrustStore | None,
) -> ProbeResult:
    from pkitools.probing import probe
    from pkitools.probing.model import peer_name

    if options.offline:
        raise NetworkError("probing.error.offline", peer=peer_name(host, port))
    revocation = revocation_of(options)
    progress(tr("cli.probe.asking", peer=peer_name(host, port)))
    return probe(
        host,
        port,
        moment=options.moment,
        environment=options.environment,
        systems=options.systems,
        client=client.value,
        trust=trust,
        revocation=revocation.value,
        starttls=options.starttls or "",
        allow_net=options.allow_net,
        proxies=proxies_of_environment(),
        data=given_data(),
        unread=(*client.unread, *revocation.unread),
        raise_crashes=debugging(),
    )


def target_of(given: str, starttls: str | None) -> tuple[str, int]:
    """Return host and port of what was given: ``HOST:PORT``, a host alone, or the URL of a page."""
    from pkitools.probing.starttls import usual_port

    try:
        parts = urlsplit(given if "://" in given else f"//{given}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise click.UsageError(tr("cli.probe.no_target", value=given)) from None
    usual = usual_port(starttls) if starttls else _HTTPS
    if not host or parts.username is not None or parts.scheme not in {"", "https"}:
        raise click.UsageError(tr("cli.probe.no_target", value=given))
    return host, usual if port is None else port


def unused_of(given: str) -> tuple[str, ...]:
    """Return what to say of the page in an address that :func:`target_of` took: another one is asked for, or none."""
    parts = urlsplit(given if "://" in given else f"//{given}")
    page = f"{parts.path}?…" if parts.query else parts.path  # what is asked there may be a secret
    return () if page in {"", "/"} else (tr("cli.probe.page_unused", page=page),)


def _client(options: Options, trust: TrustStore | None) -> WithUnread[ClientMaterial | None, BadItem]:
    """Return the certificate to show with its key: what is sent is what the file holds, as a program would."""
    if options.client_cert is None:
        return WithUnread(None)
    from pkitools.containers.wanted import unread_of
    from pkitools.exports import gather
    from pkitools.probing import ClientIdentity, ClientMaterial

    passphrase = given_passphrase(options.passphrase_file, options.passphrase_env)
    contents = read_input(options.client_cert, passphrase)
    key = read_key(options.client_key, passphrase) if options.client_key is not None else None
    given = [read_items(name) for name in options.chain]
    chain = tuple(der for each in given for der in each.value)
    with about_input(options.client_cert):
        at_hand = (*(anchor.der for anchor in trust.anchors), *trust.intermediates) if trust else ()
        path = gather(contents, moment=options.moment, chain=(*chain, *at_hand), key=key).path
        key = key or _key_beside(contents, options.client_cert, path.leaf, passphrase)
    ders = (path.leaf.der, *(item.der for item in contents.of_kind("certificate")), *chain)
    sent = tuple(dict.fromkeys(ders))
    complete = (path.leaf.der, *(facts.der for facts in path.intermediates))
    unread = (*unread_of(contents), *(one for each in given for one in each.unread))
    return WithUnread(ClientMaterial(ClientIdentity(sent, key.native), complete), unread)


def _key_beside(contents: Contents, name: str, leaf: CertificateFacts, passphrase: bytes | None) -> PrivateKey:
    """Return the key in the file of the certificate itself."""
    from pkitools.exports import key_of, keys_of
    from pkitools.files import read_bytes
    from pkitools.x509.keys import is_same_key

    data = b"" if name == STANDARD_INPUT else read_bytes(name)
    found = key_of(keys_of(contents, data, passphrase), [leaf])
    if found is None or not is_same_key(found.key.public, leaf.public_key):
        raise InputError("probing.error.no_key", name=name)
    return found.key
