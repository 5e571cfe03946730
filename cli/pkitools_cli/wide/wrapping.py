"""Text as lines of at most so many columns: :mod:`textwrap`, which counts characters, made to count columns."""

from __future__ import annotations

import textwrap

from pkitools_cli.wide import head, width


def wrap(text: str, columns: int, first: str, indent: str, *, split_words: bool) -> list[str]:
    """Return a text as lines of at most so many columns, as :func:`textwrap.wrap` does with characters.

    Args:
        text: without line breaks.
        columns: how wide a line may be.
        first: what the first line begins with.
        indent: what each other line begins with.
        split_words: split a word that is longer than a line.
    """
    how = textwrap.TextWrapper if (text + first + indent).isascii() else _Wrapper
    return how(
        columns,
        initial_indent=_Measured(first),
        subsequent_indent=_Measured(indent),
        break_on_hyphens=False,
        break_long_words=split_words,
    ).wrap(text)


class _Measured(str):
    """A text whose length is the columns it takes: what wraps lines asks the length of its pieces."""

    __slots__ = ()

    def __len__(self) -> int:
        return width(str(self))


class _Wrapper(textwrap.TextWrapper):
    """Wraps by columns."""

    def _split(self, text: str) -> list[str]:
        return [*map(_Measured, super()._split(text))]

    def _handle_long_word(self, reversed_chunks: list[str], cur_line: list[str], cur_len: int, width: int) -> None:
        if not self.break_long_words:
            super()._handle_long_word(reversed_chunks, cur_line, cur_len, width)
            return
        word = str(reversed_chunks.pop())
        part = head(word, width - cur_len) or ("" if cur_line else word[:1])
        cur_line.append(_Measured(part))
        reversed_chunks.append(_Measured(word[len(part) :]))
