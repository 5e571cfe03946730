"""``pkitools test-pki``: a PKI of one's own, in the shape of PKIoverheid's."""

from __future__ import annotations

import click

from pkitools_cli.framework import Group, Lazy, verbs

_VERBS = {
    **verbs(
        __name__,
        create="cli.test_pki.create.help",
        issue="cli.test_pki.issue.help",
        revoke="cli.test_pki.revoke.help",
        crl="cli.test_pki.crl.help",
        list="cli.test_pki.list.help",
        verify="cli.test_pki.verify.help",
    ),
    "import": Lazy(f"{__name__}.import_:command", "cli.test_pki_interop.import.help"),  # a word of Python's own
    **verbs(
        __name__,
        export="cli.test_pki_interop.export.help",
        serve="cli.test_pki_serve.help",
        broken="cli.test_pki_broken.help",
    ),
}


@click.group("test-pki", cls=Group, lazy=_VERBS, help="cli.test_pki.help")
def group() -> None:
    """Nouns of the test PKI."""
    from pkitools_test_pki.posix import require_posix

    require_posix()
