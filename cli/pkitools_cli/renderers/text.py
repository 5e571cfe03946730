"""An answer for people: the lines as they come."""

from __future__ import annotations

from typing import Any, TextIO

from pkitools_cli.output import complain, say, say_line
from pkitools_cli.renderers import TEXT, Renderer, register
from pkitools_cli.reply import Line, Reply


def write(reply: Reply[Any], out: TextIO) -> None:
    """Write each line when it is made: the first is there before the last is known."""
    for line in reply.as_text():
        if not isinstance(line, Line):
            say(line, out)
        elif line.aside:
            complain(line.text)
        else:
            say_line(line, out)


register(Renderer(TEXT, write))
