"""How the PEM of certificates is written where that is not as RFC 7468 writes it: not every program reads it all.

We read it leniently; whoever installs the file uses another program. Which one refuses which form is tried and kept as
data, in :mod:`pkitools.checking.delivery.refusals`.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from pkitools.text import pattern

if TYPE_CHECKING:
    from pkitools.containers.named_values import Enclosure


class TextForm(StrEnum):
    """One way in which a file is written that some programs do not read."""

    DOUBLE_RETURNS = "double_returns"  # lines end in two carriage returns and a line feed
    CARRIAGE_RETURNS = "carriage_returns"  # lines end in a carriage return alone
    BYTE_ORDER_MARK = "byte_order_mark"  # of UTF-8
    UTF_16 = "utf_16"
    BEFORE_BEGIN = "before_begin"  # white space or text before BEGIN, on its line
    AFTER_BEGIN = "after_begin"  # the body starts right behind BEGIN
    ONE_LINE = "one_line"  # the whole file on one line, with spaces for line ends
    SPACE_AFTER_BEGIN = "space_after_begin"
    BEFORE_END = "before_end"  # white space or the body before END, on its line
    AFTER_END = "after_end"  # text behind END, on its line
    JOINED = "joined"  # the next block starts right behind END, as of files put together without a line end
    BLANK_LINES = "blank_lines"  # between the lines of the body
    ODD_SPACE = "odd_space"  # form feeds or vertical tabs
    HEADERS = "headers"  # as encrypted keys have them
    ESCAPED = "escaped"  # line ends written as \n
    QUOTED = "quoted"  # the quote marks of a mail
    TRUSTED = "trusted"  # OpenSSL's own kind, BEGIN TRUSTED CERTIFICATE
    DASHES = "dashes"  # five hyphens in the text around the blocks
    WITHOUT_ARMOUR = "without_armour"  # base64 without BEGIN and END, or of a whole PEM
    PADDED = "padded"  # zeros or white space behind the value in a block
    PADDED_VALUE = "padded_value"  # the same, behind a file that is no text


_BLOCK: Final = pattern(rb"-----BEGIN ([A-Z0-9 #]{1,40})-----")
_CERTIFICATE: Final = b"CERTIFICATE"
_TRUSTED: Final = b"TRUSTED CERTIFICATE"
_LINE_ENDS: Final = (b"", b"\n", b"\r")
_ONE_LINE: Final = pattern(rb"\s{0,100}-----BEGIN [A-Z0-9 #]{1,40}-----[ ]")
_LINE_END: Final = pattern(rb"[\r\n]")
_LONGEST_LINE: Final = 1024  # of what is looked at beside BEGIN and END
# two, each with an octet to begin with: as one pattern every octet of a body would be tried as either
_BLANKS: Final = (pattern(rb"\n[ \t]*[\r\n]"), pattern(rb"\r(?![\r\n])[ \t]*[\r\n]"))
_QUOTED: Final = pattern(rb"[\r\n][ \t]*>")


def text_forms(data: bytes, text: bytes, values: Mapping[int, Enclosure] | None = None) -> frozenset[TextForm]:
    """Return the forms in which the certificates of a PEM file are written, where they are not the usual one.

    Args:
        data: the file.
        text: the file as it was read: without byte order mark, and never UTF-16.
        values: where each block begins that is a value in a text of another kind (YAML, JSON, ``.env``), and by what
            that holds it. What stands around it is that text's own, and whoever uses it takes the value out first: of
            such a block only what would be wrong in the value is told.
    """
    return frozenset(_found(data, text, values or {}))


def _found(data: bytes, text: bytes, values: Mapping[int, Enclosure]) -> Iterator[TextForm]:
    if values:
        if b"\r\r\n" in text:
            yield TextForm.DOUBLE_RETURNS
    else:
        yield from _of_file(data, text)
    if _ONE_LINE.match(text) and not _LINE_END.search(text.rstrip()):
        yield TextForm.ONE_LINE
    else:
        yield from _of_blocks(text, values)


def _of_file(data: bytes, text: bytes) -> Iterator[TextForm]:
    if data.startswith(codecs.BOM_UTF8):
        yield TextForm.BYTE_ORDER_MARK
    elif len(data) != len(text):
        yield TextForm.UTF_16
    if b"\r" in text and b"\n" not in text:
        yield TextForm.CARRIAGE_RETURNS
    elif b"\r\r\n" in text:
        yield TextForm.DOUBLE_RETURNS


def _of_blocks(text: bytes, values: Mapping[int, Enclosure]) -> Iterator[TextForm]:
    behind = 0
    for begin in _BLOCK.finditer(text):
        if begin.start() < behind:
            continue  # inside another block, which is told to be broken
        if not values and text.find(b"-----", behind, begin.start()) >= 0:
            yield TextForm.DASHES
        stop = text.find(b"-----END ", begin.end())
        if stop < 0:
            return
        behind = stop + len(b"-----END -----") + len(begin[1])
        if begin[1].endswith(_CERTIFICATE):
            yield from _of_block(text, begin, stop, behind, values.get(begin.start(), ""))
    if not values and text.find(b"-----", behind) >= 0:
        yield TextForm.DASHES


def _of_block(text: bytes, begin: re.Match[bytes], stop: int, behind: int, enclosed: Enclosure) -> Iterator[TextForm]:
    body = text[begin.end() : stop]
    if enclosed == "folded":
        yield TextForm.ONE_LINE
    elif b"\\n" in body:
        if enclosed != "quoted":
            yield TextForm.ESCAPED
    elif b">" in body and _QUOTED.search(body):
        yield TextForm.QUOTED
    elif b":" in body:
        yield TextForm.HEADERS
    else:
        if begin[1] == _TRUSTED:
            yield TextForm.TRUSTED
        indent = _indent(text, begin.start()) if enclosed else b""
        if enclosed != "quoted":
            start = begin.start() - len(indent)
            yield from _around(text, start if text.startswith(indent + b"-----", start) else begin.start(), behind)
        yield from _of_body(body.rstrip(b" \t") if enclosed == "quoted" else body.removesuffix(indent))


def _around(text: bytes, start: int, behind: int) -> Iterator[TextForm]:
    """Yield what stands on the lines of BEGIN and END outside the block."""
    before = text[max(0, start - 1) : start]
    if before == b"-":
        yield TextForm.JOINED
    elif text.endswith(codecs.BOM_UTF8, 0, start):
        yield TextForm.BYTE_ORDER_MARK  # of a second file that was put behind the first
    elif before not in _LINE_ENDS:
        yield TextForm.BEFORE_BEGIN
    rest = _LINE_END.split(text[behind : behind + _LONGEST_LINE], maxsplit=1)[0].strip(b" \t\x0b\x0c\x00\x1a")
    if rest and not rest.startswith(b"-"):
        yield TextForm.AFTER_END


def _indent(text: bytes, start: int) -> bytes:
    """Return how far a line is indented."""
    line = _LINE_END.split(text[max(0, start - _LONGEST_LINE) : start])[-1]
    return line[: len(line) - len(line.lstrip(b" \t"))]


def _of_body(body: bytes) -> Iterator[TextForm]:
    first = _LINE_END.split(body[:_LONGEST_LINE], maxsplit=1)[0]
    if first.strip():
        yield TextForm.AFTER_BEGIN
    elif first.strip(b"\x0b\x0c"):
        yield TextForm.SPACE_AFTER_BEGIN
    if body[-1:] not in _LINE_ENDS:
        yield TextForm.BEFORE_END
    if b"\x0b" in body or b"\x0c" in body:
        yield TextForm.ODD_SPACE
    # one empty line right behind BEGIN is read by all: there end the headers that a block may have
    begin = len(first) + (2 if body.startswith(b"\r\n", len(first)) else 1)
    if any(blank.search(body, begin) for blank in _BLANKS):
        yield TextForm.BLANK_LINES
