"""A server on the loopback address that answers each path as it is told, well or badly, on the bare socket."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress

from pkitools_test_pki.faults.http import Behaviour, Exchange, answer

CRL_TYPE = "application/pkix-crl"
OCSP_TYPE = "application/ocsp-response"


class FaultServer:
    """Serves in threads until it is closed.

    ``routes`` maps a path to a behaviour and the document it works with. ``connections`` counts who came.
    """

    def __init__(self, host: str = "127.0.0.1", *, tls: ssl.SSLContext | None = None) -> None:
        self.routes: dict[str, tuple[Behaviour, bytes, str]] = {}
        self.proxied: Behaviour | None = None
        self.connections = 0
        self.requests: list[bytes] = []
        self.stopping = threading.Event()
        self._tls = tls
        self._listener = socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        self._listener.settimeout(0.1)
        self.host, self.port = host, self._listener.getsockname()[1]
        name = f"[{host}]" if ":" in host else host
        self.base_url = f"{'https' if tls else 'http'}://{name}:{self.port}"
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def __enter__(self) -> FaultServer:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        self.stopping.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes up who waits for a connection
        self._thread.join(5)
        self._listener.close()

    def serve(self, path: str, behaviour: Behaviour, document: bytes = b"", content_type: str = CRL_TYPE) -> str:
        """Answer this path so from now on; return its URL."""
        self.routes[path] = (behaviour, document, content_type)
        return self.base_url + path

    def serve_made(self, path: str, make: Callable[[bytes], bytes], content_type: str = OCSP_TYPE) -> str:
        """Answer this path with what ``make`` makes of the request's body."""
        return self.serve(path, lambda exchange: answer(exchange, make(exchange.body), content_type))

    def _accept(self) -> None:
        while not self.stopping.is_set():
            with suppress(OSError):
                connection, _ = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._handle, args=(connection,), daemon=True).start()

    def _handle(self, connection: socket.socket) -> None:
        connection.settimeout(5)
        with suppress(OSError, ValueError, LookupError):
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection:
                exchange = self._read(connection)
                (self.proxied or self.routes[exchange.target.partition("?")[0]][0])(exchange)
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_WR)
        with suppress(OSError):
            connection.close()

    def _read(self, connection: socket.socket) -> Exchange:
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more(connection)
        head, _, body = data.partition(b"\r\n\r\n")
        self.requests.append(head)
        lines = head.decode("latin-1").split("\r\n")
        sizes = [int(line.partition(":")[2]) for line in lines if line.lower().startswith("content-length:")]
        while sizes and len(body) < sizes[0]:
            body += self._more(connection)
        method, target, _ = lines[0].split(" ")
        _, document, content_type = self.routes.get(target.partition("?")[0], (None, b"", CRL_TYPE))
        return Exchange(connection, method, target, body, document, content_type, self.base_url, self.stopping)

    @staticmethod
    def _more(connection: socket.socket) -> bytes:
        data = connection.recv(65536)
        if not data:
            raise ValueError("the client went away")
        return data
