"""``pkitools csr``: make a key and a certificate signing request, and judge one."""

from __future__ import annotations

import click

from pkitools_cli.framework import Group, verbs


@click.group(
    "csr",
    cls=Group,
    lazy=verbs(__name__, create="cli.csr.create.help", check="cli.csr.check.help"),
    help="cli.csr.help",
)
def group() -> None:
    """Nouns of certificate signing requests."""
