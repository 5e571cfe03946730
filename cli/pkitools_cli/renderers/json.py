"""An answer for scripts: one JSON document. Lossless, because JSON escapes what is not ASCII."""

from __future__ import annotations

from itertools import islice
from typing import Any, Final, TextIO

import click

from pkitools_cli.renderers import JSON, Renderer, register
from pkitools_cli.reply import Reply

_PIECES: Final = 20  # one of a list may be all that is known of a certificate: together some hundred kilobytes


def write(reply: Reply[Any], out: TextIO) -> None:
    """Write the document of the answer, in pieces: of ten thousand certificates it is a hundred megabytes."""
    from pkitools.reports import json_pieces  # who asks for text does without

    pieces = json_pieces(reply.as_document())
    for batch in iter(lambda: "".join(islice(pieces, _PIECES)), ""):
        click.echo(batch, file=out, nl=False)
    click.echo(file=out)


register(Renderer(JSON, write))
