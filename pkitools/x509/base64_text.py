"""Base64 out of large texts: decoded piece by piece, so that no second copy of the text is made."""

from __future__ import annotations

import binascii
from io import BytesIO
from typing import Final

WHITE: Final = b" \t\r\n\v\f"
_PIECE: Final = 256 * 1024


def from_base64(text: bytes, start: int = 0, stop: int | None = None) -> bytes:
    """Return what the base64 between two offsets stands for; white space may stand anywhere in it.

    Raises:
        binascii.Error: it is not base64.
    """
    stop = len(text) if stop is None else stop
    if stop - start <= _PIECE:
        return binascii.a2b_base64(text[start:stop].translate(None, WHITE), strict_mode=True)
    decoded = BytesIO()
    waiting = b""
    for at in range(start, stop, _PIECE):
        waiting += text[at : min(at + _PIECE, stop)].translate(None, WHITE)
        whole = len(waiting) - (len(waiting) % 4 or 4)  # the last four wait: padding may stand there only
        if waiting.find(b"=", 0, whole) >= 0:
            raise binascii.Error("text behind the padding")
        decoded.write(binascii.a2b_base64(waiting[:whole], strict_mode=True))
        waiting = waiting[whole:]
    decoded.write(binascii.a2b_base64(waiting, strict_mode=True))
    return decoded.getvalue()
