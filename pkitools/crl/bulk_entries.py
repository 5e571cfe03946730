"""Thousands of CRL entries at a time.

A CA writes all entries of a CRL with one program: within one list they have one layout, and only serial number, time
and reason differ. Entries of equal length, put under each other, form a table of bytes: each row is one entry, each
column the same octet of every entry. A slice with a stride is a column, and Python compares and translates whole
columns at the speed of C. An :class:`EntryLayout` is learnt from one strictly read entry and then says of a whole table
whether every row is an entry of that layout.

The law: what a layout accepts, :func:`~pkitools.crl.entries.read_entry` accepts entry by entry. It need not accept
everything valid: a table it does not accept is split, and in the end read entry by entry.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from struct import Struct
from typing import Final

from pkitools.crl.entries import REASONS, Entry
from pkitools.x509 import der as asn1
from pkitools.x509.oids import INVALIDITY_DATE, REASON_CODE

TABLE_ROWS: Final = 2048
"""Rows per table: 100 kB, so that its columns are read from the cache of the processor (measured: 1024 to 8192)."""

_KEY_OCTETS: Final = 8

# pairs of decimal digits become one BCD octet: tens in the high half, units in the low half, 0xFF for no digit
_TENS: Final = bytes((octet - 0x30) << 4 if 0x30 <= octet <= 0x39 else 0xFF for octet in range(256))
_UNITS: Final = bytes(octet - 0x30 if 0x30 <= octet <= 0x39 else 0xFF for octet in range(256))


def _bcd(first: int, last: int) -> bytes:
    return bytes(number // 10 << 4 | number % 10 for number in range(first, last + 1))


_YEARS, _CENTURIES = _bcd(0, 99), _bcd(1, 99)
_MONTHS, _DAYS, _HOURS, _MINUTES = _bcd(1, 12), _bcd(1, 31), _bcd(0, 23), _bcd(0, 59)

# day 29, 30 and 31 each own a bit; a month has the bits of the days it lacks. February lacks the 29th (bit 1) in
# every year but a leap year. A row whose three columns share a bit names a day that does not exist
_DAY_BITS: Final = bytes({0x29: 1, 0x30: 2, 0x31: 4}.get(octet, 0) for octet in range(256))
_MONTH_BITS: Final = bytes({2: 7, 4: 4, 6: 4, 9: 4, 0x11: 4}.get(octet, 0) for octet in range(256))
_LEAP: Final = frozenset(number // 10 << 4 | number % 10 for number in range(0, 100, 4))
_YEAR_BITS: Final = bytes(6 if octet in _LEAP else 7 for octet in range(256))
_ANY_YEAR: Final = bytes([7]) * 256  # four-digit years: the 29th of February goes to the row reader

# the first two octets of a serial number must not be 00 0xxxxxxx or FF 1xxxxxxx
_FIRST_OCTET: Final = bytes({0x00: 1, 0xFF: 2}.get(octet, 0) for octet in range(256))
_SECOND_OCTET: Final = bytes(1 if octet < 0x80 else 2 for octet in range(256))

_REASON_OCTETS: Final = bytes(REASONS)


def _shared_bits(*columns: bytes) -> bool:
    """Whether any row has a bit set in all of these columns."""
    bits = int.from_bytes(columns[0], "little")
    for column in columns[1:]:
        bits &= int.from_bytes(column, "little")
    return bits != 0


@lru_cache(maxsize=32)
def _whole_table(row: str) -> Struct:
    # one Struct reads a whole table: no Python code runs per row
    return Struct("<" + row * TABLE_ROWS)


class EntryLayout:
    """The layout of one entry, and the test whether a table holds nothing else.

    Args:
        data: the CRL.
        at: where an entry starts that :func:`~pkitools.crl.entries.read_entry` accepted.
        row: what it returned.
        stop: the offset behind the entry; at most 127 octets of contents, so that its length is one octet.
    """

    def __init__(self, data: bytes, at: int, row: Entry, stop: int) -> None:
        self.stride = stop - at
        self.row = row
        serial, time, extensions = row.parts
        self.serial_offset = serial[2] - at
        self.serial_octets = serial[3] - serial[2]
        self._times = [time[2] - at]
        self._long_times = set() if time[0] == asn1.UTC_TIME else {time[2] - at}
        self._reasons: list[int] = []
        for oid, value in extensions:
            if oid == REASON_CODE:
                self._reasons.append(value[3] - 1 - at)
            elif oid == INVALIDITY_DATE:
                self._times.append(value[2] + 2 - at)
                self._long_times.add(value[2] + 2 - at)
        self._layout = data[at:stop]

    @cached_property
    def _fixed(self) -> tuple[tuple[int, bytes], ...]:
        free = set(range(self.serial_offset, self.serial_offset + self.serial_octets)) | set(self._reasons)
        for time in self._times:
            free.update(range(time, time + (14 if time in self._long_times else 12)))
        return tuple((n, self._layout[n : n + 1]) for n in range(self.stride) if n not in free)

    def accepts(self, table: bytes) -> bool:
        """Whether every row of ``table`` (a whole number of rows) is an entry of this layout."""
        stride = self.stride
        rows = len(table) // stride
        return (
            all(table[offset::stride] == octet * rows for offset, octet in self._fixed)
            and not any(table[offset::stride].translate(None, _REASON_OCTETS) for offset in self._reasons)
            and self._serials_are_minimal(table)
            and all(self._times_exist(table, offset) for offset in self._times)
        )

    def _serials_are_minimal(self, table: bytes) -> bool:
        if self.serial_octets < 2:
            return True
        first = table[self.serial_offset :: self.stride]
        if b"\x00" not in first and b"\xff" not in first:
            return True
        second = table[self.serial_offset + 1 :: self.stride]
        return not _shared_bits(first.translate(_FIRST_OCTET), second.translate(_SECOND_OCTET))

    def _times_exist(self, table: bytes, offset: int) -> bool:
        allowed = [_YEARS, _MONTHS, _DAYS, _HOURS, _MINUTES, _MINUTES]
        years = _YEAR_BITS
        if offset in self._long_times:
            allowed.insert(0, _CENTURIES)
            years = _ANY_YEAR
        pairs = [self._pair(table, offset + 2 * number) for number in range(len(allowed))]
        if any(pair.translate(None, numbers) for pair, numbers in zip(pairs, allowed, strict=True)):
            return False
        year, month, day = pairs[-6:-3]
        return not _shared_bits(day.translate(_DAY_BITS), month.translate(_MONTH_BITS), year.translate(years))

    def _pair(self, table: bytes, offset: int) -> bytes:
        tens = int.from_bytes(table[offset :: self.stride].translate(_TENS), "little")
        units = int.from_bytes(table[offset + 1 :: self.stride].translate(_UNITS), "little")
        return (tens | units).to_bytes(len(table) // self.stride, "little")

    def keys(self, table: bytes, *, whole: bool = False) -> tuple[int, ...] | tuple[bytes, ...]:
        """Return :func:`key_of` of the serial number of each row of an accepted table, or the whole serial numbers."""
        octets = self.serial_octets if whole else min(self.serial_octets, _KEY_OCTETS)
        before = self.serial_offset + self.serial_octets - octets
        kind = f"{octets}s" if whole or octets < _KEY_OCTETS else "Q"
        row = f"{before}x{kind}{self.stride - before - octets}x"
        if len(table) == self.stride * TABLE_ROWS:
            return _whole_table(row).unpack(table)
        return tuple([key for (key,) in Struct("<" + row).iter_unpack(table)])


def key_of(serial: bytes) -> int | bytes:
    """Return what a serial number is indexed by: its last eight octets as a number; a shorter one itself."""
    return int.from_bytes(serial[-_KEY_OCTETS:], "little") if len(serial) >= _KEY_OCTETS else serial
