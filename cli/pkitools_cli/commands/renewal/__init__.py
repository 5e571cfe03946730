"""``pkitools renewal``: when one certificate takes the place of another."""

from __future__ import annotations

import click

from pkitools_cli.framework import Group, verbs


@click.group("renewal", cls=Group, lazy=verbs(__name__, diff="cli.renewal.diff.help"), help="cli.renewal.help")
def group() -> None:
    """Nouns of renewal."""
