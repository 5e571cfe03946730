"""``pkitools test-pki import``: take over a hierarchy that g4-trial made."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import click

from pkitools_cli.framework import Command
from pkitools_cli.i18n import tr
from pkitools_cli.options import moment_option
from pkitools_cli.passphrases import given_passphrase, passphrase_options
from pkitools_cli.reply import Line, Reply
from pkitools_test_pki.documents import ImportedFolder, import_document
from pkitools_test_pki.g4_trial.importing import import_hierarchy


@click.command("import", cls=Command, help="cli.test_pki_interop.import.help")
@click.argument("source", metavar="SOURCE")
@click.argument("folder", metavar="DIR")
@click.option("--base-url", metavar="URL", help="cli.test_pki_interop.import.base_url")
@passphrase_options
@moment_option
def command(
    *,
    source: str,
    folder: str,
    base_url: str | None,
    passphrase_file: str | None,
    passphrase_env: str | None,
    moment: datetime,
) -> Reply[ImportedFolder]:
    """Import a hierarchy that g4-trial made."""
    passphrase = given_passphrase(passphrase_file, passphrase_env)
    imported = import_hierarchy(source, folder, moment=moment, base_url=base_url, passphrase=passphrase)
    return Reply(ImportedFolder(source, folder, imported), document=import_document, text=_text)


def _text(taken: ImportedFolder) -> Iterator[Line | str]:
    imported, folder = taken.imported, taken.folder
    yield Line(tr("cli.test_pki_interop.import.done", source=taken.source, folder=folder), bold=True)
    for name in imported.authorities:
        yield tr("cli.test_pki_interop.import.authority", name=name, number=imported.crl_numbers[name])
    yield tr("cli.test_pki_interop.import.counts", certificates=imported.certificates, revoked=imported.revoked)
    if imported.elsewhere:
        hosts = ", ".join(imported.elsewhere)
        yield tr("cli.test_pki_interop.import.elsewhere", hosts=hosts, base_url=imported.base_url)
    for name in imported.left_out:
        yield tr("cli.test_pki_interop.import.left_out", name=name)
    yield tr("cli.test_pki_interop.import.keys")
    yield tr("cli.test_pki_interop.import.next", folder=folder)
