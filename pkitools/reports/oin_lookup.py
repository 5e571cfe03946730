"""What the OIN register says, as data: ``docs/schemas/oin-lookup-v1.json``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from pkitools.checking.organizations import likeness
from pkitools.errors import PkitoolsError
from pkitools.frozen import dataclass
from pkitools.messages import LANGUAGES, error_sentence, message
from pkitools.oin_register import Organization, RegisterAnswer, RegisterNote
from pkitools.text import instant


@dataclass(frozen=True, slots=True)
class TakenSnapshot:
    """A copy of the register that was written.

    Args:
        path: the file.
        url: the register.
        taken_at: when.
        count: how many records.
    """

    path: str
    url: str
    taken_at: datetime
    count: int


def oin_lookup_document(
    answer: RegisterAnswer | None, organization: str | None = None, snapshot: TakenSnapshot | None = None
) -> dict[str, object]:
    """Return the whole document.

    Args:
        answer: what the register says; ``None`` where nothing was asked but a copy.
        organization: a name to hold the names of the register against: it changes no status.
        snapshot: the copy that was written.
    """
    return {
        "schema": "pkitools.oin-lookup/v1",
        **(_answer(answer, organization) if answer else _NOTHING),
        "snapshot": _snapshot(snapshot) if snapshot else None,
    }


_NOTHING: Final[Mapping[str, object]] = {
    "query": None,
    "status": None,
    "source": None,
    "dated": None,
    "from_snapshot": False,
    "reason": None,
    "organizations": [],
    "notes": [],
}


def _answer(answer: RegisterAnswer, organization: str | None) -> dict[str, object]:
    return {
        "query": {"kind": str(answer.query.kind), "text": answer.query.text},
        "status": str(answer.status),
        "source": answer.source or None,
        "dated": _when(answer.dated),
        "from_snapshot": answer.from_snapshot,
        "reason": _reason(answer.reason) if answer.reason else None,
        "organizations": [_organization(one, organization) for one in answer.organizations],
        "notes": [_note(note) for note in answer.notes],
    }


def _organization(one: Organization, organization: str | None) -> dict[str, object]:
    return {
        "oin": one.oin,
        "name": one.name,
        "status": str(one.status),
        "status_text": one.status_text,
        "kvk": one.kvk,
        "kind": one.kind,
        "issued": _when(one.issued),
        "changed": _when(one.changed),
        "withdrawn": _when(one.withdrawn),
        "main_oin": one.main_oin,
        "name_compared": str(likeness(organization, one.name)) if organization else None,
    }


def _when(moment: datetime | None) -> str | None:
    return instant(moment) if moment else None


def _reason(error: PkitoolsError) -> dict[str, object]:
    return {"code": error.code, **{tongue: error_sentence(error, tongue) for tongue in LANGUAGES}}


def _note(note: RegisterNote) -> dict[str, object]:
    told: dict[str, object] = {"code": note.code}
    for tongue in LANGUAGES:
        text = message(note.code, dict(note.params), tongue)
        told[tongue] = {"title": text.title, "message": text.message, "remedy": text.remedy}
    return told


def _snapshot(taken: TakenSnapshot) -> dict[str, object]:
    return {"file": taken.path, "url": taken.url, "taken_at": instant(taken.taken_at), "organizations": taken.count}
