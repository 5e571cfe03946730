"""``pkitools chain``: the certificates above a certificate."""

from __future__ import annotations

import click

from pkitools_cli.framework import Group, verbs


@click.group("chain", cls=Group, lazy=verbs(__name__, complete="cli.chain.complete.help"), help="cli.chain.help")
def group() -> None:
    """Nouns of chains."""
