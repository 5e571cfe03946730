"""Entries of a CRL: the column reader may accept only what the row reader accepts, and the index must find the rest."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkitools.crl.bulk_entries import TABLE_ROWS, EntryLayout, key_of
from pkitools.crl.entries import read_entry
from pkitools.crl.index import SerialIndex
from pkitools.x509.der import DERError
from pkitools_test_pki import der
from tests.support.effort import examples

REASON = bytes.fromhex("300c300a0603551d1504030a01")
INVALIDITY = bytes.fromhex("301a3018 0603551d18 0411 180f")
UNKNOWN_CRITICAL = der.sequence(der.sequence(der.oid("2.999"), der.boolean(True), der.octets(b"\x05\x00")))
ISSUER = der.sequence(
    der.sequence(der.oid("2.5.29.29"), der.boolean(True), der.octets(der.sequence(der.context(4, der.sequence()))))
)


def entry(serial: bytes, time: bytes = b"260101120000Z", extensions: bytes = REASON + b"\x01") -> bytes:
    kind = 0x17 if len(time) == 13 else 0x18
    return der.sequence(der.tlv(0x02, serial), der.tlv(kind, time), extensions)


def serial_of(number: int, octets: int = 20) -> bytes:
    return b"\x40" + number.to_bytes(octets - 1, "big")


def found(data: bytes, serial: bytes) -> bool:
    return SerialIndex(data, 0, len(data)).find(serial) is not None


def template_of(row: bytes) -> EntryLayout:
    read, stop = read_entry(row, 0, len(row))
    return EntryLayout(row, 0, read, stop)


# --- the law of the columns


LAYOUTS = {
    "reason": entry(serial_of(1)),
    "bare": entry(serial_of(1), extensions=b""),
    "one octet": entry(b"\x01"),
    "short serial": entry(b"\x12\x34\x56"),
    "eight octets": entry(b"\x7f" * 8),
    "four-digit year": entry(serial_of(1), b"20510101120000Z"),
    "invalidity date": entry(serial_of(1), extensions=INVALIDITY + b"20260101120000Z"),
    "unknown extension": entry(serial_of(1), extensions=UNKNOWN_CRITICAL),
}


@pytest.mark.slow
@pytest.mark.parametrize("layout", LAYOUTS)
@examples(150)
@given(data=st.data())
def test_what_the_columns_accept_the_row_reader_accepts(layout: str, data: st.DataObject) -> None:
    row = LAYOUTS[layout]
    template = template_of(row)
    table = bytearray(row * 40)
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(table) - 1))
        table[at] = data.draw(st.integers(0, 255) | st.sampled_from(b"0123456789\x00\xff\x7f\x80"))
    if not template.accepts(bytes(table)):
        return
    keys = template.keys(bytes(table))
    for number in range(40):
        at = number * len(row)
        read, stop = read_entry(bytes(table), at, len(table))
        assert stop == at + len(row)
        assert key_of(read.serial) == keys[number]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_columns_accept_their_own_layout(layout: str) -> None:
    row = LAYOUTS[layout]
    assert template_of(row).accepts(row * TABLE_ROWS)


def days() -> list[bytes]:
    """Every day of 1996 to 2005 and of a year that is none, real or not."""
    return [
        f"{year:02}{month:02}{day:02}120000Z".encode()
        for year in (*range(96, 100), *range(6))
        for month in range(14)
        for day in range(33)
    ]


def exists(time: bytes) -> bool:
    row = entry(serial_of(1), time)
    try:
        read_entry(row, 0, len(row))
    except DERError:
        return False
    return True


def test_the_columns_know_the_calendar_exactly() -> None:
    template = template_of(LAYOUTS["reason"])
    for time in days():
        assert template.accepts(entry(serial_of(1), time)) == exists(time), time


# --- the index


def mixed(count: int, seed: int) -> tuple[bytes, list[bytes]]:
    """Entries of many layouts in random order, with serial numbers that repeat their last octets."""
    rng = random.Random(seed)
    rows, serials = [], []
    for _ in range(count):
        octets = rng.choice((1, 2, 7, 8, 9, 16, 17, 20))
        serial = bytes((rng.randrange(1, 0x80),)) + rng.randbytes(octets - 1)
        if octets > 8 and serials and rng.random() < 0.1:
            serial = serial[:-8] + serials[-1][-8:].rjust(8, b"\x01")
        time = rng.choice((b"260101120000Z", b"240229235959Z", b"20500101000000Z"))
        extensions = rng.choice((b"", REASON + bytes((rng.choice((1, 3, 4, 5, 9)),)), INVALIDITY + b"20260101120000Z"))
        rows.append(entry(serial, time, extensions))
        serials.append(serial)
    return b"".join(rows), serials


@pytest.mark.parametrize("seed", range(5))
def test_the_index_finds_every_entry_and_no_other(seed: int) -> None:
    data, serials = mixed(400, seed)
    index = SerialIndex(data, 0, len(data))
    assert index.count == len(serials)
    for serial in serials:
        row = index.find(serial)
        assert row is not None
        assert row.serial == serial
        for other in (serial[:-1] + bytes((serial[-1] ^ 1,)), b"\x01" + serial, serial[1:]):
            assert (index.find(other) is not None) == (other in serials)
    assert [row.serial for row in index.entries()] == serials


@pytest.mark.parametrize("count", [1, 15, 16, 17, TABLE_ROWS - 1, TABLE_ROWS, TABLE_ROWS + 17, 70_000])
def test_the_first_and_the_last_of_a_long_run(count: int) -> None:
    data = b"".join(entry(serial_of(number)) for number in range(count))
    index = SerialIndex(data, 0, len(data))
    assert index.count == count
    for number in {0, count // 2, count - 1}:
        assert index.find(serial_of(number)) is not None
    assert index.find(serial_of(count)) is None


def test_runs_broken_by_shorter_serial_numbers() -> None:
    """As drawn at random: one in 256 has an octet less."""
    rng = random.Random(7)
    serials = [rng.randbytes(20 if rng.random() > 0.01 else 19) for _ in range(9000)]
    serials = [b"\x41" + serial[1:] for serial in serials]
    index = SerialIndex(data := b"".join(map(entry, serials)), 0, len(data))
    assert all(index.find(serial) is not None for serial in serials)
    assert not any(index.find(serial[:-1] + b"\x00") for serial in serials if serial[-1])


def test_serial_numbers_that_share_their_last_octets_are_told_apart() -> None:
    tail = bytes(range(8))
    serials = [bytes((first,)) + b"\x05" * 11 + tail for first in range(1, 0x60)]
    index = SerialIndex(data := b"".join(map(entry, serials)), 0, len(data))
    assert all(index.find(serial) for serial in serials)
    assert index.find(b"\x61" + serials[0][1:]) is None


DEFECTS: dict[str, Callable[[bytes], bytes]] = {
    "tag": lambda row: b"\x31" + row[1:],
    "serial tag": lambda row: row[:2] + b"\x04" + row[3:],
    "serial padded": lambda row: row[:4] + b"\x00\x01" + row[6:],
    "serial negative and padded": lambda row: row[:4] + b"\xff\xff" + row[6:],
    "month": lambda row: row.replace(b"260101", b"261301"),
    "day": lambda row: row.replace(b"260101", b"260230"),
    "hour": lambda row: row.replace(b"120000Z", b"240000Z"),
    "second": lambda row: row.replace(b"120000Z", b"120060Z"),
    "letter in the time": lambda row: row.replace(b"120000Z", b"12000xZ"),
    "no Z": lambda row: row.replace(b"120000Z", b"1200000"),
    "reason 7": lambda row: row[:-1] + b"\x07",
    "reason 11": lambda row: row[:-1] + b"\x0b",
    "extension length": lambda row: row.replace(REASON, REASON[:-4] + b"\x04\x0a\x01"),
    "inner length": lambda row: row[:3] + b"\x13" + row[4:],
    "empty extensions": lambda row: der.sequence(row[2:-14] + b"\x30\x00") if len(row) > 20 else row,
}


@pytest.mark.parametrize("place", [0, 777, 2999])
@pytest.mark.parametrize("defect", DEFECTS)
def test_one_bad_entry_spoils_the_list(defect: str, place: int) -> None:
    rows = [entry(serial_of(number)) for number in range(3000)]
    bad = DEFECTS[defect](rows[place])
    assert bad != rows[place]
    rows[place] = bad
    data = b"".join(rows)
    with pytest.raises(DERError):
        SerialIndex(data, 0, len(data))


@pytest.mark.parametrize("cut", [1, 2, 10, 52])
def test_a_list_that_ends_in_the_middle_of_an_entry(cut: int) -> None:
    data = b"".join(entry(serial_of(number)) for number in range(100))[:-cut]
    with pytest.raises(DERError):
        SerialIndex(data, 0, len(data))


def test_entries_with_long_lengths() -> None:
    long = der.sequence(der.sequence(der.oid("2.999"), der.octets(bytes(200))))
    rows = [entry(serial_of(n), extensions=long if n % 3 else REASON + b"\x04") for n in range(60)]
    data = b"".join(rows)
    index = SerialIndex(data, 0, len(data))
    assert index.count == 60
    assert all(index.find(serial_of(n)) for n in range(60))


@pytest.mark.parametrize("count", [1, 100, 5000])
def test_a_critical_extension_is_noticed_wherever_it_stands(count: int) -> None:
    rows = [entry(serial_of(number)) for number in range(count)]
    plain = b"".join(rows)
    assert SerialIndex(plain, 0, len(plain)).unknown_critical is None
    for rows_with in (
        [*rows[:-1], entry(serial_of(count), extensions=UNKNOWN_CRITICAL)],
        [entry(serial_of(n), extensions=UNKNOWN_CRITICAL) for n in range(count)],
    ):
        data = b"".join(rows_with)
        assert SerialIndex(data, 0, len(data)).unknown_critical == "2.999"


def test_entries_that_name_an_issuer_are_noticed_in_a_long_run() -> None:
    data = b"".join(entry(serial_of(number), extensions=ISSUER) for number in range(5000))
    index = SerialIndex(data, 0, len(data))
    assert index.names_issuers
    assert [row.certificate_issuer for row in index.entries()] == [b"\x30\x00"] * 5000


def test_serial_numbers_of_zero_and_below_are_found() -> None:
    data = b"".join(entry(serial) for serial in (b"\x00", b"\xff", b"\x80\x01", b"\x00\x80"))
    assert all(found(data, serial) for serial in (b"\x00", b"\xff", b"\x80\x01", b"\x00\x80"))


def wrapped(value: bytes, critical: bytes = b"", oid: str = "2.5.29.21") -> bytes:
    return der.sequence(der.sequence(der.oid(oid), critical, der.octets(value)))


@pytest.mark.parametrize(
    "row",
    [
        der.sequence(der.integer(1)),
        der.sequence(der.integer(1), der.tlv(0x17, b"260101120000Z"), b"\x05\x00", b"\x05\x00"),
        entry(bytes(65)),
        entry(b"\x01" * 65),
        entry(b""),
        entry(b"\x01", extensions=der.sequence(der.sequence(der.oid("2.5.29.21")))),
        entry(b"\x01", extensions=wrapped(b"\x0a\x01\x01", der.boolean(False))),
        entry(b"\x01", extensions=wrapped(b"\x0a\x01\x01", b"\x01\x01\x01")),
        entry(b"\x01", extensions=der.sequence(*[der.sequence(der.oid("2.999"), der.octets(b""))] * 2)),
        entry(b"\x01", extensions=wrapped(b"\x0a\x01\x01\x00")),
        entry(b"\x01", extensions=wrapped(b"\x02\x01\x01")),
        entry(b"\x01", extensions=wrapped(b"")),
        entry(b"\x01", extensions=wrapped(der.tlv(0x17, b"260101120000Z"), oid="2.5.29.24")),
        entry(b"\x01", extensions=wrapped(der.sequence(), oid="2.5.29.29")),
        entry(b"\x01", extensions=wrapped(der.sequence(der.tlv(0x86, b"x")), oid="2.5.29.29")),
    ],
)
def test_entries_that_are_none(row: bytes) -> None:
    with pytest.raises(DERError):
        read_entry(row, 0, len(row))


@pytest.mark.parametrize("number", [0, 1, 2, 3, 4, 5, 6, 8, 9, 10])
def test_every_reason_there_is(number: int) -> None:
    row, _ = read_entry(made := entry(b"\x01", extensions=REASON + bytes((number,))), 0, len(made))
    assert row.reason is not None
