"""The page without a server: requests as a browser sends them, answers as it reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import click

from pkitools_cli.page.application import Answer, Application
from pkitools_cli.page.exchange import Request, query_of
from pkitools_cli.page.guard import Guard
from pkitools_cli.page.site import Given, Site
from tests.support.command_words import undoable

MOMENT = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
PORT = 8123
BOUNDARY = "----pkitools-boundary"
GIVEN = Given(
    places=(),
    connections=None,
    folder=None,
    trust=(),
    crls=(),
    revocation="off",
    online=False,
    allow_net=(),
    allow_port=(),
    cache=None,
    clock=lambda: MOMENT,
)


def site_of(given: Given = GIVEN) -> Site:
    root = click.Context(click.Group("pkitools"), info_name="pkitools")
    return Site(given, click.Context(click.Command("page"), parent=root, info_name="page"))


def with_folder(folder: Path) -> Given:
    return replace(GIVEN, folder=folder)


@dataclass
class Visitor:
    """Somebody at a browser that opened the page."""

    given: Given = GIVEN
    language: str = "en"
    application: Application = field(init=False)

    def __post_init__(self) -> None:
        self.application = Application(site_of(self.given), Guard(PORT, lambda *_: True))

    @property
    def guard(self) -> Guard:
        return self.application.guard

    @property
    def headers(self) -> dict[str, str]:
        """What the browser sends with a request for a page of ours."""
        return {
            "host": f"127.0.0.1:{PORT}",
            "cookie": self.guard.cookie.partition(";")[0],
            "accept-language": self.language,
            "sec-fetch-site": "same-origin",
        }

    def ask(self, request: Request) -> Answer:
        """Ask the page, and hold what it tells to what can be done: there, or with a command that there is."""
        answer = self.application.answer(request)
        if answer.body[:9].lower() == b"<!doctype":
            cannot = undoable(Read(answer, apart=True).text, "page")
            assert not cannot, f"{request.path} tells what cannot be done from there: {cannot}"
        return answer

    def get(self, target: str, **headers: str) -> Answer:
        parts = urlsplit(target)
        return self.ask(Request("GET", parts.path, query_of(parts.query), self.headers | _named(headers)))

    def post(self, path: str, fields: Mapping[str, str | Sequence[str]], **headers: str) -> Answer:
        body = urlencode(fields, doseq=True).encode()
        return self.send(path, body, "application/x-www-form-urlencoded", **headers)

    def drop(self, files: Iterable[tuple[str, bytes]], **fields: str) -> Answer:
        """Hand files in."""
        body = multipart(files, {"environment": "production"} | fields)
        return self.send("/check", body, f"multipart/form-data; boundary={BOUNDARY}")

    def send(self, path: str, body: bytes, kind: str, **headers: str) -> Answer:
        sent = self.headers | {"origin": self.guard.origin, "content-type": kind} | _named(headers)
        return self.ask(Request("POST", path, {}, sent, body))


class ToldAtOnce:
    """The command that waits to be told to stop is told as soon as it waits, and once."""

    def __call__(self) -> None: ...

    def unless_told_again(self, work: Callable[[], object]) -> bool:
        work()
        return True


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def multipart(files: Iterable[tuple[str, bytes]], fields: Mapping[str, str] | None = None) -> bytes:
    """A form with files, as a browser sends it (RFC 7578; in names it writes a quote and a line break as %22, %0A)."""
    parts = []
    for name, value in (fields or {}).items():
        parts.append(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
    for name, data in files:
        told = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{told}"\r\n'
        head += "Content-Type: application/octet-stream\r\n\r\n"
        parts.append(head.encode("utf-8", "surrogateescape") + data + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


class Read(HTMLParser):
    """What stands on a page: its elements with their attributes, and its text."""

    def __init__(self, answer: Answer | bytes, *, apart: bool = False) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self._pieces: list[str] = []
        self._quiet = 0
        self._apart = apart  # each element on a line of its own
        self.feed((answer if isinstance(answer, bytes) else answer.body).decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self._quiet += tag in {"style", "script"}

    def handle_endtag(self, tag: str) -> None:
        self._quiet -= tag in {"style", "script"}

    def handle_data(self, data: str) -> None:
        if not self._quiet:
            self._pieces.append(f"{data}\n" if self._apart else data)

    @property
    def text(self) -> str:
        return "".join(self._pieces) if self._apart else " ".join("".join(self._pieces).split())

    def attributes(self, tag: str, name: str) -> list[str]:
        """The values of an attribute of every element of a kind."""
        return [found[name] for kind, found in self.elements if kind == tag and name in found]
