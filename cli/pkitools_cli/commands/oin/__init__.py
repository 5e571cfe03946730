"""``pkitools oin``: what an OIN says, whether it is right, and which OIN belongs to a number."""

from __future__ import annotations

import click

from pkitools_cli.framework import Group, verbs


@click.group(
    "oin",
    cls=Group,
    lazy=verbs(__name__, check="cli.oin.check.help", derive="cli.oin.derive.help", lookup="cli.oin.lookup.help"),
    help="cli.oin.help",
)
def group() -> None:
    """Nouns of the OIN."""
