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

    Python's own counts no columns, and compiles five expressions before its first line.

    Args:
        text: without line breaks.
        columns: how wide a line may be.
        first: what the first line begins with.
        indent: what each other line begins with.
        split_words: split a word that is longer than a line.
    """
    lines: list[str] = []
    left = _pieces(text.expandtabs().translate(_BLANKS))[::-1]
    while left:
        begin = indent if lines else first
        room = columns - width(begin)
        if lines and not left[-1].strip():
            left.pop()
        line, taken = [], 0
        while left and taken + width(left[-1]) <= room:
            line.append(left.pop())
            taken += width(line[-1])
        if left and width(left[-1]) > room:
            if split_words:
                word = left.pop()
                part = head(word, room - taken if room > 0 else 1) or ("" if line else word[:1])
                line.append(part)
                left += [word[len(part) :]] if len(part) < len(word) else []
            elif not line:
                line.append(left.pop())
        if line and not line[-1].strip():
            line.pop()
        if line:
            lines.append(begin + "".join(line))
    return lines


_BLANKS: Final = dict.fromkeys(map(ord, "\t\n\v\f\r"), " ")


def _pieces(text: str) -> list[str]:
    """Return the words of a text and the blanks between them, in turn."""
    pieces: list[str] = []
    for number, word in enumerate(text.split(" ")):
        if number and pieces and pieces[-1].startswith(" "):
            pieces[-1] += " "
        elif number:
            pieces.append(" ")
        if word:
            pieces.append(word)
    return pieces
