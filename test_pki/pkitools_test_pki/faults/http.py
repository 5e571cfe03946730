"""Servers that misbehave: each function answers one connection, on the bare socket.

A behaviour is given an :class:`Exchange` after the request was read and may do what it likes with the connection; the
server closes it afterwards. One that never ends by itself looks at :meth:`Exchange.wait`, which ends when the client
is gone or the server stops.
"""

from __future__ import annotations

import base64
import gzip
import socket
import struct
import textwrap
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final
from urllib.parse import parse_qs, urlsplit

from pkitools.frozen import dataclass, field

HTML: Final = (
    b"<!DOCTYPE html>\n<html><head><title>Welcome</title></head><body>Please log in to this network.</body></html>\n"
)
_GIGABYTE: Final = 1 << 30
_BLOCK: Final = bytes(64 * 1024)


@dataclass
class Exchange:
    """One request and the connection to answer it on.

    Args:
        connection: of the client.
        method, target: of the request line.
        body: of the request.
        document: what a good server would answer.
        content_type: of the document.
        base_url: of this server, without a slash at the end.
        stopping: set when the server stops.
        pace: seconds between two bytes of a slow answer.
    """

    connection: socket.socket
    method: str
    target: str
    body: bytes
    document: bytes
    content_type: str
    base_url: str
    stopping: threading.Event = field(default_factory=threading.Event)
    pace: float = 0.05

    def send(self, data: bytes) -> None:
        """Send everything."""
        self.connection.sendall(data)

    def wait(self) -> None:
        """Stay silent until the client goes away or the server stops."""
        self.connection.settimeout(self.pace)
        while not self.stopping.is_set():
            with suppress(TimeoutError):
                if not self.connection.recv(1024):
                    return

    def drip(self, data: Iterator[bytes]) -> None:
        """Send one piece at a time, slowly, until the client goes away or the server stops."""
        for piece in data:
            if self.stopping.wait(self.pace):
                return
            self.send(piece)


Behaviour = Callable[[Exchange], None]


def head(status: str, *headers: str) -> bytes:
    """Return the start of an answer: status line and headers."""
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode("latin-1")


def answer(exchange: Exchange, body: bytes, content_type: str, status: str = "200 OK", *headers: str) -> None:
    """Answer as a good server would."""
    exchange.send(
        head(status, f"Content-Type: {content_type}", f"Content-Length: {len(body)}", *headers, "Connection: close")
    )
    exchange.send(body)


def good(exchange: Exchange) -> None:
    """Answer with the document."""
    answer(exchange, exchange.document, exchange.content_type)


def _reset(exchange: Exchange) -> None:
    # closing with a linger time of zero sends RST: what a refused or broken connection looks like
    exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _letters(text: bytes) -> Iterator[bytes]:
    while True:
        for letter in text:
            yield bytes((letter,))


def _slow_status_line(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 200 ")
    exchange.drip(_letters(b"K"))


def _slow_headers(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    exchange.drip(_letters(b"w"))


def _slow_body(exchange: Exchange) -> None:
    exchange.send(head("200 OK", f"Content-Type: {exchange.content_type}", f"Content-Length: {len(exchange.document)}"))
    exchange.drip(bytes((octet,)) for octet in exchange.document)


def _slow_chunk(exchange: Exchange) -> None:
    exchange.send(head("200 OK", "Transfer-Encoding: chunked"))
    exchange.drip(_letters(b"0"))


def _status(status: str, *headers: str) -> Behaviour:
    def behave(exchange: Exchange) -> None:
        answer(exchange, HTML, "text/html", status, *headers)

    return behave


def _html(exchange: Exchange) -> None:
    answer(exchange, HTML, "text/html; charset=utf-8")


def _wrong_type(exchange: Exchange) -> None:
    answer(exchange, exchange.document, "text/plain")


def _pem(exchange: Exchange) -> None:
    lines = textwrap.wrap(base64.b64encode(exchange.document).decode("ascii"), 64)
    text = "\n".join(["-----BEGIN X509 CRL-----", *lines, "-----END X509 CRL-----", ""])
    answer(exchange, text.encode("ascii"), exchange.content_type)


def _short(exchange: Exchange) -> None:
    exchange.send(head("200 OK", f"Content-Length: {len(exchange.document)}"))
    exchange.send(exchange.document[: len(exchange.document) // 2])


def _cut(exchange: Exchange) -> None:
    answer(exchange, exchange.document[:-20], exchange.content_type)


def _stream(exchange: Exchange, piece: bytes) -> None:
    for _ in range(_GIGABYTE // len(_BLOCK)):
        if exchange.stopping.is_set():
            return
        exchange.send(piece)


def _declared(exchange: Exchange) -> None:
    exchange.send(head("200 OK", f"Content-Length: {_GIGABYTE}"))
    _stream(exchange, _BLOCK)


def _chunked(exchange: Exchange) -> None:
    exchange.send(head("200 OK", "Transfer-Encoding: chunked"))
    _stream(exchange, f"{len(_BLOCK):x}\r\n".encode("ascii") + _BLOCK + b"\r\n")


def _endless(exchange: Exchange) -> None:
    exchange.send(head("200 OK"))
    _stream(exchange, _BLOCK)


def _encoded(coding: str) -> Behaviour:
    def behave(exchange: Exchange) -> None:
        bomb = gzip.compress(bytes(1 << 22))
        for _ in coding.split(",")[1:]:
            bomb = gzip.compress(bomb)
        answer(exchange, bomb, exchange.content_type, "200 OK", f"Content-Encoding: {coding}")

    return behave


def _header_flood(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 200 OK\r\n")
    flood = b"X-Flood: 1\r\n" * 1000
    for _ in range(100):
        exchange.send(flood)
    exchange.send(b"\r\n")


def _long_header(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 200 OK\r\nX-Long: ")
    for _ in range(160):
        exchange.send(b"w" * len(_BLOCK))
    exchange.send(b"\r\n\r\n")


def _with_lengths(*headers: str) -> Behaviour:
    def behave(exchange: Exchange) -> None:
        size = str(len(exchange.document))
        exchange.send(head("200 OK", *(header.format(size=size) for header in headers)))
        exchange.send(exchange.document)

    return behave


def redirect(location: str, status: str = "302 Found") -> Behaviour:
    """Return a behaviour that redirects; ``{base}`` and ``{target}`` stand for this server and the path asked."""

    def behave(exchange: Exchange) -> None:
        where = location.format(base=exchange.base_url, target=exchange.target)
        answer(exchange, b"", "text/plain", status, f"Location: {where}")

    return behave


def _four_hops(exchange: Exchange) -> None:
    parts = urlsplit(exchange.target)
    hop = int(parse_qs(parts.query).get("hop", ["0"])[0])
    if hop == 4:
        good(exchange)
        return
    redirect(f"{exchange.base_url}{parts.path}?hop={hop + 1}")(exchange)


def _downgrade(exchange: Exchange) -> None:
    redirect(exchange.base_url.replace("https://", "http://") + exchange.target)(exchange)


BEHAVIOURS: Final[dict[str, Behaviour]] = {
    "N1": _reset,
    "N3": Exchange.wait,
    "N4.status-line": _slow_status_line,
    "N4.headers": _slow_headers,
    "N4.body": _slow_body,
    "N4.chunk": _slow_chunk,
    "N5.404": _status("404 Not Found"),
    "N5.403": _status("403 Forbidden"),
    "N5.407": _status("407 Proxy Authentication Required", 'Proxy-Authenticate: Basic realm="x"'),
    "N5.500": _status("500 Internal Server Error"),
    "N5.503": _status("503 Service Unavailable"),
    "N6": _html,
    "N7": _wrong_type,
    "N8": _pem,
    "N9.length": _short,
    "N9.der": _cut,
    "N10.declared": _declared,
    "N10.chunked": _chunked,
    "N10.endless": _endless,
    "N11.gzip": _encoded("gzip"),
    "N11.br": _encoded("br"),
    "N11.chained": _encoded("gzip, zstd"),
    "N12.header-flood": _header_flood,
    "N12.long-header": _long_header,
    "N12.bad-length": _with_lengths("Content-Length: -{size}"),
    "N12.double-length": _with_lengths("Content-Length: {size}", "Content-Length: 5"),
    "N12.length-and-chunked": _with_lengths("Content-Length: {size}", "Transfer-Encoding: chunked"),
    "N13.file": redirect("file:///etc/passwd"),
    "N13.ftp": redirect("ftp://127.0.0.1/list.crl"),
    "N13.gopher": redirect("gopher://127.0.0.1/1"),
    "N13.loopback": redirect("http://127.0.0.2/list.crl"),
    "N13.link-local": redirect("http://169.254.169.254/latest/meta-data/"),
    "N13.loop": redirect("{base}{target}"),
    "N13.four-hops": _four_hops,
    "N13.downgrade": _downgrade,
    "N16.auth": _status("407 Proxy Authentication Required", 'Proxy-Authenticate: Basic realm="x"'),
    "N16.page": _html,
    "A1.html": _html,
}
"""Fault → what the server does. N13.downgrade is served over TLS, N16 by the proxy."""
