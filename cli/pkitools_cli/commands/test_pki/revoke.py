"""``pkitools test-pki revoke``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

import click

from pkitools_cli.framework import Command
from pkitools_cli.i18n import tr
from pkitools_cli.options import moment_option
from pkitools_cli.reply import Line, Reply
from pkitools_test_pki.crl import PKIOVERHEID_REASONS
from pkitools_test_pki.documents import Revoked, revoke_document
from pkitools_test_pki.folder import open_folder


class SerialNumber(click.ParamType[int]):
    """A certificate's serial number in hexadecimal, as ``list`` and openssl show it; colons and 0x are allowed."""

    name = "serial"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number."""
        if isinstance(value, int):
            return value
        digits = str(value).strip().removeprefix("0x").replace(":", "")
        if not re.fullmatch(r"[0-9A-Fa-f]{1,80}", digits):
            self.fail(tr("cli.test_pki.revoke.bad_serial", value=value), param, ctx)
        return int(digits, 16)


@click.command("revoke", cls=Command, help="cli.test_pki.revoke.help")
@click.argument("folder", metavar="DIR")
@click.argument("serial_number", metavar="SERIAL", type=SerialNumber())
@click.option(
    "--reason",
    type=click.Choice(PKIOVERHEID_REASONS),
    default="cessationOfOperation",
    show_default=True,
    help="cli.test_pki.revoke.reason",
)
@moment_option
def command(*, folder: str, serial_number: int, reason: str, moment: datetime) -> Reply[Revoked]:
    """Revoke a certificate and publish the CRL that says so."""
    with open_folder(folder, moment=moment) as pki:
        revocation, path = pki.revoke(serial_number, reason, moment=moment)
    return Reply(Revoked(serial_number, reason, revocation.moment, path), document=revoke_document, text=_text)


def _text(revoked: Revoked) -> Iterator[Line | str]:
    number = f"{revoked.serial_number:x}"
    yield Line(tr("cli.test_pki.revoke.done", serial_number=number, reason=revoked.reason), bold=True)
    yield tr("cli.test_pki.wrote", path=revoked.path)
