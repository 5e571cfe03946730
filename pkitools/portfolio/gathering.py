"""Readings → one portfolio: a certificate that was found often is one, with every place it was found at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeVar

from pkitools.arguments import each_of, of_type, wrong_type
from pkitools.checking.question import Revocation
from pkitools.environment import Environment
from pkitools.frozen import replace
from pkitools.portfolio.claims import Claims
from pkitools.portfolio.judging import Judging
from pkitools.portfolio.keeping import KEYS, REQUESTS, Kept, union
from pkitools.portfolio.model import Gap, HeldRequest, Place, Portfolio, Reading, Unread
from pkitools.portfolio.outside import unlooked
from pkitools.portfolio.where import folder_of
from pkitools.revocation import RevocationPolicy

T = TypeVar("T")

_UNREAD: Final = "unread"
_MOST_IN_MEMORY: Final = 2_000
"""Records of a kind that a portfolio holds as they are; of more each is read when it is asked for."""


class Gathering:
    """What was found so far: a :class:`Portfolio` can be made of it at any moment, also when a scan is stopped.

    Args:
        asked: the places as they were given.
        judging: what every certificate was asked.

    Raises:
        InvalidValueError: ``asked`` are no names, or ``judging`` is no question.
        FileError: there is no room for what is found.
    """

    def __init__(self, asked: Iterable[str], judging: Judging) -> None:
        self._asked, self._judging = each_of(asked, str, "asked"), of_type(judging, Judging, "judging")
        self._kept = Kept(judging.moment)
        self._outside: Gathering | None = None
        self._looked_at = self._passed_over = self._lists = 0
        self._with_lists: dict[str, None] = {}
        self._peer_lists: list[str] = []
        self._idle: set[str] = set()

    @property
    def looked_at(self) -> int:
        """How many files and peers were read so far."""
        return self._looked_at

    def add(self, reading: Reading) -> None:
        """Add what one file or peer gave.

        Raises:
            InvalidValueError: it is no reading.
            FileError: there is no room for it.
        """
        try:  # a call less for each of a hundred thousand
            self._looked_at += not reading.is_again
        except AttributeError:
            raise wrong_type("reading", reading, "Reading") from None
        self._passed_over += reading.holds_nothing
        self._lists += reading.lists
        self._idle.update(reading.idle)
        if reading.is_list:
            self._peer_lists.append(reading.name)
        if reading.lists:
            self._with_lists.setdefault(folder_of(reading.name) or ".")
        for one in reading.certificates:
            self._kept.add(one, is_better=reading.is_anew)
        for key in reading.keys:
            self._kept.put(KEYS, _spot(key.place), key)
        for request in reading.requests:
            self._kept.put(REQUESTS, _spot(request.place), request)
        for unread in reading.unread:
            spot = unread.name, unread.position
            known_gap = self._kept.at(_UNREAD, spot)
            self._kept.put(_UNREAD, spot, unread if known_gap is None else _named_by_both(known_gap, unread))

    def unlooked(self) -> tuple[str, ...]:
        """Return the places of connections that claim what was found, where nobody asked to look at all of them: what
        comes after it may lie there, and is known once what they give is added with :meth:`add_outside`.
        """
        claims = self._judging.claims
        return unlooked(claims, self._kept.certificates(is_authority=False), self._asked) if claims else ()

    def add_outside(self, reading: Reading) -> None:
        """Add what a file gave that nobody asked for: it tells what comes after something, and is not listed.

        Raises:
            InvalidValueError: it is no reading.
            FileError: there is no room for it.
        """
        if self._outside is None:
            self._outside = Gathering((), self._judging)
        self._outside.add(reading)

    def portfolio(self, *, complete: bool = True) -> Portfolio:
        """Return what was found.

        Of very much the records stay on disk and are read one by one, each time somebody goes over them.

        Args:
            complete: the scan came to its end.
        """
        judging, kept = self._judging, self._kept
        self._settle()
        return Portfolio(
            moment=judging.moment,
            asked=self._asked,
            environment=None if judging.environment is None else Environment(judging.environment),
            systems=tuple(each if isinstance(each, str) else each.name for each in judging.systems),
            certificates=_held(kept.certificates()),
            keys=_held(kept.others(KEYS)),
            requests=_held(kept.others(REQUESTS)),
            requests_of=self._requests_of(),
            unread=_held(kept.others(_UNREAD)),
            looked_at=self._looked_at,
            passed_over=self._passed_over,
            complete=complete,
            revocation_asked=not _is_off(judging.revocation) and (self._lists > 0 or _has_means(judging.revocation)),
            lists_found=self._lists,
            list_folders=tuple(self._with_lists),
            peer_lists=tuple(self._peer_lists),
            revocation_off=_is_off(judging.revocation),
            connections=tuple(claim.name for claim in judging.claims),
        )

    def _settle(self) -> None:
        outside = self._outside
        if outside is not None:
            outside._settle()
        stated = {claim.name: claim.stated for claim in self._judging.claims}
        self._kept.settle(self._idle, stated, None if outside is None else outside._kept)

    def _requests_of(self) -> Mapping[str, tuple[HeldRequest, ...]]:
        """Return by the names of connections the requests at their places for which there is no certificate."""
        kept = [self._kept] if self._outside is None else [self._kept, self._outside._kept]
        claims = self._judging.claims
        requests = [one for each in kept for one in each.others(REQUESTS)] if claims else []
        if not requests:
            return {}
        issued = {one.spki_sha256 for each in kept for one in each.certificates()}
        by_place, found = Claims(claims), dict[str, dict[HeldRequest, None]]()
        for one in requests:
            for number in by_place.of_file(one.place.name) if one.spki_sha256 not in issued else ():
                found.setdefault(claims[number].name, {})[one] = None
        return {name: tuple(each) for name, each in found.items()}


def _held(stored: Sequence[T]) -> Sequence[T]:
    return tuple(stored) if len(stored) <= _MOST_IN_MEMORY else stored


def _is_off(revocation: Revocation | None) -> bool:
    return revocation is not None and revocation.policy == RevocationPolicy.OFF


def _has_means(revocation: Revocation | None) -> bool:
    if revocation is None:
        return False
    material = revocation.material
    return bool(material.crls or material.ocsp_responses or material.fetcher)


def _spot(place: Place) -> tuple[str, int, str | None]:
    return place.name, place.position, place.entity_id


def _named_by_both(known: Unread, other: Unread) -> Unread:
    """Return one gap for both; what one of them does not miss, the other may: a key in the file of its certificate."""
    worse = other if known.gap is Gap.SKIPPED else known
    return replace(worse, named_by=union(known.named_by, other.named_by))
