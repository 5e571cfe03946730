"""Which facts want looking at: what is not known, what is old, what was not read itself, and what only
somebody else says.

What is in order is left out: ``rules documents`` lists every document.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from pkitools.arguments import aware
from pkitools.documents import Document, DocumentStatus, Reading, Source
from pkitools.findings import Binds, Certainty
from pkitools.frozen import dataclass
from pkitools.rulebook import Resting, all_rules, rests_on
from pkitools.rules.own import OwnData, OwnFile
from pkitools.systems import systems
from pkitools.unknowns import Unknown, unknowns

OLD: Final = timedelta(days=183)
"""A document that was last read longer ago than this wants reading again: PKIoverheid changes twice a year."""

_TEXTS: Final = frozenset({DocumentStatus.IN_FORCE, DocumentStatus.DRAFT, DocumentStatus.INFORMAL})


@dataclass(frozen=True, slots=True)
class Lapsed:
    """Something that is asked of nobody any more, as its last day has passed.

    Args:
        name: the code of a rule; of a statement, the name of its system and its topic.
        until: its last day.
        source: where its days stand.
    """

    name: str
    until: date
    source: Source


@dataclass(frozen=True, slots=True)
class Coming:
    """Something that is asked of nobody yet, as its first day has not come.

    Args:
        name: the code of a rule; of a statement, the name of its system and its topic.
        since: its first day.
        source: where its days stand.
    """

    name: str
    since: date
    source: Source


@dataclass(frozen=True, slots=True)
class FactsStatus:
    """The facts that want looking at.

    Args:
        moment: when it was asked, aware UTC.
        unknown: what is not known, with what would settle it and what waits for it.
        outdated: documents of which a newer version is known, or that were superseded, with what rests on each.
        aged: documents that were last read too long ago, with what rests on each.
        not_read: documents of which not all was read by us itself, with what rests on each.
        third_party: documents of somebody else than who decides, with what rests on each.
        own: files with facts of one's own, by name: each with the day its sources were read.
        lapsed: rules and statements, one's own and ours, that are asked no more.
        replaced: titles of the TSPs of which one's own facts go before ours.
        coming: rules and statements, one's own and ours, that are not asked yet.
    """

    moment: datetime
    unknown: tuple[Unknown, ...]
    outdated: tuple[Resting, ...]
    aged: tuple[Resting, ...]
    not_read: tuple[Resting, ...]
    third_party: tuple[Resting, ...]
    own: tuple[OwnFile, ...] = ()
    lapsed: tuple[Lapsed, ...] = ()
    replaced: tuple[str, ...] = ()
    coming: tuple[Coming, ...] = ()

    def is_old(self, file: OwnFile) -> bool:
        """Return whether the sources of a file of one's own were last read too long ago."""
        return file.read is not None and self.moment.date() - file.read > OLD

    def is_ahead(self, file: OwnFile) -> bool:
        """Return whether that day has not come anywhere yet: a slip of the pen, by which it would not grow old."""
        return file.read is not None and file.read - self.moment.date() > timedelta(days=1)


def facts_status(moment: datetime, *, data: OwnData | None = None) -> FactsStatus:
    """Return the facts that want looking at on a day.

    Args:
        moment: aware UTC.
        data: facts of one's own.

    Raises:
        InvalidValueError: ``moment`` is not aware.
    """
    moment = aware(moment)
    resting = tuple(rests_on().values())
    known = data if data is not None else OwnData()
    return FactsStatus(
        moment,
        tuple(each for each in unknowns() if not (each.title and known.describes(each.key, each.title))),
        outdated=tuple(each for each in resting if _is_outdated(each.document)),
        aged=tuple(each for each in resting if _is_aged(each.document, moment)),
        not_read=tuple(each for each in resting if each.document.how is not Reading.READ),
        third_party=tuple(each for each in resting if _is_told_by_others(each)),
        own=tuple(sorted(known.files, key=lambda file: file.name)),
        lapsed=tuple(_lapsed(moment.date(), known)),
        replaced=tuple(tsp.title for tsp in known.tsps_of_ours),
        coming=tuple(_coming(moment.date(), known)),
    )


def _lapsed(day: date, data: OwnData) -> Iterator[Lapsed]:
    """Yield what ended before a day. A rule that goes by the day of issuance is still asked of what is older."""
    for rule in (*all_rules(), *data.rules):
        period = rule.in_force
        if period is not None and period.until is not None and period.until < day and period.binds is Binds.USE:
            yield Lapsed(rule.code, period.until, period.source)
    for system in (*systems(), *data.systems):
        for said in system.statements:
            if said.until is not None and said.until < day:
                yield Lapsed(f"{system.name}, {said.topic}", said.until, said.source)


def _coming(day: date, data: OwnData) -> Iterator[Coming]:
    """Yield what begins after a day: who wrote it may think that it is asked already."""
    for rule in (*all_rules(), *data.rules):
        if rule.in_force is not None and rule.in_force.since is not None and rule.in_force.since > day:
            yield Coming(rule.code, rule.in_force.since, rule.in_force.source)
    for system in (*systems(), *data.systems):
        for said in system.statements:
            if said.since is not None and said.since > day:
                yield Coming(f"{system.name}, {said.topic}", said.since, said.source)


def _is_outdated(document: Document) -> bool:
    """Return whether there is a text to read; one that was read and is not adopted yet is among the unknown."""
    return bool(document.newest and not document.newer) or document.status is DocumentStatus.SUPERSEDED


def _is_aged(document: Document, moment: datetime) -> bool:
    """Return whether a text wants reading again; a standard that never changes is another document when it does."""
    return document.status in _TEXTS and moment.date() - document.read > OLD


def _is_told_by_others(resting: Resting) -> bool:
    certainties = (
        *(rule.certainty for rule in resting.rules),
        *(each.statement.certainty for each in resting.statements),
        *(each.basis.certainty for each in resting.profiles),
        *(tsp.basis.certainty for tsp in resting.tsps),
        *(each.basis.certainty for each in resting.asks),
        *(each.basis.certainty for each in resting.rows),
    )
    return Certainty.THIRD_PARTY in certainties
