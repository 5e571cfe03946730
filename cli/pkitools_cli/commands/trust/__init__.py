"""``pkitools trust``: which hierarchies there are, what is held of them, and what a CA is."""

from __future__ import annotations

import click

from pkitools_cli.framework import Group, verbs


@click.group(
    "trust",
    cls=Group,
    lazy=verbs(__name__, list="cli.trust.list.help", show="cli.trust.show.help"),
    help="cli.trust.help",
)
def group() -> None:
    """Nouns of trust."""
