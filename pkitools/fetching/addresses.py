"""Where a URL out of a certificate may lead: the rule against being used to reach what is not public.

A certificate is written by a stranger until its path is verified, and its URLs point where its issuer wants. Only
public addresses are connected to; others only in the networks that the user opens (``allow_net``), as governments do
host CRLs on private addresses. Python's ``is_global`` alone is not enough: it holds for multicast and for addresses
that carry an IPv4 address inside (NAT64, 6to4, Teredo, mapped and compatible forms), which is tested again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, TypeAlias, TypeGuard
from urllib.parse import urlsplit

from pkitools.arguments import several
from pkitools.errors import InvalidValueError
from pkitools.frozen import dataclass
from pkitools.messages import NOTHING, Detail
from pkitools.text import pattern

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

Networks: TypeAlias = Network | str | Iterable[Network | str]
"""One network or several, each as :mod:`ipaddress` has it or as text, such as ``10.1.2.0/24``."""

DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_MAX_URL: Final = 2048
_NAT64: Final = IPv6Network("64:ff9b::/96")
_COMPATIBLE: Final = IPv6Network("::/96")
_LABEL: Final = pattern(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)\Z")
_NUMBER: Final = pattern(r"(?:0[xX][0-9a-fA-F]*|[0-9]+)\Z")


@dataclass(frozen=True, slots=True)
class Target:
    """A URL taken apart.

    Args:
        scheme: ``http`` or ``https``.
        host: lower case; an IPv6 address without brackets.
        port: the default of the scheme where the URL gives none.
        path: with its query; at least ``/``.
        address: the host, where it is written as an address.
    """

    scheme: str
    host: str
    port: int
    path: str
    address: Address | None = None

    @property
    def authority(self) -> str:
        """What goes in the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The URL in one form, for comparison."""
        return f"{self.scheme}://{self.authority}{self.path}"


class RefusedURL(ValueError):  # noqa: N818 - a refusal: the fetcher turns it into its own error
    """A URL that is not followed.

    Args:
        why: the last part of a code under ``fetching.detail``.
        operands: of its words.
    """

    def __init__(self, why: str, **operands: object) -> None:
        self.detail = Detail(f"fetching.detail.{why}", **operands)
        super().__init__(self.detail)


def parse_url(url: str, allow_ports: frozenset[int] = frozenset()) -> Target:
    """Take a URL apart.

    Args:
        url: as found.
        allow_ports: ports beside 80 and 443.

    Raises:
        RefusedURL: not http or https, a user name in it, another port, a host that is neither a name nor an address
            in its usual form.
    """
    if len(url) > _MAX_URL or not url.isascii() or any(char <= " " or char in '\\"<>^`{|}\x7f' for char in url):
        raise RefusedURL("characters_that_do_not_belong_in_a_url")
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        raise RefusedURL("not_a_url") from None
    scheme = parts.scheme.lower()
    if scheme not in DEFAULT_PORTS:
        raise RefusedURL("scheme", scheme=scheme or NOTHING)
    if "@" in parts.netloc:
        raise RefusedURL("a_user_name_in_the_url")
    number = DEFAULT_PORTS[scheme] if port is None else port
    if number not in {80, 443} and number not in allow_ports:
        raise RefusedURL("port", port=number)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    address = _literal(host, bracketed=parts.netloc.startswith("["))
    return Target(scheme, str(address) if address else _name(host), number, path, address)


def _literal(host: str, *, bracketed: bool) -> Address | None:
    last = host.rstrip(".").rpartition(".")[2]
    if not bracketed and not _NUMBER.match(last):
        return None
    try:
        if "%" in host:
            raise ValueError
        return ip_address(host)
    except ValueError:
        # 0177.1, 0x7f.1, 2130706433: resolvers read these as addresses, so that they are no names
        raise RefusedURL("an_address_in_an_unusual_form") from None


def _name(host: str) -> str:
    name = host.removesuffix(".")
    if not name or len(name) > 253 or not all(_LABEL.match(label) for label in name.split(".")):
        raise RefusedURL("not_a_host_name")
    return name


def networks(given: Networks, parameter: str = "allow_net") -> tuple[Network, ...]:
    """Return the networks that were given.

    Raises:
        InvalidValueError: one of them is none; nor is a number, which :mod:`ipaddress` would take for an address.
    """
    return tuple(map(_network, several(given, (str, IPv4Network, IPv6Network), parameter)))


def _network(given: object) -> Network:
    if isinstance(given, (IPv4Network, IPv6Network)):
        return given
    if isinstance(given, str):
        try:
            return ip_network(given)
        except ValueError:
            raise InvalidValueError("fetching.error.network", network=given) from None
    raise InvalidValueError("fetching.error.network", network=type(given).__name__)


def is_port(given: object) -> TypeGuard[int]:
    """Return whether this is the number of a port."""
    return isinstance(given, int) and not isinstance(given, bool) and 0 < given < 65536


def ports(given: int | Iterable[int], parameter: str = "allow_ports") -> frozenset[int]:
    """Return the ports that were given.

    Raises:
        InvalidValueError: one of them is none; nor is one that is written as text.
    """
    found = several(given, int, parameter)
    for each in found:
        if not is_port(each):
            raise InvalidValueError("fetching.error.port", port=each if isinstance(each, int | str) else type(each))
    return frozenset(found)


def is_allowed(address: Address, allow_net: Iterable[Network] = ()) -> bool:
    """Whether this address may be connected to."""
    opened = tuple(allow_net)
    return all(_is_public(each) or _is_in(each, opened) for each in _carried(address))


def _carried(address: Address) -> Iterator[Address]:
    """Yield the address and every IPv4 address inside it; of a mapped or NAT64 one only that, as it leads there."""
    if isinstance(address, IPv4Address):
        yield address
        return
    low = IPv4Address(int(address) & 0xFFFFFFFF)
    if address.ipv4_mapped is not None or address in _NAT64:
        yield low
        return
    yield address
    if address.teredo is not None:
        yield from address.teredo
    if address in _COMPATIBLE and int(address) > 1:
        yield low


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and address.sixtofour is not None:
        return False  # withdrawn by RFC 7526; Python calls it global until 3.12 and not from 3.13 on
    return address.is_global and not (
        address.is_multicast
        or address.is_reserved
        or address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_unspecified
        or (isinstance(address, IPv6Address) and address.is_site_local)
    )


def _is_in(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address.version == network.version and address in network for network in networks)
