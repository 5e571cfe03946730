"""``pkitools test-pki crl``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from pkitools_cli.framework import Command
from pkitools_cli.i18n import tr
from pkitools_cli.options import moment_option
from pkitools_cli.reply import Reply
from pkitools_test_pki.documents import crl_document
from pkitools_test_pki.folder import open_folder


@click.command("crl", cls=Command, help="cli.test_pki.crl.help")
@click.argument("folder", metavar="DIR")
@click.option("--hours", type=click.FloatRange(min=0, min_open=True, max=876_000), help="cli.test_pki.crl.hours")
@moment_option
def command(*, folder: str, hours: float | None, moment: datetime) -> Reply[Sequence[Path]]:
    """Publish the next CRL of every authority."""
    with open_folder(folder, moment=moment) as pki:
        paths = pki.publish_crls(moment=moment, hours=hours)
    return Reply(
        paths, document=crl_document, text=lambda written: [tr("cli.test_pki.wrote", path=path) for path in written]
    )
