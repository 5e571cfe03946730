"""A list handed in twice is read once, and no more is kept of lists than was meant."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, fields
from datetime import timedelta
from functools import cached_property
from typing import Any

import pytest

from pkitools.crl import reading
from pkitools.crl.index import SerialIndex
from pkitools.crl.kept import KeptLists
from pkitools.frozen import replace
from pkitools.revocation import StatusKind, read_crl
from pkitools.x509.path_certificate import load_cached
from tests.revocation.conftest import World
from tests.revocation.material import MOMENT


@dataclass
class Encoded:
    der: bytes
    was_pem: bool = False


def test_what_is_kept_is_found_by_all_of_its_octets() -> None:
    lists: KeptLists[Encoded] = KeptLists()
    one = Encoded(b"\x01" * 100)
    lists.keep(one)
    assert lists.find(bytes(bytearray(one.der)), was_pem=False) is one
    for der, pem in ((b"\x02" + one.der[1:], False), (one.der[1:], False), (one.der + b"\x01", False), (one.der, True)):
        assert lists.find(der, pem) is None


def test_no_more_is_kept_than_was_meant_and_what_was_used_stays() -> None:
    lists: KeptLists[Encoded] = KeptLists(lists=3, octets=1000)
    made = [Encoded(bytes((number,)) * 100) for number in range(4)]
    for each in made[:3]:
        lists.keep(each)
    assert lists.find(made[0].der, was_pem=False) is made[0]
    lists.keep(made[3])
    assert [lists.find(each.der, was_pem=False) is each for each in made] == [True, False, True, True]
    lists.keep(Encoded(b"\x09" * 950))
    assert [lists.find(each.der, was_pem=False) for each in made] == [None] * 4
    lists.keep(Encoded(b"\x0a" * 1001))
    assert lists.find(b"\x0a" * 1001, was_pem=False) is None


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count the signatures that are checked and the lists that are read, with nothing kept before."""
    counted = [0, 0]

    def counting(place: int, name: str) -> None:
        plain = getattr(reading, name)

        def instead(*given: object) -> object:
            counted[place] += 1
            return plain(*given)

        monkeypatch.setattr(reading, name, instead)

    counting(0, "signed_with_sha2")
    counting(1, "SerialIndex")
    monkeypatch.setattr(reading, "KEPT_LISTS", KeptLists())
    return counted


def test_a_list_handed_in_as_bytes_for_each_certificate_is_read_once(world: World, asked: list[int]) -> None:
    data = world.crl_case(world.plain).crl()
    counted = set()
    for _ in range(5):
        found = world.check(world.plain, crls=[bytes(bytearray(data))])
        assert found.statuses[0].kind is StatusKind.GOOD
        counted.add(tuple(asked))
    assert len(counted) == 1  # all that is read, this list and those of the CAs, was read for the first
    assert min(*asked) >= 1


def test_a_list_that_nobody_signed_is_not_kept(world: World, asked: list[int]) -> None:
    data = world.crl_case(world.plain).crl()
    other = load_cached(world.plain.path[-1].der).spki
    assert not read_crl(data).signed_by(other)
    assert read_crl(data) is not read_crl(data)
    assert asked[0] == 1


def test_a_limit_holds_for_a_list_that_is_kept(world: World) -> None:
    data = world.crl_case(world.plain).crl()
    assert read_crl(data).signed_by(load_cached(world.plain.path[1].der).spki)
    assert read_crl(data) is read_crl(data)
    with pytest.raises(reading.LimitError):
        read_crl(data, limit=len(data) - 1)


def test_a_list_remembers_few_of_the_keys_it_was_checked_with(world: World) -> None:
    crl = read_crl(world.crl_case(world.plain).crl())
    for number in range(100):
        assert not crl.signed_by(number.to_bytes(2, "big"))
    assert sum(crl.was_checked_with(number.to_bytes(2, "big")) for number in range(100)) <= 32


def test_nobody_can_change_the_list_that_others_get(world: World) -> None:
    data = world.crl_case(world.plain).crl()
    crl: Any = read_crl(data)
    assert crl.signed_by(load_cached(world.plain.path[1].der).spki)
    assert read_crl(data) is crl
    kept = [name for name, value in vars(type(crl)).items() if isinstance(value, cached_property)]
    for name in [*(each.name for each in fields(crl)), *kept, "signed_by"]:
        with pytest.raises(FrozenInstanceError):
            setattr(crl, name, None)
        with pytest.raises(FrozenInstanceError):
            delattr(crl, name)
    extensions: Any = crl.extensions
    with pytest.raises(TypeError):
        extensions["2.5.29.20"] = (False, b"")
    for name in (name for name, value in vars(SerialIndex).items() if isinstance(value, property)):
        with pytest.raises(AttributeError):
            setattr(crl.index, name, None)


def test_a_list_made_of_another_is_nobody_elses(world: World) -> None:
    """A stale list, made current by its reader and then checked, is still stale for who hands in its bytes."""
    data = world.crl_case(world.plain).crl(this_update=MOMENT - timedelta(20), next_update=MOMENT - timedelta(10))
    spki = load_cached(world.plain.path[1].der).spki
    for checked_before in (False, True):
        crl = read_crl(data)
        assert not checked_before or crl.signed_by(spki)
        made = replace(crl, next_update=MOMENT + timedelta(10))
        assert made.signed_by(spki)
        assert not replace(made, der=bytes(len(data))).signed_by(spki)
        assert read_crl(data).next_update == crl.next_update
        assert world.check(world.plain, crls=[data]).statuses[0].kind is StatusKind.UNKNOWN
