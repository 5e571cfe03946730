"""``pkitools test-pki export``: write a test PKI as g4-trial would."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import click

from pkitools_cli.framework import Command
from pkitools_cli.i18n import tr
from pkitools_cli.options import moment_option
from pkitools_cli.reply import Line, Reply
from pkitools_test_pki.documents import ExportedFolder, export_document
from pkitools_test_pki.folder import open_folder
from pkitools_test_pki.g4_trial.exporting import export_hierarchy


@click.command("export", cls=Command, help="cli.test_pki_interop.export.help")
@click.argument("folder", metavar="DIR")
@click.option("--layout", type=click.Choice(["g4-trial"]), required=True, help="cli.test_pki_interop.export.layout")
@click.option("--out", metavar="DIR2", required=True, help="cli.test_pki_interop.export.out")
@moment_option
def command(*, folder: str, layout: str, out: str, moment: datetime) -> Reply[ExportedFolder]:
    """Export a test PKI in the layout of g4-trial."""
    with open_folder(folder, moment=moment) as pki:
        exported = export_hierarchy(pki, out)
    return Reply(ExportedFolder(folder, layout, out, exported), document=export_document, text=_text)


def _text(written: ExportedFolder) -> Iterator[Line | str]:
    exported = written.exported
    yield Line(tr("cli.test_pki_interop.export.done", folder=written.folder, out=written.out), bold=True)
    counts = {"authorities": len(exported.authorities), "certificates": exported.certificates}
    yield tr("cli.test_pki_interop.export.counts", **counts)
    for name in exported.left_out:
        yield tr("cli.test_pki_interop.export.left_out", name=name)
    yield tr("cli.test_pki_interop.export.keys")
