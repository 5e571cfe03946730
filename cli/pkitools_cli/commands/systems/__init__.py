"""``pkitools systems``: what each connected system asks of a certificate, per environment, and who says so."""

from __future__ import annotations

import click

from pkitools_cli.framework import Group, verbs


@click.group(
    "systems",
    cls=Group,
    lazy=verbs(__name__, list="cli.systems.list.help", show="cli.systems.show.help"),
    help="cli.systems.help",
)
def group() -> None:
    """Nouns of systems."""
