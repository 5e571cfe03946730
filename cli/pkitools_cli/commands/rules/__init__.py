"""``pkitools rules``: every rule there is, what one means, and the documents they rest on."""

from __future__ import annotations

import click

from pkitools_cli.framework import Group, verbs


@click.group(
    "rules",
    cls=Group,
    lazy=verbs(
        __name__, list="cli.rules.list.help", explain="cli.rules.explain.help", documents="cli.rules.documents.help"
    ),
    help="cli.rules.help",
)
def group() -> None:
    """Nouns of the rules."""
