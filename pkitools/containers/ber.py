"""Values of indefinite length, and octet strings in pieces (BER, X.690 8.1.3.6 and 8.7.3), as programs stream them.

Each value is walked past once for each level it stands in, of which there are no more than what is signed needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

from pkitools.x509 import der_writing

SEQUENCE: Final = 0x30
_OCTETS, _CHUNKED = 0x04, 0x24
OCTET_STRINGS: Final = frozenset({_OCTETS, _CHUNKED})
"""The tags of an octet string, whole and in pieces."""

_CONSTRUCTED: Final = 0x20
_INDEFINITE: Final = 0x80
_MAX_LENGTH_OCTETS: Final = 16
_MAX_DEPTH: Final = 12
_MAX_VALUES: Final = 200_000
_MEMBERS: Final = 4  # of SignedData: its certificates and lists stand so deep, and are signed as they are
_MAX_BYTES: Final = 1024 * 1024  # ten thousand certificates and more

Value: TypeAlias = tuple[int, int, int]
"""The tag of a value, where its content starts, and where that stops."""


class NotBERError(Exception):
    """Not encoded as it should be."""


def first(values: Iterator[Value], count: int) -> list[Value]:
    """Return so many values; those behind them are not looked at."""
    found = [value for value, _ in zip(values, range(count), strict=False)]
    if len(found) < count:
        raise NotBERError
    return found


class Reader:
    """Reads values of definite and indefinite length.

    Args:
        data: what they stand in.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._left = _MAX_VALUES

    def value(self, at: int, end: int, depth: int = 0) -> Value:
        """Return the value that starts at ``at``; of an indefinite one the content stops before its end mark."""
        self._left -= 1
        if at + 2 > end or depth > _MAX_DEPTH or self._left < 0:
            raise NotBERError
        tag, length = self._data[at], self._data[at + 1]
        start = at + 2
        if length == _INDEFINITE:
            return tag, start, self._end_mark(start, end, depth)
        if length > _INDEFINITE:
            size = length - _INDEFINITE
            if size > _MAX_LENGTH_OCTETS:
                raise NotBERError
            length = int.from_bytes(self._data[start : start + size], "big")
            start += size
        if start + length > end:
            raise NotBERError
        return tag, start, start + length

    def inside(self, value: Value, depth: int = 0) -> Iterator[Value]:
        """Yield the values in a value."""
        _, at, stop = value
        while at < stop:
            found = self.value(at, stop, depth + 1)
            yield found
            at = self.behind(found, at)

    def octets(self, value: Value, depth: int = 0) -> bytes:
        """Return an octet string, of which BER may write the pieces one by one."""
        tag, start, stop = value
        if tag == _OCTETS:
            return self._data[start:stop]
        if tag != _CHUNKED or depth > _MAX_DEPTH:
            raise NotBERError
        return b"".join(self.octets(piece, depth + 1) for piece in self.inside(value, depth))

    def _end_mark(self, at: int, end: int, depth: int) -> int:
        """Return where the end mark of an indefinite value stands."""
        while self._data[at : at + 2] != b"\x00\x00":
            found = self.value(at, end, depth + 1)
            at = self.behind(found, at)
        return at

    def behind(self, value: Value, at: int) -> int:
        """Return where the next value starts."""
        return value[2] + (2 if self._data[at + 1] == _INDEFINITE else 0)


def as_definite(data: bytes) -> bytes | None:
    """Return data whose first value has lengths in it that DER has not, with those of DER; ``None`` of anything else.

    What stands in it as DER stays as it is, octet for octet: a signature is over that. So does what follows.
    """
    if len(data) > _MAX_BYTES or data[:1] != b"\x30":
        return None
    reader = Reader(data)
    try:
        whole = reader.value(0, len(data))
        written = _written(reader, data, whole, 0)
        return None if written == data[: reader.behind(whole, 0)] else written + data[reader.behind(whole, 0) :]
    except NotBERError:
        return None


def _written(reader: Reader, data: bytes, found: Value, at: int, depth: int = 0) -> bytes:
    """Return a value with the lengths of DER, as it is where it has them already."""
    tag, start, stop = found
    is_definite = data[at + 1] != _INDEFINITE
    if is_definite and (depth >= _MEMBERS or not tag & _CONSTRUCTED):
        is_short = depth >= _MEMBERS or _is_shortest(data, at, start, stop - start)
        return data[at:stop] if is_short else der_writing.value(tag, data[start:stop])
    if tag == _CHUNKED:
        return der_writing.value(_OCTETS, reader.octets(found))
    inside = b"".join(_all_written(reader, data, found, depth + 1))
    as_it_was = is_definite and inside == data[start:stop] and _is_shortest(data, at, start, stop - start)
    return data[at:stop] if as_it_was else der_writing.value(tag, inside)


def _is_shortest(data: bytes, at: int, start: int, length: int) -> bool:
    """Return whether the header of a value has no octet more than it takes for its length."""
    octets = 0 if length < _INDEFINITE else (length.bit_length() + 7) // 8
    return start - at == 2 + octets


def _all_written(reader: Reader, data: bytes, found: Value, depth: int) -> Iterator[bytes]:
    at = found[1]
    for each in reader.inside(found, depth):
        yield _written(reader, data, each, at, depth)
        at = reader.behind(each, at)
