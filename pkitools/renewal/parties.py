"""Who must be told that a certificate is replaced, as data with sources: ``data/counterparts.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, Final

from pkitools.documents import Source, cite
from pkitools.findings import Certainty
from pkitools.frozen import Frozen, dataclass
from pkitools.messages import LANGUAGES
from pkitools.package_data import read_toml
from pkitools.renewal.changes import Part
from pkitools.systems import Topic


class Phase(StrEnum):
    """When somebody has to know, in order."""

    BEFORE = "before"
    SWITCH = "switch"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Counterpart:
    """Somebody who must be told, or who has to act.

    Args:
        name: as documents name it.
        phase: when.
        systems: names of systems whose users it is for; empty: of everybody; ``*``: of each system that no other names.
        when: it concerns them when one of these parts differs.
        unless: and none of these does.
        says: topics of which the system's own statements belong with it.
        source: what it rests on.
        certainty: how well it is founded.
        read: the day the data were read in their sources.
        texts: by language the parts ``title``, ``why`` and ``letter``, with ``<<name>>`` where something is filled in;
            an empty letter where nobody is written to.
    """

    name: str
    phase: Phase
    systems: tuple[str, ...]
    when: frozenset[Part]
    unless: frozenset[Part]
    says: tuple[Topic, ...]
    source: Source
    certainty: Certainty
    read: date
    texts: Mapping[str, Mapping[str, str]]

    @property
    def is_of_any_system(self) -> bool:
        """Whether it stands for each system that has no counterpart of its own."""
        return self.systems == (ANY_SYSTEM,)

    def concerns(self, differing: frozenset[Part]) -> bool:
        """Return whether it has to be told of a renewal in which these parts differ."""
        return bool(self.when & differing) and not self.unless & differing


ANY_SYSTEM: Final = "*"


@cache
def counterparts() -> tuple[Counterpart, ...]:
    """Return every counterpart, in the order they are told."""
    data = read_toml(str(__package__), "data/counterparts.toml")
    return tuple(_counterpart(record, data["retrieved"]) for record in data["counterpart"])


def _counterpart(record: Mapping[str, Any], read: date) -> Counterpart:
    return Counterpart(
        name=record["name"],
        phase=Phase(record["phase"]),
        systems=tuple(record["systems"]),
        when=frozenset(map(Part, record["when"])),
        unless=frozenset(map(Part, record.get("unless", ()))),
        says=tuple(map(Topic, record.get("says", ()))),
        source=cite(record["source"], record.get("section", "")),
        certainty=Certainty(record["certainty"]),
        read=read,
        texts=Frozen({language: _texts(record[language]) for language in LANGUAGES}),
    )


def _texts(record: Mapping[str, str]) -> Mapping[str, str]:
    return Frozen({part: record.get(part, "").strip() for part in ("title", "why", "letter")})
