"""``pkitools facts status``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

import click

from pkitools.documents import Document
from pkitools.facts import FactsStatus, facts_status
from pkitools.reports import facts_status_document
from pkitools.rulebook import Resting
from pkitools.rules.own import OwnFile
from pkitools.text import visible
from pkitools.unknowns import Unknown
from pkitools_cli.commands.rules.documents import reading, rests
from pkitools_cli.exit_codes import of_list
from pkitools_cli.framework import Command
from pkitools_cli.i18n import language, tr
from pkitools_cli.lines import labelled, wrapped
from pkitools_cli.options import moment_option
from pkitools_cli.own_data import given_data, unusable
from pkitools_cli.reply import Line, Reply

_PREFIX: Final = "cli.facts.row"
_KINDS: Final = ("systems", "tsps", "rules", "trust")
_LISTS: Final = ("outdated", "aged", "not_read", "third_party")


@click.command("status", cls=Command, help="cli.facts.status.help")
@moment_option
def command(*, moment: datetime) -> Reply[FactsStatus]:
    """Show the facts that want looking at."""
    left_out = tuple(sentence for kind in _KINDS for sentence in unusable(kind))
    return Reply(
        facts_status(moment, data=given_data()),
        document=facts_status_document,
        text=_text,
        warnings=left_out,
        code=of_list(left_out),
    )


def _text(found: FactsStatus) -> Iterator[Line | str]:
    counts = {key: len(getattr(found, key)) for key in ("unknown", *_LISTS)}
    yield from (Line(row, bold=True) for row in wrapped(tr("cli.facts.count", **counts), ""))
    if found.unknown:
        yield ""
        yield Line(tr("cli.facts.unknown"), bold=True)
    for unknown in found.unknown:
        yield from _unknown(unknown)
    for key in _LISTS:
        yield from _documents(key, getattr(found, key))
    yield from _lapsed(found)
    yield from _coming(found)
    yield from _own(found)


def _lapsed(found: FactsStatus) -> Iterator[Line | str]:
    """Yield what is asked no more."""
    if found.lapsed:
        yield ""
        yield Line(tr("cli.facts.lapsed"), bold=True)
    for each in found.lapsed:
        told = tr("cli.facts.lapsed.until", name=each.name, day=each.until, source=each.source.text(language()))
        yield from wrapped(visible(told), "    ", "  - ")


def _coming(found: FactsStatus) -> Iterator[Line | str]:
    """Yield what is not asked yet."""
    if found.coming:
        yield ""
        yield Line(tr("cli.facts.coming"), bold=True)
    for each in found.coming:
        told = tr("cli.facts.coming.since", name=each.name, day=each.since, source=each.source.text(language()))
        yield from wrapped(visible(told), "    ", "  - ")


def _own(found: FactsStatus) -> Iterator[Line | str]:
    """Yield every file of one's own: nobody but its owner can say whether it is still true."""
    if found.own:
        yield ""
        yield Line(tr("cli.facts.own"), bold=True)
    for file in found.own:
        slug = _age(file, found)
        told = tr(f"cli.facts.own.{slug}", day=file.read)
        name = file.name if file.source is None else f"{file.name}, {file.source.text(language())}"
        yield from wrapped(f"{visible(name)}, {told}", "    ", "  - ")
    for title in found.replaced:
        yield from wrapped(tr("cli.facts.own.tsp", tsp=visible(title)), "    ", "  - ")


def _age(file: OwnFile, found: FactsStatus) -> str:
    if file.read is None:
        return "undated"
    return "ahead" if found.is_ahead(file) else "old" if found.is_old(file) else "read"


def _unknown(unknown: Unknown) -> Iterator[str]:
    yield from wrapped(unknown.about[language()], "    ", "  ? ")
    waiting = (*unknown.systems, *unknown.tsps, *unknown.hierarchies, *unknown.documents)
    rows = (("waits", ", ".join(waiting)), ("settled", unknown.settled[language()]))
    yield from labelled(_PREFIX, rows, "    ")


def _documents(key: str, found: Sequence[Resting]) -> Iterator[Line | str]:
    if found:
        yield ""
        yield Line(tr(f"cli.facts.{key}"), bold=True)
    for resting in found:
        yield from wrapped(_name(resting.document), "    ", "  - ")
        rows = (("rests", rests(resting)), ("settled", _settled(key, resting.document)))
        yield from labelled(_PREFIX, rows, "    ")


def _name(document: Document) -> str:
    name = f"{document.title[language()]} {document.version}".rstrip()
    return f"{name}, {reading(document)}"


def _settled(key: str, document: Document) -> str:
    """Return what would put it in order."""
    newest = "newest" if document.newest else "replaced"
    return tr(f"cli.facts.settled.{newest if key == 'outdated' else key}", version=document.newest)
