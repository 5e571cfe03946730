"""Which certificates of a keystore stand with a key: held to a model that compares each with each, and linear."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkitools.containers.pkcs12_entries import with_key
from tests.support.deliveries import DATA, FRIENDLY_NAME, KEY_BAG
from tests.support.der import integer, oid, sequence, tlv
from tests.support.effort import bounded

LOCAL_KEY_ID = "1.2.840.113549.1.9.21"
NAMES = st.sampled_from([None, "a", "b", "c"])
DERS = [b"0", b"1", b"2", b"3"]


def thumbprint(der: bytes) -> bytes:
    return hashlib.sha1(der, usedforsecurity=False).digest()


def keystore(bags: list[tuple[str | None, bytes | None]]) -> bytes:
    safe = sequence(oid(DATA), tlv(0xA0, tlv(0x04, sequence(*[_bag(*bag) for bag in bags]))))
    return sequence(integer(3), sequence(oid(DATA), tlv(0xA0, tlv(0x04, sequence(safe)))))


def _bag(name: str | None, key_id: bytes | None) -> bytes:
    attributes = [] if name is None else [(FRIENDLY_NAME, tlv(0x1E, name.encode("utf-16-be")))]
    attributes += [] if key_id is None else [(LOCAL_KEY_ID, tlv(0x04, key_id))]
    written = [sequence(oid(kind), tlv(0x31, value)) for kind, value in attributes]
    return sequence(oid(KEY_BAG), tlv(0xA0, tlv(0x30)), *([tlv(0x31, *written)] if written else []))


def model(bags: list[tuple[str | None, bytes | None]], named: list[tuple[bytes, str | None]]) -> set[int]:
    """The first certificate is that of the first key; several keys are told apart by their names only if all can be."""
    if len(bags) < 2:
        return {0} if bags else set(range(len(named)))
    found = {0}
    for name, key_id in bags:
        fitting = {n for n, (der, other) in enumerate(named) if name == other is not None or key_id == thumbprint(der)}
        if not fitting:
            return set(range(len(named)))
        found |= fitting
    return found


@given(
    st.lists(st.tuples(NAMES, st.none() | st.sampled_from([thumbprint(der) for der in [*DERS, b"none"]])), max_size=4),
    st.lists(st.tuples(st.sampled_from(DERS), NAMES), min_size=1, max_size=4),
)
def test_the_certificates_with_a_key_are_those_of_the_model(
    bags: list[tuple[str | None, bytes | None]], named: list[tuple[bytes, str | None]]
) -> None:
    assert with_key(keystore(bags), named, 0, holds_key=True) == model(bags, named)


@pytest.mark.slow
def test_thousands_of_keys_cost_no_more_than_each_a_look() -> None:
    count = 8000
    named = [(bytes(300) + number.to_bytes(4, "big"), "same") for number in range(count)]
    data = keystore([("same", thumbprint(der)) for der, _ in named])
    with bounded(10):
        assert len(with_key(data, named, 0, holds_key=True)) == count
