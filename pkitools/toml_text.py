"""TOML that somebody else wrote, read by the standard library behind limits of our own.

What that library spends on a dotted key grows with the square of its parts: one of 40 kB took six seconds.
"""

from __future__ import annotations

import re
from typing import Any, Final

from pkitools.errors import LimitError
from pkitools.limits import MAX_TOML_BYTES, MAX_TOML_KEY_PARTS, MAX_TOML_LINE

# Possessive, and a bare part begins where a word begins: each is read once from each place it may start at. A quoted
# part that is longer than this counts for nothing, as a line has no room for many of those.
_PART: Final = r"(?:(?<![A-Za-z0-9_-])[A-Za-z0-9_-]++|\"(?:[^\"\\\n]|\\.){0,64}+\"|'[^'\n]{0,64}+')"
_LONG_KEY: Final = re.compile(rf"{_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{{MAX_TOML_KEY_PARTS}}}")


def read_foreign_toml(text: str, name: str) -> dict[str, Any]:
    """Return what a TOML text says.

    Args:
        text: the TOML.
        name: what to call it in an error.

    Raises:
        ValueError, RecursionError: of :mod:`tomllib`: it is not TOML.
        LimitError: it is too large, or has a line or a key that is too long.
    """
    import tomllib  # pkitools --version needs no TOML, and is there sooner without

    if len(text) > MAX_TOML_BYTES:
        raise LimitError("files.error.toml_too_large", name=name, limit=MAX_TOML_BYTES)
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > MAX_TOML_LINE:
            raise LimitError("files.error.toml_line", name=name, line=number, limit=MAX_TOML_LINE)
    key = _LONG_KEY.search(text)
    if key is not None:
        number = text.count("\n", 0, key.start()) + 1
        raise LimitError("files.error.toml_key", name=name, line=number, limit=MAX_TOML_KEY_PARTS)
    return tomllib.loads(text)
