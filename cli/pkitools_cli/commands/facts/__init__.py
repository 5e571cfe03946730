"""``pkitools facts``: what all the rest stands on."""

from __future__ import annotations

import click

from pkitools_cli.framework import Group, verbs


@click.group("facts", cls=Group, lazy=verbs(__name__, status="cli.facts.status.help"), help="cli.facts.help")
def group() -> None:
    """Nouns of the facts."""
