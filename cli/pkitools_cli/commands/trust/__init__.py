"""``pkitools trust``: which hierarchies there are, what is held of them, what a CA is, and what others trust."""

from __future__ import annotations

import click

from pkitools_cli.framework import Group, verbs


@click.group(
    "trust",
    cls=Group,
    lazy=verbs(
        __name__,
        list="cli.trust.list.help",
        show="cli.trust.show.help",
        export="cli.trust.export.help",
        diff="cli.trust.diff.help",
        update="cli.trust.update.help",
    ),
    help="cli.trust.help",
)
def group() -> None:
    """Nouns of trust."""
