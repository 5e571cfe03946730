"""A listener for faults in how a document is sent: who answers with one has the bare connection and a thread."""

from __future__ import annotations

import errno
import os
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Final

from pkitools_test_pki.faults.http import BEHAVIOURS, Exchange
from pkitools_test_pki.server.listener import LOOPBACK, Environ, Listener, request_of
from pkitools_test_pki.server.patience import CONNECTION
from pkitools_test_pki.server.routing import HttpRequest, HttpResponse, plain

_MAX_SPOILT: Final = 64
_SECONDS: Final = 5


class FaultyListener(Listener):
    """Answers as a router says, and spoils the documents of some kinds on their way.

    Args:
        answer: the router.
        faults: kind of document → name of the fault, see
            :attr:`~pkitools_test_pki.server.faulty_documents.ChosenFaults.on_the_wire`.
        host, port: where to listen; port 0 takes a free one.

    Raises:
        StateError: cheroot is not installed.
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
        self._stopping = threading.Event()
        self._free = threading.BoundedSemaphore(_MAX_SPOILT)
        self._threads: set[threading.Thread] = set()
        super().__init__(self._good_or_spoilt, host=host, port=port)
        self._base_url = f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    def stop(self) -> None:
        """Stop; slow answers are broken off. When this returns, no thread is left."""
        self._stopping.set()
        super().stop()
        for thread in tuple(self._threads):
            thread.join()

    def _good_or_spoilt(self, environ: Environ) -> HttpResponse:
        request = request_of(environ)
        answer = self._answer(request)
        fault = self._faults.get(answer.source)
        if fault is None:
            return answer
        if not self._free.acquire(blocking=False):
            return plain(503, "Too many at once", ("Retry-After", "1"))
        behaviour = partial(self._spoil, fault, environ["REQUEST_URI"], request, answer)
        self._hand_over(environ[CONNECTION].take_over(), behaviour)
        # what cheroot takes as "the client is gone": it sends nothing
        raise ConnectionAbortedError(errno.ECONNABORTED, os.strerror(errno.ECONNABORTED))

    def _hand_over(self, connection: socket.socket, behaviour: Callable[[socket.socket], None]) -> None:
        thread = threading.Thread(target=behaviour, args=(connection,), daemon=True)
        self._threads.add(thread)
        thread.start()

    def _spoil(
        self, fault: str, target: str, request: HttpRequest, answer: HttpResponse, connection: socket.socket
    ) -> None:
        exchange = Exchange(
            connection,
            request.method,
            target,
            request.body,
            answer.body,
            answer.content_type,
            self._base_url,
            self._stopping,
        )
        try:
            with connection, suppress(OSError, ValueError):
                connection.settimeout(_SECONDS)
                BEHAVIOURS[fault](exchange)
                connection.shutdown(socket.SHUT_WR)
        finally:
            self._threads.discard(threading.current_thread())
            self._free.release()
