"""A connection to a peer that may do anything: one deadline, so many bytes, and what it speaks instead of TLS."""

from __future__ import annotations

import socket
from typing import Final

from pkitools.fetching.http1 import Deadline, TransferError
from pkitools.limits import MAX_PROBE_BYTES
from pkitools.probing.model import ProbeError, ProbeFault
from pkitools.text import visible

_BLOCK: Final = 16 * 1024
_RECORDS: Final = frozenset({0x14, 0x15, 0x16, 0x17})
"""The kinds of TLS record (RFC 8446 5.1): with anything else what comes is no TLS."""
_GREETINGS: Final = (b"220 ", b"220-", b"* OK", b"+OK", b"* PREAUTH")


class Channel:
    """Reads from and writes to a connected socket. Raises :class:`~pkitools.probing.model.ProbeError` and nothing else.

    Args:
        connected: the socket; closed with the channel.
        deadline: of everything together.
        peer: what to call it in errors.
        said: what it said already.
    """

    def __init__(self, connected: socket.socket, deadline: Deadline, peer: str, said: bytes = b"") -> None:
        self._socket, self._deadline, self.peer, self._said = connected, deadline, peer, said
        self.received = 0

    _first = b""
    """The beginning of what came, by which it is known what the peer speaks."""

    def send(self, data: bytes) -> None:
        """Send everything. That the peer is gone shows when something is read."""
        if not data:
            return
        try:
            self._socket.settimeout(self._left())
            self._socket.sendall(data)
        except TimeoutError:
            raise ProbeError(ProbeFault.TIMEOUT, self.peer) from None
        except OSError:
            return

    def receive(self, seconds: float | None = None) -> bytes:
        """Return what came: nothing when the peer closed the connection.

        Args:
            seconds: wait no longer than this, and raise ``TimeoutError`` then; the deadline holds all the same.
        """
        left = self._left()
        if self._said:
            data, self._said = self._said, b""
            return data
        try:
            self._socket.settimeout(left if seconds is None else min(left, seconds))
            data = self._socket.recv(_BLOCK)
        except TimeoutError:
            if seconds is not None and seconds < left:
                raise
            raise ProbeError(ProbeFault.TIMEOUT, self.peer) from None
        except OSError:
            data = b""
        self.received += len(data)
        if self.received > MAX_PROBE_BYTES:
            raise ProbeError(ProbeFault.TOO_LARGE, self.peer)
        return data

    def receive_tls(self, seconds: float | None = None) -> bytes:
        """Return what came, as :meth:`receive` does. Raises for what is no TLS."""
        data = self.receive(seconds)
        if data and len(self._first) < 2:
            self._first += data[:200]
            if (fault := spoken(self._first)) is not None:
                raise ProbeError(fault, self.peer, _line(self._first))
        return data

    def _left(self) -> float:
        try:
            return self._deadline.left()
        except TransferError:
            raise ProbeError(ProbeFault.TIMEOUT, self.peer) from None

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def __enter__(self) -> Channel:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _line(said: bytes) -> str:
    """Return the first line of what a peer said, shown."""
    return visible(said.decode("latin-1").strip().partition("\n")[0].strip(), 60)


def spoken(first: bytes) -> ProbeFault | None:
    """Return what a peer speaks by the first bytes it sends; ``None`` for TLS."""
    if first[:1] and first[0] in _RECORDS and first[1:2] in {b"", b"\x03"}:
        return None
    if first.startswith(b"HTTP/") or first.lstrip()[:1] == b"<":
        return ProbeFault.HTTP
    if first.startswith(b"SSH-"):
        return ProbeFault.SSH
    return ProbeFault.GREETING if first.startswith(_GREETINGS) else ProbeFault.NOT_TLS
