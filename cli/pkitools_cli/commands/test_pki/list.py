"""``pkitools test-pki list``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import click

from pkitools_cli.framework import Command
from pkitools_cli.i18n import tr
from pkitools_cli.lines import listed
from pkitools_cli.options import moment_option
from pkitools_cli.reply import Reply
from pkitools_test_pki.documents import list_document, subject_and_end
from pkitools_test_pki.folder import open_folder
from pkitools_test_pki.store import IssuedRow


@click.command("list", cls=Command, help="cli.test_pki.list.help")
@click.argument("folder", metavar="DIR")
@moment_option
def command(*, folder: str, moment: datetime) -> Reply[list[IssuedRow]]:
    """List every certificate of the test PKI."""
    with open_folder(folder, moment=moment) as pki:
        rows = list(pki.store.certificates())
    return Reply(rows, document=list_document, text=_text)


def _text(rows: Sequence[IssuedRow]) -> Iterator[str]:
    for row in rows:
        subject, not_after = subject_and_end(row)
        state = tr(f"cli.test_pki.list.{row.state}")
        end = f"{not_after:%Y-%m-%d}" if not_after else "-"
        first = f"{row.serial_number:040x}  {state:12}  {end:10}  {row.profile or '-':18}  "
        yield from listed(first, subject or "-")
