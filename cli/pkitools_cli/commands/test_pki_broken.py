"""``pkitools test-pki broken``: the catalogue of broken certificates."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from pkitools_cli.exit_codes import ExitCode
from pkitools_cli.framework import Command
from pkitools_cli.i18n import language, tr
from pkitools_cli.options import json_option, moment_option
from pkitools_cli.output import complain, emit_json, say
from pkitools_test_pki.defects import Defect, Laboratory, Layer, defects, get_defect
from pkitools_test_pki.defects.catalogue import SCHEMA, defect_document, refuse_occupied, write_catalogue
from pkitools_test_pki.folder import open_folder


@click.command("broken", cls=Command, help="cli.test_pki_broken.help")
@click.argument("folder", metavar="[DIR]", required=False)
@click.option("--out", metavar="DIR", help="cli.test_pki_broken.out")
@click.option("--only", metavar="NAME", multiple=True, help="cli.test_pki_broken.only")
@click.option("--list", "listing", is_flag=True, help="cli.test_pki_broken.list")
@moment_option
@json_option
def broken(
    *, folder: str | None, out: str | None, only: tuple[str, ...], listing: bool, moment: datetime, as_json: bool
) -> int:
    """Write the defects, or list them."""
    chosen = [get_defect(name) for name in dict.fromkeys(only)] if only else list(defects())
    if listing:
        _list(chosen, as_json)
        return ExitCode.PASSED
    if out is None:
        raise click.UsageError(tr("cli.test_pki_broken.no_out"))
    refuse_occupied(Path(out))
    if folder is None and not as_json:
        complain(tr("cli.test_pki_broken.busy"))
    with _laboratory(folder, moment) as laboratory:
        index = write_catalogue(out, laboratory, chosen)
    if as_json:
        emit_json(SCHEMA, {"folder": out, **{key: value for key, value in index.items() if key != "schema"}})
        return ExitCode.PASSED
    say(tr("cli.test_pki_broken.done", count=len(chosen), folder=out), bold=True)
    for name in ("index.md", "index.json", index["trust"]):
        say(tr("cli.test_pki.wrote", path=Path(out) / name))
    say(tr("cli.test_pki_broken.warning"))
    return ExitCode.PASSED


@contextmanager
def _laboratory(folder: str | None, moment: datetime) -> Iterator[Laboratory]:
    if folder is None:
        yield Laboratory(moment)
        return
    with open_folder(folder, moment=moment) as opened:
        yield Laboratory(moment, folder=opened)


def _list(chosen: list[Defect], as_json: bool) -> None:
    if as_json:
        emit_json("pkitools.test-pki-defects/v1", {"defects": [defect_document(defect) for defect in chosen]})
        return
    width = max(len(defect.name) for defect in chosen)
    layers = {layer: tr(f"cli.test_pki_broken.layer.{layer}") for layer in Layer}
    topic = ""
    for defect in chosen:
        if defect.topic != topic:
            topic = defect.topic
            say(tr(f"cli.test_pki_broken.topic.{topic}"), bold=True)
        warns = "" if defect.refused else tr("cli.test_pki_broken.warns")
        said = defect.description_nl if language() == "nl" else defect.description
        layer = layers[defect.layer]
        say(f"  {defect.name:<{width}}  {layer:<{max(map(len, layers.values()))}}  {warns}{said}")
