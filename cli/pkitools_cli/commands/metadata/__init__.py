"""``pkitools metadata``: what others are sent, judged and compared."""

from __future__ import annotations

import click

from pkitools_cli.framework import Group, verbs


@click.group(
    "metadata",
    cls=Group,
    lazy=verbs(__name__, check="cli.metadata.check.help", diff="cli.metadata.diff.help"),
    help="cli.metadata.help",
)
def group() -> None:
    """Nouns of metadata."""
