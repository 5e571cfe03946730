"""The HTTP side: cheroot (extra ``pkitools-nl[serve]``) around a :class:`~pkitools_test_pki.server.routing.Router`."""

from __future__ import annotations

import errno
import logging
import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

from pkitools.errors import NetworkError, brought_by
from pkitools.files.common import said
from pkitools_test_pki.server.ocsp import MAX_REQUEST_BYTES
from pkitools_test_pki.server.patience import SECONDS, Policy, connection_class
from pkitools_test_pki.server.routing import HttpRequest, HttpResponse

LOOPBACK: Final = "127.0.0.1"
_THREADS: Final = 10
_BACKLOG: Final = 1024  # who does not fit tries again after a second
_LOOK_ROUND: Final = 0.1  # seconds until a stopping server notices
_LOG: Final = logging.getLogger("pkitools_test_pki.server")
_OF_A_PKI: Final = Policy(MAX_REQUEST_BYTES)

Environ = Mapping[str, Any]
Application = Callable[[Environ], HttpResponse]


class Listener:
    """An HTTP server on one address, answering from threads of its own until it is stopped.

    Args:
        application: makes the answers.
        host, port: where to listen; port 0 takes a free one.
        tls: an adapter of cheroot for TLS.
        policy: what is taken of clients.
        name: what to call its threads.

    Raises:
        StateError: cheroot is not installed.
        NetworkError: the address cannot be listened on.
    """

    def __init__(
        self,
        application: Application,
        *,
        host: str = LOOPBACK,
        port: int = 0,
        tls: Any = None,
        policy: Policy = _OF_A_PKI,
        name: str = "test-pki",
    ) -> None:
        wsgi = _cheroot()
        listening = listening_socket(host, port)
        self.host, self.port = address_of(listening)
        self._server = wsgi.Server(
            (self.host, self.port),
            _wsgi(application),
            numthreads=_THREADS,
            request_queue_size=_BACKLOG,  # it calls listen() again
            timeout=SECONDS,
            shutdown_timeout=SECONDS,
        )
        self._server.ConnectionClass = connection_class(policy)  # which holds the size of a request too
        self._server.error_log = _log
        self._server.expiration_interval = _LOOK_ROUND
        self._server.ssl_adapter = tls
        self._server.bind = self._use(listening)
        self._server.prepare()
        self._thread = threading.Thread(target=self._server.serve, name=f"{name}:{self.port}", daemon=True)
        self._thread.start()

    def _use(self, listening: socket.socket) -> Callable[..., socket.socket]:
        """Return a way to bind for cheroot, whose own leaks a socket when the address is taken."""

        def bind(*_family: object) -> socket.socket:
            self._server.socket = listening
            return listening

        return bind

    def stop(self) -> None:
        """Stop listening; what is being answered is finished first. When this returns, no thread is left."""
        self._server.stop()
        self._thread.join()


def listening_socket(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises:
        NetworkError: the address cannot be listened on.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        slug = "port_in_use" if error.errno == errno.EADDRINUSE else "cannot_listen"
        raise NetworkError(f"test_pki.error.{slug}", host=host, port=port, detail=said(error)) from error
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # headers and body are two writes
    return listening


def address_of(listening: socket.socket) -> tuple[str, int]:
    """Return the address and port of a socket."""
    host, port = listening.getsockname()[:2]
    return str(host), int(port)


def _cheroot() -> Any:
    with brought_by("serve"):
        from cheroot import wsgi
    return wsgi


def _log(message: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
    _LOG.log(level, "%s", message, exc_info=traceback)


def _wsgi(application: Application) -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        given = application(environ)
        headers = [
            ("Content-Type", given.content_type),
            ("Content-Length", str(len(given.body))),
            ("X-Content-Type-Options", "nosniff"),
            # what is served may be revoked the next second
            ("Cache-Control", "no-store"),
            *given.headers,
        ]
        start_response(f"{given.status} {HTTPStatus(given.status).phrase}", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [given.body]

    return answer


def request_of(environ: Environ) -> HttpRequest:
    """Return the request in a WSGI environment."""
    # PEP 3333: the path's octets come as Latin-1 characters
    path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
    body = environ["wsgi.input"].read(MAX_REQUEST_BYTES)
    return HttpRequest(environ["REQUEST_METHOD"], path, body, environ.get("HTTP_ACCEPT", ""))
