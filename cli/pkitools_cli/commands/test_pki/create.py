"""``pkitools test-pki create``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import click

from pkitools_cli.commands.next_steps import ISSUED_ENDS, free_place, numbered, step
from pkitools_cli.framework import Command, progress
from pkitools_cli.i18n import tr
from pkitools_cli.options import moment_option
from pkitools_cli.reply import Line, Reply
from pkitools_test_pki.algorithms import PrivateKey
from pkitools_test_pki.authority import DEFAULT_BASE_URL
from pkitools_test_pki.documents import CreatedFolder, create_document
from pkitools_test_pki.folder import create_folder
from pkitools_test_pki.keys import KeySource, fresh_keys, small_keys
from pkitools_test_pki.shapes import authorities_of, shape_names


@click.command("create", cls=Command, help="cli.test_pki.create.help")
@click.argument("folder", metavar="DIR")
@click.option("--shape", "shapes", type=click.Choice(shape_names()), multiple=True, help="cli.test_pki.create.shape")
@click.option("--fast", is_flag=True, help="cli.test_pki.create.fast")
@click.option("--base-url", metavar="URL", default=DEFAULT_BASE_URL, help="cli.test_pki.create.base_url")
@moment_option
def command(
    *, folder: str, shapes: tuple[str, ...], fast: bool, base_url: str, moment: datetime
) -> Reply[CreatedFolder]:
    """Create a test PKI in a new folder."""
    chosen = shapes or (shape_names()[0],)
    authorities = authorities_of(chosen)
    keys = small_keys if fast else _announced(fresh_keys, tr("cli.test_pki.create.busy", count=len(authorities)))
    paths = create_folder(folder, chosen, moment=moment, keys=keys, base_url=base_url)
    created = CreatedFolder(folder, tuple(chosen), base_url, tuple(authorities), tuple(paths))
    return Reply(created, document=create_document, text=_text)


def _announced(keys: KeySource, text: str) -> KeySource:
    """Return a source of keys that tells what takes time, once there is nothing left to refuse."""
    waiting = [text]

    def announced(key_type: str) -> PrivateKey:
        while waiting:
            progress(waiting.pop())
        return keys(key_type)

    return announced


def _text(created: CreatedFolder) -> Iterator[Line | str]:
    yield Line(tr("cli.test_pki.create.done", folder=created.folder), bold=True)
    for authority in created.authorities:
        yield tr("cli.test_pki.create.authority", level=authority.level, name=authority.common_name)
    yield tr("cli.test_pki.create.trust", path=created.paths[0])
    yield tr("cli.test_pki.create.warning")
    issue = (
        "test-pki",
        "issue",
        created.folder,
        "--out",
        free_place(numbered(tr("cli.now.out")), ISSUED_ENDS, "test-pki issue"),
    )
    if (found := step("test_pki_create.done", {}, {"issue": lambda: issue})) is not None:
        yield from found.told()
