"""Of several ways up the one whose earliest end is latest, and of two heaps the first as far as it goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import permutations, product

import pytest

from pkitools.validation.building import pool
from pkitools.validation.ending import way_up
from pkitools.x509.path_certificate import PathCertificate, load_cached
from tests.support.cases import in_one_test
from tests.support.chains import Issued, authority, end_entity

ENDS = [datetime(year, 6, 15, 12, tzinfo=UTC) for year in (2027, 2028, 2029, 2031)]
OWN = datetime(2030, 1, 1, tzinfo=UTC)
ROOT = authority("Root of ways", end=ENDS[3])


def made(ends: Sequence[datetime]) -> tuple[Issued, list[list[Issued]]]:
    """A leaf below two certificates of one authority, each below another authority under one root."""
    left, right = (authority(f"Domain {n} of ways", ROOT, end=end) for n, end in enumerate(ends[2:]))
    tsps = [authority("TSP of ways", above, end=end) for above, end in zip((left, right), ends[:2], strict=True)]
    return end_entity("ways.example.nl", tsps[0], end=OWN), [[tsps[0], left], [tsps[1], right]]


def earliest(way: Sequence[PathCertificate | Issued]) -> datetime:
    return min(load_cached(each.der).not_after for each in way)


def ends_of_ways() -> Iterator[tuple[datetime, ...]]:
    yield from permutations(ENDS)
    yield from product(ENDS[::3], repeat=4)


@in_one_test
@pytest.mark.parametrize("ends", list(ends_of_ways()), ids=lambda ends: "-".join(f"{end:%y}" for end in ends))
def test_the_way_whose_earliest_end_is_latest_is_taken(ends: tuple[datetime, ...]) -> None:
    leaf, ways = made(ends)
    at_hand = [ROOT.der, *(each.der for way in ways for each in way)]
    for given in (at_hand, at_hand[::-1]):
        found = way_up(load_cached(leaf.der), (pool(tuple(given)),))
        if found or min(ends) < OWN:
            assert min(earliest(found), OWN) == min(max(map(earliest, ways)), OWN)
            assert found[-1].der == ROOT.der


@in_one_test
@pytest.mark.parametrize("ends", list(ends_of_ways()), ids=lambda ends: "-".join(f"{end:%y}" for end in ends))
def test_what_is_further_off_goes_on_where_the_first_ends(ends: tuple[datetime, ...]) -> None:
    leaf, ((tsp, domain), other) = made(ends)
    found = way_up(load_cached(leaf.der), (pool((tsp.der,)),), (pool((*(each.der for each in other), domain.der)),))
    if min(ends) < OWN:
        assert [each.der for each in found] == [tsp.der, domain.der]


def test_authorities_that_signed_one_another_have_an_end() -> None:
    one, other = (authority(f"Ring {n}", end=ENDS[n]) for n in range(2))
    crossed = [authority(f"Ring {n}", above, end=ENDS[2]) for n, above in enumerate((other, one))]
    leaf = end_entity("ring.example.nl", one, end=OWN)
    heap = pool(tuple(each.der for each in (*crossed, one, other)))
    assert earliest(way_up(load_cached(leaf.der), (heap,))) == ENDS[1]
    assert len(way_up(load_cached(leaf.der), (pool(tuple(each.der for each in crossed)),))) == 2
