"""Fetch one document over HTTP: the means to use the network that the command line hands to the library.

What it promises, whatever a server does: an answer or a :class:`~pkitools.fetching.FetchError`
within the time given for all of it together (name, connection, TLS, redirects, body); at most so many bytes, none of
them decompressed; connections to tested addresses only. Name servers are asked once per host: the address that was
tested is the address connected to.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable
from typing import Final
from urllib.parse import urljoin

from pkitools.arguments import function, octets, of_type, optional, seconds, several, text, whole, wrong_type
from pkitools.errors import InvalidValueError
from pkitools.fetching.addresses import Networks, RefusedURL, Target, is_allowed, networks, parse_url, ports
from pkitools.fetching.connecting import Connector, Resolver, resolve
from pkitools.fetching.http1 import Connection, Deadline, Response, TransferError
from pkitools.fetching.model import Fetched, FetchError, FetchFault, FetchRequest, HttpStatus, not_public
from pkitools.fetching.proxies import PROXY_ASKS_WHO, Proxies, Proxy, ask_for_tunnel, connect_to_proxy, read_proxy
from pkitools.frozen import replace
from pkitools.messages import Detail
from pkitools.text import pattern

_MAX_REDIRECTS: Final = 3
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_USER_AGENT: Final = "pkitools"
_FIELD_NAME: Final = pattern(r"[A-Za-z0-9-]{1,64}\Z")
_FIELD_VALUE: Final = pattern(r"[!-~](?:[ -~]{0,4094}[!-~])?\Z")


class HttpFetcher:
    """Fetches over HTTP/1.1.

    Args:
        total_seconds: for one document, everything together.
        connect_seconds: for one connection, TLS included.
        allow_net: networks that may be connected to though they are not public, such as ``"10.1.2.0/24"``.
        allow_ports: ports beside 80 and 443.
        proxies: from the environment.
        resolver: host and port → addresses as text; the system's by default.
        tls: trust for https; the system's by default. What is fetched is signed itself, and judged by that.

    Raises:
        InvalidValueError: one of these is not what it should be.
    """

    def __init__(
        self,
        *,
        total_seconds: float = 15.0,
        connect_seconds: float = 5.0,
        allow_net: Networks = (),
        allow_ports: int | Iterable[int] = frozenset(),
        proxies: Proxies | None = None,
        resolver: Resolver = resolve,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._total = seconds(total_seconds, "total_seconds")
        self._connect_seconds = seconds(connect_seconds, "connect_seconds")
        self._allow_net, self._allow_ports = networks(allow_net), ports(allow_ports)
        self._connector = Connector(
            allow_net=self._allow_net,
            connect_seconds=self._connect_seconds,
            resolver=function(resolver, "resolver"),
        )
        self._proxies = optional(proxies, Proxies, "proxies") or Proxies()
        self._tls = optional(tls, ssl.SSLContext, "tls")
        for url in (self._proxies.http, self._proxies.https):
            if url:
                read_proxy(url)

    def fetch(self, request: FetchRequest) -> Fetched:
        """Return the document.

        Raises:
            FetchError: nothing usable came; its ``fault`` says what.
            InvalidValueError: a header that is none, or another part of the request that is not what it should be.
        """
        _refuse_wrong(request)
        left = self._total if request.seconds is None else min(self._total, request.seconds)
        try:
            return self._follow(request, Deadline(left))
        except TransferError as error:
            raise FetchError(error.fault, request.url, error.detail, body=error.body) from None

    def _follow(self, request: FetchRequest, deadline: Deadline) -> Fetched:
        target = self._target(request.url, FetchFault.URL)
        seen = {target.url}
        while True:
            proxy = self._proxies.for_target(target)
            try:
                response = self._ask(target, request, proxy, deadline)
            except TransferError as error:
                if error.fault is not FetchFault.ADDRESS or len(seen) == 1:
                    raise
                raise TransferError(FetchFault.REDIRECT, not_public(error.detail)) from None
            if response.status == 200:
                kind = response.first("content-type").partition(";")[0].strip().lower()
                return Fetched(response.body, kind, target.url, bool(proxy), response.headers)
            if response.status not in _REDIRECTS:
                raise TransferError(HttpStatus(response.status), body=response.body)
            following = self._target(urljoin(target.url, response.first("location")), FetchFault.REDIRECT)
            if not response.first("location") or following.url in seen:
                raise TransferError(FetchFault.REDIRECT, Detail("fetching.detail.leads_back_or_nowhere"))
            if target.scheme == "https" and following.scheme == "http":
                raise TransferError(FetchFault.REDIRECT, Detail("fetching.detail.from_https_to_http"))
            if len(seen) > _MAX_REDIRECTS:
                raise TransferError(FetchFault.REDIRECT, Detail("fetching.detail.more_than", limit=_MAX_REDIRECTS))
            seen.add(following.url)
            if (following.scheme, following.authority) != (target.scheme, target.authority):
                request = replace(request, headers=())  # a key is for who was asked
            target = following
            if response.status == 303:  # RFC 9110 15.4.4: see there, by GET
                request = replace(request, body=None)

    def _target(self, url: str, fault: FetchFault) -> Target:
        try:
            target = parse_url(url, self._allow_ports)
        except RefusedURL as refused:
            raise TransferError(fault, refused.detail) from None
        if target.address is not None and not is_allowed(target.address, self._allow_net):
            raise TransferError(fault, not_public(str(target.address)))
        return target

    def _ask(self, target: Target, request: FetchRequest, proxy: str, deadline: Deadline) -> Response:
        if proxy:
            return self._ask_proxy(target, request, read_proxy(proxy), deadline)
        with self._connector.connect_to_tested(target.address or target.host, target.port, deadline) as connected:
            if target.scheme == "http":
                return _exchange(connected, _message(target, request), request, deadline)
            with self._wrapped(connected, target, deadline) as secure:
                return _exchange(secure, _message(target, request), request, deadline)

    def _ask_proxy(self, target: Target, request: FetchRequest, proxy: Proxy, deadline: Deadline) -> Response:
        with connect_to_proxy(self._connector, proxy, deadline) as connected:
            if target.scheme == "http":
                message = _message(target, request, proxy.authorization, absolute=True)
                return _through_proxy(_exchange(connected, message, request, deadline))
            opened = ask_for_tunnel(connected, target.host, target.port, proxy, deadline)
            if not _through_proxy(opened.response).is_success:
                raise TransferError(
                    FetchFault.PROXY_CONNECT, Detail("fetching.detail.connect_answered", status=opened.response.status)
                )
            with self._wrapped(connected, target, deadline) as secure:
                return _exchange(secure, _message(target, request), request, deadline)

    def _wrapped(self, connected: socket.socket, target: Target, deadline: Deadline) -> ssl.SSLSocket:
        context = self._tls or ssl.create_default_context()
        connected.settimeout(deadline.left(self._connect_seconds))
        try:
            return context.wrap_socket(connected, server_hostname=target.host)
        except TimeoutError:
            raise TransferError(FetchFault.TIMEOUT, "TLS") from None
        except (OSError, ValueError) as error:
            raise TransferError(FetchFault.TLS, str(error)[:200]) from None


def _refuse_wrong(request: FetchRequest) -> None:
    """Raise for what nobody can be asked: what goes in a header must be able to stand there."""
    of_type(request, FetchRequest, "request")
    text(request.url, "url")
    whole(request.limit, "limit")
    whole(request.error_limit, "error_limit")
    if request.seconds is not None:
        seconds(request.seconds)
    _header(("Accept", request.accept))
    if request.body is not None:
        octets(request.body, "body")
        _header(("Content-Type", request.content_type))
    for header in several(request.headers, (), "headers"):
        _header(header)


def _exchange(connected: socket.socket, message: bytes, request: FetchRequest, deadline: Deadline) -> Response:
    connection = Connection(connected, deadline)
    connection.send(message)
    return connection.read(request.limit, error_limit=request.error_limit)


def _through_proxy(response: Response) -> Response:
    if response.status == PROXY_ASKS_WHO:
        raise TransferError(FetchFault.PROXY_AUTH)
    return response


def _message(target: Target, request: FetchRequest, proxy_authorization: str = "", *, absolute: bool = False) -> bytes:
    method = "GET" if request.body is None else "POST"
    lines = [
        f"{method} {target.url if absolute else target.path} HTTP/1.1",
        f"Host: {target.authority}",
        f"User-Agent: {_USER_AGENT}",
        f"Accept: {request.accept}",
        "Accept-Encoding: identity",
        "Connection: close",
    ]
    lines += [f"{name}: {value}" for name, value in map(_header, request.headers)]
    if request.body is not None:
        lines += [f"Content-Type: {request.content_type}", f"Content-Length: {len(request.body)}"]
    if proxy_authorization:
        lines.append(f"Proxy-Authorization: {proxy_authorization}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii") + (request.body or b"")


def _header(header: object) -> tuple[str, str]:
    """Return a header that is one; the value of one that is not may be a secret, and is not told."""
    if not (isinstance(header, (tuple, list)) and len(header) == 2 and all(isinstance(each, str) for each in header)):
        raise wrong_type("headers", header, "tuple[str, str]")
    name, value = header
    if not _FIELD_NAME.match(name) or not _FIELD_VALUE.match(value):
        raise InvalidValueError("revocation.error.header", name=name)
    return name, value
