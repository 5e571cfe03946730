"""What editors on Windows and PowerShell do to a text is undone: byte order marks, UTF-16, line ends of old."""

from __future__ import annotations

import codecs
from io import BytesIO
from typing import Final

from pkitools.text import pattern

_PIECE: Final = 256 * 1024
_UTF_16: Final = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_UTF_32: Final = ((codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"))
# without a mark: sixteen characters of ASCII, each beside a zero
_UNMARKED: Final = (
    (pattern(rb"(?:[\t\r\n -~]\x00){16}"), "utf-16-le"),
    (pattern(rb"(?:\x00[\t\r\n -~]){16}"), "utf-16-be"),
)
_LONE_RETURN: Final = pattern(rb"\r(?![\r\n])")
# what no text has; a zero may be what a system that went down left in one
_NO_TEXT: Final = pattern(rb"[\x01-\x08\x0e-\x19\x1c-\x1f\x7f]")


def as_ascii(data: bytes) -> bytes:
    """Return a text of UTF-16 as ASCII, what is not ASCII as a question mark; and every other without its mark."""
    if data.startswith(codecs.BOM_UTF8):
        return data[len(codecs.BOM_UTF8) :]
    for mark, codec in _UTF_16:
        if data.startswith(mark):
            return _recoded(data, len(mark), codec, "ascii")
    unmarked = _unmarked(data) if b"\x00" in data[:2] else None
    return _recoded(data, 0, unmarked, "ascii") if unmarked else data


def as_utf8(data: bytes) -> bytes | None:
    """Return a text with names in it as UTF-8 without a mark, with LF at the ends of its lines.

    Args:
        data: in UTF-8, UTF-16, UTF-32 or another code of one octet a character; zeros in it are left out.

    Returns:
        ``None`` where it is no text.
    """
    for mark, codec in (*_UTF_32, *_UTF_16):
        if data.startswith(mark):
            text = _recoded(data, len(mark), codec, "utf-8")
            break
    else:
        unmarked = _unmarked(data) if b"\x00" in data[:2] else None
        text = _recoded(data, 0, unmarked, "utf-8") if unmarked else data.removeprefix(codecs.BOM_UTF8)
    if b"\x00" in text:
        if _NO_TEXT.search(text):
            return None
        text = text.replace(b"\x00", b"")
    return with_line_feeds(text.replace(b"\r\n", b"\n"))


def with_line_feeds(text: bytes) -> bytes:
    """Return a text with LF in the place of each CR that ends a line by itself, as YAML has it; else the octets."""
    if b"\r" not in text or not _LONE_RETURN.search(text) or _NO_TEXT.search(text):
        return text
    return _LONE_RETURN.sub(b"\n", text)


def _unmarked(data: bytes) -> str | None:
    return next((codec for shape, codec in _UNMARKED if shape.match(data)), None)


def _recoded(data: bytes, start: int, codec: str, into: str) -> bytes:
    decoder = codecs.getincrementaldecoder(codec)("replace")
    text = BytesIO()
    for at in range(start, len(data), _PIECE):
        text.write(decoder.decode(data[at : at + _PIECE]).encode(into, "replace"))
    return text.getvalue()
