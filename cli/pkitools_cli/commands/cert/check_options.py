"""What ``cert check`` can be given, and how the odd ones are written."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

import click

from pkitools.environment import Environment
from pkitools.findings import Severity
from pkitools.frozen import dataclass
from pkitools_cli.i18n import tr

F = TypeVar("F", bound=Callable[..., object])


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOptions:
    """What ``cert check`` was given."""

    files: tuple[str, ...]
    environment: Environment
    systems: tuple[str, ...]
    oin: str | None
    organization: str | None
    key_file: str | None
    csr_file: str | None
    expect_file: str | None
    alias: str | None
    certificate: str | None
    chain: tuple[str, ...]
    trust: tuple[str, ...]
    passphrase_file: str | None
    passphrase_env: str | None
    entity_id: str | None
    profile: str | None
    host: str | None
    beside: tuple[tuple[Environment, str], ...]
    crls: tuple[str, ...]
    ocsp: tuple[str, ...]
    revocation: str | None
    offline: bool
    allow_net: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]
    allow_port: tuple[int, ...]
    cache: Path | None
    cross_check: bool
    strict: bool
    strict_delivery: bool
    moment: datetime
    fail_on: Severity | None
    verbose: bool
    quiet: bool
    reports: tuple[str, ...]
    force: bool


class Meant(Protocol):
    """Options about what a certificate is for, of whichever command: what comes next follows from them."""

    @property
    def systems(self) -> tuple[str, ...]:
        """The systems it is for."""

    @property
    def environment(self) -> Environment:
        """Where it is to be used."""

    @property
    def moment(self) -> datetime:
        """When it is judged."""

    @property
    def trust(self) -> tuple[str, ...]:
        """What was given to be trusted."""

    @property
    def profile(self) -> str | None:
        """The profile it was ordered under."""

    @property
    def oin(self) -> str | None:
        """The OIN that should be in it."""

    @property
    def organization(self) -> str | None:
        """The name that should be in it."""

    @property
    def verbose(self) -> bool:
        """Everything is told."""


class GivenRevocation(Protocol):
    """Options about revocation, of whichever command."""

    @property
    def revocation(self) -> str | None:
        """What an unknown status means."""

    @property
    def crls(self) -> tuple[str, ...]:
        """Files with CRLs, or folders of them."""

    @property
    def ocsp(self) -> tuple[str, ...]:
        """Files with OCSP responses."""

    @property
    def trust(self) -> tuple[str, ...]:
        """What is trusted besides, which may hold CRLs."""

    @property
    def offline(self) -> bool:
        """Open no connection."""

    @property
    def cache(self) -> Path | None:
        """Where documents are kept."""

    @property
    def allow_net(self) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
        """Private networks that may be asked."""

    @property
    def allow_port(self) -> tuple[int, ...]:
        """Further ports that may be asked."""


class NetworkRange(click.ParamType[ipaddress.IPv4Network | ipaddress.IPv6Network]):
    """A network such as ``10.0.0.0/8``."""

    name = "cidr"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
        """Return the network."""
        try:
            return ipaddress.ip_network(value)
        except ValueError:
            self.fail(tr("cli.cert_check.not_cidr", value=value), param, ctx)


class Placed(click.ParamType[tuple[Environment, str]]):
    """``ENVIRONMENT=FILE``: a certificate that is in use elsewhere."""

    name = "environment=file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Environment, str]:
        """Return the environment and the file."""
        environment, _, name = str(value).partition("=")
        try:
            return Environment(environment.lower()), name
        except ValueError:
            self.fail(tr("cli.cert_check.not_placed", value=value), param, ctx)


def revocation_options(command: F) -> F:
    """Add the options about revocation of every command that judges certificates: :class:`GivenRevocation`."""
    return revocation_options_with("cli.cert_check")(command)


def revocation_options_with(texts: str) -> Callable[[F], F]:
    """Return what adds those options, where the network is for more than revocation.

    Args:
        texts: where it is said what ``--offline`` and ``--allow-net`` do there.
    """
    options = (
        click.option("--crl", "crls", multiple=True, metavar="FILE|DIR", help="cli.cert_check.crl"),
        click.option("--ocsp", multiple=True, metavar="FILE", help="cli.cert_check.ocsp"),
        click.option("--revocation", type=click.Choice(["require", "prefer", "off"]), help="cli.cert_check.revocation"),
        click.option("--offline", is_flag=True, envvar="PKITOOLS_OFFLINE", help=f"{texts}.offline"),
        click.option("--allow-net", multiple=True, type=NetworkRange(), help=f"{texts}.allow_net"),
        click.option("--allow-port", multiple=True, type=click.IntRange(1, 65535), help="cli.cert_check.allow_port"),
        click.option("--cache", type=click.Path(path_type=Path), metavar="DIR", help="cli.cert_check.cache"),
    )

    def add(command: F) -> F:
        for option in reversed(
            options
        ):  # click lists them in the order of decorators, the last of which is asked first
            command = option(command)
        return command

    return add
