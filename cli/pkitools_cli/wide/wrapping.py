"""Text as lines of at most so many columns: :mod:`textwrap`, which counts characters, made to count columns."""

from __future__ import annotations

import textwrap

from pkitools_cli.wide import head, width


class Measured(str):
    """A text whose length is the columns it takes: what wraps lines asks the length of its pieces."""

    __slots__ = ()

    def __len__(self) -> int:
        return width(str(self))


class Wrapper(textwrap.TextWrapper):
    """Wraps by columns."""

    def _split(self, text: str) -> list[str]:
        return [*map(Measured, super()._split(text))]

    def _handle_long_word(self, reversed_chunks: list[str], cur_line: list[str], cur_len: int, width: int) -> None:
        if not self.break_long_words:
            super()._handle_long_word(reversed_chunks, cur_line, cur_len, width)
            return
        word = str(reversed_chunks.pop())
        part = head(word, width - cur_len) or ("" if cur_line else word[:1])
        cur_line.append(Measured(part))
        reversed_chunks.append(Measured(word[len(part) :]))
