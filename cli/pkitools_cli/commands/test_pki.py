"""``pkitools test-pki``: a PKI of one's own, in the shape of PKIoverheid's."""

from __future__ import annotations

import click

from pkitools_cli.framework import Group

_ISSUING = "pkitools_cli.commands.test_pki_issuing"
_STATE = "pkitools_cli.commands.test_pki_state"


@click.group(
    "test-pki",
    cls=Group,
    help="cli.test_pki.help",
    lazy={
        "create": f"{_ISSUING}:create",
        "issue": f"{_ISSUING}:issue",
        "revoke": f"{_STATE}:revoke",
        "crl": f"{_STATE}:publish",
        "list": f"{_STATE}:show",
        "verify": f"{_STATE}:verify",
        "serve": "pkitools_cli.commands.test_pki_serve:serve",
    },
)
def group() -> None:
    """Nouns of the test PKI."""
