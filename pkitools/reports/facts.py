"""Which facts want looking at, as data: ``docs/schemas/facts-status-v1.json``."""

from __future__ import annotations

from collections.abc import Iterable

from pkitools.facts import Coming, FactsStatus, Lapsed
from pkitools.messages import LANGUAGES
from pkitools.reports.document import instant
from pkitools.reports.register import resting_document
from pkitools.rulebook import Resting
from pkitools.rules.own import OwnFile
from pkitools.unknowns import Unknown


def facts_status_document(found: FactsStatus) -> dict[str, object]:
    """Return the whole document."""
    return {
        "schema": "pkitools.facts-status/v1",
        "moment": instant(found.moment),
        "unknown": [_unknown(each) for each in found.unknown],
        "outdated": _resting(found.outdated),
        "aged": _resting(found.aged),
        "not_read": _resting(found.not_read),
        "third_party": _resting(found.third_party),
        "own": [_own(each, found) for each in found.own],
        "lapsed": [_lapsed(each) for each in found.lapsed],
        "replaced_tsps": list(found.replaced),
        "coming": [_coming(each) for each in found.coming],
    }


def _resting(found: Iterable[Resting]) -> list[dict[str, object]]:
    return [resting_document(each) for each in found]


def _own(file: OwnFile, found: FactsStatus) -> dict[str, object]:
    read = None if file.read is None else file.read.isoformat()
    return {
        "file": file.name,
        "kind": file.kind,
        "read": read,
        "old": found.is_old(file),
        "ahead": found.is_ahead(file),
        "document": None if file.source is None else {each: file.source.text(each) for each in LANGUAGES},
    }


def _lapsed(each: Lapsed) -> dict[str, object]:
    return {"name": each.name, "until": each.until.isoformat(), "document": each.source.key}


def _coming(each: Coming) -> dict[str, object]:
    return {"name": each.name, "since": each.since.isoformat(), "document": each.source.key}


def _unknown(unknown: Unknown) -> dict[str, object]:
    return {
        "name": unknown.key,
        "about": dict(unknown.about),
        "settled": dict(unknown.settled),
        "looked": unknown.looked.isoformat(),
        "hierarchies": list(unknown.hierarchies),
        "systems": list(unknown.systems),
        "documents": list(unknown.documents),
        "tsps": list(unknown.tsps),
    }
