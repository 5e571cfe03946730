"""What nobody asked to look at, and lies where the connections that claim what was found have their files.

The next of a certificate may lie there, or the request for it: who asks of one file alone is told no other than who
asks of all. It is not listed, judged for the exit code, or counted.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from pkitools.frozen import replace
from pkitools.portfolio.claims import Claim
from pkitools.portfolio.model import HeldCertificate, Place
from pkitools.portfolio.where import folder_of, same_place


def unlooked(claims: Iterable[Claim], found: Iterable[HeldCertificate], asked: Iterable[str]) -> tuple[str, ...]:
    """Return the places of connections that claim what was found, of which not all lie in what was asked for.

    All of them: what lies at one says something of what lies at another, as a unit does that names a certificate.

    Args:
        claims: what the connections claim.
        found: the certificates, as they were judged by them.
        asked: the places that were given.
    """
    given = {same_place(place) for place in asked}
    places = {
        claim.name: claim.places
        for claim in claims
        if not all(_is_in(same_place(place), given) for place in claim.places)
    }
    if not places:
        return ()  # as where no place was given but theirs
    claiming = {judgement.connection: None for one in found for judgement in one.judgements}
    return tuple(dict.fromkeys(place for name in claiming for place in places.get(name or "", ())))


def _is_in(place: str, given: set[str]) -> bool:
    """Return whether a place is one of those given, or lies below one."""
    above = place
    while above not in given:
        below, above = above, folder_of(above)
        if above == below:
            return False
    return True


def with_others(own: Sequence[HeldCertificate], others: Sequence[HeldCertificate]) -> list[HeldCertificate]:
    """Return certificates of one line with those that lie outside, each once with all its places.

    Args:
        own: those that were asked for; what lies in their folders is named as they are.
        others: those outside.
    """
    folders = {same_place(folder): folder for one in own for folder in (folder_of(each.name) for each in one.places)}
    outside = {one.sha256: tuple(_named_as(place, folders) for place in one.places) for one in others}
    known = {one.sha256 for one in own}
    return [
        *(replace(one, places=_together(one.places, outside.get(one.sha256, ()))) for one in own),
        *(replace(one, places=outside[one.sha256]) for one in others if one.sha256 not in known),
    ]


def _named_as(place: Place, folders: dict[str, str]) -> Place:
    """Return a place by the name that its folder was given by, where it was."""
    given = None if place.is_of_peer else folders.get(same_place(folder_of(place.name)))
    if given is None:
        return place
    return replace(place, name=os.path.join(given, os.path.basename(place.name)))  # noqa: PTH118, PTH119  as a walk does


def _together(own: tuple[Place, ...], others: Iterable[Place]) -> tuple[Place, ...]:
    """Return places of one certificate, each once: what names one of them here or there names it."""
    spots = {_spot(place): place for place in own}
    for other in others:
        known = spots.get(_spot(other))
        spots[_spot(other)] = other if known is None else _named_by_both(known, other)
    return tuple(spots.values())


def _named_by_both(known: Place, other: Place) -> Place:
    named_by = tuple(dict.fromkeys((*known.named_by, *other.named_by)))
    idle_by = tuple(dict.fromkeys((*known.idle_by, *other.idle_by)))
    return replace(known, named_by=named_by, idle_by=idle_by, is_sent=known.is_sent or other.is_sent)


def _spot(place: Place) -> tuple[str, int, str | None]:
    return place.name, place.position, place.entity_id
