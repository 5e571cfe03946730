"""Connections that take no thread while they wait.

cheroot gives a connection to a worker, which waits for the rest of the request: ten clients that send half of one keep
ten workers. Here a worker takes what has come and goes on; until the request is whole, the connection waits where
cheroot keeps idle ones. Each request has one deadline from its first moment on, however often something comes.
"""

from __future__ import annotations

import io
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from pkitools.frozen import dataclass
from pkitools_test_pki.server.incoming import Incoming, State

if TYPE_CHECKING:
    from cheroot.server import HTTPConnection as _Connection
else:
    _Connection = object  # cheroot is an extra: what a connection is of it, it becomes when there is one

SECONDS: Final = 10
"""How long a request may take to arrive, and a connection may wait for its next; likewise each part of an answer."""

CONNECTION: Final = "pkitools.connection"
"""Where in the environment of a request its connection is."""

MAX_WAITING: Final = 400
"""Connections that may wait at once: a process may usually have 1024 files open, and each is one."""

_LINGER_SECONDS: Final = 1.0
_BLOCK: Final = 64 * 1024
_BLOCKS_AT_ONCE: Final = 64  # that are thrown away: a browser shows why it was refused once it has sent all
_REFUSALS: Final = {
    State.MALFORMED: ("400 Bad Request", "The head of the request cannot be read"),
    State.BAD: ("400 Bad Request", "The length of the request cannot be told"),
    State.TOO_LARGE: ("413 Content Too Large", "Request too large"),
    State.LONG_TARGET: ("414 URI Too Long", "Request too large"),
    State.LONG_HEAD: ("431 Request Header Fields Too Large", "Request too large"),
    State.CODED: ("501 Not Implemented", "No such transfer coding here"),
}
_FULL: Final = ("503 Service Unavailable", "Too much at once")
_LATE: Final = ("408 Request Timeout", "The request did not come in time")
_ROOM: Final = threading.Lock()  # two that make room at once would both take the same place
_NOTHING_YET: Final = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


def _in_a_line(status: str, text: str, _head: bytes) -> bytes:
    """Return an answer of one line that ends the connection."""
    fields = f"Content-Length: {len(text)}\r\nContent-Type: text/plain\r\nConnection: close"
    return f"HTTP/1.1 {status}\r\n{fields}\r\n\r\n{text}".encode()


def _welcome(_head: bytes, _connection: socket.socket) -> bytes | None:
    return None


@dataclass(frozen=True, slots=True)
class Policy:
    """What a server takes of its clients before anything is answered.

    Args:
        max_body: octets that the body of one request may have.
        max_held: octets that all connections together may hold of requests: those that come and those being answered.
        admit: is shown a head and its connection when no more than that has been looked at; returns the answer that
            turns the client away, or nothing.
        refusal: makes the answer to what is refused of its status line, a sentence and the head, if there is one.
    """

    max_body: int
    max_held: int = 1 << 40
    admit: Callable[[bytes, socket.socket], bytes | None] = _welcome
    refusal: Callable[[str, str, bytes], bytes] = _in_a_line


class RefusedError(ConnectionAbortedError):
    """The client was refused and has been told; the connection ends when it has read that."""


class _Arrived(io.BytesIO):
    """The octets of one request, for cheroot, which asks of what it reads from also what it counted."""

    bytes_read = 0

    def __init__(self, octets: bytes, more: Callable[[], bool]) -> None:
        super().__init__(octets)
        self.has_data = more


class _Writer:
    """Writes to a connection; a client that does not read is given up on."""

    bytes_written = 0

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.seconds: float = SECONDS

    def write(self, octets: bytes) -> None:
        self._connection.settimeout(self.seconds)
        self._connection.sendall(octets)


class PatientConnection(_Connection):
    """A connection whose request is read when it is whole; :func:`connection_class` makes one of cheroot of it."""

    policy: Policy

    def __init__(self, server: Any, sock: socket.socket, _makefile: object = None) -> None:
        super().__init__(server, sock, lambda *_: None)
        self._incoming = Incoming(self.policy.max_body)
        self.rfile, self.wfile = self._arrived(b""), _Writer(sock)
        self._open: set[PatientConnection] = server.__dict__.setdefault("pkitools_open", set())
        self._open.add(self)
        self._since: float | None = None
        self._lingers = False
        self._taken_over = False
        self._was_seen = False  # the head of this request
        self._turned_away: bytes | None = None
        self._answering = 0  # octets of the request that is being answered

    @property
    def last_used(self) -> float | None:
        """Since when it waits: cheroot closes what has waited for ``SECONDS``. Set whenever it comes to wait."""
        return self._since

    @last_used.setter
    def last_used(self, moment: float | None) -> None:
        if self._since is None and moment is not None:
            self._since = moment - (SECONDS - _LINGER_SECONDS if self._lingers else 0)

    def communicate(self) -> bool:
        """Take what has come, and answer a request that is whole. Return whether the connection stays."""
        self.socket.settimeout(0)
        if self._lingers:
            return self._rest_is_thrown_away()
        try:
            state = self._gathered()
        except RefusedError:
            return self._linger()
        return state is not None and self._went_on(state)

    def _went_on(self, state: State) -> bool:
        """Do what the request asks for, as far as it is. Return whether the connection stays."""
        if self._turned_away is not None:
            return self._refused_with(self._turned_away)
        if self._is_full():
            return self._refused(*_FULL)
        if state is State.PART:
            return self._refused(*_LATE) if self._is_late() else self._waits()
        return self._answered() if state is State.WHOLE else self._refused(*_REFUSALS[state])

    def forget(self) -> None:
        """Let go of the octets of the request, for who has read its body: they are kept twice otherwise."""
        self.rfile.truncate(0)

    def take_over(self) -> socket.socket:
        """Return the connection, for who answers on it; nobody else closes it from now on."""
        self._taken_over = True
        connection: socket.socket = self.socket
        connection.settimeout(SECONDS)
        return connection

    def close(self) -> None:
        """Close it, unless it was taken over; whose request is late is told so first, and closed a second later."""
        if self._is_late() and len(self._incoming) and not self._lingers and self._told_late():
            return
        self._open.discard(self)
        if not self._taken_over:
            super().close()

    def _told_late(self) -> bool:
        """Say why to a client of which nothing comes any more. Return whether the connection is waited for."""
        # cheroot looks for who is late in the thread that all connections wait for: what does not fit is not sent
        self.wfile.seconds = 0
        stays = self._refused(*_LATE)
        if stays:
            self.server.put_conn(self)
        return stays

    def _gathered(self) -> State | None:
        """Return how far the request is, ``None`` when the client is gone."""
        self._look_at_head()  # of a request that came together with the one before it
        while self._incoming.state is State.PART and self._turned_away is None and not self._is_full():
            try:
                octets = self.socket.recv(_BLOCK)
            except _NOTHING_YET:
                break
            except RefusedError:
                raise
            except OSError:  # TLS errors are of this kind too
                return None
            if not octets:
                return None
            self._incoming.feed(octets)
            self._look_at_head()
        return self._incoming.state

    def _look_at_head(self) -> None:
        """Show who decides the head of the request, once, before its body is gathered."""
        if self._incoming.state is State.MALFORMED:  # whoever reads it may read something else
            return
        if not self._was_seen and (head := self._incoming.head):
            self._was_seen = True
            self._turned_away = self.policy.admit(head, self.socket)

    def _is_full(self) -> bool:
        """Say whether all connections hold more than they may, and this one holds some of it."""
        held = (len(each._incoming) + each._answering for each in tuple(self._open))
        return len(self._incoming) > 0 and sum(held) > self.policy.max_held

    def _waits(self) -> bool:
        self._make_room()
        if self._incoming.asks_leave():
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return True

    def _make_room(self) -> None:
        """Take a place among those that wait; those that wait longest are late, when there are too many."""
        with _ROOM:
            if self._since is None:
                self._since = time.time()
            waiting = [(each._since, each) for each in tuple(self._open) if each is not self and each._since]
            waiting.sort(key=lambda each: each[0])
            for _, each in waiting[: max(0, len(waiting) + 1 - MAX_WAITING)]:
                each._since = 0  # which is late

    def _is_late(self) -> bool:
        # cheroot looks for who is late among those of whom nothing came just now
        return self._since is not None and time.time() - self._since > SECONDS

    def _answered(self) -> bool:
        held = len(self._incoming)
        self.rfile = self._arrived(self._incoming.take())
        self._answering, self._was_seen = held - len(self._incoming), False
        self.ssl_env = {**self.ssl_env, CONNECTION: self}
        self.socket.settimeout(SECONDS)
        stays: bool = super().communicate()  # type: ignore[no-untyped-call]  # cheroot has no types for it
        self._since, self._answering = None, 0
        self.rfile = self._arrived(b"")
        return stays

    def _arrived(self, octets: bytes) -> _Arrived:
        return _Arrived(octets, self._has_more)

    def _has_more(self) -> bool:
        """Say whether something came that the operating system will not tell of again."""
        if self._lingers:
            return False
        return self._incoming.state is not State.PART or bool(getattr(self.socket, "pending", int)())

    def _refused(self, status: str, text: str) -> bool:
        return self._refused_with(self.policy.refusal(status, text, self._incoming.head))

    def _refused_with(self, answer: bytes) -> bool:
        with suppress(OSError):  # who is gone reads nothing
            self.wfile.write(answer)
        return self._linger()

    def _linger(self) -> bool:
        """Wait until the client has read why: a connection closed with unread octets takes the answer with it."""
        self._lingers, self._since = True, None
        self._incoming = Incoming(self.policy.max_body)
        with suppress(OSError):
            socket.socket.shutdown(self.socket, socket.SHUT_WR)
        self.socket.settimeout(0)
        return self._rest_is_thrown_away()

    def _rest_is_thrown_away(self) -> bool:
        try:
            # below TLS: what comes is of no use any more
            return all(socket.socket.recv(self.socket, _BLOCK) for _ in range(_BLOCKS_AT_ONCE))
        except BlockingIOError:
            return True
        except OSError:
            return False


@cache
def connection_class(policy: Policy) -> type[PatientConnection]:
    """Return the connection class for cheroot, which is an extra.

    Args:
        policy: what is taken of clients.
    """
    from cheroot.server import HTTPConnection

    return type("PatientConnection", (PatientConnection, HTTPConnection), {"policy": policy})
