"""How many columns a text takes on a terminal: a Chinese character or an emoji takes two, a mark on a letter none.

By Unicode Standard Annex 11: what is wide or fullwidth takes two. What is ambiguous there takes one, as it does outside
East Asia, where this program is used.
"""

from __future__ import annotations

from typing import Final

_TWO: Final = frozenset({"W", "F"})
_NO_ROOM: Final = frozenset({"Mn", "Me", "Cf"})
_ELLIPSIS: Final = "…"


def width(text: str) -> int:
    """Return how many columns a text takes."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(char: str) -> int:
    import unicodedata  # most of what is told is ASCII

    if unicodedata.east_asian_width(char) in _TWO:
        return 2
    return 0 if unicodedata.category(char) in _NO_ROOM else 1


def padded(text: str, columns: int, *, right: bool = False) -> str:
    """Return a text of at least so many columns, at the left of them or at the right."""
    blank = " " * (columns - width(text))
    return f"{blank}{text}" if right else f"{text}{blank}"


def head(text: str, columns: int) -> str:
    """Return as much of the beginning of a text as there is room for."""
    taken = 0
    for at, char in enumerate(text):
        taken += _columns(char)
        if taken > columns:
            return text[:at]
    return text


def fitted(text: str, columns: int) -> str:
    """Return a text of at most so many columns, with an ellipsis where some of it is left out."""
    return text if width(text) <= columns else head(text, max(columns - 1, 0)) + _ELLIPSIS


def fitted_end(text: str, columns: int) -> str:
    """Return the end of a text, with an ellipsis where its beginning is left out."""
    if width(text) <= columns:
        return text
    at, taken = len(text), len(_ELLIPSIS)
    while at and taken + _columns(text[at - 1]) <= columns:
        at -= 1
        taken += _columns(text[at])
    while at < len(text) and not _columns(text[at]):  # a mark whose letter is left out
        at += 1
    return _ELLIPSIS + text[at:]


def wrap(text: str, columns: int, first: str, indent: str, *, split_words: bool) -> list[str]:
    """Return a text as lines of at most so many columns, as :func:`textwrap.wrap` does with characters.

    Args:
        text: without line breaks.
        columns: how wide a line may be.
        first: what the first line begins with.
        indent: what each other line begins with.
        split_words: split a word that is longer than a line.
    """
    if (text + first + indent).isascii():
        from textwrap import TextWrapper

        how: type[TextWrapper] = TextWrapper
    else:
        from pkitools_cli.wide.wrapping import Measured, Wrapper  # most of what is told is ASCII

        how, first, indent = Wrapper, Measured(first), Measured(indent)
    return how(
        columns,
        initial_indent=first,
        subsequent_indent=indent,
        break_on_hyphens=False,
        break_long_words=split_words,
    ).wrap(text)
