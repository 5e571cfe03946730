"""The small part of HTTP/1.1 (RFC 9112) that fetching one document needs, with a bound on everything.

Not ``http.client``: that waits per read and not in all, accepts ``Content-Length: -5``, and joins a doubled one. A
response that is not clearly delimited is refused (``http-protocol``), because whoever reads it otherwise reads another
document.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Final

from pkitools.fetching.model import Fault, FetchFault
from pkitools.files.common import said
from pkitools.frozen import dataclass, field, replace
from pkitools.messages import Detail
from pkitools.text import pattern

_MAX_LINE: Final = 8 * 1024
_MAX_HEADER_BYTES: Final = 32 * 1024
_MAX_HEADERS: Final = 100
_CHUNK: Final = 64 * 1024
_STATUS: Final = pattern(rb"HTTP/1\.[01] ([1-5][0-9][0-9])(?: [^\r\n\x00]*)?\Z")
_TOKEN: Final = pattern(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_DIGITS: Final = pattern(rb"[0-9]{1,15}\Z")
_CHUNK_SIZE: Final = pattern(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n\x00]*)?\Z")


class TransferError(Exception):
    """What came is not usable; ``fault`` is that of :class:`~pkitools.fetching.FetchError`."""

    def __init__(self, fault: Fault, detail: str = "", body: bytes = b"") -> None:
        super().__init__(fault)
        self.fault, self.detail, self.body = fault, detail, body


class Deadline:
    """A point in time that ends everything: connecting, sending, and every read together."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = clock() + seconds

    def left(self, most: float = 3600.0) -> float:
        """Return the seconds left, at most ``most``. Raises :class:`TransferError` when there are none."""
        seconds = self._end - self._clock()
        if seconds <= 0:
            raise TransferError(FetchFault.TIMEOUT)
        return min(seconds, most)


@dataclass(frozen=True, slots=True)
class Response:
    """Status, headers with lower-case names (a repeated one as several), and the body."""

    status: int
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether the status is one of success, 2xx."""
        return 200 <= self.status < 300

    def all(self, name: str) -> list[str]:
        """Return every value of a header."""
        return [value for key, value in self.headers if key == name]

    def first(self, name: str) -> str:
        """Return the first value of a header, or an empty string."""
        return next(iter(self.all(name)), "")


class Connection:
    """Reads from a connected socket under one deadline. Raises :class:`TransferError` and nothing else."""

    def __init__(self, connected: socket.socket, deadline: Deadline) -> None:
        self._socket, self._deadline = connected, deadline
        self._buffer = b""

    @property
    def rest(self) -> bytes:
        """What came behind what was read: of a tunnel the beginning of what the other side says."""
        return self._buffer

    def send(self, data: bytes) -> None:
        """Send everything."""
        try:
            self._socket.settimeout(self._deadline.left())
            self._socket.sendall(data)
        except TimeoutError:
            raise TransferError(FetchFault.TIMEOUT) from None
        except OSError as error:
            raise TransferError(FetchFault.CONNECT, said(error)) from None

    def _more(self) -> bytes:
        try:
            self._socket.settimeout(self._deadline.left())
            return self._socket.recv(_CHUNK)
        except TimeoutError:
            raise TransferError(FetchFault.TIMEOUT) from None
        except OSError as error:
            raise TransferError(FetchFault.CONNECT, said(error)) from None

    def _line(self) -> bytes:
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > _MAX_LINE:
                raise TransferError(FetchFault.HTTP_PROTOCOL, Detail("fetching.detail.line_too_long"))
            more = self._more()
            if not more:
                begun = FetchFault.TRUNCATED if self._buffer else FetchFault.CONNECT
                raise TransferError(begun, Detail("fetching.detail.closed_before_the_end_of_the_headers"))
            self._buffer += more
        if end > _MAX_LINE:
            raise TransferError(FetchFault.HTTP_PROTOCOL, Detail("fetching.detail.line_too_long"))
        line, self._buffer = self._buffer[:end], self._buffer[end + 1 :]
        return line.removesuffix(b"\r")

    def read(self, limit: int, *, bodyless: bool = False, error_limit: int = 0) -> Response:
        """Return one response with a body of at most ``limit`` bytes.

        Args:
            limit: beyond it ``too-large``, already when the server announces it.
            bodyless: the answer to CONNECT: what follows the headers belongs to the tunnel.
            error_limit: most bytes of the body of an error; of one that is larger or does not come whole, none.
        """
        for _ in range(5):  # 1xx answers come before the real one
            status, headers = self._head()
            if status >= 200:
                break
        else:
            raise TransferError(FetchFault.HTTP_PROTOCOL, Detail("fetching.detail.only_1xx_answers"))
        without = Response(status, headers, b"")
        if bodyless or status in {204, 304}:
            return without
        if status != 200:
            return self._error(without, error_limit) if status >= 400 and error_limit else without
        return Response(status, headers, self._body(without, limit))

    def _error(self, head: Response, limit: int) -> Response:
        """Return an error with its body, where one came; unasked it is not read, so not a risk."""
        try:
            return replace(head, body=self._body(head, limit))
        except TransferError:
            return head

    def _head(self) -> tuple[int, tuple[tuple[str, str], ...]]:
        match = _STATUS.match(self._line())
        if match is None:
            raise TransferError(FetchFault.HTTP_PROTOCOL, Detail("fetching.detail.no_status_line"))
        headers: list[tuple[str, str]] = []
        size = 0
        while line := self._line():
            size += len(line)
            name, colon, value = line.partition(b":")
            if size > _MAX_HEADER_BYTES or len(headers) >= _MAX_HEADERS:
                raise TransferError(FetchFault.HTTP_PROTOCOL, Detail("fetching.detail.too_many_headers"))
            if not colon or not _TOKEN.match(name) or b"\x00" in value or b"\r" in value:
                raise TransferError(FetchFault.HTTP_PROTOCOL, Detail("fetching.detail.malformed_header"))
            headers.append((name.decode("ascii").lower(), value.strip(b" \t").decode("latin-1")))
        return int(match[1]), tuple(headers)

    def _body(self, head: Response, limit: int) -> bytes:
        codings = [value.strip().lower() for line in head.all("content-encoding") for value in line.split(",")]
        if any(coding not in {"", "identity"} for coding in codings):
            raise TransferError(FetchFault.ENCODING, ", ".join(codings)[:100])
        transfers = [value.strip().lower() for line in head.all("transfer-encoding") for value in line.split(",")]
        lengths = head.all("content-length")
        if transfers and lengths:
            raise TransferError(
                FetchFault.HTTP_PROTOCOL, Detail("fetching.detail.both_content_length_and_transfer_encoding")
            )
        if transfers:
            if transfers != ["chunked"]:
                raise TransferError(FetchFault.ENCODING, ", ".join(transfers)[:100])
            return self._chunked(limit)
        if not lengths:
            return self._until_closed(limit)
        if len(lengths) > 1 or not _DIGITS.match(lengths[0].encode("latin-1")):
            raise TransferError(FetchFault.HTTP_PROTOCOL, "Content-Length")
        return self._exactly(int(lengths[0]), limit)

    def _exactly(self, length: int, limit: int) -> bytes:
        if length > limit:
            raise TransferError(
                FetchFault.TOO_LARGE,
                Detail("fetching.detail.bytes_announced_of_those_allowed", announced=length, allowed=limit),
            )
        parts, size = [self._buffer[:length]], min(len(self._buffer), length)
        self._buffer = self._buffer[length:]
        while size < length:
            more = self._more()
            if not more:
                raise TransferError(
                    FetchFault.TRUNCATED,
                    Detail("fetching.detail.bytes_came_of_those_announced", came=size, announced=length),
                )
            parts.append(more[: length - size])
            self._buffer = more[length - size :]
            size += len(parts[-1])
        return b"".join(parts)

    def _until_closed(self, limit: int) -> bytes:
        parts, size = [], 0
        more, self._buffer = self._buffer or self._more(), b""
        while more:
            parts.append(more)
            size += len(more)
            if size > limit:
                raise TransferError(FetchFault.TOO_LARGE, Detail("fetching.detail.more_than_bytes", limit=limit))
            more = self._more()
        return b"".join(parts)

    def _chunked(self, limit: int) -> bytes:
        parts: list[bytes] = []
        size = 0
        while True:
            match = _CHUNK_SIZE.match(self._line())
            if match is None:
                raise TransferError(FetchFault.HTTP_PROTOCOL, Detail("fetching.detail.chunk_size"))
            length = int(match[1], 16)
            if length == 0:
                return b"".join(parts)
            parts.append(self._exactly(length, limit - size))
            size += length
            if self._line():
                raise TransferError(FetchFault.HTTP_PROTOCOL, Detail("fetching.detail.chunk_longer_than_it_says"))
