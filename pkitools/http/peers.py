"""Who may hand on the certificate of another: the proxies that are trusted, by address or by unix socket."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from pkitools.arguments import optional, several
from pkitools.errors import InvalidValueError

_SHORTEST_PREFIX: Final = 8  # 10.0.0.0/8 and fd00::/8 are the widest networks that one organisation has for itself
_SHORTEST_PUBLIC: Final = {4: 16, 6: 32}  # what one organisation can have of the addresses that all share


class TrustedProxies:
    """The proxies whose word counts.

    Args:
        networks: addresses and networks, such as ``10.1.2.3`` and ``fd00:1::/64``.
        unix_socket: trust whoever connects over a unix socket: its file says who may.

    Raises:
        InvalidValueError: one is no network, is so wide that it trusts strangers, or nothing is trusted at all.
    """

    def __init__(self, networks: str | Iterable[str] = (), *, unix_socket: bool = False) -> None:
        self._networks = tuple(map(_network, several(networks, str, "networks")))
        self._unix_socket = unix_socket
        if not self._networks and not unix_socket:
            raise InvalidValueError("http.error.no_proxies")

    def __repr__(self) -> str:
        return f"<TrustedProxies {', '.join(map(str, self._networks))}{' unix' if self._unix_socket else ''}>"

    def trust(self, peer: str | None) -> bool:
        """Return whether who connected is one of them.

        Args:
            peer: the address of the other end of the connection itself, as the server that runs the application has it,
                never as a header says; ``None`` or empty for a unix socket.
        """
        if not optional(peer, str, "peer"):
            return self._unix_socket
        assert peer is not None  # else it was one
        address = _address(peer)
        return address is not None and any(
            address.version == network.version and address in network for network in self._networks
        )


def _network(text: str) -> IPv4Network | IPv6Network:
    if not isinstance(text, str):  # of a number Python would make an address
        raise InvalidValueError("http.error.network", network=type(text).__name__)
    try:
        network = ip_network(text)
    except ValueError:
        raise InvalidValueError("http.error.network", network=text) from None
    if network.prefixlen < (_SHORTEST_PREFIX if network.is_private else _SHORTEST_PUBLIC[network.version]):
        raise InvalidValueError("http.error.network_wide", network=text)
    return network


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address  # a server that listens on both kinds shows IPv4 so
