"""``pkitools cert show``: what is in these files. It describes and judges nothing; ``cert check`` does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import click

from pkitools.reports import DescribedFile, cert_show_document, cert_show_document_v1, describe
from pkitools_cli.commands.cert.show_text import file_lines
from pkitools_cli.exit_codes import ExitCode
from pkitools_cli.framework import Command
from pkitools_cli.inputs import read_inputs
from pkitools_cli.options import moment_option
from pkitools_cli.passphrases import given_passphrase, passphrase_options
from pkitools_cli.reply import Line, Reply


class Files:
    """The files given, each read when its turn comes and let go when it was told: there may be thousands."""

    def __init__(self, names: tuple[str, ...], passphrase: bytes | None) -> None:
        self._names, self._passphrase = names, passphrase
        self._complete = True

    def __iter__(self) -> Iterator[DescribedFile]:
        for name, source in zip(self._names, read_inputs(self._names, self._passphrase), strict=True):
            file = describe(name, source)
            self._complete = self._complete and file.is_complete
            yield file

    def exit_code(self) -> ExitCode:
        """Return whether everything could be read, as far as was looked."""
        return ExitCode.PASSED if self._complete else ExitCode.COULD_NOT


@click.command("show", cls=Command, help="cli.cert.show.help", json_versions=(1, 2))
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@passphrase_options
@moment_option
def command(
    *, files: tuple[str, ...], passphrase_file: str | None, passphrase_env: str | None, moment: datetime
) -> Reply[Files]:
    """Show everything in the files given."""
    read = Files(files, given_passphrase(passphrase_file, passphrase_env))

    def text(value: Files) -> Iterator[Line | str]:
        for file in value:
            yield from file_lines(file, moment)

    return Reply(
        read,
        document=lambda value: cert_show_document(value, moment),
        text=text,
        code=read.exit_code,
        older={1: lambda value: cert_show_document_v1(value, moment)},
    )
