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

    @property
    def expects_something(self) -> bool:
        """Whether the certificates are held against something that was given."""
        given = (self.oin, self.organization, self.key_file, self.csr_file, self.expect_file)
        return any(each is not None for each in given)


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


class Placed(click.ParamType[tuple[Environment, str]]):
    """``ENVIRONMENT=FILE``: a certificate that is in use elsewhere."""

    name = "environment=file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Environment, str]:
        """Return the environment and the file."""
        environment, _, name = str(value).partition("=")
        try:
            found = Environment(environment.lower()) if name.strip() else None
        except ValueError:
            found = None
        if found is None:
            self.fail(tr("cli.cert_check.not_placed", value=value), param, ctx)
        return found, name
