"""The page on a port of this machine: the HTTP server that test PKIs are served by, in front of an application."""

from __future__ import annotations

import socket
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from pkitools.errors import brought_by
from pkitools.limits import MAX_UPLOAD_BYTES, MAX_UPLOADS_BYTES
from pkitools_cli.page.application import Answer, Application
from pkitools_cli.page.exchange import RefusedError, Request, query_of, request_of_head
from pkitools_cli.page.forms import largest_body, too_large
from pkitools_cli.page.guard import LOOPBACK, Guard
from pkitools_cli.page.site import Site

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pkitools_test_pki.server.routing import HttpResponse

_HTML: Final = "text/html; charset=utf-8"
_SLUGS: Final = {HTTPStatus.SERVICE_UNAVAILABLE: "busy", HTTPStatus.REQUEST_TIMEOUT: "slow"}


class Server:
    """The page, answering from threads of its own until it is stopped.

    Args:
        site: what it was started with.
        port: where to listen; 0 takes a free one.

    Raises:
        MissingExtraError: the extra ``pkitools-nl[page]`` is not installed.
        NetworkError: the port cannot be listened on.
    """

    def __init__(self, site: Site, port: int = 0) -> None:
        with brought_by("page"):
            import cheroot  # noqa: F401  what serves
            import python_multipart  # noqa: F401  what reads forms with files
        from pkitools_test_pki.server.listener import Listener
        from pkitools_test_pki.server.patience import Policy

        self.guard = Guard()
        self._application = Application(site, self.guard)
        policy = Policy(MAX_UPLOAD_BYTES, MAX_UPLOADS_BYTES, self._admit, self._refusal)
        self._listener = Listener(self._answer, host=LOOPBACK, port=port, policy=policy, name="page")
        self.guard.port = self._listener.port  # until now no request was for it

    @property
    def address(self) -> str:
        """Where the page is opened, once."""
        return self.guard.address

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._listener.port

    @property
    def is_answering(self) -> bool:
        """Whether something is worked out."""
        return self._application.is_answering

    def stop(self) -> None:
        """Stop; what is being answered is finished first."""
        self._listener.stop()
        self._application.close()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _answer(self, environ: Mapping[str, Any]) -> HttpResponse:
        from pkitools_test_pki.server.routing import HttpResponse

        given = self._application.answer(request_of(environ))
        return HttpResponse(given.status, _HTML, given.body, given.headers)

    def _admit(self, head: bytes, connection: socket.socket) -> bytes | None:
        """Return the answer to who is turned away by the head alone: a body that nobody wants is never read.

        The application asks the same once more, of the request as the HTTP server read it: that reads heads otherwise.
        """
        request = request_of_head(head, _port_of(connection))
        if request is None:  # the HTTP server falls over the target of some
            return octets(self._application.refused(RefusedError(HTTPStatus.BAD_REQUEST, "broken"), None), "")
        try:
            self.guard.check(request)
            if _length(request) > largest_body(request):
                raise too_large(request)
        except RefusedError as error:
            return octets(self._application.refused(error, request), request.method)
        return None

    def _refusal(self, status: str, _text: str, head: bytes) -> bytes:
        """Return the answer to what cannot be taken, whoever sent it."""
        from pkitools_test_pki.server.patience import SECONDS

        request = request_of_head(head, None) if head else None
        number = HTTPStatus(int(status[:3]))
        error = RefusedError(number, _SLUGS.get(number, "broken"), seconds=SECONDS)
        if number is HTTPStatus.REQUEST_ENTITY_TOO_LARGE and request is not None:
            error = too_large(request)
        return octets(self._application.refused(error, request), "" if request is None else request.method)


def request_of(environ: Mapping[str, Any]) -> Request:
    """Return the request in a WSGI environment (PEP 3333)."""
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    headers["content-type"] = environ.get("CONTENT_TYPE", "")
    port = str(environ.get("REMOTE_PORT", ""))
    body = environ["wsgi.input"].read(MAX_UPLOAD_BYTES + 1)
    if connection := environ.get("pkitools.connection"):  # of pkitools_test_pki.server.patience
        connection.forget()
    return Request(
        environ["REQUEST_METHOD"],
        environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace"),
        query_of(environ.get("QUERY_STRING", "")),
        headers,
        body,
        int(port) if port.isdigit() else None,
    )


def octets(answer: Answer, method: str) -> bytes:
    """Return an answer as it is sent, after which the connection ends."""
    fields = (
        ("Content-Type", _HTML),
        ("Content-Length", str(len(answer.body))),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "no-store"),
        *answer.headers,
        ("Connection", "close"),
    )
    lines = [f"HTTP/1.1 {answer.status.value} {answer.status.phrase}", *(f"{name}: {value}" for name, value in fields)]
    head = "".join(f"{line}\r\n" for line in (*lines, "")).encode("latin-1")
    return head if method == "HEAD" else head + answer.body


def _port_of(connection: socket.socket) -> int | None:
    try:
        return int(connection.getpeername()[1])
    except (OSError, IndexError, TypeError):
        return None


def _length(request: Request) -> int:
    text = request.header("content-length")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
