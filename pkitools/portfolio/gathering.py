"""Readings → one portfolio: a certificate that was found often is one, with every place it was found at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pkitools.environment import Environment
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


class Gathering:
    """What was found so far: a :class:`Portfolio` can be made of it at any moment, also when a scan is stopped.

    Args:
        asked: the places as they were given.
        judging: what every certificate was asked.
    """

    def __init__(self, asked: Iterable[str], judging: Judging) -> None:
        self._asked, self._judging = tuple(asked), judging
        self._certificates: dict[str, HeldCertificate] = {}
        self._keys: dict[tuple[str, int, str | None], HeldKey] = {}
        self._requests: dict[tuple[str, int, str | None], HeldRequest] = {}
        self._unread: dict[tuple[str, int | None], Unread] = {}
        self._looked_at = self._passed_over = 0

    @property
    def looked_at(self) -> int:
        """How many files and peers were read so far."""
        return self._looked_at

    def add(self, reading: Reading) -> None:
        """Add what one file or peer gave."""
        self._looked_at += not reading.is_again
        self._passed_over += reading.holds_nothing
        for one in reading.certificates:
            known = self._certificates.get(one.sha256)
            self._certificates[one.sha256] = one if known is None else _merged(known, one)
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
        revocation = judging.revocation
        return Portfolio(
            moment=judging.moment,
            asked=self._asked,
            environment=None if judging.environment is None else Environment(judging.environment),
            systems=tuple(each if isinstance(each, str) else each.name for each in judging.systems),
            certificates=in_order(self._certificates.values(), judging.moment),
            keys=tuple(self._keys.values()),
            requests=tuple(self._requests.values()),
            unread=tuple(self._unread.values()),
            looked_at=self._looked_at,
            passed_over=self._passed_over,
            complete=complete,
            revocation_asked=revocation is not None and bool(revocation.crls or revocation.fetcher),
        )


def _spot(place: Place) -> tuple[str, int, str | None]:
    return place.name, place.position, place.entity_id


def _merged(known: HeldCertificate, other: HeldCertificate) -> HeldCertificate:
    judgements = _judgements(known.judgements, other.judgements)
    return replace(
        known,
        is_authority=not judgements,
        judgements=judgements,
        places=tuple(_places(known.places, other.places).values()),
    )


def _judgements(known: tuple[Judgement, ...], others: tuple[Judgement, ...]) -> tuple[Judgement, ...]:
    """Return one judgement for each use: of two the one with a path, for which more was at hand."""
    kept = {(one.entity_id, one.host): one for one in known}
    for other in others:
        first = kept.setdefault((other.entity_id, other.host), other)
        if other.has_path and not first.has_path:
            kept[other.entity_id, other.host] = other
    return tuple(kept.values())


def _places(known: Iterable[Place], others: Iterable[Place]) -> Mapping[tuple[str, int, str | None], Place]:
    kept = {_spot(place): place for place in known}
    for place in others:
        first = kept.setdefault(_spot(place), place)
        if place.named_by != first.named_by:
            kept[_spot(place)] = replace(first, named_by=_union(first.named_by, place.named_by))
    return kept


def _named_by_both(known: Unread, other: Unread) -> Unread:
    return replace(known, named_by=_union(known.named_by, other.named_by))


def _union(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))
