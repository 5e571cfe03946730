"""What the tests of the server share: a clock that stands or runs, and requests over HTTP."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from pkitools_test_pki.server.routing import HttpRequest, HttpResponse, Router
from tests.support.effort import PATIENCE

MOMENT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that a test moves by hand."""

    moment: datetime = MOMENT

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **step: float) -> None:
        self.moment += timedelta(**step)


def real_time() -> datetime:
    """What other tools see as the time."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass
class Reply:
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def get(url: str, *, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Reply:
    """Send one request on a connection of its own."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
    try:
        connection.request(method, url.removeprefix(f"http://{parts.netloc}"), body, dict(headers or {}))
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Reply(response.status, response.read(), found)
    finally:
        connection.close()


def ask(router: Router, path: str, *, method: str = "GET", body: bytes = b"", accept: str = "") -> HttpResponse:
    """Ask a router without any server."""
    return router.answer(HttpRequest(method, path, body, accept))
