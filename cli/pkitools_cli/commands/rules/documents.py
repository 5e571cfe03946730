"""``pkitools rules documents``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import click

from pkitools.documents import Document
from pkitools.reports import rules_documents_document, rules_documents_document_v1
from pkitools.rulebook import Resting, own_rests_on, rests_on
from pkitools_cli.exit_codes import of_list
from pkitools_cli.framework import Command
from pkitools_cli.i18n import form_of, language, tr
from pkitools_cli.lines import wrapped
from pkitools_cli.own_data import given_data, unusable
from pkitools_cli.reply import Line, Reply

_INDENT: Final = "    "
_KINDS: Final = ("systems", "tsps", "rules")  # what names documents


@click.command("documents", cls=Command, help="cli.rules.documents.help", json_versions=(1, 2))
def command() -> Reply[Sequence[Resting]]:
    """Name every document of the register once, and those that facts of one's own name, with what rests on it."""
    data = given_data()
    own = () if data is None else own_rests_on(data)
    return Reply(
        (*rests_on().values(), *own),
        warnings=(left_out := tuple(sentence for kind in _KINDS for sentence in unusable(kind))),
        code=of_list(left_out),
        document=rules_documents_document,
        text=_text,
        older={1: rules_documents_document_v1},
    )


def _text(found: Sequence[Resting]) -> Iterator[Line | str]:
    for resting in found:
        document = resting.document
        name = f"{document.title[language()]} {document.version}".rstrip()
        yield from (Line(line, bold=True) for line in wrapped(name, ""))
        yield from wrapped(standing(document), _INDENT)
        if document.url:
            yield f"{_INDENT}{document.url}"  # never broken: it is there to be followed
        yield from wrapped(rests(resting), _INDENT)
    yield ""
    yield tr("cli.rules.documents.count", count=len(found))


def standing(document: Document) -> str:
    """Return what it is worth, when and how it was read, and whether there is a newer one."""
    status = tr(f"cli.rules.documents.status.{document.status}")
    standing = tr("cli.rules.documents.standing", status=status, reading=reading(document))
    slug = "not_adopted" if document.newer else "newest"
    newer = tr(f"cli.rules.documents.{slug}", version=document.newest) if document.newest else ""
    return f"{standing}{newer}"


def reading(document: Document) -> str:
    """Return when it was read, and how."""
    return tr(f"cli.rules.documents.reading.{document.how}", day=document.read)


def rests(resting: Resting) -> str:
    """Return how many things of each kind rest on a document."""
    counts = {
        "rules": len(resting.rules),
        "statements": len(resting.statements),
        "profiles": len(resting.profiles),
        "tsps": len(resting.tsps),
        "prefixes": len(resting.prefixes),
        "schemes": len(resting.schemes),
        "examples": len(resting.examples),
        "error_texts": len(resting.error_texts),
        "exports": len(resting.exports),
        "protocols": len(resting.protocols),
        "renewals": len(resting.renewals),
        "asks": len(resting.asks),
        "rows": len(resting.rows),
    }
    told = [tr(f"cli.rules.documents.{kind}{form_of(count)}", count=count) for kind, count in counts.items() if count]
    return ", ".join(told) or tr("cli.rules.documents.nothing")
