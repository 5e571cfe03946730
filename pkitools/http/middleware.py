"""The decision as middleware of ASGI and WSGI: who is not admitted gets an answer, and never meets the application."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from http import HTTPStatus
from typing import Any, Final, TypeAlias

from pkitools.arguments import function, of_type, one_of
from pkitools.http.access import Access, AccessDenied
from pkitools.messages import LANGUAGES, Language, error_sentence

CALLER: Final = "pkitools.caller"
"""Where the application finds the :class:`~pkitools.http.Caller`: in the scope of ASGI, the environ of WSGI."""

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
ASGIApplication: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]
WSGIApplication: TypeAlias = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_NOT_SAID: Final = "?"  # a server says of a unix socket that it has no address; one that says nothing is not trusted
_KIND: Final = "application/problem+json"  # RFC 9457
_POLICY_VIOLATION: Final = 1008  # RFC 6455, 7.4.1


class ASGIAccess:
    """ASGI 3 middleware, for FastAPI, Starlette and Django: admits by OIN and system.

    Args:
        app: the application.
        access: decides.
        language: of the answer to who is refused.

    Raises:
        InvalidValueError: one of these is not what it should be.
    """

    def __init__(self, app: ASGIApplication, access: Access, language: Language = "en") -> None:
        self._app, self._access = function(app, "app"), of_type(access, Access, "access")
        self._language: Language = one_of(LANGUAGES, language, "language")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Admit a request or a websocket; the start and the end of the server are no call.

        Raises:
            AccessDenied: a call of a kind that is not known, which nobody can be admitted to.
        """
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] not in {"http", "websocket"}:
            raise AccessDenied("http.error.kind_of_call", 403, kind=scope["type"])
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
        client = scope.get("client", (_NOT_SAID,))
        try:
            # it may wait for a revocation list: others are served meanwhile
            caller = await asyncio.to_thread(self._access.admit, client[0] if client else None, headers)
        except AccessDenied as denied:
            await self._refuse(denied, scope, receive, send)
            return
        await self._app({**scope, CALLER: caller}, receive, send)

    async def _refuse(self, denied: AccessDenied, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()  # the handshake, which is answered with 403
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
            return
        body = _problem(denied, self._language)
        headers = [(b"content-type", _KIND.encode()), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": denied.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class WSGIAccess:
    """WSGI middleware, for Django and Flask: admits by OIN and system.

    WSGI joins two headers of one name with a comma and takes ``_`` for ``-``, so that here no more than their forms can
    tell them apart: let the proxy remove what the client sent, and use a server that refuses underscores.

    Args:
        app: the application.
        access: decides.
        language: of the answer to who is refused.

    Raises:
        InvalidValueError: one of these is not what it should be.
    """

    def __init__(self, app: WSGIApplication, access: Access, language: Language = "en") -> None:
        self._app, self._access = function(app, "app"), of_type(access, Access, "access")
        self._language: Language = one_of(LANGUAGES, language, "language")

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Admit a request."""
        came = {name: environ.get("HTTP_" + name.upper().replace("-", "_")) for name in self._access.headers}
        headers = [(name, value) for name, value in came.items() if value is not None]
        try:
            caller = self._access.admit(environ.get("REMOTE_ADDR", _NOT_SAID) or None, headers)
        except AccessDenied as denied:
            body = _problem(denied, self._language)
            start_response(_status_line(denied), [("Content-Type", _KIND), ("Content-Length", str(len(body)))])
            return [body]
        return self._app({**environ, CALLER: caller}, start_response)


def _status_line(denied: AccessDenied) -> str:
    return f"{denied.status} {HTTPStatus(denied.status).phrase}"


def _problem(denied: AccessDenied, language: Language) -> bytes:
    title = HTTPStatus(denied.status).phrase
    told = {"title": title, "status": denied.status, "detail": error_sentence(denied, language), "code": denied.code}
    return json.dumps(told, ensure_ascii=False).encode()
