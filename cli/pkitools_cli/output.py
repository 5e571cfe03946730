"""The one place that writes to the terminal.

``say`` and ``complain`` make every character visible that would act on a terminal, line breaks included: one call is
one line, and no name in a certificate can begin a line of its own. ``say_lines`` takes lines that were composed here.
``emit_json`` is lossless, because JSON escapes what is not ASCII. Colour is added here, and only on a terminal.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping

import click

from pkitools.text import visible


def _use_colour(stream_is_terminal: bool) -> bool:
    return stream_is_terminal and "NO_COLOR" not in os.environ


def say(text: str = "", *, colour: str | None = None, bold: bool = False) -> None:
    """Write one line for people to standard output."""
    cleaned = visible(text)
    if (colour or bold) and _use_colour(sys.stdout.isatty()):
        cleaned = click.style(cleaned, fg=colour, bold=bold)
    click.echo(encodable(cleaned, sys.stdout.encoding))


def say_lines(lines: Iterable[str]) -> None:
    """Write lines for people to standard output."""
    for line in lines:
        say(line)


def complain(text: str) -> None:
    """Write one line for people to standard error: progress, a warning, an error."""
    click.echo(encodable(visible(text), sys.stderr.encoding), err=True)


def complain_lines(lines: Iterable[str]) -> None:
    """Write lines for people to standard error."""
    for line in lines:
        complain(line)


def emit_json(schema: str, document: Mapping[str, object]) -> None:
    """Write one JSON document with its schema name, such as ``pkitools.oin-check/v1``."""
    click.echo(json.dumps({"schema": schema, **document}, indent=2, ensure_ascii=True))


def encodable(text: str, encoding: str | None) -> str:
    """Return the text as a terminal of this encoding can show it."""
    # one in Latin-1 or ASCII must not turn an answer into a traceback
    return text.encode(encoding or "utf-8", "backslashreplace").decode(encoding or "utf-8")
