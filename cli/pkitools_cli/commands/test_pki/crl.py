"""``pkitools test-pki crl``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import click

from pkitools.revocation import read_crl
from pkitools_cli.framework import Command
from pkitools_cli.i18n import tr
from pkitools_cli.options import moment_option
from pkitools_cli.reply import Reply
from pkitools_test_pki.documents import crl_document
from pkitools_test_pki.folder import open_folder

_CLOSE: Final = timedelta(hours=1)
"""Lists that follow one another at once differ by a moment, which nobody needs to hear of."""


@click.command("crl", cls=Command, help="cli.test_pki.crl.help")
@click.argument("folder", metavar="DIR")
@click.option("--hours", type=click.FloatRange(min=0, min_open=True, max=876_000), help="cli.test_pki.crl.hours")
@moment_option
def command(*, folder: str, hours: float | None, moment: datetime) -> Reply[Sequence[Path]]:
    """Publish the next CRL of every authority."""
    with open_folder(folder, moment=moment) as pki:
        paths = pki.publish_crls(moment=moment, hours=hours)
    return Reply(
        paths,
        document=crl_document,
        text=lambda written: [
            *(tr("cli.test_pki.wrote", path=path) for path in written),
            *_dated_later(written, moment),
        ],
    )


def _dated_later(paths: Sequence[Path], moment: datetime) -> Iterator[str]:
    """Tell that lists are dated later than was asked: none is dated before the one that it follows."""
    dated = max((read_crl(path.read_bytes()).this_update for path in paths), default=moment)
    if dated - moment > _CLOSE:
        yield tr("cli.test_pki.crl.dated_later", day=f"{dated:%Y-%m-%d}", asked=f"{moment:%Y-%m-%d}")
