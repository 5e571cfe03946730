"""How far what we say of a system can be relied on: read when, from what, how sure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date

from pkitools.documents import Document, DocumentStatus
from pkitools.findings import Certainty
from pkitools.frozen import Frozen, dataclass
from pkitools.systems.model import System


@dataclass(frozen=True, slots=True)
class SystemStatus:
    """What the description of a system rests on.

    Args:
        read: the day its sources were last read.
        documents: what was read, in the order it is cited; none where nothing was found.
        certainties: how many statements are how sure.
        unknown: how many questions no document answers.
    """

    read: date
    documents: tuple[Document, ...]
    certainties: Mapping[Certainty, int]
    unknown: int

    @property
    def firm(self) -> int:
        """How many statements a standard or the owner itself makes."""
        return sum(self.certainties.get(each, 0) for each in (Certainty.STANDARD, Certainty.OFFICIAL))

    @property
    def weak(self) -> int:
        """How many statements rest on less: they warn, and never fail a certificate."""
        return sum(self.certainties.values()) - self.firm


def status_of(system: System) -> SystemStatus:
    """Return what the description of a system rests on, counted from its statements."""
    known = [statement for statement in system.statements if statement.certainty is not None]
    cited = {s.source.document.key: s.source.document for s in known}
    return SystemStatus(
        read=system.retrieved,
        documents=tuple(d for d in cited.values() if d.status is not DocumentStatus.OWN),
        certainties=Frozen(Counter(s.certainty for s in known if s.certainty)),
        unknown=len(system.statements) - len(known),
    )
