"""The DER reader: strict, bounded, and nothing but its own error."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Sequence

import pytest
from asn1crypto import core
from hypothesis import given
from hypothesis import strategies as st

from pkitools.containers import read_source
from pkitools.errors import InputError
from pkitools.limits import MAX_DER_DEPTH
from pkitools.x509 import der, read_certificate
from pkitools.x509.der import DERError
from tests.support.cases import in_one_test
from tests.support.der import integer, oid, sequence, tlv
from tests.support.effort import bounded


def whole(data: bytes) -> der.Node:
    return der.node_at(data, 0, len(data))


@given(st.lists(st.tuples(st.integers(1, 0x1E), st.binary(max_size=300)), max_size=20))
def test_children_are_what_was_written_and_fill_their_parent(parts: list[tuple[int, bytes]]) -> None:
    data = sequence(*(tlv(tag, body) for tag, body in parts))
    nodes = der.children(data, whole(data))
    assert [(node[0], der.contents(data, node)) for node in nodes] == parts
    assert b"".join(der.encoded(data, node) for node in nodes) == der.contents(data, whole(data))
    assert list(der.iterate(data, whole(data))) == nodes


TREES = st.recursive(
    st.builds(tlv, st.integers(1, 0x1E), st.binary(max_size=40)),
    lambda inside: st.builds(lambda parts: sequence(*parts), st.lists(inside, max_size=4)),
    max_leaves=12,
)


@given(TREES)
def test_what_was_written_is_walked_to_the_end(data: bytes) -> None:
    data = sequence(data)
    nodes = list(der.walk(data, whole(data)))
    assert nodes
    for depth, node in nodes:
        assert 0 < depth <= MAX_DER_DEPTH
        assert 0 <= node[1] < node[2] <= node[3] <= len(data)


@given(st.binary(max_size=200) | st.builds(lambda data, at: data[:at] + data[at + 1 :], TREES, st.integers(0, 60)))
def test_any_bytes_give_nodes_or_our_error(data: bytes) -> None:
    """Most are no DER at all; of DER one octet is left out."""
    try:
        for depth, node in der.walk(data, whole(data)):
            assert 0 < depth <= MAX_DER_DEPTH
            assert 0 <= node[1] < node[2] <= node[3] <= len(data)
    except DERError:
        return


@in_one_test
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "cut off"),
        (b"\x30", "cut off"),
        (b"\x30\x05\x02\x01\x00", "runs past its end"),
        (b"\x30\x80\x00\x00", "indefinite"),
        (b"\x30\x81\x7f" + b"\x00" * 127, "shortest form"),
        (b"\x30\x82\x00\x80" + b"\x00" * 128, "shortest form"),
        (b"\x30\x85\x01\x00\x00\x00\x00", "5 octets"),
        (b"\x30\x82\x01", "cut off"),
        (b"\x1f\xff\xff\xff\xff\xff\x01\x00", "tag number too large"),
    ],
)
def test_what_is_not_der_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(DERError, match=reason):
        der.children(data, (0x30, 0, 0, len(data))) if data else whole(data)


@given(st.lists(st.binary(max_size=40) | st.just(sequence(tlv(0x02, b"\x01"), tlv(0x05, b""))), min_size=1, max_size=4))
def test_an_outline_is_what_is_inside_whatever_was_looked_at_before(several: list[bytes]) -> None:
    def inside(read: Callable[[bytes, der.Node], Sequence[der.Node]], data: bytes) -> object:
        try:
            return list(read(data, (0x30, 0, 0, len(data))))
        except DERError as error:
            return error.detail

    plain = [inside(der.children, data) for data in several]
    assert [inside(der.outline, data) for data in several for _ in range(2)] == [
        each for each in plain for _ in range(2)
    ]
    assert der._remembered[0] in several, "no more than one is remembered"


def test_a_child_may_not_leave_its_parent() -> None:
    data = b"\x30\x03\x04\x05\x00" + b"\x00" * 10
    with pytest.raises(DERError, match="runs past"):
        der.children(data, whole(data))


def test_a_root_is_the_whole_of_its_bytes() -> None:
    assert der.root(b"\x30\x00", 0x30)[3] == 2
    with pytest.raises(DERError, match="2 bytes follow"):
        der.root(b"\x30\x00\x05\x00", 0x30)
    with pytest.raises(DERError, match="tag 0x31"):
        der.root(b"\x31\x00", 0x30)


def test_a_tag_above_thirty_is_one_number_and_still_constructed_or_not() -> None:
    data = sequence(b"\xbf\x85\x23\x03\x02\x01\x07")
    [node] = der.children(data, whole(data))
    assert node[0] == 0xBF8523
    assert [found[0] for _, found in der.walk(data, whole(data))] == [0xBF8523, der.INTEGER]


@pytest.mark.slow
@pytest.mark.parametrize("depth", [10**3, 10**4, 10**5, 10**6])
def test_depth_ends_in_an_error_in_bounded_time_and_memory(depth: int) -> None:
    data = nested(depth)
    seen: list[tuple[int, der.Node]] = []
    tracemalloc.start()
    with pytest.raises(DERError, match=f"deeper than {MAX_DER_DEPTH}"):
        seen.extend(der.walk(data, whole(data)))
    assert len(seen) <= MAX_DER_DEPTH  # so many values and no more are looked at, whatever lies below them
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


def nested(depth: int) -> bytes:
    size = 0
    headers = []
    for _ in range(depth):
        octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
        header = bytes((0x30, size)) if size < 0x80 else bytes((0x30, 0x80 | len(octets))) + octets
        headers.append(header)
        size += len(header)
    return b"".join(reversed(headers))


@pytest.mark.slow
@pytest.mark.parametrize("depth", [10**3, 10**4, 10**5, 10**6])
def test_depth_does_not_hurt_whoever_reads_files(depth: int) -> None:
    data = nested(depth)
    for attempt in (data, tlv(0x30, integer(3), data), tlv(0x30, data, tlv(0x30), tlv(0x03, b"\x00"))):
        with bounded(0.3), pytest.raises(InputError):
            read_source(attempt, "file", passphrase=b"x")
        with bounded(0.3), pytest.raises(InputError):
            read_certificate(attempt)


@given(st.integers(-(2**200), 2**200))
def test_integers_come_back(value: int) -> None:
    data = integer(value)
    assert der.integer(data, whole(data)) == value


def test_an_integer_has_octets_and_not_too_many() -> None:
    for data in (b"\x02\x00", tlv(0x02, b"\x01" * 4097)):
        with pytest.raises(DERError, match="INTEGER of"):
            der.integer(data, whole(data))


@pytest.mark.parametrize(("data", "value"), [(b"\x01\x01\x00", False), (b"\x01\x01\xff", True)])
def test_booleans_of_der(data: bytes, value: bool) -> None:
    assert der.boolean(data, whole(data)) is value


@pytest.mark.parametrize("data", [b"\x01\x00", b"\x01\x01\x01", b"\x01\x02\xff\xff", b"\x02\x01\xff"])
def test_no_other_booleans(data: bytes) -> None:
    with pytest.raises(DERError):
        der.boolean(data, whole(data))


@given(st.lists(st.integers(0, 2**70), min_size=1, max_size=8), st.sampled_from([0, 1, 2]), st.integers(0, 39))
def test_object_identifiers_agree_with_another_reader(arcs: list[int], top: int, second: int) -> None:
    dotted = ".".join(map(str, (top, second, *arcs)))
    data = core.ObjectIdentifier(dotted).dump()
    assert der.oid(data, whole(data)) == dotted


def test_a_second_arc_above_39() -> None:
    data = b"\x06\x02\x88\x37"  # 2.999
    assert der.oid(data, whole(data)) == "2.999"


@pytest.mark.parametrize("body", [b"", b"\x2a\x86", b"\x2a\x80\x01", b"\x81" * 128 + b"\x01"])
def test_object_identifiers_that_are_none(body: bytes) -> None:
    data = tlv(0x06, body)
    with pytest.raises(DERError, match="OBJECT IDENTIFIER"):
        der.oid(data, whole(data))


def test_the_memory_of_object_identifiers_is_bounded_and_full_of_what_came_last() -> None:
    for number in range(5000):
        data = oid(f"1.3.6.1.4.1.99999.{number}")
        assert der.oid(data, whole(data)).endswith(f".{number}")
        assert data[2:] in der._OIDS
    assert len(der._OIDS) <= der._MAX_OIDS_KEPT


@pytest.mark.parametrize("data", [b"\x03\x00", b"\x03\x01\x01", b"\x03\x02\x08\x00", b"\x04\x02\x00\x00"])
def test_bit_strings_that_are_none(data: bytes) -> None:
    with pytest.raises(DERError):
        der.bit_string(data, whole(data))


def test_named_bits() -> None:
    names = ("a", "b", "c", "d", "e", "f", "g", "h", "i")
    assert der.named_bits(b"\x03\x02\x05\xa0", (3, 0, 2, 4), names) == ("a", "c")
    assert der.named_bits(b"\x03\x03\x07\x00\x80", (3, 0, 2, 5), names) == ("i",)
    assert der.named_bits(b"\x03\x01\x00", (3, 0, 2, 3), names) == ()


@in_one_test
@pytest.mark.parametrize(
    ("tag", "octets", "expected"),
    [
        (0x0C, "Café €".encode(), ("Café €", "UTF8String", True)),
        (0x0C, b"a\xffb", ("a\\xffb", "UTF8String", False)),
        (0x13, b"NL", ("NL", "PrintableString", True)),
        (0x13, b"Caf\xe9", ("Caf\\xe9", "PrintableString", False)),
        (0x14, b"Caf\xe9", ("Café", "TeletexString", True)),
        (0x1E, "Café".encode("utf-16-be"), ("Café", "BMPString", True)),
        (0x1E, b"\x00a\x00", ("a\\x00", "BMPString", False)),
        (0x1C, "é".encode("utf-32-be"), ("é", "UniversalString", True)),
        (0x16, b"a@b", ("a@b", "IA5String", True)),
        (0x04, b"\x01\xab", ("01ab", "tag 0x04", True)),
    ],
)
def test_strings_of_every_type(tag: int, octets: bytes, expected: tuple[str, str, bool]) -> None:
    data = tlv(tag, octets)
    assert der.string(data, whole(data)) == expected


@given(st.sampled_from(sorted(der.STRING_TYPES)), st.binary(max_size=60))
def test_any_octets_in_any_string_type_give_text(tag: int, octets: bytes) -> None:
    data = tlv(tag, octets)
    text, _, readable = der.string(data, whole(data))
    text.encode("utf-8", "surrogatepass")
    assert readable or "\\" in text


def test_its_error_is_one_of_ours_and_says_what_is_wrong() -> None:
    with pytest.raises(InputError, match="not well-formed DER: cut off, at offset 0") as refused:
        whole(b"")
    assert refused.value.code == "x509.error.malformed_der"
