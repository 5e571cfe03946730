"""Where a request ends (RFC 9112 6 and 7.1), and that its head is one; what it says is the HTTP server's to read.

The octets of a client are gathered here until a request is whole, so that nothing waits for the rest of one. The HTTP
server reads heads in its own way: it takes white space around a name away, continues lines and joins what came twice.
Who decides by a head, and where a request ends, has to read what it reads: what the grammar does not have is refused
before either of them reads it.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

from pkitools.text import pattern

MAX_HEAD_BYTES: Final = 128 * 1024  # an OCSP request may be in the path
_MAX_CHUNK_LINE: Final = 256
_LINE_END: Final = b"\r\n"
_END_OF_HEAD: Final = pattern(rb"\r?\n\r?\n")
_TOKEN: Final = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # RFC 9110 5.6.2
_HEAD: Final = pattern(  # RFC 9112 2.2, 3 and 5: without continued lines, and with no white space before a colon
    rb"(?:\r\n)?" + _TOKEN + rb" [^\x00-\x20\x7f]+ HTTP/[0-9]\.[0-9]\r\n"
    rb"(?:" + _TOKEN + rb":[\t\x20-\x7e\x80-\xff]*\r\n)*\r\n"
)
_VERSION: Final = pattern(rb" HTTP/([0-9]\.[0-9])\r\n")
_FIELD: Final = pattern(rb"^(host|content-length|transfer-encoding|expect):([^\r\n]*)", re.I | re.M)
_CHUNK: Final = pattern(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r\n")


class State(Enum):
    """How far a request is."""

    PART = "more must come"
    WHOLE = "it can be answered"
    MALFORMED = "its head is none: status 400"
    BAD = "its length cannot be told: status 400"
    TOO_LARGE = "its body is larger than allowed: status 413"
    LONG_TARGET = "its first line does not end: status 414"
    LONG_HEAD = "its head does not end: status 431"
    CODED = "its body has a transfer coding that is not ours: status 501"


class Incoming:
    """What a client has sent and nobody has read yet.

    Args:
        max_body: octets that a body may have, the lines between its chunks counted with it.
    """

    def __init__(self, max_body: int) -> None:
        self._max_body = max_body
        self._data = bytearray()
        self._begin()

    def _begin(self) -> None:
        self._head = 0  # its length, once it ended
        self._at = 0  # up to where it was looked at
        self._in_chunks = False
        self._waits_for_leave = False
        self.state = State.PART

    def __len__(self) -> int:
        return len(self._data)

    @property
    def head(self) -> bytes:
        """The first line and the fields of the request, once they are whole; empty until then."""
        return bytes(self._data[: self._head])

    def feed(self, octets: bytes) -> State:
        """Add octets; return how far the request is."""
        self._data += octets
        if self.state is State.PART:
            self.state = self._looked()
        return self.state

    def take(self) -> bytes:
        """Return the octets of the request, and begin with the next one."""
        end = self._at if self.state is State.WHOLE else len(self._data)
        with memoryview(self._data) as data:  # a slice of a bytearray would be one more copy of all of it
            taken = bytes(data[:end])
        del self._data[:end]
        self._begin()
        self.feed(b"")
        return taken

    def asks_leave(self) -> bool:
        """Say, once, whether the client waits for word before it sends the body (RFC 9110 10.1.1)."""
        waits, self._waits_for_leave = self._waits_for_leave and self.state is State.PART, False
        return waits

    def _looked(self) -> State:
        if not self._head:
            return self._at_head()
        return self._at_chunk() if self._in_chunks else self._at_body()

    def _at_head(self) -> State:
        start = re.match(rb"\r?\n", self._data)  # one empty line in front is nothing (RFC 9112 2.2)
        found = _END_OF_HEAD.search(self._data, max(self._at, start.end() if start else 0))
        if found is None:
            return self._without_end()
        if found.end() > MAX_HEAD_BYTES:
            return State.LONG_HEAD
        self._head = self._at = found.end()
        head = bytes(self._data[: self._head])
        if not _HEAD.fullmatch(head):
            return State.MALFORMED
        return self._framed(_VERSION.findall(head)[0], _FIELD.findall(head))

    def _without_end(self) -> State:
        self._at = max(len(self._data) - 3, 0)
        if len(self._data) <= MAX_HEAD_BYTES:
            return State.PART
        return State.LONG_HEAD if b"\n" in self._data[:MAX_HEAD_BYTES].strip() else State.LONG_TARGET

    def _framed(self, version: bytes, fields: list[tuple[bytes, bytes]]) -> State:
        """Learn from the head how the body ends."""
        named: dict[bytes, list[bytes]] = {}
        for name, value in fields:
            named.setdefault(name.lower(), []).append(value.strip().lower())
        if len(named.get(b"host", [])) > 1 or (version > b"1.0" and b"host" not in named):
            return State.MALFORMED  # RFC 9112 3.2
        codings, lengths = named.get(b"transfer-encoding", []), set(named.get(b"content-length", []))
        self._waits_for_leave = b"100-continue" in named.get(b"expect", [])
        if (codings and (lengths or version < b"1.1")) or len(lengths) > 1:
            return State.BAD  # RFC 9112 6.1 and 6.3: such a message is an attack or an error
        if codings:
            self._in_chunks = True
            return self._at_chunk() if codings == [b"chunked"] else State.CODED
        return self._of_length(lengths.pop()) if lengths else State.WHOLE

    def _of_length(self, length: bytes) -> State:
        if not re.fullmatch(rb"[0-9]{1,19}", length):
            return State.BAD
        if int(length) > self._max_body:
            return State.TOO_LARGE
        self._at += int(length)
        return self._at_body()

    def _at_body(self) -> State:
        return State.WHOLE if len(self._data) >= self._at else State.PART

    def _at_chunk(self) -> State:
        """Step over every chunk that is whole."""
        while found := _CHUNK.match(self._data, self._at):
            size, start = int(found[1], 16), found.end()
            if start + size - self._head > self._max_body:
                return State.TOO_LARGE
            if not size:
                return self._at_end(start)  # no trailer: nobody who asks for a revocation sends one
            end = self._at_end(start + size)
            if end is not State.WHOLE:
                return end
        line = self._data[self._at : self._at + _MAX_CHUNK_LINE]
        return State.BAD if b"\n" in line or len(line) == _MAX_CHUNK_LINE else State.PART

    def _at_end(self, place: int) -> State:
        """Step over the line end that has to be at this place."""
        end = self._data[place : place + len(_LINE_END)]
        if end == _LINE_END:
            self._at = place + len(_LINE_END)
            return State.WHOLE
        return State.PART if _LINE_END.startswith(end) else State.BAD
