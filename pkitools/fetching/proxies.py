"""Proxies as the environment names them, and the tunnel through one (CONNECT, RFC 9110 9.3.6)."""

from __future__ import annotations

import base64
import socket
from ipaddress import ip_network
from typing import Final
from urllib.parse import unquote, urlsplit

from pkitools.arguments import wrong_type
from pkitools.errors import InvalidValueError
from pkitools.fetching.addresses import Target
from pkitools.fetching.connecting import Connector
from pkitools.fetching.http1 import Connection, Deadline, Response, TransferError
from pkitools.fetching.model import FetchFault
from pkitools.frozen import dataclass, field

PROXY_ASKS_WHO: Final = 407
"""The status by which a proxy asks for a name and password (RFC 9110 15.5.8)."""


@dataclass(frozen=True, slots=True)
class Proxies:
    """Proxies as the environment names them; read there by the caller.

    A proxy is the user's own choice, so that its address is not tested; behind it the proxy resolves names, so that
    only addresses written in a URL can be.

    Args:
        http, https: URL of the proxy for such URLs, ``http://[user:password@]host[:port]``; empty for none.
        no_proxy: hosts, domains and networks that are asked directly, separated by commas; ``*`` is all.

    Raises:
        InvalidValueError: one of these is no text.
    """

    http: str = field(default="", repr=False)  # may hold a password
    https: str = field(default="", repr=False)
    no_proxy: str = ""

    def __post_init__(self) -> None:
        for name in ("http", "https", "no_proxy"):
            if not isinstance(getattr(self, name), str):  # its type only: it may hold a password
                raise wrong_type(name, getattr(self, name), "str")

    def for_target(self, target: Target) -> str:
        """Return the proxy for a URL, or an empty string."""
        proxy = self.https if target.scheme == "https" else self.http
        return "" if not proxy or self._direct(target) else proxy

    def _direct(self, target: Target) -> bool:
        entries = (entry.strip().lower() for entry in self.no_proxy.split(","))
        return any(_matches(entry, target) for entry in entries if entry)


def _matches(entry: str, target: Target) -> bool:
    if entry == "*":
        return True
    if target.address is not None:
        try:
            network = ip_network(entry.strip("[]"), strict=False)
        except ValueError:
            return False
        return network.version == target.address.version and target.address in network
    domain = entry.removeprefix("*").lstrip(".")
    return target.host == domain or target.host.endswith("." + domain)


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy, taken apart.

    Args:
        host, port: where it listens.
        authorization: what it is told about who asks; empty for nothing.
    """

    host: str
    port: int
    authorization: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """What to call it, without who asks."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def read_proxy(url: str) -> Proxy:
    """Take the URL of a proxy apart.

    Raises:
        InvalidValueError: it is none; the URL may hold a password, and is not told.
    """
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
        parts = urlsplit("")
    if not host or parts.scheme != "http":
        raise InvalidValueError("revocation.error.proxy_url")
    authorization = ""
    if parts.username is not None:
        secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = "Basic " + base64.b64encode(secret.encode("utf-8")).decode("ascii")
    return Proxy(host, port or 80, authorization)


@dataclass(frozen=True, slots=True)
class Tunnel:
    """What a proxy answered to CONNECT, and what the other side of the tunnel said right behind it."""

    response: Response
    said: bytes


def connect_to_proxy(connector: Connector, proxy: Proxy, deadline: Deadline) -> socket.socket:
    """Return a connection to a proxy. Raises :class:`~pkitools.fetching.http1.TransferError`."""
    try:
        return connector.connect(connector.addresses(proxy.host, proxy.port, deadline), proxy.port, deadline)
    except TransferError as error:
        late = error.fault is FetchFault.TIMEOUT
        raise TransferError(FetchFault.TIMEOUT if late else FetchFault.PROXY_CONNECT, error.detail) from None


def ask_for_tunnel(connected: socket.socket, host: str, port: int, proxy: Proxy, deadline: Deadline) -> Tunnel:
    """Ask a proxy for a connection to a host, and return its answer, whatever it is.

    Raises:
        TransferError: it is no answer of HTTP, or none in time.
    """
    connection = Connection(connected, deadline)
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {where} HTTP/1.1", f"Host: {where}"]
    if proxy.authorization:
        lines.append(f"Proxy-Authorization: {proxy.authorization}")
    connection.send(("\r\n".join(lines) + "\r\n\r\n").encode("ascii"))
    return Tunnel(connection.read(0, bodyless=True), connection.rest)
