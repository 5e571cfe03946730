"""Clients that are slow, silent or wrong: they keep nobody waiting, have one deadline, and are told by status."""

from __future__ import annotations

import contextlib
import itertools
import logging
import select
import socket
import ssl
import time
from collections.abc import Iterator

import pytest

from pkitools_test_pki.keys import elliptic_keys
from pkitools_test_pki.pki import PKI, build
from pkitools_test_pki.server import PkiServer, listener, patience
from pkitools_test_pki.server.incoming import MAX_HEAD_BYTES, Incoming, State
from tests.support.cases import in_one_test
from tests.support.effort import PATIENCE
from tests.support.serving import Clock, get, real_time

LIMIT = 100

# -- where a request ends --------------------------------------------------------------------------------------------

HEADS = (
    "GET / HTTP/1.1\r\nHost: x\r\n",
    "\r\nGET /a HTTP/1.1\r\nhOST:x\r\n",
    "POST /?a=\xe9 HTTP/1.9\r\nHost: \t \r\nX: content-length: 5\r\n",
)
OLD_HEADS = (
    "POST / HTTP/1.0\r\n",
    "POST / HTTP/1.0\r\nHost: x\r\nX:\r\n",
)
BODIES = (
    "\r\n",
    "Content-Length: 0\r\n\r\n",
    "content-length:7 \r\n\r\n\r\n\r\n123",
    f"Content-Length: {LIMIT}\r\n\r\n" + "x" * LIMIT,
    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "TRANSFER-ENCODING: Chunked\r\n\r\n5\r\n0\r\n\r\n\r\n1;name=value\r\nx\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\n" + "1\r\nx\r\n" * ((LIMIT - 5) // 6) + "0\r\n\r\n",
)
WHOLE = [head + body for head, body in itertools.product(HEADS, BODIES)]
WHOLE += [head + body for head, body in itertools.product(OLD_HEADS, BODIES[:4])]  # of HTTP/1.0, which has no chunks
REFUSED = {
    **{
        f"Content-Length: {length}\r\n\r\n": State.BAD
        for length in ("-5", "+5", "5x", "1_0", "", "0x1", "5, 5", "9" * 20)
    },
    "Content-Length: 5\r\nContent-Length: 6\r\n\r\n": State.BAD,
    "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n": State.BAD,
    f"Content-Length: {LIMIT + 1}\r\n\r\n": State.TOO_LARGE,
    "Transfer-Encoding: gzip, chunked\r\n\r\n": State.CODED,
    "Transfer-Encoding: chunked\r\n\r\nxyz\r\n": State.BAD,
    "Transfer-Encoding: chunked\r\n\r\n-1\r\n": State.BAD,
    "Transfer-Encoding: chunked\r\n\r\n1\r\nxx\r\n": State.BAD,
    "Transfer-Encoding: chunked\r\n\r\n" + "1" * 300: State.BAD,
    "Transfer-Encoding: chunked\r\n\r\n0\r\nTrailer: x\r\n\r\n": State.BAD,
    f"Transfer-Encoding: chunked\r\n\r\n{LIMIT:x}\r\n": State.TOO_LARGE,
    "Transfer-Encoding: chunked\r\n\r\n" + "1\r\nx\r\n" * LIMIT: State.TOO_LARGE,
    "X: " + "x" * MAX_HEAD_BYTES: State.LONG_HEAD,
    "X: " + "x" * MAX_HEAD_BYTES + "\r\n\r\n": State.LONG_HEAD,
}


@in_one_test
@pytest.mark.parametrize("text", WHOLE)
def test_a_request_is_whole_with_its_last_octet_and_not_before(text: str) -> None:
    octets, following = text.encode("latin-1"), WHOLE[5].encode()
    by_one = Incoming(LIMIT)
    states = [by_one.feed(octets[at : at + 1]) for at in range(len(octets))]
    assert [state is State.WHOLE for state in states] == [False] * (len(octets) - 1) + [True]
    together = Incoming(LIMIT)
    assert together.feed(octets + following) is State.WHOLE
    assert (by_one.take(), together.take(), together.take()) == (octets, octets, following)
    assert (len(together), together.state) == (0, State.PART)


@in_one_test
@pytest.mark.parametrize(("rest", "state"), REFUSED.items())
def test_what_has_no_end_that_can_be_told_or_is_too_large_is_refused_as_soon_as_that_is_seen(
    rest: str, state: State
) -> None:
    assert Incoming(LIMIT).feed(f"POST / HTTP/1.1\r\nHost: x\r\n{rest}".encode()) is state


LINES = ("GET / HTTP/1.1", "Host: x", "X: y", "Content-Length: 3")
HARMS = {
    "white space before a colon": lambda line: line.replace(":", " :"),
    "a tab before a colon": lambda line: line.replace(":", "\t:"),
    "a continued line": lambda line: f" {line}",
    "a line continued by a tab": lambda line: f"\t{line}",
    "a continued value": lambda line: line.replace(" ", "\r\n ", 1),
    "no colon": lambda line: line.replace(":", ""),
    "no name": lambda line: f":{line}",
    "a name that is no token": lambda line: f"({line}",
    "a name in another alphabet": lambda line: f"\xe9{line}",
    "NUL": lambda line: f"{line}\0",
    "NUL in front": lambda line: f"\0{line}",
    "a control": lambda line: f"{line}\x01",
    "DEL": lambda line: f"{line}\x7f",
    "a bare CR": lambda line: f"{line}\rHost: evil",
    "CR twice": lambda line: f"{line}\r",
    "a bare LF": lambda line: f"{line}\nHost: evil",
}


OF_FIELDS = {"white space before a colon", "a tab before a colon", "no colon", "a bare LF"}  # a first line has no colon


@in_one_test
@pytest.mark.parametrize(
    ("harm", "number"), [(harm, number) for harm in HARMS for number in range(harm in OF_FIELDS, len(LINES))]
)
def test_a_head_that_the_grammar_does_not_have_is_none_whatever_a_reader_would_make_of_it(
    harm: str, number: int
) -> None:
    """White space before a colon gave 200 (RFC 9112 5.1), and two readers of one head saw two different requests."""
    lines = [HARMS[harm](line) if at == number else line for at, line in enumerate(LINES)]
    good, harmed = ("\r\n".join((*each, "", "123")).encode("latin-1") for each in (LINES, lines))
    assert Incoming(LIMIT).feed(good) is State.WHOLE
    assert Incoming(LIMIT).feed(harmed) is State.MALFORMED


@in_one_test
@pytest.mark.parametrize("first", [
    "GET  / HTTP/1.1", "GET / HTTP/1.1 ", " GET / HTTP/1.1", "GET\t/ HTTP/1.1", "GET / http/1.1", "GET / HTTP/11",
    "GET /", "GET HTTP/1.1", "G(T / HTTP/1.1", "GET /\x00 HTTP/1.1", "\r\nGET / HTTP/1.1",
])  # fmt: skip
def test_a_first_line_of_another_form_is_none(first: str) -> None:
    assert Incoming(LIMIT).feed(f"\r\n{first}\r\nHost: x\r\n\r\n".encode()) is State.MALFORMED


@pytest.mark.parametrize("ends", ["\r\n\n", "\n\n", "\n\r\n"])
def test_a_head_with_bare_line_ends_is_none(ends: str) -> None:
    assert Incoming(LIMIT).feed(f"GET / HTTP/1.1\r\nHost: x{ends}".encode()) is State.MALFORMED


@in_one_test
@pytest.mark.parametrize(("version", "hosts", "state"), [
    ("1.1", 0, State.MALFORMED), ("1.1", 1, State.WHOLE), ("1.1", 2, State.MALFORMED),
    ("1.0", 0, State.WHOLE), ("1.0", 1, State.WHOLE), ("1.0", 2, State.MALFORMED),
])  # fmt: skip
def test_a_request_says_once_whom_it_is_for(version: str, hosts: int, state: State) -> None:
    head = f"GET / HTTP/{version}\r\n" + "Host: x\r\n" * hosts
    assert Incoming(LIMIT).feed(f"{head}\r\n".encode()) is state


def test_http_1_0_has_no_chunks() -> None:
    """RFC 9112 6.1: its framing is taken as faulty."""
    head = b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    assert Incoming(LIMIT).feed(head) is State.BAD


def test_a_line_without_an_end_is_a_long_target() -> None:
    assert Incoming(LIMIT).feed(b"\r\nGET /" + b"A" * MAX_HEAD_BYTES) is State.LONG_TARGET


# -- a server among slow clients -------------------------------------------------------------------------------------

PARTS = {
    "silent": (200, b""),
    "dripping": (10, b"GET /health HTTP/1.1\r\nX: "),
    "slow-body": (12, b"POST /ocsp/x HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n123"),
    "slow-chunks": (12, b"POST /ocsp/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12"),
}


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """No deadline passes while a test runs, so that whoever is answered did not wait for one."""
    for module in (patience, listener):
        monkeypatch.setattr(module, "SECONDS", 2 * PATIENCE)


@contextlib.contextmanager
def connections(port: int, count: int, begin: bytes) -> Iterator[list[socket.socket]]:
    with contextlib.ExitStack() as stack:
        opened = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)) for _ in range(count)
        ]
        for connection in opened:
            connection.sendall(begin)
        yield opened


@pytest.mark.slow
@pytest.mark.usefixtures("unhurried")
@pytest.mark.parametrize("faults", [(), ("N6",)], ids=["good", "faulty"])
def test_slow_clients_keep_nobody_waiting(pki: PKI, faults: tuple[str, ...]) -> None:
    with PkiServer(pki, clock=Clock(), port=0, faults=faults) as server, contextlib.ExitStack() as stack:
        slow: list[socket.socket] = []
        for count, begin in PARTS.values():
            slow += stack.enter_context(connections(server.port, count, begin))
        for _ in range(3):
            assert get(f"{server.url}/health").status == 200
            for connection in slow[200:]:
                connection.sendall(b"4")
        gone, _, _ = select.select(slow, [], [], 0)
        assert not gone, "they were still waited for"


ASKS_LEAVE = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n"
"""What is answered as soon as it waits: so a test knows that it does."""


@pytest.mark.usefixtures("unhurried")
def test_who_waited_longest_makes_room_for_others(pki: PKI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "MAX_WAITING", 20)
    with PkiServer(pki, clock=Clock(), port=0) as server, contextlib.ExitStack() as stack:
        came: list[socket.socket] = []
        for _ in range(30):
            came += stack.enter_context(connections(server.port, 1, ASKS_LEAVE))
            assert came[-1].recv(100).startswith(b"HTTP/1.1 100 ")
        assert [told(one) for one in came[:10]] == [408] * 10
        stay, _, _ = select.select(came[10:], [], [], 0)
        assert not stay
        assert get(f"{server.url}/health").status == 200


@pytest.mark.usefixtures("unhurried")
def test_no_more_connections_wait_than_there_is_room_for_however_many_come_at_once(
    pki: PKI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "MAX_WAITING", 5)
    give_up = time.monotonic() + PATIENCE
    with PkiServer(pki, clock=Clock(), port=0) as server, connections(server.port, 60, ASKS_LEAVE) as came:
        stay = set(came)
        while len(stay) > 5 and time.monotonic() < give_up:
            stay -= {one for one in select.select(stay, [], [], 1)[0] if was_ended(one)}
        assert len(stay) == 5
        assert not any(was_ended(one) for one in select.select(stay, [], [], 0)[0])


def was_ended(one: socket.socket) -> bool:
    """Say whether what came to a connection ends it; one of which nothing had come is closed without a word."""
    try:
        return (said := one.recv(4096)) == b"" or b" 408 " in said
    except ConnectionError:
        return True


@pytest.mark.slow
@pytest.mark.usefixtures("unhurried")
def test_slow_clients_keep_nobody_waiting_for_tls() -> None:
    pki = build("g4-tls", moment=real_time(), keys=elliptic_keys)
    with PkiServer(pki, clock=real_time, port=0) as server:
        rehearsal = server.rehearse()
        hello = ssl.MemoryBIO()
        context = ssl.create_default_context()
        with contextlib.suppress(ssl.SSLWantReadError):
            context.wrap_bio(ssl.MemoryBIO(), hello, server_hostname="localhost").do_handshake()
        greeting = hello.read()
        with (
            connections(rehearsal.port, 20, b"") as silent,
            connections(rehearsal.port, 12, greeting[:3]) as a_little,
            connections(rehearsal.port, 12, greeting) as half_way,
        ):
            for connection in a_little:
                connection.sendall(greeting[3:7])
            with socket.create_connection(("127.0.0.1", rehearsal.port), timeout=PATIENCE) as good:
                context.load_verify_locations(cadata=pki.trust_pem().decode())
                with (
                    pytest.raises((ssl.SSLError, ConnectionResetError)),
                    context.wrap_socket(good, server_hostname="localhost") as accepted,
                ):
                    accepted.recv(1)  # no client certificate: the server has come to its answer
            gone, _, _ = select.select([*silent, *a_little], [], [], 0)
            assert not gone
            assert all(connection.recv(5, socket.MSG_PEEK) for connection in half_way), "each got the server's greeting"


@pytest.mark.slow
def test_a_request_has_one_deadline_however_often_something_comes(pki: PKI, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (patience, listener):
        monkeypatch.setattr(module, "SECONDS", 0.5)
    with (
        PkiServer(pki, clock=Clock(), port=0) as server,
        connections(server.port, 1, b"GET / HTTP/1.1\r\nX: ") as (one,),
    ):
        give_up = time.monotonic() + PATIENCE
        with contextlib.suppress(ConnectionError):
            while time.monotonic() < give_up and not select.select([one], [], [], 0.05)[0]:
                one.sendall(b"x")
        assert time.monotonic() < give_up
        assert told(one) == 408


@pytest.mark.parametrize("begin", [part for _, part in PARTS.values()], ids=list(PARTS))
def test_a_request_that_never_comes_whole_is_answered_and_one_that_never_begins_is_not(
    pki: PKI, monkeypatch: pytest.MonkeyPatch, begin: bytes
) -> None:
    for module in (patience, listener):
        monkeypatch.setattr(module, "SECONDS", 0.5)
    with PkiServer(pki, clock=Clock(), port=0) as server, connections(server.port, 1, begin) as (one,):
        assert told(one) == (408 if begin else None)


def told(one: socket.socket) -> int | None:
    """Return the status of the answer, once the connection has ended; ``None`` when there was none."""
    came = b"".join(iter(lambda: one.recv(4096), b""))
    return int(came.split()[1]) if came else None


def test_a_deadline_counts_from_the_first_moment_and_anew_for_each_request(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(patience.time, "time", lambda: clock[0])
    ours, theirs = socket.socketpair()
    with ours, theirs:
        connection = patience.connection_class(patience.Policy(LIMIT))(_NoServer(), ours)
        connection.ssl_env = {}

        def comes(octets: bytes, moment: float) -> bool:
            clock[0] = moment
            theirs.sendall(octets)
            stays: bool = connection.communicate()
            connection.last_used = moment  # as cheroot does with those that stay
            return stays

        assert comes(b"G", 100)
        assert comes(b"E", 100 + patience.SECONDS)
        comes(b"T / HTTP/1.0\r\n\r\n", 100 + patience.SECONDS)  # whatever is answered
        assert connection.last_used == 100 + patience.SECONDS
        come_to(theirs)
        assert comes(b"G", 101 + patience.SECONDS)
        assert comes(b"E", 100 + 2 * patience.SECONDS)
        assert not come_to(theirs)
        assert comes(b"T", 101 + 2 * patience.SECONDS), "it stays until why it is late was read"
        assert come_to(theirs).startswith(b"HTTP/1.1 408 ")


def come_to(connection: socket.socket) -> bytes:
    """Return what has come to a connection by now."""
    connection.settimeout(0)
    with contextlib.suppress(BlockingIOError):
        return connection.recv(65536)
    return b""


class _NoServer:
    """What a connection asks of its server before it answers."""

    peercreds_enabled = peercreds_resolve_enabled = False
    max_request_header_size = 0
    ssl_adapter = None
    protocol = "HTTP/1.1"

    def error_log(self, *_: object, **__: object) -> None: ...


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rest", "status"),
    [
        (b"Content-Length: -5\r\n\r\n", 400),
        (b"Content-Length: five\r\n\r\n", 400),
        (b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (b"Content-Length: 1000000\r\n\r\n" + bytes(1_000_000), 413),
        (b"Transfer-Encoding: chunked\r\n\r\n" + b"1000\r\n%b\r\n" % bytes(4096) * 250 + b"0\r\n\r\n", 413),
        (b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"Transfer-Encoding: gzip\r\n\r\n", 501),
        (b"X: " + b"x" * 1_000_000 + b"\r\n\r\n", 431),
    ],
    ids=["negative", "word", "both", "long", "long-in-chunks", "no-chunk", "coding", "head"],
)
@pytest.mark.parametrize("faults", [(), ("N6",)], ids=["good", "faulty"])
def test_a_wrong_request_is_told_by_its_status_and_leaves_no_trace(
    pki: PKI, caplog: pytest.LogCaptureFixture, rest: bytes, status: int, faults: tuple[str, ...]
) -> None:
    caplog.set_level(logging.DEBUG)
    path = f"/ocsp/{pki['g3-server-tsp'].file_name}"
    with (
        PkiServer(pki, clock=Clock(), port=0, faults=faults) as server,
        connections(server.port, 1, b"") as (connection,),
    ):
        connection.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\n".encode() + rest)
        said = b""
        while piece := connection.recv(4096):
            said += piece
    assert said.split(b" ")[1] == str(status).encode()
    assert "Traceback" not in caplog.text
    assert not [record for record in caplog.records if record.levelno > logging.INFO]


def test_who_waits_for_leave_is_given_it(pki: PKI) -> None:
    path = f"/ocsp/{pki['g3-server-tsp'].file_name}"
    with PkiServer(pki, clock=Clock(), port=0) as server, connections(server.port, 1, b"") as (one,):
        asked = (
            f"POST {path} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: 2\r\n\r\n"
        )
        one.sendall(asked.encode())
        assert one.recv(100).startswith(b"HTTP/1.1 100 ")
        one.sendall(b"\x30\x00")
        said = b""
        while piece := one.recv(4096):
            said += piece
        assert b"HTTP/1.1 200 " in said
