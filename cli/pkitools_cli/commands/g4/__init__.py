"""``pkitools g4``: from G1 and G3 to G4."""

from __future__ import annotations

import click

from pkitools_cli.framework import Group, verbs


@click.group(
    "g4", cls=Group, lazy=verbs(__name__, plan="cli.g4.plan.help", probe="cli.g4.probe.help"), help="cli.g4.help"
)
def group() -> None:
    """Nouns of the move to G4."""
