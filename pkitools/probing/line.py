"""Connections to one peer, all by the way that was found first: straight to a tested address, or through a proxy."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Final

from pkitools.arguments import optional, text
from pkitools.arguments import seconds as limited
from pkitools.errors import InvalidValueError
from pkitools.fetching.addresses import Address, Networks, Target, is_allowed, is_port, networks
from pkitools.fetching.connecting import Connector
from pkitools.fetching.http1 import Deadline, TransferError
from pkitools.fetching.model import Fault, FetchFault
from pkitools.fetching.proxies import PROXY_ASKS_WHO, Proxies, Proxy, ask_for_tunnel, connect_to_proxy, read_proxy
from pkitools.probing.channel import Channel
from pkitools.probing.model import ProbeError, ProbeFault, peer_name
from pkitools.probing.starttls import ask_for_tls, usual_port
from pkitools.text import pattern

SECONDS: Final = 30.0
"""For everything that is asked of a peer together."""
_HOST: Final = pattern(r"(?=.{1,253}\Z)(?!-)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?\Z")
_NUMBERS: Final = pattern(r"[0-9.]+\Z|0[xX]")
_FAULTS: Final[dict[Fault, ProbeFault]] = {
    FetchFault.ADDRESS: ProbeFault.ADDRESS,
    FetchFault.DNS: ProbeFault.DNS,
    FetchFault.TIMEOUT: ProbeFault.TIMEOUT,
}
_PROXY_FAULTS: Final[dict[Fault, ProbeFault]] = {
    FetchFault.TIMEOUT: ProbeFault.PROXY_TIMEOUT,
    FetchFault.PROXY_CONNECT: ProbeFault.PROXY_CONNECT,
    FetchFault.CONNECT: ProbeFault.PROXY_CLOSED,
    FetchFault.TRUNCATED: ProbeFault.PROXY_CLOSED,
}


class Line:
    """Connections to one peer, all to the address that was tested first, under one deadline.

    Args:
        host, port: whom to ask.
        starttls: the protocol in which TLS has to be asked for; empty for none.
        allow_net: networks that may be connected to though they are not public.
        seconds: for all connections together.
        proxies: where one is named for this host, every connection goes through it.

    Raises:
        InvalidValueError: no such host name, port, protocol or proxy.
    """

    def __init__(
        self,
        host: str,
        port: int,
        starttls: str,
        *,
        allow_net: Networks,
        seconds: float,
        proxies: Proxies | None = None,
    ) -> None:
        self.host, self.port, self.starttls = _host(host), _port(port), starttls
        self.peer = peer_name(self.host, self.port)
        if text(starttls, "starttls"):
            usual_port(starttls)  # a wrong name is told before anybody is asked
        self.deadline = Deadline(limited(seconds))
        self._allow_net = networks(allow_net)
        self._connector = Connector(allow_net=self._allow_net)
        self._addresses: list[Address] = []
        self._proxy = _proxy(optional(proxies, Proxies, "proxies"), self.host, self.port)

    @property
    def address(self) -> Address | None:
        """The address that answered; none when a proxy looked it up."""
        return None if self._proxy else self._addresses[0]

    @property
    def proxy(self) -> str:
        """The proxy that is gone through, without who asks; empty for none."""
        return self._proxy.name if self._proxy else ""

    @property
    def proxy_address(self) -> str:
        """Where that proxy was found, with its port."""
        return peer_name(str(self._addresses[0]), self._proxy.port) if self._proxy else ""

    @property
    def can_be_left_to_others(self) -> bool:
        """Whether another program can be asked to go this way.

        Not where the proxy wants a password: what a program is told others on the machine can read. Nor where TLS is
        asked for through a proxy: openssl loses what a server says right behind the proxy's answer, and waits for it.
        """
        return self._proxy is None or not (self._proxy.authorization or self.starttls)

    def left(self) -> float:
        """Return the seconds left; none of them is no error here."""
        try:
            return self.deadline.left()
        except TransferError:
            return 0.0

    def opened(self, seconds: float) -> Channel:
        """Return a new connection on which TLS may begin: it was asked for where that is needed.

        Args:
            seconds: for everything on this connection.

        Raises:
            ProbeError: there is none.
        """
        deadline = Deadline(min(seconds, self.left()))
        connected, said = self._tunnel(deadline) if self._proxy else (self._connected(deadline), b"")
        channel = Channel(connected, deadline, self.peer, said)
        try:
            if self.starttls:
                ask_for_tls(channel, self.starttls)
        except BaseException:
            channel.close()
            raise
        return channel

    def _connected(self, deadline: Deadline) -> socket.socket:
        try:
            if self._addresses:
                return self._connector.connect(self._addresses, self.port, deadline)
            return self._first_of(self._connector.tested(self.host, self.port, deadline), self.port, deadline)
        except TransferError as error:
            fault = _FAULTS.get(error.fault, ProbeFault.CONNECT)
            raise ProbeError(fault, self.peer, error.detail) from None

    def addresses(self) -> tuple[str, ...]:
        """Return every address of the peer, each once and all allowed; none where a proxy looks its name up.

        Raises:
            ProbeError: it has none, or one that may not be connected to.
        """
        if self._proxy is not None:
            return ()
        try:
            found = self._connector.tested(self.host, self.port, self.deadline)
        except TransferError as error:
            raise ProbeError(_FAULTS.get(error.fault, ProbeFault.CONNECT), self.peer, error.detail) from None
        return tuple(map(str, dict.fromkeys(found)))

    def only(self, address: str) -> None:
        """Connect to one of :meth:`addresses` alone."""
        self._addresses = [ip_address(address)]

    def _first_of(self, tested: Sequence[Address], port: int, deadline: Deadline) -> socket.socket:
        fault = TransferError(FetchFault.CONNECT)
        for address in tested:
            try:
                connected = self._connector.connect([address], port, deadline)
            except TransferError as error:
                fault = error
            else:
                self._addresses = [address]
                return connected
        raise fault

    def _tunnel(self, deadline: Deadline) -> tuple[socket.socket, bytes]:
        """Return a connection through the proxy, and what the peer said in it already."""
        assert self._proxy is not None  # asked only then
        self._refuse_address()
        connected = self._to_proxy(self._proxy, deadline)
        try:
            return connected, self._asked(connected, self._proxy, deadline)
        except BaseException:
            connected.close()
            raise

    def _refuse_address(self) -> None:
        """Refuse a host that is written as an address that may not be connected to: a proxy tests none."""
        address = _address(self.host)
        if address is not None and not is_allowed(address, self._allow_net):
            raise ProbeError(ProbeFault.ADDRESS, self.peer, self.host)

    def _to_proxy(self, proxy: Proxy, deadline: Deadline) -> socket.socket:
        try:
            connected = connect_to_proxy(self._connector, proxy, deadline)
        except TransferError as error:
            raise self._proxy_error(error) from None
        self._addresses = [ip_address(connected.getpeername()[0])]
        return connected

    def _asked(self, connected: socket.socket, proxy: Proxy, deadline: Deadline) -> bytes:
        try:
            tunnel = ask_for_tunnel(connected, self.host, self.port, proxy, deadline)
        except TransferError as error:
            raise self._proxy_error(error) from None
        if tunnel.response.is_success:
            return tunnel.said
        status = tunnel.response.status
        fault = ProbeFault.PROXY_AUTH if status == PROXY_ASKS_WHO else ProbeFault.PROXY_REFUSED
        raise ProbeError(fault, self.peer, str(status), self.proxy)

    def _proxy_error(self, error: TransferError) -> ProbeError:
        fault = _PROXY_FAULTS.get(error.fault, ProbeFault.PROXY_PROTOCOL)
        return ProbeError(fault, self.peer, error.detail, self.proxy)


def _proxy(proxies: Proxies | None, host: str, port: int) -> Proxy | None:
    """Return the proxy for a host: that for HTTPS, as it is a connection with TLS."""
    found = "" if proxies is None else proxies.for_target(Target("https", host, port, "/", _address(host)))
    return read_proxy(found) if found else None


def _address(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _host(host: str) -> str:
    given = text(host, "host").strip("[]")
    address = None if "%" in given else _address(given)  # what follows a % in an address may be anything
    if address is not None:
        return str(address)
    try:
        name = given.encode("idna").decode("ascii") if not given.isascii() else given
    except UnicodeError:
        name = ""
    if not _HOST.match(name) or _NUMBERS.match(name):
        raise InvalidValueError("probing.error.no_host", host=host)
    return name.removesuffix(".").lower()


def _port(port: object) -> int:
    if not is_port(port):
        raise InvalidValueError("probing.error.no_port", port=port if isinstance(port, int | str) else type(port))
    return port
