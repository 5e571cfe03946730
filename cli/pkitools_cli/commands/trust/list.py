"""``pkitools trust list``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import click

from pkitools.frozen import dataclass
from pkitools.messages.days import day_and_time
from pkitools.reports import trust_list_document
from pkitools.trust import CACertificate, HierarchyKind, catalogue, embedded_certificates, hierarchies
from pkitools_cli.commands.trust.hierarchy_text import authority_status, hierarchy_told, rows_told
from pkitools_cli.framework import Command
from pkitools_cli.i18n import language, tr
from pkitools_cli.lines import wrapped
from pkitools_cli.options import moment_option
from pkitools_cli.reply import Line, Reply


@dataclass(frozen=True, slots=True)
class Listed:
    """When, and whether every CA of the catalogue is wanted; what there is to list is the same everywhere."""

    moment: datetime
    everything: bool


@click.command("list", cls=Command, help="cli.trust.list.help")
@click.option("--all", "everything", is_flag=True, help="cli.trust.list.all")
@moment_option
def command(*, everything: bool, moment: datetime) -> Reply[Listed]:
    """Show the hierarchies and the embedded certificates."""
    return Reply(
        Listed(moment, everything),
        document=lambda asked: trust_list_document(asked.moment, every_authority=asked.everything),
        text=_text,
    )


def _text(asked: Listed) -> Iterator[Line | str]:
    moment = asked.moment
    title = tr("cli.trust.list.title", moment=day_and_time(moment, language()), retrieved=catalogue().retrieved)
    yield from (Line(row, bold=True) for row in wrapped(title, ""))
    for kind in HierarchyKind:
        yield ""
        yield Line(tr(f"cli.trust.kind.{kind}"), bold=True)
        for hierarchy in (h for h in hierarchies() if h.kind is kind):
            yield from hierarchy_told(hierarchy, moment)
    yield ""
    yield from (Line(row, bold=True) for row in wrapped(tr("cli.trust.list.embedded"), ""))
    for held in embedded_certificates():
        yield from wrapped(held.common_name, "    ", "  ")
        yield from rows_told(_held_rows(held, moment))
    if asked.everything:
        yield from _catalogue(moment)
    yield ""
    yield from wrapped(tr("cli.trust.list.one_publisher"), "")


def _held_rows(held: CACertificate, moment: datetime) -> Iterator[tuple[str, str]]:
    entry = held.entry
    assert entry is not None
    yield "hierarchy", f"{held.hierarchy.name if held.hierarchy else '-'}, {tr(f'cli.trust.level.{held.level}')}"
    yield "status", authority_status(entry, moment)
    yield "sha256", held.sha256
    yield "source", held.source
    yield "second_source", held.second_source or tr("cli.trust.second_source.none")
    yield "basis", tr(f"cli.trust.basis.{entry.basis}")


def _catalogue(moment: datetime) -> Iterator[Line | str]:
    yield ""
    yield Line(tr("cli.trust.list.catalogue", count=len(catalogue().entries)), bold=True)
    for entry in catalogue().entries:
        yield from wrapped(entry.name, "    ", "  ")
        status = authority_status(entry, moment)
        yield from wrapped(f"{entry.generation}  {tr(f'cli.trust.level.{entry.level}')}  {status}", "      ")
        yield f"      {entry.sha256 or tr('cli.trust.unknown')}"
