"""What a signed mail holds: the content of CMS signed data (RFC 8551 3.5.2), in DER or, as programs write it, BER.

Only the content is looked for: the certificate beside it is the sender's, and the signature is nobody's question here.
Each value is walked past once for each level it stands in, of which there are no more than a mail needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

from pkitools.containers.structure import identify
from pkitools.errors import InputError

_SIGNED_DATA: Final = bytes.fromhex("06092a864886f70d010702")
_SEQUENCE, _OCTETS, _CHUNKED = 0x30, 0x04, 0x24
_INDEFINITE: Final = 0x80
_MAX_LENGTH_OCTETS: Final = 4
_MAX_DEPTH: Final = 12
_MAX_VALUES: Final = 200_000

_Value: TypeAlias = tuple[int, int, int]
"""The tag of a value, where its content starts, and where that stops."""


def content_of(data: bytes) -> bytes | None:
    """Return the content of signed data; ``None`` of what is no signed data, or holds no content.

    A mail is an octet string; of anything else, such as what signed programs have (PKCS#7 1.5, section 9.1), nothing is
    returned unless it is a certificate or holds some.

    Raises:
        InputError: signed data that is damaged.
    """
    reader = _Reader(data)
    try:
        whole = reader.value(0, len(data))
        named, wrapped = _first(reader.inside(whole), 2)
        if whole[0] != _SEQUENCE or data[named[1] - 2 : named[2]] != _SIGNED_DATA:
            return None
        (signed,) = _first(reader.inside(wrapped), 1)
        _version, _digests, holder = _first(reader.inside(signed), 3)
        _kind, *content = list(reader.inside(holder))
        return b"".join(reader.content(each) for each in content) if content else None
    except _NotBERError as error:
        if _SIGNED_DATA not in data[:64]:
            return None
        raise InputError("sources.error.mail_signed") from error


class _NotBERError(Exception):
    """Not encoded as it should be."""


def _first(values: Iterator[_Value], count: int) -> list[_Value]:
    """Return so many values; those behind them are not looked at."""
    found = [value for value, _ in zip(values, range(count), strict=False)]
    if len(found) < count:
        raise _NotBERError
    return found


class _Reader:
    """Reads values of definite and indefinite length.

    Args:
        data: what they stand in.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._left = _MAX_VALUES

    def value(self, at: int, end: int, depth: int = 0) -> _Value:
        """Return the value that starts at ``at``; of an indefinite one the content stops before its end mark."""
        self._left -= 1
        if at + 2 > end or depth > _MAX_DEPTH or self._left < 0:
            raise _NotBERError
        tag, length = self._data[at], self._data[at + 1]
        start = at + 2
        if length == _INDEFINITE:
            return tag, start, self._end_mark(start, end, depth)
        if length > _INDEFINITE:
            size = length - _INDEFINITE
            if size > _MAX_LENGTH_OCTETS:
                raise _NotBERError
            length = int.from_bytes(self._data[start : start + size], "big")
            start += size
        if start + length > end:
            raise _NotBERError
        return tag, start, start + length

    def inside(self, value: _Value, depth: int = 0) -> Iterator[_Value]:
        """Yield the values in a value."""
        _, at, stop = value
        while at < stop:
            found = self.value(at, stop, depth + 1)
            yield found
            at = self._behind(found, at)

    def content(self, wrapped: _Value) -> bytes:
        """Return what stands in a wrapping: the octets of an octet string, anything else whole."""
        _, start, stop = wrapped
        inside = list(self.inside(wrapped))
        if all(tag in {_OCTETS, _CHUNKED} for tag, _, _ in inside):
            return b"".join(map(self.octets, inside))
        return self._data[start:stop] if identify(self._data[start:stop]) else b""

    def octets(self, value: _Value, depth: int = 0) -> bytes:
        """Return an octet string, of which BER may write the pieces one by one."""
        tag, start, stop = value
        if tag == _OCTETS:
            return self._data[start:stop]
        if tag != _CHUNKED or depth > _MAX_DEPTH:
            raise _NotBERError
        return b"".join(self.octets(piece, depth + 1) for piece in self.inside(value, depth))

    def _end_mark(self, at: int, end: int, depth: int) -> int:
        """Return where the end mark of an indefinite value stands."""
        while self._data[at : at + 2] != b"\x00\x00":
            found = self.value(at, end, depth + 1)
            at = self._behind(found, at)
        return at

    def _behind(self, value: _Value, at: int) -> int:
        """Return where the next value starts."""
        return value[2] + (2 if self._data[at + 1] == _INDEFINITE else 0)
