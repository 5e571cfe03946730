"""The one place that writes to the terminal.

``say`` and ``complain`` make every character visible that would act on a terminal, line breaks included: one call is
one line, and no name in a certificate can begin a line of its own. Colour is added here, and only on a terminal.
Answers come through :mod:`pkitools_cli.renderers`; progress, warnings and errors are complaints.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TextIO

import click

from pkitools.limits import MAX_LINE
from pkitools.text import visible
from pkitools_cli.reply import Line


def _use_colour(stream_is_terminal: bool) -> bool:
    return stream_is_terminal and "NO_COLOR" not in os.environ


def say(text: str, out: TextIO, *, colour: str | None = None, bold: bool = False) -> None:
    """Write one line for people to a stream: standard output, or a file."""
    say_line(Line(text, colour=colour, bold=bold), out)


def say_line(line: Line, out: TextIO) -> None:
    """Write one line for people to a stream, its word in colour where that is a terminal that shows colours."""
    cleaned = visible(line.text)
    if (line.colour or line.bold) and _use_colour(out.isatty()):
        start, end = _place(cleaned, line)
        marked = click.style(cleaned[start:end], fg=line.colour, bold=line.bold or None)
        cleaned = f"{cleaned[:start]}{marked}{cleaned[end:]}"
    click.echo(encodable(cleaned, out.encoding), file=out)


def _place(text: str, line: Line) -> tuple[int, int]:
    """Return from where to where a line is coloured; the whole of it where its word is not where it should be."""
    start = len(text) - len(text.lstrip(" ")) + line.at
    return (start, start + len(line.word)) if line.word and text.startswith(line.word, start) else (0, len(text))


def complain(text: str) -> None:
    """Write one line for people to standard error: progress, a warning, an error; on a terminal as rows that fit."""
    told = visible(text, 2 * MAX_LINE)
    for row in _rows(told) if sys.stderr.isatty() else (told,):
        click.echo(encodable(row, sys.stderr.encoding), err=True)


def complain_once(text: str) -> None:
    """Do as :func:`complain`, but for what this run said before: a file may be read for more than one purpose."""
    ctx = click.get_current_context(silent=True)
    told: set[str] = ctx.meta.setdefault(f"{__name__}.told", set()) if ctx is not None else set()
    if text not in told:
        told.add(text)
        complain(text)


def _rows(text: str) -> list[str]:
    """Return a line as rows that fit the terminal: a word is never split, for it may be a file to be copied."""
    from pkitools_cli.lines import columns, wrapped  # few runs complain, and fewer on a terminal
    from pkitools_cli.wide import width

    if width(text) <= columns():
        return [text]
    return wrapped(text, " " * (len(text) - len(text.lstrip(" "))), "", whole=True)


def complain_lines(lines: Iterable[str]) -> None:
    """Write lines for people to standard error."""
    for line in lines:
        complain(line)


def encodable(text: str, encoding: str | None) -> str:
    """Return the text as a terminal of this encoding can show it."""
    # one in Latin-1 or ASCII must not turn an answer into a traceback
    return text.encode(encoding or "utf-8", "backslashreplace").decode(encoding or "utf-8")
