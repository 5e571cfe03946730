"""``pkitools test-pki``: a PKI of one's own, in the shape of PKIoverheid's."""

from __future__ import annotations

import click

from pkitools_cli.framework import Group, verbs

_VERBS = {
    **verbs(__name__, "create", "issue", "revoke", "crl", "list", "verify"),
    "import": f"{__name__}.import_:command",  # a word of Python's own
    **verbs(__name__, "export", "serve", "broken"),
}


@click.group("test-pki", cls=Group, lazy=_VERBS, help="cli.test_pki.help")
def group() -> None:
    """Nouns of the test PKI."""
    from pkitools_test_pki.posix import require_posix

    require_posix()
