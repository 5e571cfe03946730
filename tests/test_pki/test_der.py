"""DER as written is DER as read: by asn1crypto, and by the library's own strict reader."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from asn1crypto import core
from hypothesis import given
from hypothesis import strategies as st

from pkitools.x509 import der as reader
from pkitools_test_pki import der
from tests.support.cases import in_one_test


@given(st.integers(-(2**200), 2**200))
def test_integers(value: int) -> None:
    assert core.Integer.load(der.integer(value), strict=True).native == value


@given(st.integers(0, 2**160))
def test_the_strict_reader_takes_our_integers(value: int) -> None:
    data = der.integer(value)
    assert reader.integer(data, reader.root(data, reader.INTEGER)) == value


@given(st.tuples(st.integers(0, 1), st.integers(0, 39)), st.lists(st.integers(0, 2**70), max_size=12))
def test_object_identifiers(first: tuple[int, int], rest: list[int]) -> None:
    dotted = ".".join(map(str, (*first, *rest)))
    assert core.ObjectIdentifier.load(der.oid(dotted), strict=True).dotted == dotted


def test_an_object_identifier_under_arc_2_has_a_large_second_arc() -> None:
    assert core.ObjectIdentifier.load(der.oid("2.999.3")).dotted == "2.999.3"


@given(st.binary(max_size=70_000))
def test_lengths_are_the_shortest(content: bytes) -> None:
    data = der.octets(content)
    assert reader.contents(data, reader.root(data, reader.OCTET_STRING)) == content


@given(st.sets(st.integers(0, 20)))
def test_named_bits_have_no_trailing_zeros(positions: set[int]) -> None:
    data = der.named_bits(positions)
    names = tuple(str(n) for n in range(21))
    read = reader.named_bits(data, reader.root(data, reader.BIT_STRING), names)
    assert {int(name) for name in read} == positions
    if positions:
        unused = data[2]
        assert data[-1] >> unused & 1


@given(st.lists(st.binary(max_size=40), max_size=6))
def test_a_set_is_sorted(values: list[bytes]) -> None:
    data = der.set_of(*(der.octets(value) for value in values))
    read = reader.children(data, reader.root(data, reader.SET))
    encoded = [reader.encoded(data, node) for node in read]
    assert encoded == sorted(encoded)


@in_one_test
@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC), b"\x17\x0d261122010203Z"),
        (datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC), b"\x17\x0d491231235959Z"),
        (datetime(2050, 1, 1, tzinfo=UTC), b"\x18\x0f20500101000000Z"),
        (datetime(1949, 12, 31, tzinfo=UTC), b"\x18\x0f19491231000000Z"),
        (datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), b"\x18\x0f99991231235959Z"),
        (datetime(999, 1, 1, tzinfo=UTC), b"\x18\x0f09990101000000Z"),
    ],
)
def test_times_change_form_in_2050(moment: datetime, expected: bytes) -> None:
    assert der.time(moment) == expected


@in_one_test
@pytest.mark.parametrize("kind", sorted(der.STRING_TAGS))
def test_every_string_type_can_be_written(kind: str) -> None:
    data = der.string("Den Haag 3", kind)
    assert core.load(data).native == "Den Haag 3"


def test_a_character_the_type_lacks_is_written_all_the_same() -> None:
    assert der.string("Café", "PrintableString") == b"\x13\x05Caf\xc3\xa9"
