"""``pkitools test-pki broken``: the catalogue of broken certificates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from pkitools_cli.framework import Command, progress
from pkitools_cli.i18n import language, tr
from pkitools_cli.lines import listed
from pkitools_cli.options import moment_option
from pkitools_cli.reply import Line, Reply
from pkitools_test_pki.defects import Defect, Laboratory, Layer, defects, get_defect
from pkitools_test_pki.defects.catalogue import refuse_occupied, write_catalogue
from pkitools_test_pki.documents import WrittenCatalogue, broken_document, defects_document
from pkitools_test_pki.folder import open_folder


@click.command("broken", cls=Command, help="cli.test_pki_broken.help")
@click.argument("folder", metavar="[DIR]", required=False)
@click.option("--out", metavar="DIR", help="cli.test_pki_broken.out")
@click.option("--only", metavar="NAME", multiple=True, help="cli.test_pki_broken.only")
@click.option("--list", "listing", is_flag=True, help="cli.test_pki_broken.list")
@moment_option
def command(
    *, folder: str | None, out: str | None, only: tuple[str, ...], listing: bool, moment: datetime
) -> Reply[list[Defect]] | Reply[WrittenCatalogue]:
    """Write the defects, or list them."""
    chosen = [get_defect(name) for name in dict.fromkeys(only)] if only else list(defects())
    if listing:
        return Reply(chosen, document=defects_document, text=_listed)
    if out is None:
        raise click.UsageError(tr("cli.test_pki_broken.no_out"))
    refuse_occupied(Path(out))
    if folder is None:
        progress(tr("cli.test_pki_broken.busy"))
    with _laboratory(folder, moment) as laboratory:
        index = write_catalogue(out, laboratory, chosen)
    return Reply(WrittenCatalogue(out, index), document=broken_document, text=_written)


@contextmanager
def _laboratory(folder: str | None, moment: datetime) -> Iterator[Laboratory]:
    if folder is None:
        yield Laboratory(moment)
        return
    with open_folder(folder, moment=moment) as opened:
        yield Laboratory(moment, folder=opened)


def _written(catalogue: WrittenCatalogue) -> Iterator[Line | str]:
    folder, index = catalogue.folder, catalogue.index
    yield Line(tr("cli.test_pki_broken.done", count=len(index["defects"]), folder=folder), bold=True)
    for name in ("index.md", "index.json", index["trust"]):
        yield tr("cli.test_pki.wrote", path=Path(folder) / name)
    yield tr("cli.test_pki_broken.warning")


def _listed(chosen: Sequence[Defect]) -> Iterator[Line | str]:
    width = max(len(defect.name) for defect in chosen)
    layers = {layer: tr(f"cli.test_pki_broken.layer.{layer}") for layer in Layer}
    layer_width = max(map(len, layers.values()))
    topic = ""
    for defect in chosen:
        if defect.topic != topic:
            topic = defect.topic
            yield Line(tr(f"cli.test_pki_broken.topic.{topic}"), bold=True)
        warns = "" if defect.refused else tr("cli.test_pki_broken.warns")
        layer = f"{layers[defect.layer]:<{layer_width}}"
        yield from listed(f"  {defect.name:<{width}}  {layer}  ", f"{warns}{defect.descriptions[language()]}")
