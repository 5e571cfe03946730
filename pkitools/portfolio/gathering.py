"""Readings → one portfolio: a certificate that was found often is one, with every place it was found at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pkitools.checking.question import Revocation
from pkitools.environment import Environment
from pkitools.findings import Outcome
from pkitools.frozen import replace
from pkitools.portfolio.judging import Judging
from pkitools.portfolio.model import (
    HeldCertificate,
    HeldKey,
    HeldRequest,
    Judgement,
    Place,
    Portfolio,
    Reading,
    Unread,
    in_order,
)

_MOST_SHARED: Final = 2_000
"""Outcomes that are looked out for: what only one certificate is told is not worth it."""


class Gathering:
    """What was found so far: a :class:`Portfolio` can be made of it at any moment, also when a scan is stopped.

    Args:
        asked: the places as they were given.
        judging: what every certificate was asked.
    """

    def __init__(self, asked: Iterable[str], judging: Judging) -> None:
        self._asked, self._judging = tuple(asked), judging
        self._certificates: dict[str, _Merged] = {}
        self._same = _Same()
        self._keys: dict[tuple[str, int, str | None], HeldKey] = {}
        self._requests: dict[tuple[str, int, str | None], HeldRequest] = {}
        self._unread: dict[tuple[str, int | None], Unread] = {}
        self._looked_at = self._passed_over = self._lists = 0

    @property
    def looked_at(self) -> int:
        """How many files and peers were read so far."""
        return self._looked_at

    def add(self, reading: Reading) -> None:
        """Add what one file or peer gave."""
        self._looked_at += not reading.is_again
        self._passed_over += reading.holds_nothing
        self._lists += reading.lists
        for one in reading.certificates:
            if one.sha256 not in self._certificates:
                self._certificates[one.sha256] = _Merged(one, self._same)
            self._certificates[one.sha256].add(one, is_better=reading.is_again)
        for key in reading.keys:
            self._keys[_spot(key.place)] = key
        for request in reading.requests:
            self._requests[_spot(request.place)] = request
        for unread in reading.unread:
            spot = unread.name, unread.position
            known_gap = self._unread.get(spot)
            self._unread[spot] = unread if known_gap is None else _named_by_both(known_gap, unread)

    def portfolio(self, *, complete: bool = True) -> Portfolio:
        """Return what was found.

        Args:
            complete: the scan came to its end.
        """
        judging = self._judging
        return Portfolio(
            moment=judging.moment,
            asked=self._asked,
            environment=None if judging.environment is None else Environment(judging.environment),
            systems=tuple(each if isinstance(each, str) else each.name for each in judging.systems),
            certificates=in_order((one.whole() for one in self._certificates.values()), judging.moment),
            keys=tuple(self._keys.values()),
            requests=tuple(self._requests.values()),
            unread=tuple(self._unread.values()),
            looked_at=self._looked_at,
            passed_over=self._passed_over,
            complete=complete,
            revocation_asked=self._lists > 0 or _has_means(judging.revocation),
            lists_found=self._lists,
        )


def _has_means(revocation: Revocation | None) -> bool:
    if revocation is None:
        return False
    material = revocation.material
    return bool(material.crls or material.ocsp_responses or material.fetcher)


def _spot(place: Place) -> tuple[str, int, str | None]:
    return place.name, place.position, place.entity_id


class _Same:
    """What many certificates are told alike, kept once: of ten thousand most is the same."""

    def __init__(self) -> None:
        self._outcomes: dict[tuple[object, ...], Outcome] = {}

    def judgement(self, judgement: Judgement) -> Judgement:
        """Return the judgement made of outcomes that others have too."""
        return replace(judgement, told=tuple(map(self._outcome, judgement.told)))

    def _outcome(self, outcome: Outcome) -> Outcome:
        ref = outcome.certificate
        key = outcome.rule, outcome.status, outcome.reason, ref and ref.sha256, tuple(outcome.params.items())
        if len(self._outcomes) >= _MOST_SHARED:
            return self._outcomes.get(key, outcome)
        return self._outcomes.setdefault(key, outcome)


class _Merged:
    """One certificate as often as it was found: what each finding adds costs the same, however many there were."""

    __slots__ = ("_first", "_judgements", "_places", "_same")

    def __init__(self, first: HeldCertificate, same: _Same) -> None:
        self._same = same
        self._first = replace(first, judgements=(), places=())
        self._judgements: dict[tuple[str | None, str | None], Judgement] = {}
        self._places: dict[tuple[str, int, str | None], Place] = {}

    def add(self, found: HeldCertificate, *, is_better: bool) -> None:
        for judgement in map(self._same.judgement, found.judgements):
            use = judgement.entity_id, judgement.host
            known = self._judgements.setdefault(use, judgement)
            if is_better or (judgement.has_path and not known.has_path):  # more was at hand
                self._judgements[use] = judgement
        for place in found.places:
            spot = _spot(place)
            first = self._places.setdefault(spot, place)
            if place.named_by != first.named_by:
                self._places[spot] = replace(first, named_by=_union(first.named_by, place.named_by))

    def whole(self) -> HeldCertificate:
        judgements, places = tuple(self._judgements.values()), tuple(self._places.values())
        return replace(self._first, is_authority=not judgements, judgements=judgements, places=places)


def _named_by_both(known: Unread, other: Unread) -> Unread:
    return replace(known, named_by=_union(known.named_by, other.named_by))


def _union(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))
