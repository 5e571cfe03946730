"""What a browser asks and what it gets, without any HTTP server in sight."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

from pkitools.frozen import dataclass, field
from pkitools.messages import Language

_MOST_FIELDS = 50


class Deed:
    """What a request does that cannot be undone: it is begun or given up, whichever comes first, and never both."""

    def __init__(self) -> None:
        self._lock, self._begun, self._given_up = threading.Lock(), False, False

    def begin(self) -> None:
        """Begin it.

        Raises:
            RefusedError: it was given up.
        """
        with self._lock:
            if self._given_up:
                raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "given_up")
            self._begun = True

    def give_up(self) -> bool:
        """Give it up; return whether that was in time."""
        with self._lock:
            self._given_up = not self._begun
            return self._given_up


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    Args:
        method: as it was sent.
        path: without the query: decoded, but of a request of which only the head was read as it came.
        query: the first value of each name in the query.
        headers: by their names in small letters; what came twice is joined with a comma, as RFC 9110 5.2 reads it.
        body: what came with it.
        port: the port it came from; ``None`` where nobody says.
        deed: what it does that cannot be undone.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    port: int | None = None
    deed: Deed = field(default_factory=Deed, repr=False)

    def header(self, name: str) -> str:
        """Return a header, empty when it is not there."""
        return self.headers.get(name, "")


@dataclass(frozen=True, slots=True)
class Screen:
    """What to show.

    Args:
        template: its name.
        values: what it asks for.
        status: of the answer.
        headers: further ones.
    """

    template: str
    values: Mapping[str, object] = field(default_factory=dict, repr=False)
    status: HTTPStatus = HTTPStatus.OK
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)


class RefusedError(Exception):
    """A request that is not answered; the reader gets one sentence.

    Args:
        status: of the answer.
        slug: of the sentence ``cli.page.refused.<slug>``.
        operands: of it.
    """

    def __init__(self, status: HTTPStatus, slug: str, **operands: object) -> None:
        super().__init__(slug)
        self.status, self.slug, self.operands = status, slug, operands


def request_of_head(head: bytes, port: int | None) -> Request | None:
    """Return the request whose head this is, ``None`` when it is none.

    Args:
        head: the first line and the fields, octets as they came.
        port: the port it came from.
    """
    first, *rest = head.decode("latin-1").strip("\r\n").split("\r\n")
    words = first.split(" ")
    if len(words) != 3:
        return None
    found: dict[str, str] = {}
    for line in rest:
        name, _, value = line.partition(":")
        key = name.lower()
        found[key] = f"{found[key]}, {value.strip()}" if key in found else value.strip()
    try:
        target = urlsplit(words[1])
    except ValueError:  # "[" opens an address of IPv6 that does not end
        return None
    return Request(words[0], target.path, query_of(target.query), found, port=port)


def query_of(text: str) -> dict[str, str]:
    """Return the first value of each name in a query; of one with too many names nothing."""
    try:
        pairs = parse_qsl(text, max_num_fields=_MOST_FIELDS, keep_blank_values=True)
    except ValueError:
        return {}
    return dict(reversed(pairs))


def language_wanted(accepted: str) -> Language:
    """Return the language a browser asks for: the one of ours that it names first by weight, or else English.

    Args:
        accepted: the header Accept-Language (RFC 9110 12.5.4).
    """
    found: list[tuple[float, Language]] = []
    for part in accepted[:1000].split(","):
        name, _, weight = part.strip().partition(";")
        code = name.strip()[:2].lower()
        if code in {"nl", "en"}:
            found.append((_weight(weight), "nl" if code == "nl" else "en"))
    best = max(found, key=lambda each: each[0], default=(0.0, "en"))
    return best[1] if best[0] > 0 else "en"


def _weight(text: str) -> float:
    try:
        return float(text.strip().removeprefix("q=")) if text.strip() else 1.0
    except ValueError:
        return 0.0
