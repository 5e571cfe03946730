"""``data/<system>.toml`` → :class:`~pkitools.systems.System`. Adding a system is adding a file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from pkitools.documents import Document, DocumentStatus, Source, cite, document
from pkitools.environment import Environment
from pkitools.errors import InvalidValueError
from pkitools.findings import Certainty, Severity
from pkitools.frozen import Frozen
from pkitools.messages import LANGUAGES
from pkitools.systems.model import Stance, Statement, System, Topic

_BINDING = frozenset({Certainty.STANDARD, Certainty.OFFICIAL})


@cache
def systems() -> tuple[System, ...]:
    """Return every system, by name."""
    folder = files(__package__).joinpath("data")
    texts = [entry.read_text(encoding="utf-8") for entry in folder.iterdir() if entry.name.endswith(".toml")]
    return tuple(sorted((read_system(text) for text in texts), key=lambda system: system.name))


def get_system(name: str) -> System:
    """Return the system of this name.

    Raises:
        InvalidValueError: ``systems.error.unknown``.
    """
    for system in systems():
        if system.name == name:
            return system
    raise InvalidValueError("systems.error.unknown", name=name, known=", ".join(s.name for s in systems()))


def read_system(text: str) -> System:
    """Return the system a TOML text describes. The text is our own: a mistake in it is a bug and raises as such."""
    raw = tomllib.loads(text)
    own = {name: _own(raw["name"], name, record, raw["retrieved"]) for name, record in raw.get("source", {}).items()}
    return System(
        name=raw["name"],
        title=raw["title"],
        owner=raw["owner"],
        about=_both(raw["about"]),
        retrieved=raw["retrieved"],
        statements=tuple(_statement(record, own) for record in raw["statement"]),
    )


def _own(system: str, name: str, record: Mapping[str, str], read: date) -> Source:
    """Return a document that only this text names: an organisation may describe systems of its own."""
    title = Frozen({str(language): record["document"] for language in LANGUAGES})
    status = DocumentStatus(record.get("status", "informal"))
    key = f"{system}/{name}"
    found = Document(key, title, record.get("version", ""), status, record.get("url", ""), read)
    return Source(key, record.get("section", ""), found)


def _source(key: str, own: Mapping[str, Source]) -> Source:
    """Return the document of the text itself, else of the register. Raises ``KeyError`` where neither has it."""
    return own.get(key) or cite(document(key).key)


def _statement(record: Mapping[str, Any], own: Mapping[str, Source]) -> Statement:
    source = _source(record["source"], own).at(record.get("section", ""))
    answer = Stance(record.get("answer", "yes"))
    certainty = Certainty(record["certainty"]) if "certainty" in record else None
    if (certainty is None) != (answer is Stance.UNKNOWN):
        raise ValueError(f"{record['topic']}: a certainty belongs to every answer but unknown")
    environments = record.get("environments", [e.value for e in Environment])
    return Statement(
        topic=Topic(record["topic"]),
        environments=frozenset(Environment(e) for e in environments),
        answer=answer,
        text=_both(record),
        source=source,
        certainty=certainty,
        severity=_severity(record.get("severity"), certainty),
        values=tuple(record.get("values", ())),
        number=record.get("number"),
        since=record.get("since"),
        until=record.get("until"),
    )


def _severity(stated: str | None, certainty: Certainty | None) -> Severity:
    most = Severity.ERROR if certainty in _BINDING else Severity.WARNING
    return min(most, Severity[stated.upper()]) if stated else most


def _both(record: Mapping[str, str]) -> Mapping[str, str]:
    return Frozen({language: record[language] for language in LANGUAGES})
