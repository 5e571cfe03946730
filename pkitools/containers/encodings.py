"""What editors on Windows and PowerShell do to a text is undone: byte order marks, and UTF-16."""

from __future__ import annotations

import codecs
from io import BytesIO
from typing import Final

from pkitools.text import pattern

_PIECE: Final = 256 * 1024
_UTF_16: Final = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# without a mark: sixteen characters of ASCII, each beside a zero
_UNMARKED: Final = (
    (pattern(rb"(?:[\t\r\n -~]\x00){16}"), "utf-16-le"),
    (pattern(rb"(?:\x00[\t\r\n -~]){16}"), "utf-16-be"),
)


def as_ascii(data: bytes) -> bytes:
    """Return a text of UTF-16 as ASCII, what is not ASCII as a question mark; and every other without its mark."""
    if data.startswith(codecs.BOM_UTF8):
        return data[len(codecs.BOM_UTF8) :]
    for mark, codec in _UTF_16:
        if data.startswith(mark):
            return _recoded(data, len(mark), codec)
    if b"\x00" not in data[:2]:
        return data
    for shape, codec in _UNMARKED:
        if shape.match(data):
            return _recoded(data, 0, codec)
    return data


def _recoded(data: bytes, start: int, codec: str) -> bytes:
    decoder = codecs.getincrementaldecoder(codec)("replace")
    text = BytesIO()
    for at in range(start, len(data), _PIECE):
        text.write(decoder.decode(data[at : at + _PIECE]).encode("ascii", "replace"))
    return text.getvalue()
