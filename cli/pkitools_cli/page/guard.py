"""Who is answered: a browser on this machine that was opened by the person who started the page, and nobody else.

Other pages in that browser are strangers as well: they cannot make up Host, Origin and Sec-Fetch-Site (RFC 9110 7.2,
RFC 6454 7, Fetch Metadata), do not get the cookie along (SameSite) and may not show this page inside theirs. Other
programs on the machine do not know the token; on Linux those of other accounts are turned away by their account.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from pkitools.files.platform import is_our_peer
from pkitools_cli.page.exchange import RefusedError, Request

LOOPBACK: Final = "127.0.0.1"
METHODS: Final = ("GET", "HEAD", "POST")
_TOKEN_BYTES: Final = 32
_ELSEWHERE: Final = frozenset({"cross-site", "same-site"})  # another port of this machine is the same site


class Guard:
    """The token that opens the page once, the session it is given for, and what every request is held to.

    Args:
        port: where the page is; set as soon as it is known.
        is_ours: says of the port it is and the one it came from whether a connection is this user's.
    """

    def __init__(self, port: int = 0, is_ours: Callable[[int, int], bool] = is_our_peer) -> None:
        self.port, self._is_ours = port, is_ours
        self._token: str | None = secrets.token_urlsafe(_TOKEN_BYTES)
        self._session = secrets.token_urlsafe(_TOKEN_BYTES)
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"<Guard of {self.origin}>"  # and of no secret

    @property
    def origin(self) -> str:
        """Where the page is, as a browser names it."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def address(self) -> str:
        """Where the page is opened; it does so once."""
        return f"{self.origin}/?token={self._token or ''}"

    @property
    def cookie(self) -> str:
        """The header that gives the session to a browser, until it is closed."""
        return f"{self._cookie_name}={self._session}; HttpOnly; SameSite=Strict; Path=/"

    @property
    def _cookie_name(self) -> str:
        return f"pkitools-{self.port}"  # a browser sends cookies to every port of a machine

    def check(self, request: Request) -> None:
        """Let a request pass; nothing but its head is looked at.

        Raises:
            RefusedError: it is nobody's who is answered.
        """
        if request.header("host") != f"{LOOPBACK}:{self.port}":
            raise RefusedError(HTTPStatus.FORBIDDEN, "host", address=self.origin)
        if request.port is not None and not self._is_ours(self.port, request.port):
            raise RefusedError(HTTPStatus.FORBIDDEN, "account")
        if request.method not in METHODS:
            raise RefusedError(HTTPStatus.METHOD_NOT_ALLOWED, "method")
        if not self.has_session(request):
            self._check_opening(request)
        elif request.header("sec-fetch-site") in _ELSEWHERE and not self._is_start(request):
            raise RefusedError(HTTPStatus.FORBIDDEN, "elsewhere")
        if request.method == "POST" and not self._is_own_form(request):
            raise RefusedError(HTTPStatus.FORBIDDEN, "origin")

    def opens(self, request: Request) -> bool:
        """Say whether this request, which was let pass, opens the page now; it is the only one that ever does.

        Raises:
            RefusedError: another was faster.
        """
        if self.has_session(request) or request.method != "GET":
            return False
        with self._lock:
            if not self._brings_token(request):
                raise RefusedError(HTTPStatus.FORBIDDEN, "used")
            self._token = None
        return True

    def has_session(self, request: Request) -> bool:
        """Say whether the browser opened this page, now or before.

        A browser sends the cookies of every program on this machine along: what another made of its own, however
        odd, is no reason not to find ours, so that the header is divided (RFC 6265 4.2.1) and not judged.
        """
        pairs = (each.strip(" \t").partition("=") for each in request.header("cookie").split(";"))
        found = [value.encode() for name, _, value in pairs if name == self._cookie_name]
        return any(hmac.compare_digest(value, self._session.encode()) for value in found)

    def _check_opening(self, request: Request) -> None:
        if "token" not in request.query or not self._is_start(request):
            raise RefusedError(HTTPStatus.FORBIDDEN, "session")
        if not self._brings_token(request):
            raise RefusedError(HTTPStatus.FORBIDDEN, "used")
        if "prefetch" in request.header("sec-purpose"):  # nobody has opened it yet
            raise RefusedError(HTTPStatus.FORBIDDEN, "session")

    def _brings_token(self, request: Request) -> bool:
        given, token = request.query.get("token", ""), self._token
        return token is not None and self._is_start(request) and hmac.compare_digest(given.encode(), token.encode())

    @staticmethod
    def _is_start(request: Request) -> bool:
        return request.path == "/" and request.method in {"GET", "HEAD"}

    def _is_own_form(self, request: Request) -> bool:
        """Say whether what is sent comes from a page of ours: a browser says so by one header at least.

        A page that sends no referrer (as ours do) has the origin ``null`` (Fetch, append a request Origin header).
        """
        origin, site = request.header("origin"), request.header("sec-fetch-site")
        if site not in {"", "same-origin"}:
            return False
        return origin == self.origin or (origin in {"", "null"} and site == "same-origin")
