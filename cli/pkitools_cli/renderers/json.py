"""An answer for scripts: one JSON document. Lossless, because JSON escapes what is not ASCII."""

from __future__ import annotations

import json
from typing import Any, TextIO

import click

from pkitools_cli.renderers import JSON, Renderer, register
from pkitools_cli.reply import Reply


def write(reply: Reply[Any], out: TextIO) -> None:
    """Write the document of the answer."""
    click.echo(json.dumps(reply.as_document(), indent=2, ensure_ascii=True), file=out)


register(Renderer(JSON, write))
