"""``pkitools cert``: what a certificate is, and whether it is right."""

from __future__ import annotations

import click

from pkitools_cli.framework import Group, verbs


# a module per verb: showing a certificate must not pay for validating one
@click.group(
    "cert",
    cls=Group,
    lazy=verbs(
        __name__,
        show="cli.cert.show.help",
        check="cli.cert_check.help",
        lint="cli.cert_lint.help",
        receive="cli.cert_receive.help",
    ),
    help="cli.cert.help",
)
def group() -> None:
    """Nouns of the certificate."""
