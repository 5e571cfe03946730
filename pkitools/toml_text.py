"""TOML that somebody else wrote, read by the standard library behind limits of our own.

What that library spends on a dotted key grows with the square of its parts: one of 40 kB took six seconds.
"""

from __future__ import annotations

from typing import Any, Final

from pkitools.errors import InputError, LimitError
from pkitools.limits import MAX_TOML_BYTES, MAX_TOML_KEY_PARTS, MAX_TOML_LINE
from pkitools.text import pattern

# Possessive, and a bare part begins where a word begins: each is read once from each place it may start at. A quoted
# part that is longer than this counts for nothing, as a line has no room for many of those.
_PART: Final = r"(?:(?<![A-Za-z0-9_-])[A-Za-z0-9_-]++|\"(?:[^\"\\\n]|\\.){0,64}+\"|'[^'\n]{0,64}+')"
_LONG_KEY: Final = pattern(rf"{_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{{MAX_TOML_KEY_PARTS}}}")
_AT_LINE: Final = pattern(r"at line ([0-9]+)")


def read_foreign_toml(given: str | bytes, name: str) -> dict[str, Any]:
    """Return what a TOML text says.

    Args:
        given: the TOML, as text or in UTF-8.
        name: what to call it in an error.

    Raises:
        InputError: it is not TOML; the error has the line.
        LimitError: it is too large, or has a line or a key that is too long.
    """
    import tomllib  # pkitools --version needs no TOML, and is there sooner without

    text = given if isinstance(given, str) else _decoded(given, name)
    _require_bounded(text, name)
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError("toml.error.not_toml", name=name, line=_line_of(error, text)) from None


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError("toml.error.not_toml", name=name, line=line) from None


def _line_of(error: Exception, text: str) -> int:
    """Return the line, from 1, where a text stops being TOML; its last line when the parser names none."""
    named = _AT_LINE.search(str(error))
    return int(named[1]) if named else text.count("\n") + 1


def _require_bounded(text: str, name: str) -> None:
    if len(text) > MAX_TOML_BYTES:
        raise LimitError("files.error.toml_too_large", name=name, limit=MAX_TOML_BYTES)
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > MAX_TOML_LINE:
            raise LimitError("files.error.toml_line", name=name, line=number, limit=MAX_TOML_LINE)
    key = _LONG_KEY.search(text)
    if key is not None:
        number = text.count("\n", 0, key.start()) + 1
        raise LimitError("files.error.toml_key", name=name, line=number, limit=MAX_TOML_KEY_PARTS)
