"""``metadata check``: is this metadata right for who receives it?"""

from __future__ import annotations

import ipaddress
from datetime import datetime
from functools import partial
from pathlib import Path

import click

from pkitools.environment import Environment
from pkitools.findings import Severity
from pkitools.frozen import dataclass
from pkitools.metadata import MetadataCheck, check_metadata
from pkitools.reports import metadata_check_document
from pkitools_cli.commands.given.judging import chain_of, revocation_of, revocation_options, trust_of, trust_option
from pkitools_cli.commands.metadata.check_text import told
from pkitools_cli.commands.metadata.reading import read_octets
from pkitools_cli.debugging import debugging
from pkitools_cli.exit_codes import of_reports
from pkitools_cli.framework import Command, gathered
from pkitools_cli.inputs import about_input, called
from pkitools_cli.options import fail_on_option, moment_option, required_environment_option
from pkitools_cli.own_data import given_data, systems_named
from pkitools_cli.reply import Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What ``metadata check`` was given."""

    file: str
    system: str
    environment: Environment
    chain: tuple[str, ...]
    trust: tuple[str, ...]
    crls: tuple[str, ...]
    ocsp: tuple[str, ...]
    revocation: str | None
    offline: bool
    allow_net: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]
    allow_port: tuple[int, ...]
    cache: Path | None
    moment: datetime
    fail_on: Severity | None
    verbose: bool

    @property
    def systems(self) -> tuple[str, ...]:
        """The system, as commands on certificates have it."""
        return (self.system,)

    @property
    def profile(self) -> None:
        """Nobody says here under which profile a certificate was ordered."""

    @property
    def oin(self) -> None:
        """Nobody says here which OIN is expected: the metadata does."""

    @property
    def organization(self) -> None:
        """Nor which name."""


@click.command("check", cls=Command, help="cli.metadata.check.help")
@click.argument("file", metavar="FILE")
@click.option("--for", "system", required=True, metavar="SYSTEM", help="cli.metadata.check.for")
@required_environment_option
@click.option("--chain", multiple=True, metavar="FILE|DIR", help="cli.cert_check.chain")
@trust_option
@revocation_options
@click.option("--verbose", is_flag=True, help="cli.cert_check.verbose")
@moment_option
@fail_on_option
@gathered(Options)
def command(options: Options) -> Reply[MetadataCheck]:
    """Judge one file."""
    systems_named([options.system])  # a wrong name is told before the file is read
    with about_input(options.file):
        found = _checked(options)
    complete = found.certificates is None or found.certificates.is_complete
    code = of_reports(found.reports, options.fail_on, complete=complete)
    return Reply(
        found,
        document=lambda value: {**metadata_check_document(value, options.file), "exit_code": int(code)},
        text=partial(told, options=options),
        code=code,
    )


def _checked(options: Options) -> MetadataCheck:
    chain = chain_of(options.chain)
    octets, trust = read_octets(options.file), trust_of(options.trust)
    revocation = revocation_of(options, chain.value.files)
    return check_metadata(
        octets,
        system=options.system,
        environment=options.environment,
        moment=options.moment,
        intermediates=chain.value.certificates,
        trust=trust,
        revocation=revocation.value,
        own=given_data(),
        name=called(options.file),
        unread=(*chain.unread, *revocation.unread),
        raise_crashes=debugging(),
    )
