"""Numbers on standard input, one a line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Final

from pkitools.errors import LimitError
from pkitools.limits import MAX_INPUT_BYTES

_MAX_NUMBERS: Final = 10_000  # a report of one number in JSON is about 10 kB


def listed() -> Iterator[str]:
    """Yield the numbers on standard input; empty lines do not count.

    Raises:
        LimitError: more numbers, or bytes, than are read at a time.
    """
    data = sys.stdin.buffer.read(MAX_INPUT_BYTES + 1)
    # only line breaks separate numbers: str.splitlines would split at form feeds and the like inside one
    lines = data.decode("utf-8-sig", "replace").split("\n")
    numbers = [line.removesuffix("\r") for line in lines if line.strip()]
    if len(numbers) > _MAX_NUMBERS or len(data) > MAX_INPUT_BYTES:
        raise LimitError("oin.error.too_many", limit=_MAX_NUMBERS)
    yield from numbers
