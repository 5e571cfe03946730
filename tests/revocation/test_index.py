"""Entries of a CRL: an expression may accept only what the row reader accepts, and the index must find the rest.

The model is the plain way: one entry at a time, all of them kept. What it says of a list the index has to say.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from pkitools.crl import index as index_module
from pkitools.crl import layouts as layouts_module
from pkitools.crl import named_issuers as named_module
from pkitools.crl import runs as runs_module
from pkitools.crl.entries import MAX_SERIAL_OCTETS, Entry, read_entry
from pkitools.crl.index import SerialIndex
from pkitools.crl.layouts import Layout, expression_of, layout_of
from pkitools.crl.runs import Row, row_of
from pkitools.x509.der import DERError
from pkitools_test_pki import der
from tests.conftest import LEVEL
from tests.support.cases import in_one_test
from tests.support.effort import bounded, budget

SEED = budget("PKITOOLS_FUZZ_SEED", 10)
MUTANTS = budget("PKITOOLS_FUZZ_ROUNDS", 6_000)
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


def layout(row: bytes) -> Layout:
    read, stop = read_entry(row, 0, len(row))
    found = layout_of(row, 0, read, stop)
    assert found is not None
    return found


# --- the law of the expressions


INVALID_SINCE = INVALIDITY + b"20260101120000Z"
UNKNOWN = der.sequence(der.sequence(der.oid("2.999"), der.octets(b"any octets")))
HOLD = der.sequence(der.sequence(der.oid("2.5.29.23"), der.octets(der.oid("1.2.840.10040.2.1"))))
BOTH = der.sequence(REASON[2:] + b"\x01", INVALID_SINCE[2:])

LAYOUTS = {
    "reason": entry(serial_of(1)),
    "bare": entry(serial_of(1), extensions=b""),
    "one octet": entry(b"\x01"),
    "short serial": entry(b"\x12\x34\x56"),
    "eight octets": entry(b"\x7f" * 8),
    "seventeen octets": entry(b"\x00" + b"\x80" * 16),
    "negative": entry(b"\xff" + b"\x00" * 7),
    "four-digit year": entry(serial_of(1), b"20510101120000Z"),
    "invalidity date": entry(serial_of(1), extensions=INVALID_SINCE),
    "reason and invalidity date": entry(serial_of(1), extensions=BOTH),
    "unknown extension": entry(serial_of(1), extensions=UNKNOWN),
    "critical extension": entry(serial_of(1), extensions=UNKNOWN_CRITICAL),
    "hold instruction": entry(serial_of(1), extensions=HOLD),
    "long length": entry(serial_of(1), extensions=der.sequence(der.sequence(der.oid("2.999"), der.octets(bytes(120))))),
}
WAYS = {"possessive": b"{0,%d}+", "greedy": b"{0,%d}"}
OCTETS = bytes(range(256)) + b"0123456789\x00\xff\x7f\x80\x01\x02\x05\x06\x0a\x17\x18\x30Z" * 4


def changed(data: bytes, rng: random.Random) -> bytes:
    """The octets with one to three changes: octets set, left out, put in, or moved within."""
    made = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        at = rng.randrange(len(made))
        kind = rng.randrange(8)
        if kind < 5:
            made[at] = rng.choice(OCTETS)
        elif kind == 5 and len(made) > 1:
            del made[at]
        elif kind == 6:
            made.insert(at, rng.choice(OCTETS))
        else:
            other, size = rng.randrange(len(made)), rng.randrange(1, 16)
            made[at : at + size] = made[other : other + size]
    return bytes(made)


def accepted(expression: re.Pattern[bytes], data: bytes) -> int:
    found = expression.match(data)
    return found.end() if found else 0


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_what_an_expression_accepts_the_row_reader_accepts(way: str) -> None:
    expression = expression_of(map(layout, LAYOUTS.values()), WAYS[way])
    rng = random.Random(SEED)
    kept = 0
    for number in range(MUTANTS):
        row = rng.choice(list(LAYOUTS.values()))
        data = changed(row, rng) + rng.choice(list(LAYOUTS.values()))
        stop, at = accepted(expression, data), 0
        kept += stop == len(data)
        while at < stop:
            read, at = read_entry(data, at, len(data))
            assert read.certificate_issuer is None, number
            assert read.unknown_critical in {None, "2.999"}, number
        assert at == stop, (number, data.hex())
    assert kept > MUTANTS // 20  # what differs where it may is still accepted, or this says nothing


@in_one_test
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", LAYOUTS)
def test_an_expression_accepts_its_own_layout(name: str, way: str) -> None:
    row = LAYOUTS[name]
    others = [layout(other) for other in LAYOUTS.values()]
    for known in ([layout(row)], others, others[::-1]):
        assert accepted(expression_of(known, WAYS[way]), row * 300) == len(row) * 256


def test_a_serial_number_of_one_layout_goes_with_the_rest_of_another() -> None:
    """Also where the two together need another form of length than either did."""
    serials = [b"\x01", b"\x00" + b"\x80" * 16, serial_of(3), b"\x41" * 64]
    rests = [b"", REASON + b"\x04", UNKNOWN, der.sequence(der.sequence(der.oid("2.999"), der.octets(bytes(90))))]
    diagonal = [entry(serial, extensions=rest) for serial, rest in zip(serials, rests[::-1], strict=True)]
    expression = expression_of(map(layout, diagonal))
    for serial in serials:
        for rest in rests:
            row = entry(serial, extensions=rest)
            assert accepted(expression, row) == len(row)


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


def test_an_expression_knows_the_calendar_exactly() -> None:
    expression = expression_of([layout(LAYOUTS["reason"])])
    for time in days():
        assert (accepted(expression, entry(serial_of(1), time)) > 0) == exists(time), time


def test_an_expression_knows_the_clock_exactly() -> None:
    expression = expression_of([layout(LAYOUTS["reason"])])
    for at in (6, 8, 10):
        for number in range(100):
            time = b"260101000000Z"[:at] + b"%02d" % number + b"260101000000Z"[at + 2 :]
            assert (accepted(expression, entry(serial_of(1), time)) > 0) == exists(time), time


@pytest.mark.slow
def test_of_years_in_four_digits_an_expression_knows_all_days_but_one() -> None:
    expression = expression_of([layout(LAYOUTS["four-digit year"])])
    for century in (b"00", b"09", b"10", b"20", b"29", b"30"):
        for time in (century + day for day in days()):
            known = accepted(expression, entry(serial_of(1), time)) > 0
            left_out = time[4:8] == b"0229" or not b"10" <= century < b"30"
            assert known == (exists(time) and not left_out), time


# --- the law of the columns


def row(like: bytes) -> Row | None:
    read, stop = read_entry(like, 0, len(like))
    return row_of(like, 0, read, stop)


COLUMNS = {name: like for name, like in LAYOUTS.items() if name not in {"four-digit year"} and "date" not in name}


def test_what_stands_in_no_columns_is_read_the_other_way() -> None:
    assert {name for name, like in LAYOUTS.items() if row(like) is None} == set(LAYOUTS) - set(COLUMNS)


def replaced(like: bytes, rng: random.Random) -> bytes:
    """The octets with one or two of them another, in places where most often something stands that varies."""
    made = bytearray(like)
    for _ in range(rng.choice((1, 1, 2))):
        made[rng.randrange(len(made))] = rng.choice(OCTETS)
    return bytes(made)


@pytest.mark.slow
def test_what_fits_in_columns_the_row_reader_accepts() -> None:
    rng = random.Random(SEED)
    rows = [(like, row(like)) for like in COLUMNS.values()]
    kept = 0
    for number in range(MUTANTS):
        like, columns = rng.choice(rows)
        assert columns is not None
        data = b"".join(replaced(like, rng) if rng.random() < 0.5 else like for _ in range(3))
        if not columns.fits(data):
            continue
        kept += data != like * 3
        for at in range(0, len(data), len(like)):
            read, stop = read_entry(data, at, len(data))
            assert stop == at + len(like), (number, data.hex())
            assert read.unknown_critical == read_entry(like, 0, len(like))[0].unknown_critical
    assert kept > MUTANTS // 20


def test_columns_know_the_calendar_exactly() -> None:
    """Also between days that there are: what is wrong with one entry is not made good by another."""
    columns = row(LAYOUTS["reason"])
    assert columns is not None
    first, last = (entry(serial_of(1), time) for time in (b"000229000000Z", b"991231235959Z"))
    for time in days():
        assert columns.fits(first + entry(serial_of(1), time) + last) == exists(time), time


def test_columns_know_the_clock_exactly() -> None:
    columns = row(LAYOUTS["reason"])
    assert columns is not None
    for at in (0, 2, 4, 6, 8, 10):
        for number in (*(b"%02d" % number for number in range(100)), b"0:", b":0", b"/1", b"1/", b"1\xff"):
            time = b"260101000000Z"[:at] + number + b"260101000000Z"[at + 2 :]
            assert columns.fits(entry(serial_of(1)) + entry(serial_of(1), time)) == exists(time), time


# --- the model


@dataclass
class Plain:
    """A list read one entry at a time."""

    entries: list[Entry]
    worst: dict[bytes, Entry]

    @classmethod
    def of(cls, data: bytes) -> Plain | None:
        entries, at = [], 0
        try:
            while at < len(data):
                read, at = read_entry(data, at, len(data))
                entries.append(read)
        except DERError:
            return None
        final_first = sorted(
            entries, key=lambda read: {"removeFromCRL": 2, "certificateHold": 1}.get(read.reason or "", 0)
        )
        return cls(entries, {read.serial: read for read in reversed(final_first)})

    def named(self, serial: bytes) -> list[tuple[Entry, bytes | None]]:
        """Each entry with this serial number, and the issuer named last: RFC 5280 5.3.3."""
        found, name = [], None
        for read in self.entries:
            name = read.certificate_issuer or name
            if read.serial == serial:
                found.append((read, name))
        return found


def index_of(data: bytes) -> SerialIndex | None:
    try:
        return SerialIndex(data, 0, len(data))
    except DERError:
        return None


def assert_the_same(data: bytes, looked_up: int = 3) -> bool:
    """Hold the index of a list to the model, and return whether it is a list."""
    plain, read = Plain.of(data), index_of(data)
    assert (plain is None) == (read is None), data.hex()
    if plain is None or read is None:
        return False
    assert read.count == len(plain.entries)
    assert read.unknown_critical == next((e.unknown_critical for e in plain.entries if e.unknown_critical), None)
    assert read.names_issuers == any(e.certificate_issuer is not None for e in plain.entries)
    for serial in [*list(plain.worst)[:looked_up], *list(plain.worst)[-looked_up:]]:
        for wanted in (serial, serial[:-1], serial[1:], serial + b"\x01", serial[:-1] + bytes((serial[-1] ^ 1,))):
            assert read.find(wanted) == plain.worst.get(wanted), (data.hex(), wanted.hex())
            assert list(read.find_named(wanted)) == plain.named(wanted), (data.hex(), wanted.hex())
    return True


def any_row(rng: random.Random) -> bytes:
    """An entry of some kind, a malformed one now and then."""
    octets = rng.choice((1, 2, 7, 8, 9, 15, 16, 17, 19, 20, 20, 20, 64))
    serial = rng.choice((b"\x41", b"\x00\x80", b"\xff\x7f", rng.randbytes(2))) + rng.randbytes(octets)
    time = rng.choice((b"260101120000Z", b"240229235959Z", b"20500101000000Z", b"20240229000000Z", b"991231000000Z"))
    critical = der.boolean(rng.random() < 0.97)
    other = der.sequence(der.oid(f"2.999.{rng.randrange(3)}"), der.octets(rng.randbytes(rng.randrange(4))))
    issued = der.sequence(der.oid("2.5.29.29"), critical, der.octets(der.sequence(der.context(4, der.sequence()))))
    reason = REASON[2:] + bytes((rng.choice((0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 4, 4, 4, 4, 4, 7)),))
    parts = [part for part in (reason, INVALID_SINCE[2:], other) if rng.random() < 0.4]
    if rng.random() < 0.2:
        parts.append(rng.choice((issued, issued, issued, reason, other, b"")))
    return entry(serial[:octets], time, der.sequence(*parts) if parts else b"")


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Expressions from the fourth entry on, and the table from the fourth look-up, so that short lists have them."""
    monkeypatch.setattr(layouts_module, "_FIRST", 4)
    monkeypatch.setattr(layouts_module, "_PER_PART", 1)
    monkeypatch.setattr(index_module, "_SEARCHES", 4)
    monkeypatch.setattr(index_module, "_MARK_OCTETS", 64)
    monkeypatch.setattr(index_module, "_LONG", 0)


@pytest.fixture
def short_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns of two entries and more, so that short lists have some."""
    for name, value in {"_OCTETS": 256, "_FEWEST": 2, "_MOST_PASSED_BY": 1}.items():
        monkeypatch.setattr(runs_module, name, value)


def lists(rng: random.Random, rows: int) -> Iterator[bytes]:
    """Lists of a few layouts each, every layout with other octets each time."""
    while True:
        kinds = [row for row in (any_row(rng) for _ in range(5)) if Plain.of(row)]
        yield b"".join(rng.choice(kinds) for _ in range(rows)) if kinds else b""


@pytest.mark.slow
@pytest.mark.usefixtures("eager")
def test_the_index_says_of_any_list_what_the_model_says() -> None:
    rng = random.Random(SEED)
    good = sum(
        assert_the_same(b"".join(any_row(rng) for _ in range(rng.choice((1, 5, 20)))), 20) for _ in range(MUTANTS // 20)
    )
    assert 0 < good < MUTANTS // 20


@pytest.mark.slow
@pytest.mark.usefixtures("eager")
def test_the_index_says_of_mutants_what_the_model_says() -> None:
    rng = random.Random(SEED + 1)
    made = lists(rng, 12)
    good = tried = 0
    # each is read three ways: a quarter takes as long as all of the expressions
    while tried < (MUTANTS if LEVEL == "deep" else MUTANTS // 4):
        data = next(made)
        for _ in range(100 if data else 0):
            good += assert_the_same(changed(data, rng), 1)
            tried += 1
    assert 0 < good < tried


@pytest.mark.slow
@pytest.mark.usefixtures("eager", "short_runs")
def test_the_index_says_of_runs_what_the_model_says() -> None:
    """Of one kind of entry for a while and then of another, with something wrong here and there."""
    rng = random.Random(SEED + 2)
    good = fits = 0

    def seen(self: Row, entries: bytes) -> bool:
        nonlocal fits
        found = plain(self, entries)
        fits += found
        return found

    plain = Row.fits
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Row, "fits", seen)
        for _ in range(MUTANTS // 20):
            kinds = [kind for kind in (any_row(rng) for _ in range(3)) if Plain.of(kind)]
            data = b"".join(kind * rng.choice((1, 3, 12)) for kind in kinds)
            good += assert_the_same(data if rng.random() < 0.5 else replaced(data, rng) if data else data, 2)
    assert 0 < good < MUTANTS // 20
    assert fits > MUTANTS // 100


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


@pytest.mark.parametrize("count", [1, 15, 16, 17, 271, 272, 273, 70_000])
def test_the_first_and_the_last_of_a_long_run(count: int) -> None:
    data = b"".join(entry(serial_of(number)) for number in range(count))
    index = SerialIndex(data, 0, len(data))
    assert index.count == count
    for number in {0, count // 2, count - 1}:
        assert index.find(serial_of(number)) is not None
    assert index.find(serial_of(count)) is None


def test_a_list_of_entries_of_one_length_is_read_by_its_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """One entry is read by itself, and no expression is made, however many there are."""
    read: list[int] = []

    def counted(data: bytes, at: int, end: int) -> tuple[Entry, int]:
        read.append(at)
        return read_entry(data, at, end)

    monkeypatch.setattr(runs_module, "read_entry", counted)
    monkeypatch.setattr(index_module, "read_entry", None)
    monkeypatch.setattr(layouts_module, "expression_of", None)
    for count in (10_000, 40_000):
        data = b"".join(entry(serial_of(number)) for number in range(count))
        read.clear()
        SerialIndex(data, 0, len(data))
        assert len(read) == 1


def test_a_list_without_columns_is_not_tried_for_them_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []
    plain = Row.fits

    def counted(self: Row, entries: bytes) -> bool:
        tried.append(len(entries))
        return plain(self, entries)

    monkeypatch.setattr(Row, "fits", counted)
    data = mixed(2000, 1)[0] * 40
    SerialIndex(data, 0, len(data))
    assert 1 <= len(tried) <= 2 * (len(data) // runs_module._OCTETS).bit_length()


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


@in_one_test
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


def named(cn: str) -> bytes:
    common = der.sequence(der.oid("2.5.4.3"), der.tlv(0x0C, cn.encode()))
    name = der.context(4, der.sequence(der.tlv(0x31, common)))
    return der.sequence(der.sequence(der.oid("2.5.29.29"), der.boolean(True), der.octets(der.sequence(name))))


SEEMS_NAMED = der.sequence(der.sequence(der.oid("2.999"), der.octets(der.oid("2.5.29.29"))))
"""Octets of the extension where it is not."""


@in_one_test
@pytest.mark.slow
@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 1.0])
@pytest.mark.parametrize("seeming", [0.0, 0.05, 1.0])
def test_of_whom_an_entry_speaks_is_what_the_plain_way_says(share: float, seeming: float) -> None:
    rng = random.Random(f"{SEED} {share} {seeming}")
    rows = []
    for _ in range(3000):
        others = SEEMS_NAMED if rng.random() < seeming else REASON + b"\x01"
        issuer = named(rng.choice(("A", "B", "C", "A longer name")))
        serial = serial_of(rng.randrange(1500), 8)  # some twice and more, of one issuer or of several
        rows.append(entry(serial, extensions=issuer if rng.random() < share else others))
    data = b"".join(rows)
    plain, index = Plain.of(data), SerialIndex(data, 0, len(data))
    assert plain is not None
    for number in rng.sample(range(1600), 300):  # in no order, by searches first and then by the table
        wanted = serial_of(number, 8)
        assert list(index.find_named(wanted)) == plain.named(wanted), number


@pytest.mark.parametrize("issuers", [1, 40])
def test_a_look_up_in_an_indirect_list_reads_few_entries(issuers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the list: it read them all one by one, each time, and again each of them while it was read."""
    read: list[int] = []
    plain = index_module.read_entry
    for module in (index_module, named_module):
        monkeypatch.setattr(module, "read_entry", lambda *given: read.append(given[1]) or plain(*given))
    count = 20_000
    each = [named(f"CA {number}") for number in range(issuers)]
    data = b"".join(entry(serial_of(n), extensions=each[n * issuers // count]) for n in range(count))
    index = SerialIndex(data, 0, len(data))
    assert len(read) < count // 4, "one by one while the list was read"
    for number in (0, 1, 77, 9_999, 10_000, 19_999) * 20:
        read.clear()
        ((found, name),) = index.find_named(serial_of(number))
        assert found.serial == serial_of(number)
        assert name is not None
        assert each[number * issuers // count].endswith(name)
        assert len(read) <= 4


@pytest.mark.parametrize("wrong", [b"\x31\x00", b"\x30\x01", b"\x05\x00"])
def test_an_issuer_is_read_wherever_it_stands(wrong: bytes) -> None:
    """Its value decides of whom an entry speaks: an expression has it as it stood there, octet by octet."""
    good = entry(serial_of(1), extensions=ISSUER)
    assert layout(good).rest.behind_time == re.escape(ISSUER)
    bad = entry(serial_of(1), extensions=ISSUER[:-2] + wrong)
    with pytest.raises(DERError):
        SerialIndex(data := good * 300 + bad + good * 300, 0, len(data))


def test_serial_numbers_that_stand_elsewhere_too_are_told_apart() -> None:
    """A serial number inside another, or in an extension, is none: however often it stands there."""
    wanted = b"\x41\x02\x03\x04"
    inside = der.sequence(der.sequence(der.oid("2.999"), der.octets(b"\x02\x04" + wanted)))
    rows = [entry(b"\x42\x02\x04" + wanted + n.to_bytes(2, "big"), extensions=inside) for n in range(5000)]
    for data in (b"".join(rows), b"".join([*rows, entry(wanted), *rows])):
        index = SerialIndex(data, 0, len(data))
        with bounded(2.0):
            for _ in range(60):
                assert (index.find(wanted) is not None) == (index.count == 10_001)


def test_the_first_of_entries_with_one_serial_number_is_found_early_and_late() -> None:
    rows = [entry(b"\x41\x42", extensions=REASON + b"\x04"), *[entry(b"\x41\x42")] * 50_000]
    index = SerialIndex(data := b"".join(rows), 0, len(data))
    with bounded(2.0):
        assert {(found := index.find(b"\x41\x42")) and found.reason for _ in range(60)} == {"superseded"}


HOLDS, REMOVES, FINAL = (REASON + bytes((code,)) for code in (6, 8, 1))
REPEATED = {
    "a hold, then final": ([HOLDS, FINAL], "keyCompromise"),
    "removed, then final": ([REMOVES, FINAL], "keyCompromise"),
    "removed, a hold, then final": ([REMOVES, HOLDS, FINAL], "keyCompromise"),
    "many holds, then final": ([HOLDS] * 30 + [FINAL], "keyCompromise"),
    "final, then removed": ([FINAL, REMOVES], "keyCompromise"),
    "a hold, then removed": ([HOLDS, REMOVES], "certificateHold"),
    "removed, then a hold": ([REMOVES, HOLDS], "certificateHold"),
    "a hold": ([HOLDS], "certificateHold"),
    "removed": ([REMOVES], "removeFromCRL"),
    "a hold, then without a reason": ([HOLDS, b""], None),
}


@in_one_test
@pytest.mark.parametrize("between", [0, 700])
@pytest.mark.parametrize("case", REPEATED)
def test_of_entries_with_one_serial_number_the_worst_counts(case: str, between: int) -> None:
    """A hold that stands first does not hide what came of it: by a search, by the table, and where neither can tell."""
    extensions, reason = REPEATED[case]
    wanted = b"\x41\x42"
    inside = der.sequence(der.sequence(der.oid("2.999"), der.octets(b"\x02\x02" + wanted)))
    for other in (entry(serial_of(1)), entry(serial_of(1), extensions=inside)):
        data = b"".join(other * between + entry(wanted, extensions=each) for each in extensions) + other * between
        index = SerialIndex(data, 0, len(data))
        found = [index.find(wanted) for _ in range(60)]
        assert all(row and row.reason == reason and row.serial == wanted for row in found)


def test_what_stands_behind_a_hold_is_looked_for_once() -> None:
    rows = [entry(b"\x41\x42", extensions=HOLDS)] * 20_000
    index = SerialIndex(data := b"".join(rows), 0, len(data))
    first = index.find(b"\x41\x42")
    assert first is not None
    assert first.reason == "certificateHold"
    assert all(index.find(b"\x41\x42") == first for _ in range(60))
    assert len(index._looked_behind) == 1


def test_lists_of_nothing_but_different_layouts_take_no_more_than_their_entries() -> None:
    rows = []
    for number in range(1500):
        value = der.octets(bytes(number % 150))
        other = der.sequence(der.oid(f"2.999.{number}"), value)
        rows.append(entry(serial_of(number, 4 + number % 60), extensions=der.sequence(other)))
    with bounded(2.0):
        index = SerialIndex(data := b"".join(rows), 0, len(data))
    assert index.count == 1500
    assert index.find(serial_of(77, 4 + 77 % 60)) is not None


def test_an_index_of_no_entries() -> None:
    index = SerialIndex(b"", 0, 0)
    assert index.count == 0
    assert not any(
        index.find(serial) for serial in (b"", b"\x01", b"\x01" * (MAX_SERIAL_OCTETS + 1)) for _ in range(40)
    )


def test_serial_numbers_of_zero_and_below_are_found() -> None:
    data = b"".join(entry(serial) for serial in (b"\x00", b"\xff", b"\x80\x01", b"\x00\x80"))
    assert all(found(data, serial) for serial in (b"\x00", b"\xff", b"\x80\x01", b"\x00\x80"))


def wrapped(value: bytes, critical: bytes = b"", oid: str = "2.5.29.21") -> bytes:
    return der.sequence(der.sequence(der.oid(oid), critical, der.octets(value)))


@in_one_test
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


@in_one_test
@pytest.mark.parametrize("number", [0, 1, 2, 3, 4, 5, 6, 8, 9, 10])
def test_every_reason_there_is(number: int) -> None:
    row, _ = read_entry(made := entry(b"\x01", extensions=REASON + bytes((number,))), 0, len(made))
    assert row.reason is not None
