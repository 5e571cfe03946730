"""What is asked of the network and of the cache, and what comes back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol, TypeAlias

from pkitools.arguments import choice, text, whole, wrong_type
from pkitools.errors import NetworkError
from pkitools.frozen import dataclass, field
from pkitools.messages import Detail, codes_of


class FetchFault(StrEnum):
    """Why nothing usable came, beside the statuses of HTTP (:class:`HttpStatus`)."""

    URL = "url"
    """The address is not one that is followed: another scheme, a user name in it, a host that is neither name nor
    address."""
    ADDRESS = "address"
    """The host is at an address that may not be connected to."""
    REDIRECT = "redirect"
    """It leads on to where nothing may be asked, back, or too far."""
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    PROXY_CONNECT = "proxy-connect"
    PROXY_AUTH = "proxy-auth"
    TOO_LARGE = "too-large"
    TRUNCATED = "truncated"
    """The connection ended before the document did."""
    ENCODING = "encoding"
    """Compressed, or in a transfer coding other than chunked."""
    HTTP_PROTOCOL = "http-protocol"
    """No HTTP/1.1, or a document whose end is not clear."""


_HTTP: Final = "http-"


class HttpStatus(str):
    """An HTTP status that brought no document, as a fault: ``HttpStatus(404)`` is the text ``http-404``."""

    __slots__ = ()

    def __new__(cls, number: int) -> HttpStatus:
        """Return the fault of a status.

        Raises:
            InvalidValueError: it is no number of three digits.
        """
        if whole(number, "number") > 999:
            raise wrong_type("number", number, "int")
        return super().__new__(cls, f"{_HTTP}{number}")

    @property
    def number(self) -> int:
        """The status, 100 to 599."""
        return int(self[len(_HTTP) :])

    def __getnewargs__(self) -> tuple[int]:  # type: ignore[override]  # made of a number, not of its text
        return (self.number,)


Fault: TypeAlias = FetchFault | HttpStatus
"""Why nothing usable came."""


def fault_of(given: Fault | str) -> Fault:
    """Return a fault, of itself or of its text.

    Raises:
        InvalidValueError: there is no such fault.
    """
    number = text(given, "fault").removeprefix(_HTTP)
    if given.startswith(_HTTP) and len(number) == 3 and number.isdecimal() and number.isascii():
        return HttpStatus(int(number))
    return choice(FetchFault, given, "fault")


class Refusal(StrEnum):
    """What may be allowed, of an address that was not asked by rule."""

    ADDRESS = "address"
    """It is not public."""
    PORT = "port"
    """It is another than those of HTTP."""


def refusal(fault: str, detail: str) -> Refusal | None:
    """Return what has to be allowed before an address is asked; ``None`` where that is not what is wrong.

    Args:
        fault: why nothing came.
        detail: the particulars that came with it.

    Raises:
        InvalidValueError: one of these is no text.
    """
    if text(fault, "fault") == FetchFault.ADDRESS:
        return Refusal.ADDRESS
    codes = codes_of(text(detail, "detail")) if fault in {FetchFault.URL, FetchFault.REDIRECT} else ()
    return next((each for each in Refusal if f"fetching.detail.{each}" in codes), None)


def not_public(address: str) -> Detail:
    """Return the particular of an address, or of a host with it, that may not be connected to."""
    return Detail("fetching.detail.address", address=address)


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """One document wanted from the network.

    Args:
        url: as a certificate names it.
        limit: most bytes of body.
        body: what to POST; ``None`` is a GET.
        content_type: of ``body``.
        accept: media type asked for.
        seconds: longest time for everything, redirects included; ``None`` leaves it to the fetcher.
        headers: names and values beside the usual ones, such as a key; sent to no other server than that of ``url``.
        error_limit: most bytes of the body that comes with an HTTP status of failure; none is read by default.
    """

    url: str
    limit: int
    body: bytes | None = None
    content_type: str = ""
    accept: str = "*/*"
    seconds: float | None = None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    error_limit: int = 0


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came.

    Args:
        body: the document, not encoded in any way.
        content_type: as the server called it, lower case, without parameters.
        url: where it was in the end.
        via_proxy: a proxy stood between, so that addresses could not be tested.
        headers: what the server sent with it: lower-case names, a repeated one as several.
    """

    body: bytes = field(repr=False)
    content_type: str
    url: str
    via_proxy: bool = False
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)


class FetchError(NetworkError):
    """Nothing usable came.

    Args:
        fault: what was wrong, or its text.
        url: what was asked for.
        detail: the particulars: a :class:`~pkitools.messages.Detail`, or words that are shown as they are.
        body: what came with an HTTP status of failure, where the request asked for it.

    Raises:
        InvalidValueError: there is no such fault.
    """

    def __init__(self, fault: Fault | str, url: str, detail: str = "", *, body: bytes = b"") -> None:
        self.fault: Fault = fault_of(fault)
        super().__init__("revocation.error.fetch", fault=self.fault, url=url, detail=detail)
        self.url = url
        self.detail = detail
        self.body = body


class Fetcher(Protocol):
    """The means to use the network: handed in, or the library stays offline."""

    def fetch(self, request: FetchRequest) -> Fetched:
        """Return the document, or raise :class:`FetchError` and nothing else, in bounded time."""


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """A document kept from an earlier run: never believed, only used again.

    Args:
        body: as it came.
        stored_at: the moment of the validation that fetched it, aware UTC.
    """

    body: bytes = field(repr=False)
    stored_at: datetime


class Cache(Protocol):
    """A place for documents between runs."""

    def load(self, url: str, issuer_key: bytes) -> CacheEntry | None:
        """Return what is kept for this URL and issuer key (DER SubjectPublicKeyInfo)."""

    def store(self, url: str, issuer_key: bytes, entry: CacheEntry) -> None:
        """Keep a document. Failing to is no error."""

    def take_notes(self) -> tuple[str, ...]:
        """Return, and forget, what was ignored since the last call, one line each."""


Clock = Callable[[], float]
"""Seconds that only ever grow, for durations: :func:`time.monotonic`."""
