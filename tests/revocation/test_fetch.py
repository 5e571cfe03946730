"""The fetcher: HTTP/1.1 read strictly, redirects, TLS, proxies, name servers, and time in all."""

from __future__ import annotations

import base64
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from pkitools.errors import InvalidValueError
from pkitools.fetching.fetcher import HttpFetcher, Proxies
from pkitools.fetching.http1 import Deadline, TransferError
from pkitools.revocation import FetchError, FetchRequest
from pkitools_test_pki.faults.http import Behaviour, Exchange, answer, good, head, redirect
from tests.revocation.material import loopback_fetcher
from tests.revocation.situations import tls_contexts
from tests.support.cases import in_one_test
from tests.support.effort import bounded
from tests.support.fault_server import FaultServer

LIMIT = 10_000


def raw(data: bytes) -> Behaviour:
    return lambda exchange: exchange.send(data)


SOON = 15
"""Seconds on the wall within which the fetcher ends what it was given a fraction of a second for, on any machine."""


def fetch(
    server: FaultServer, path: str = "/x", *, limit: int = LIMIT, seconds: float = 5.0, **arguments: object
) -> bytes:
    return (
        loopback_fetcher(server.port, seconds=seconds)
        .fetch(FetchRequest(server.base_url + path, limit, **arguments))
        .body
    )  # type: ignore[arg-type]  # named by the tests


def fault(call: Callable[[], object]) -> str:
    with pytest.raises(FetchError) as error:
        call()
    return error.value.fault


# --- HTTP/1.1

GOOD_ANSWERS = {
    "length": head("200 OK", "Content-Length: 5") + b"hello",
    "more than the length": head("200 OK", "Content-Length: 5") + b"hello, world",
    "until closed": head("200 OK") + b"hello",
    "1.0": b"HTTP/1.0 200 OK\r\n\r\nhello",
    "bare line feeds": b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello",
    "no reason": b"HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello",
    "continue first": head("100 Continue") + head("200 OK", "Content-Length: 5") + b"hello",
    "chunked": head("200 OK", "Transfer-Encoding: chunked") + b"2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n",
    "chunked, capitals": head("200 OK", "TRANSFER-ENCODING: Chunked") + b"5\r\nhello\r\n0\r\n\r\n",
    "identity": head("200 OK", "Content-Encoding: identity", "Content-Length: 5") + b"hello",
}


@pytest.mark.parametrize("name", GOOD_ANSWERS)
def test_answers_that_are_read(name: str, server: FaultServer) -> None:
    server.serve("/x", raw(GOOD_ANSWERS[name]))
    assert fetch(server) == b"hello"


BAD_ANSWERS = {
    "nothing": (b"", "connect"),
    "half a status line": (b"HTTP/1.1 2", "truncated"),
    "no status": (b"hello\r\n\r\n", "http-protocol"),
    "another protocol": (b"ICY 200 OK\r\n\r\n", "http-protocol"),
    "HTTP/2": (b"HTTP/2 200 OK\r\n\r\n", "http-protocol"),
    "status of two digits": (b"HTTP/1.1 20 OK\r\n\r\n", "http-protocol"),
    "NUL in the reason": (b"HTTP/1.1 200 O\x00K\r\n\r\n", "http-protocol"),
    "header without colon": (b"HTTP/1.1 200 OK\r\nbroken\r\n\r\n", "http-protocol"),
    "space before the colon": (b"HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello", "http-protocol"),
    "folded header": (b"HTTP/1.1 200 OK\r\nX: y\r\n z\r\n\r\n", "http-protocol"),
    "headers without end": (b"HTTP/1.1 200 OK\r\nX: y\r\n", "connect"),
    "101 headers": (head("200 OK", *["X: y"] * 101), "http-protocol"),
    "length in hex": (head("200 OK", "Content-Length: 0x5") + b"hello", "http-protocol"),
    "length with plus": (head("200 OK", "Content-Length: +5") + b"hello", "http-protocol"),
    "length with list": (head("200 OK", "Content-Length: 5, 5") + b"hello", "http-protocol"),
    "length in other digits": ("HTTP/1.1 200 OK\r\nContent-Length: ٥\r\n\r\nhello".encode(), "http-protocol"),
    "length beyond all": (head("200 OK", "Content-Length: " + "9" * 30), "http-protocol"),
    "the same length twice": (head("200 OK", "Content-Length: 5", "Content-Length: 5") + b"hello", "http-protocol"),
    "chunk without size": (head("200 OK", "Transfer-Encoding: chunked") + b"\r\nhello", "http-protocol"),
    "negative chunk": (head("200 OK", "Transfer-Encoding: chunked") + b"-5\r\nhello\r\n0\r\n\r\n", "http-protocol"),
    "chunk longer than it says": (
        head("200 OK", "Transfer-Encoding: chunked") + b"2\r\nhello\r\n0\r\n\r\n",
        "http-protocol",
    ),
    "chunks without end": (head("200 OK", "Transfer-Encoding: chunked") + b"5\r\nhello\r\n", "connect"),
    "chunk of gigabytes": (head("200 OK", "Transfer-Encoding: chunked") + b"FFFFFFFF\r\n", "too-large"),
    "chunk size of nine digits": (head("200 OK", "Transfer-Encoding: chunked") + b"FFFFFFFFF\r\n", "http-protocol"),
    "gzip as transfer": (head("200 OK", "Transfer-Encoding: gzip, chunked") + b"0\r\n\r\n", "encoding"),
    "only continues": (head("100 Continue") * 9, "http-protocol"),
    "no content": (head("204 No Content"), "http-204"),
    "not modified": (head("304 Not Modified"), "http-304"),
    "partial": (head("206 Partial Content", "Content-Length: 5") + b"hello", "http-206"),
}


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_answers_that_are_refused(name: str, server: FaultServer) -> None:
    data, code = BAD_ANSWERS[name]
    server.serve("/x", raw(data))
    assert fault(lambda: fetch(server)) == code


@pytest.mark.parametrize(
    "data",
    [
        head("200 OK", "Content-Length: {n}") + b"{body}",
        head("200 OK") + b"{body}",
        head("200 OK", "Transfer-Encoding: chunked") + b"{x}\r\n{body}\r\n0\r\n\r\n",
    ],
    ids=["length", "closed", "chunked"],
)
def test_a_body_of_the_limit_and_one_beyond(data: bytes, server: FaultServer) -> None:
    for size in (LIMIT, LIMIT + 1):
        body = b"b" * size
        made = data.replace(b"{n}", b"%d" % size).replace(b"{x}", b"%x" % size).replace(b"{body}", body)
        server.serve("/x", raw(made))
        if size == LIMIT:
            assert fetch(server) == body
        else:
            assert fault(lambda: fetch(server)) == "too-large"


def test_what_is_asked(server: FaultServer) -> None:
    server.serve("/x", good, b"hello")
    fetch(server, "/x?y=z")
    fetch(server, body=b"question", content_type="application/ocsp-request", accept="a/b")
    get, post = (request.decode().split("\r\n") for request in server.requests)
    assert get[0] == "GET /x?y=z HTTP/1.1"
    assert f"Host: 127.0.0.1:{server.port}" in get
    assert "Accept-Encoding: identity" in get
    assert post[0] == "POST /x HTTP/1.1"
    assert {"Content-Length: 8", "Content-Type: application/ocsp-request", "Accept: a/b"} <= set(post)


# --- redirects


@pytest.mark.parametrize(
    ("status", "method"), [("301", "POST"), ("302", "POST"), ("303", "GET"), ("307", "POST"), ("308", "POST")]
)
def test_a_redirect_is_followed(status: str, method: str, server: FaultServer) -> None:
    server.serve("/x", redirect("/y", f"{status} Elsewhere"))
    server.serve("/y", good, b"hello")
    assert fetch(server, body=b"question", content_type="a/b") == b"hello"
    assert server.requests[-1].startswith(f"{method} /y ".encode())


def test_three_redirects_are_followed(server: FaultServer) -> None:
    for number in range(3):
        server.serve(f"/{number}", redirect(f"/{number + 1}"))
    server.serve("/3", good, b"hello")
    assert fetch(server, "/0") == b"hello"


def test_a_redirect_to_nowhere(server: FaultServer) -> None:
    server.serve("/x", raw(head("302 Found", "Content-Length: 0")))
    assert fault(lambda: fetch(server)) == "redirect"


# --- time


def test_the_time_is_for_everything_together(server: FaultServer) -> None:
    """Each redirect takes less than the time there is, all of them together take more."""

    def slow(exchange: Exchange) -> None:
        time.sleep(0.25)
        redirect(f"/{int(exchange.target[1:]) + 1}")(exchange)

    for number in range(4):
        server.serve(f"/{number}", slow)
    assert fault(lambda: fetch(server, "/0", seconds=0.6)) == "timeout"


def test_the_request_may_allow_less_than_the_fetcher(server: FaultServer) -> None:
    server.serve("/x", Exchange.wait)
    fetcher = loopback_fetcher(server.port, seconds=10 * SOON)
    with bounded(5.0, wall=SOON):
        assert fault(lambda: fetcher.fetch(FetchRequest(server.base_url + "/x", 1, seconds=0.2))) == "timeout"


def test_a_name_server_that_is_silent() -> None:
    gone = threading.Event()

    def silent(_host: str, _port: int) -> list[str]:
        gone.wait(10 * SOON)
        return []

    fetcher = loopback_fetcher(seconds=0.3, resolver=silent)
    with bounded(5.0, wall=SOON):
        assert fault(lambda: fetcher.fetch(FetchRequest("http://crl.example/", 1))) == "dns"
    gone.set()


def test_a_deadline_that_has_passed() -> None:
    now = [0.0]
    deadline = Deadline(5, lambda: now[0])
    assert deadline.left() == 5
    assert deadline.left(2) == 2
    now[0] = 5.0
    with pytest.raises(TransferError):
        deadline.left()


# --- names


def test_a_name_is_asked_once_and_the_tested_address_connected_to(server: FaultServer) -> None:
    """DNS rebinding: a second question would get another answer."""
    answers = [["127.0.0.1"], ["127.0.0.3"]]
    asked: list[str] = []

    def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return answers.pop(0)

    server.serve("/x", good, b"hello")
    fetcher = loopback_fetcher(server.port, resolver=rebinding)
    assert fetcher.fetch(FetchRequest(f"http://crl.example:{server.port}/x", LIMIT)).body == b"hello"
    assert asked == ["crl.example"]
    assert b"Host: crl.example:" in server.requests[0]


def test_the_second_address_of_a_name_is_tried(server: FaultServer) -> None:
    server.serve("/x", good, b"hello")
    fetcher = loopback_fetcher(server.port, resolver=lambda _host, _port: ["2001:db8::1", "127.0.0.1"][1:] * 2)
    assert fetcher.fetch(FetchRequest(f"http://crl.example:{server.port}/x", LIMIT)).body == b"hello"


@pytest.mark.parametrize("answers", [[], ["not an address"]])
def test_a_name_server_with_a_useless_answer(answers: list[str]) -> None:
    fetcher = loopback_fetcher(resolver=lambda _host, _port: answers)
    assert fault(lambda: fetcher.fetch(FetchRequest("http://crl.example/", 1))) == "dns"


# --- TLS


def test_https(tmp_path: Path) -> None:
    serving, trusting = tls_contexts(tmp_path)
    with FaultServer(tls=serving) as server:
        server.serve("/x", good, b"hello")
        request = FetchRequest(server.base_url + "/x", LIMIT)
        assert loopback_fetcher(server.port, tls=trusting).fetch(request).body == b"hello"
        assert fault(lambda: loopback_fetcher(server.port).fetch(request)) == "tls"


def test_tls_that_never_shakes_hands(server: FaultServer) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    fetcher = loopback_fetcher(port, seconds=0.3)
    with bounded(5.0, wall=SOON):
        assert fault(lambda: fetcher.fetch(FetchRequest(f"https://127.0.0.1:{port}/", 1))) == "timeout"
    listener.close()


# --- proxies


def tunnel(target: FaultServer) -> Behaviour:
    """A proxy that opens the tunnel, whatever was asked, and passes bytes both ways."""

    def pump(source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(4096):
                sink.sendall(data)

    def behave(exchange: Exchange) -> None:
        with socket.create_connection((target.host, target.port)) as inner:
            exchange.send(head("200 Connection established"))
            back = threading.Thread(target=pump, args=(inner, exchange.connection), daemon=True)
            back.start()
            pump(exchange.connection, inner)
            back.join(5)

    return behave


def test_http_through_a_proxy(server: FaultServer) -> None:
    """The proxy is the user's, so its private address is no matter; credentials go to it, and nowhere else."""
    server.proxied = good
    server.routes["http://crl.example/x"] = (good, b"hello", "application/pkix-crl")
    proxy = f"http://user:s%20cret@127.0.0.1:{server.port}"
    fetched = HttpFetcher(proxies=Proxies(http=proxy)).fetch(FetchRequest("http://crl.example/x", LIMIT))
    assert fetched.body == b"hello"
    assert fetched.via_proxy
    lines = server.requests[0].decode().split("\r\n")
    assert lines[0] == "GET http://crl.example/x HTTP/1.1"
    assert "Proxy-Authorization: Basic " + base64.b64encode(b"user:s cret").decode() in lines


def test_https_through_a_proxy(server: FaultServer, tmp_path: Path) -> None:
    serving, trusting = tls_contexts(tmp_path)
    with FaultServer(tls=serving) as inner:
        inner.serve("/x", good, b"hello")
        server.proxied = tunnel(inner)
        fetcher = loopback_fetcher(inner.port, tls=trusting, proxies=Proxies(https=f"127.0.0.1:{server.port}"))
        fetched = fetcher.fetch(FetchRequest(f"https://127.0.0.1:{inner.port}/x", LIMIT))
    assert fetched.body == b"hello"
    assert fetched.via_proxy
    assert server.requests[0].startswith(f"CONNECT 127.0.0.1:{inner.port} HTTP/1.1".encode())


@pytest.mark.parametrize(
    ("status", "code"), [("407 Auth", "proxy-auth"), ("403 No", "proxy-connect"), ("502 Bad", "proxy-connect")]
)
def test_a_proxy_that_opens_no_tunnel(status: str, code: str, server: FaultServer) -> None:
    server.proxied = lambda exchange: answer(exchange, b"no", "text/html", status)
    fetcher = HttpFetcher(total_seconds=5, proxies=Proxies(https=server.base_url))
    assert fault(lambda: fetcher.fetch(FetchRequest("https://crl.example/", 1))) == code


def test_an_address_in_a_url_is_tested_behind_a_proxy_too(server: FaultServer) -> None:
    fetcher = HttpFetcher(proxies=Proxies(http=server.base_url))
    assert fault(lambda: fetcher.fetch(FetchRequest("http://10.0.0.1/", 1))) == "url"
    assert server.connections == 0


def test_a_proxy_that_is_silent(server: FaultServer) -> None:
    server.proxied = Exchange.wait
    fetcher = HttpFetcher(total_seconds=0.3, proxies=Proxies(http=server.base_url))
    assert fault(lambda: fetcher.fetch(FetchRequest("http://crl.example/", 1))) == "timeout"


@pytest.mark.parametrize(
    ("no_proxy", "direct"),
    [
        ("", False),
        ("*", True),
        ("crl.example", True),
        ("example", True),
        (".example", True),
        ("*.example", True),
        (" other.nl , crl.example ", True),
        ("l.example", False),
        ("10.0.0.0/8", False),
    ],
)
def test_hosts_that_are_asked_directly(no_proxy: str, direct: bool, server: FaultServer) -> None:
    server.serve("/x", good, b"direct")
    with FaultServer() as proxy:
        proxy.proxied = lambda exchange: answer(exchange, b"proxy", "x/y")
        fetcher = loopback_fetcher(
            server.port,
            resolver=lambda _host, _port: ["127.0.0.1"],
            proxies=Proxies(http=proxy.base_url, no_proxy=no_proxy),
        )
        body = fetcher.fetch(FetchRequest(f"http://crl.example:{server.port}/x", LIMIT)).body
    assert body == (b"direct" if direct else b"proxy")


def test_a_network_that_is_asked_directly(server: FaultServer) -> None:
    server.serve("/x", good, b"direct")
    proxies = Proxies(http="http://127.0.0.1:1", no_proxy="crl.example,127.0.0.0/8")
    fetcher = loopback_fetcher(server.port, proxies=proxies)
    assert fetcher.fetch(FetchRequest(server.base_url + "/x", LIMIT)).body == b"direct"


@in_one_test
@pytest.mark.parametrize(
    "url", ["https://proxy.example", "socks5://proxy.example", "http://", "http://proxy:port", "http://[::1"]
)
def test_a_proxy_that_cannot_be_used_is_named_at_once(url: str) -> None:
    with pytest.raises(InvalidValueError):
        HttpFetcher(proxies=Proxies(http=url))


def test_no_secret_of_a_proxy_is_shown(server: FaultServer) -> None:
    proxies = Proxies(http=f"http://user:hunter2@127.0.0.1:{server.port}")
    assert "hunter2" not in repr(proxies)
    server.proxied = lambda exchange: answer(exchange, b"", "text/html", "407 hunter2")
    with pytest.raises(FetchError) as error:
        HttpFetcher(proxies=proxies).fetch(FetchRequest("http://crl.example/", 1))
    assert "hunter2" not in str(error.value) + repr(error.value)
