"""The network for commands that fetch certificates: what may be asked, and through which proxy."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING, Any

import click

from pkitools_cli.i18n import tr

if TYPE_CHECKING:
    from pkitools.fetching import HttpFetcher, Proxies


class NetworkRange(click.ParamType[IPv4Network | IPv6Network]):
    """A network such as ``10.0.0.0/8``."""

    name = "cidr"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> IPv4Network | IPv6Network:
        """Return the network."""
        try:
            return ip_network(value)
        except ValueError:
            self.fail(tr("cli.cert_check.not_cidr", value=value), param, ctx)


def fetcher_of(allow_net: Sequence[IPv4Network | IPv6Network], allow_port: Sequence[int]) -> HttpFetcher:
    """Return the means to fetch, with the proxies of the environment.

    Args:
        allow_net: private addresses that may be asked all the same.
        allow_port: ports beside those of HTTP.
    """
    from pkitools.fetching.fetcher import HttpFetcher

    return HttpFetcher(allow_net=tuple(allow_net), allow_ports=frozenset(allow_port), proxies=proxies_of_environment())


def proxies_of_environment() -> Proxies:
    """Return the proxies that the environment names; the lower-case name of a variable goes first."""
    from pkitools.fetching.proxies import Proxies

    def setting(name: str) -> str:
        return os.environ.get(name.lower()) or os.environ.get(name) or ""

    return Proxies(setting("HTTP_PROXY"), setting("HTTPS_PROXY"), setting("NO_PROXY"))


def told_refusals(came: Iterable[tuple[str, str]], options: Iterable[str]) -> Iterator[str]:
    """Yield, once each, which options admit what was not asked by rule.

    Args:
        came: the fault and the particulars of each address that gave nothing.
        options: what the command can allow: ``address``, ``port``.
    """
    from pkitools.fetching import refusal
    from pkitools_cli.lines import wrapped
    from pkitools_cli.remedies import allowing

    refused: dict[str, list[str]] = {}
    for fault, detail in came:
        refused.setdefault(str(refusal(fault, detail)), []).append(detail)
    for each in options:
        if each in refused:
            told = tr(f"cli.fetching.allow.{each}", allow=allowing(refused[each]))
            yield from wrapped(f"→ {told}", "      ", "    ")
