"""``pkitools test-pki``: a PKI of one's own, in the shape of PKIoverheid's."""

from __future__ import annotations

import click

from pkitools_cli.framework import Group

_ISSUING = "pkitools_cli.commands.test_pki_issuing"
_STATE = "pkitools_cli.commands.test_pki_state"
_INTEROP = "pkitools_cli.commands.test_pki_interop"


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
        "import": f"{_INTEROP}:take_over",
        "export": f"{_INTEROP}:export",
        "serve": "pkitools_cli.commands.test_pki_serve:serve",
        "broken": "pkitools_cli.commands.test_pki_broken:broken",
    },
)
def group() -> None:
    """Nouns of the test PKI."""
    from pkitools_test_pki.posix import require_posix

    require_posix()
