"""What ``pkitools`` alone says: the commonest tasks, each with the command for it."""

from __future__ import annotations

import sys
from typing import Final

import click

from pkitools_cli.i18n import tr
from pkitools_cli.output import encodable

TASKS: Final = {
    "oin": "pkitools oin derive --kvk 27322975",
    "request": "pkitools csr create --help",
    "check": "pkitools cert check {file} --for digid-machtigen -e preproduction",
    "explain": 'pkitools explain "unable to get local issuer certificate"',
}
"""Task → the command for it."""


def greet() -> None:
    """Write the greeting to standard output."""
    lines = [tr("cli.main.greet.what"), ""]
    for task, command in TASKS.items():
        lines += [f"  {tr(f'cli.main.greet.{task}')}", f"    {command.format(file=tr('cli.main.greet.file'))}"]
    lines += ["", tr("cli.main.greet.more")]
    click.echo(encodable("\n".join(lines), sys.stdout.encoding))
