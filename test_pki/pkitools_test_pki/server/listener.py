"""The HTTP side: cheroot, which is in the extra ``pkitools[serve]``, around a :class:`~.site.Site`."""

from __future__ import annotations

import errno
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

from pkitools.errors import NetworkError, StateError
from pkitools_test_pki.server.ocsp import MAX_REQUEST_BYTES
from pkitools_test_pki.server.site import Answer, Request, plain

LOOPBACK: Final = "127.0.0.1"
_MAX_HEADER_BYTES: Final = 128 * 1024  # an OCSP request may be in the path
_THREADS: Final = 10
_SECONDS: Final = 10
_LOG: Final = logging.getLogger("pkitools_test_pki.server")

Environ = Mapping[str, Any]
Application = Callable[[Environ], Answer]


class Listener:
    """An HTTP server on one address, answering from threads of its own until it is stopped.

    Args:
        application: makes the answers.
        host, port: where to listen; port 0 takes a free one.
        tls: an adapter of cheroot for TLS.

    Raises:
        StateError: cheroot is not installed.
        NetworkError: the address cannot be listened on.
    """

    def __init__(self, application: Application, *, host: str = LOOPBACK, port: int = 0, tls: Any = None) -> None:
        wsgi = _cheroot()
        self._server = wsgi.Server(
            (host, port),
            _wsgi(application),
            numthreads=_THREADS,
            request_queue_size=128,
            timeout=_SECONDS,
            shutdown_timeout=_SECONDS,
        )
        self._server.max_request_body_size = MAX_REQUEST_BYTES
        self._server.max_request_header_size = _MAX_HEADER_BYTES
        self._server.error_log = _log
        self._server.ssl_adapter = tls
        try:
            self._server.prepare()
        except OSError as error:
            self._server.requests.stop(0)
            raise cannot_listen(host, port, error) from error
        address: tuple[str, int] = self._server.bind_addr[:2]
        self.host, self.port = address
        self._thread = threading.Thread(target=self._server.serve, name=f"test-pki:{self.port}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening; what is being answered is finished first. When this returns, no thread is left."""
        self._server.stop()
        self._thread.join()


def cannot_listen(host: str, port: int, error: OSError) -> NetworkError:
    """Return the error for an address that cannot be listened on."""
    number = error.errno or getattr(error.__cause__, "errno", None)
    detail = os.strerror(number) if number else str(error)
    slug = "port_in_use" if number == errno.EADDRINUSE else "cannot_listen"
    return NetworkError(f"test_pki.error.{slug}", host=host, port=port, detail=detail)


def listening_socket(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises:
        NetworkError: the address cannot be listened on.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        raise cannot_listen(host, port, error) from error


def _cheroot() -> Any:
    try:
        from cheroot import wsgi
    except ImportError as error:
        raise StateError("test_pki.error.serve_extra") from error
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


def request_of(environ: Environ) -> Request | Answer:
    """Return the request in a WSGI environment, or what to answer when it cannot be read."""
    try:
        length = int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return plain(400, "Bad Content-Length")
    if length > MAX_REQUEST_BYTES:
        return plain(413, "Request too large")
    # PEP 3333: the path's octets come as Latin-1 characters
    path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
    chunked = "HTTP_TRANSFER_ENCODING" in environ
    body = environ["wsgi.input"].read(MAX_REQUEST_BYTES if chunked else length) if chunked or length else b""
    return Request(environ["REQUEST_METHOD"], path, body, environ.get("HTTP_ACCEPT", ""))
