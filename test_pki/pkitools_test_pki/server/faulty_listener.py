"""A listener on bare sockets, for faults in how a document is sent. One thread and one request per connection."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote, urlsplit

from pkitools_test_pki.faults.http import BEHAVIOURS, Exchange, head
from pkitools_test_pki.server.listener import LOOPBACK, address_of, listening_socket
from pkitools_test_pki.server.ocsp import MAX_REQUEST_BYTES
from pkitools_test_pki.server.routing import HttpRequest, HttpResponse

_MAX_HEAD: Final = 128 * 1024
_MAX_CONNECTIONS: Final = 64
_SECONDS: Final = 5


class FaultyListener:
    """Answers as a router says, and spoils the documents of some kinds on their way.

    Args:
        answer: the router.
        faults: kind of document → name of the fault, see
            :attr:`~pkitools_test_pki.server.faulty_documents.ChosenFaults.on_the_wire`.
        host, port: where to listen; port 0 takes a free one.

    Raises:
        NetworkError: the address cannot be listened on.
    """

    def __init__(
        self,
        answer: Callable[[HttpRequest], HttpResponse],
        faults: Mapping[str, str],
        *,
        host: str = LOOPBACK,
        port: int = 0,
    ) -> None:
        self._answer, self._faults = answer, faults
        self._socket = listening_socket(host, port)
        self._socket.settimeout(0.2)
        self.host, self.port = address_of(self._socket)
        self._base_url = f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"
        self._stopping = threading.Event()
        self._free = threading.BoundedSemaphore(_MAX_CONNECTIONS)
        self._threads: set[threading.Thread] = set()
        self._acceptor = threading.Thread(target=self._accept, name=f"test-pki-raw:{self.port}", daemon=True)
        self._acceptor.start()

    def stop(self) -> None:
        """Stop; slow answers are broken off. When this returns, no thread is left."""
        self._stopping.set()
        self._acceptor.join()
        self._socket.close()
        for thread in tuple(self._threads):
            thread.join()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            if not self._free.acquire(timeout=0.2):
                continue
            try:
                connection, _ = self._socket.accept()
            except OSError:
                self._free.release()
                continue
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.add(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection, suppress(OSError, ValueError):
                connection.settimeout(_SECONDS)
                self._exchange(connection)
                connection.shutdown(socket.SHUT_WR)
        finally:
            self._threads.discard(threading.current_thread())
            self._free.release()

    def _exchange(self, connection: socket.socket) -> None:
        method, target, body = _read(connection)
        answer = self._answer(HttpRequest(method, unquote(urlsplit(target).path), body))
        fault = self._faults.get(answer.source)
        if fault is None:
            connection.sendall(_whole(answer, method))
            return
        exchange = Exchange(
            connection, method, target, body, answer.body, answer.content_type, self._base_url, self._stopping
        )
        BEHAVIOURS[fault](exchange)


def _read(connection: socket.socket) -> tuple[str, str, bytes]:
    """Return method, target and body. Raises ValueError for what is no request."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(connection)
        if len(data) > _MAX_HEAD + MAX_REQUEST_BYTES:
            raise ValueError("a head without an end")
    lines, _, body = data.partition(b"\r\n\r\n")
    first, *headers = lines.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    lengths = [int(value) for name, _, value in (h.partition(":") for h in headers) if name.lower() == "content-length"]
    length = min(lengths[0], MAX_REQUEST_BYTES) if lengths else 0
    while len(body) < length:
        body += _more(connection)
    return method, target, body


def _more(connection: socket.socket) -> bytes:
    data = connection.recv(64 * 1024)
    if not data:
        raise ValueError("the client went away")
    return data


def _whole(answer: HttpResponse, method: str) -> bytes:
    start = head(
        f"{answer.status} {HTTPStatus(answer.status).phrase}",
        f"Content-Type: {answer.content_type}",
        f"Content-Length: {len(answer.body)}",
        *(f"{name}: {value}" for name, value in answer.headers),
        "Connection: close",
    )
    return start if method == "HEAD" else start + answer.body
