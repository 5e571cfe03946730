"""``pkitools cert``: what a certificate is, and whether it is right."""

from __future__ import annotations

import click

from pkitools_cli.framework import Group

# a module per verb: showing a certificate must not pay for validating one
_COMMANDS = {
    "show": "pkitools_cli.commands.cert_show:show",
    "check": "pkitools_cli.commands.cert_check:check",
    "lint": "pkitools_cli.commands.cert_lint:lint_command",
}


@click.group("cert", cls=Group, lazy=_COMMANDS, help="cli.cert.help")
def group() -> None:
    """Nouns of the certificate."""
