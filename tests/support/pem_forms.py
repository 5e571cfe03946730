"""PEM as people and programs write it: forms that everything reads, and one of each that something does not."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence

from pkitools.containers.text_forms import TextForm

BEGIN, END = b"-----BEGIN CERTIFICATE-----", b"-----END CERTIFICATE-----"
Write = Callable[[Sequence[bytes]], bytes]


def block(der: bytes, width: int = 64) -> bytes:
    text = base64.b64encode(der)
    lines = [text[at : at + width] for at in range(0, len(text), width)]
    return b"\n".join((BEGIN, *lines, END)) + b"\n"


def plain(ders: Sequence[bytes]) -> bytes:
    return b"".join(map(block, ders))


def _replaced(old: bytes, new: bytes) -> Write:
    return lambda ders: plain(ders).replace(old, new)


def _each_line(change: Callable[[bytes], bytes]) -> Write:
    return lambda ders: b"\n".join(change(line) if line else line for line in plain(ders).split(b"\n"))


def _in_the_body(old: bytes, new: bytes) -> Write:
    """Change the third line of each block, where nothing is but base64."""

    def write(ders: Sequence[bytes]) -> bytes:
        written = []
        for der in ders:
            lines = block(der).split(b"\n")
            lines[3] = lines[3] + b"\n"
            written.append(b"\n".join(lines[:3]) + b"\n" + lines[3].replace(old, new) + b"\n".join(lines[4:]))
        return b"".join(written)

    return write


EVERYBODY_READS: Mapping[str, Write] = {
    "plain": plain,
    "crlf": _replaced(b"\n", b"\r\n"),
    "text around": lambda ders: b"subject=x\n" + b"issuer=y\n".join(map(block, ders)) + b"# end\n",
    "latin-1 around": lambda ders: b"Gemeente S\xfadwest\n" + plain(ders),
    "no line end at the end": lambda ders: plain(ders)[:-1],
    "space behind END": _replaced(END, END + b"  "),
    "space behind lines": _each_line(lambda line: line if line.startswith(b"-") else line + b" "),
    "indented body": lambda ders: plain(ders).replace(b"-----\nM", b"-----\n  M"),
    "long lines": lambda ders: b"".join(block(der, 1_000_000) for der in ders),
    "lines of 76": lambda ders: b"".join(block(der, 76) for der in ders),
    "short lines": lambda ders: b"".join(block(der, 4) for der in ders),
    "an empty line behind BEGIN": _replaced(BEGIN + b"\n", BEGIN + b"\n\n"),
    "empty lines between blocks": _replaced(END + b"\n", END + b"\n\n\n"),
    "another label": _replaced(b"CERTIFICATE", b"X509 CERTIFICATE"),
    "control-Z": lambda ders: plain(ders) + b"\x1a",
    "mixed line ends": lambda ders: plain(ders).replace(b"\n", b"\r\n", 10),
}
"""Forms that all programs that were tried read."""

WRITTEN: Mapping[TextForm, Write] = {
    TextForm.CARRIAGE_RETURNS: _replaced(b"\n", b"\r"),
    TextForm.DOUBLE_RETURNS: _replaced(b"\n", b"\r\r\n"),
    TextForm.BYTE_ORDER_MARK: lambda ders: b"\xef\xbb\xbf" + plain(ders),
    TextForm.UTF_16: lambda ders: plain(ders).decode().encode("utf-16"),
    TextForm.BEFORE_BEGIN: _replaced(BEGIN, b"  " + BEGIN),
    TextForm.AFTER_BEGIN: _replaced(BEGIN + b"\n", BEGIN),
    TextForm.ONE_LINE: _replaced(b"\n", b" "),
    TextForm.SPACE_AFTER_BEGIN: _replaced(BEGIN, BEGIN + b"  "),
    TextForm.BEFORE_END: _replaced(END, b"  " + END),
    TextForm.AFTER_END: _replaced(END, END + b" # end"),
    TextForm.JOINED: lambda ders: plain(ders).replace(END + b"\n" + BEGIN, END + BEGIN),
    TextForm.BLANK_LINES: _in_the_body(b"\n", b"\n\n"),
    TextForm.ODD_SPACE: _replaced(b"\n", b"\x0c\n"),
    TextForm.HEADERS: _replaced(BEGIN + b"\n", BEGIN + b"\nComment: x\n\n"),
    TextForm.ESCAPED: _replaced(b"\n", b"\\n"),
    TextForm.QUOTED: _each_line(lambda line: b"> " + line),
    TextForm.TRUSTED: _replaced(b"CERTIFICATE", b"TRUSTED CERTIFICATE"),
    TextForm.DASHES: lambda ders: b"----- leaf -----\n" + plain(ders),
    TextForm.WITHOUT_ARMOUR: lambda ders: base64.encodebytes(plain(ders)),
    TextForm.PADDED: lambda ders: plain([der + b"\0\0" for der in ders]),
    TextForm.PADDED_VALUE: lambda ders: ders[0] + b"\0\0",
}
"""Of each form one file that has it and no other."""
