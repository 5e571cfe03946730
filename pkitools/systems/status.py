"""How far what we say of a system can be relied on: read when, from what, how sure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Final

from pkitools.documents import Document, DocumentStatus
from pkitools.findings import Certainty
from pkitools.frozen import Frozen, dataclass
from pkitools.systems.model import System

_FIRM: Final = frozenset({Certainty.STANDARD, Certainty.OFFICIAL})


@dataclass(frozen=True, slots=True)
class SystemStatus:
    """What the description of a system rests on.

    Args:
        read: the day since which all its sources were read: that of the one read longest ago.
        documents: what was read, in the order it is cited; none where nothing was found.
        certainties: how many statements are how sure.
        unknown: how many questions no document answers.
        quoted: how many statements of a standard or the owner itself stand where its own words were not read.
    """

    read: date
    documents: tuple[Document, ...]
    certainties: Mapping[Certainty, int]
    unknown: int
    quoted: int = 0

    @property
    def firm(self) -> int:
        """How many statements a standard or the owner itself makes, in a text of theirs that was read."""
        return sum(self.certainties.get(each, 0) for each in _FIRM) - self.quoted

    @property
    def weak(self) -> int:
        """How many statements rest on less: they warn, and never fail a certificate."""
        return sum(self.certainties.values()) - self.firm


def status_of(system: System) -> SystemStatus:
    """Return what the description of a system rests on, counted from its statements."""
    known = [statement for statement in system.statements if statement.certainty is not None]
    cited = {s.source.document.key: s.source.document for s in known}
    documents = tuple(document for document in cited.values() if document.status is not DocumentStatus.OWN)
    return SystemStatus(
        read=min((document.read for document in documents), default=system.retrieved),
        documents=documents,
        certainties=Frozen(Counter(s.certainty for s in known if s.certainty)),
        unknown=len(system.statements) - len(known),
        quoted=sum(s.certainty in _FIRM and not s.source.was_read for s in known),
    )
