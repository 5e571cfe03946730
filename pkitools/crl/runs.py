"""Thousands of CRL entries at a time, where all are as long as the one before them and differ in values only.

What a program of a CA writes with serial numbers of one length stands in rows and columns: a column is a slice of the
bytes with a step, and one call tells of thousands of octets whether they are what they may be. That takes a third of
the time of a regular expression (:mod:`~pkitools.crl.layouts`), which reads one octet after the other and every list.

The law is the same: what passes here, :func:`~pkitools.crl.entries.read_entry` accepts entry by entry. What does not
is nobody's fault yet: it is read the other way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from pkitools.crl.entries import REASONS, Entry, read_entry
from pkitools.x509.der import UTC_TIME
from pkitools.x509.oids import CERTIFICATE_ISSUER, INVALIDITY_DATE, REASON_CODE

_OCTETS: Final = 1 << 17  # looked at together: they stay in the cache of the processor while each column is taken
_FEWEST: Final = 256  # entries; to look at fewer takes as long as to read them the other way
_SHORTEST: Final = 20  # octets of an entry with a time in UTCTime
_MOST_PASSED_BY: Final = 64  # times those octets read the other way before it is tried again

_DIGITS: Final = b"0123456789"
_SIXTIES: Final = b"012345"
_NO_DIGIT: Final = 0xFF
_TENS: Final = bytes(10 * (octet - 0x30) if octet in _DIGITS else _NO_DIGIT for octet in range(256))
_UNITS: Final = bytes(octet - 0x30 if octet in _DIGITS else _NO_DIGIT for octet in range(256))
_HOURS: Final = bytes(range(24))
_DAYS: Final = bytes(range(1, 32))

# a month as a number from which its days can be taken off: what is left tells whether there is such a day
_LONG, _SHORT, _FEBRUARY, _NONE = 31, 62, 93, 124
_MONTHS: Final = bytes(
    _FEBRUARY if month == 2 else _SHORT if month in {4, 6, 9, 11} else _LONG if 1 <= month <= 12 else _NONE
    for month in range(256)
)
_LEAP_DAY: Final = _FEBRUARY - 29
_IN_MONTH: Final = bytes(
    [_LONG - day for day in range(1, 32)]
    + [_SHORT - day for day in range(1, 31)]
    + [_FEBRUARY - day for day in range(1, 29)]
)


class Row:
    """What all entries of a run have in common with one that was read.

    Args:
        size: octets of an entry.
        fixed: where in it an octet stands that all have, and which; header and lengths first.
        allowed: where one stands that may be some, and which these are.
        time: where the digits of the time begin.
    """

    def __init__(self, size: int, fixed: Iterable[tuple[int, bytes]], allowed: dict[int, bytes], time: int) -> None:
        self.size, self._time = size, time
        self._fixed, self._allowed = tuple(fixed), tuple(allowed.items())

    def fits(self, entries: bytes) -> bool:
        """Return whether these are entries like it, one behind the other, in which nothing is wrong.

        Args:
            entries: a whole number of them by their length.
        """
        size = self.size
        count = len(entries) // size
        if any(entries[at::size] != octet * count for at, octet in self._fixed):
            return False
        return not any(entries[at::size].translate(None, some) for at, some in self._allowed) and self._are_times(
            entries
        )

    def _are_times(self, entries: bytes) -> bool:
        year, month, day, hour = range(self._time, self._time + 8, 2)
        months, days = self._numbers(entries, month), self._numbers(entries, day)
        if self._numbers(entries, hour).translate(None, _HOURS) or days.translate(None, _DAYS):
            return False
        left = _number(months.translate(_MONTHS)) - _number(days)
        odd = left.to_bytes(len(days), "little").translate(None, _IN_MONTH)
        if not odd:
            return True
        return not odd.strip(bytes((_LEAP_DAY,))) and self._are_leap(entries, left.to_bytes(len(days), "little"), year)

    def _are_leap(self, entries: bytes, left: bytes, year: int) -> bool:
        at = left.find(_LEAP_DAY)
        while at >= 0:
            digits = at * self.size + year
            if int(entries[digits : digits + 2]) % 4:  # of 1950 to 2049: RFC 5280 4.1.2.5.1
                return False
            at = left.find(_LEAP_DAY, at + 1)
        return True

    def _numbers(self, entries: bytes, at: int) -> bytes:
        """Return of each entry the number whose two digits stand there; something beyond 99 where others do."""
        tens, units = entries[at :: self.size].translate(_TENS), entries[at + 1 :: self.size].translate(_UNITS)
        if _NO_DIGIT in tens or _NO_DIGIT in units:
            return bytes((_NO_DIGIT,)) * len(tens)
        return (_number(tens) + _number(units)).to_bytes(len(tens), "little")


def _number(column: bytes) -> int:
    # an octet for each entry: sums and differences that stay within one are made of all at once
    return int.from_bytes(column, "little")


def row_of(data: bytes, at: int, entry: Entry, stop: int) -> Row | None:
    """Return what entries like this one have in common, or ``None`` where that does not stand in columns.

    Args:
        data: the CRL.
        at: where an entry starts that :func:`~pkitools.crl.entries.read_entry` accepted.
        entry: what it returned.
        stop: the offset behind the entry.
    """
    number, time, extensions = entry.parts
    if stop - at > _OCTETS // _FEWEST or time[0] != UTC_TIME or any(oid == INVALIDITY_DATE for oid, _ in extensions):
        return None
    allowed = {number[2]: _first_octets(entry.serial)}
    if len(entry.serial) > 1 and entry.serial[0] in {0x00, 0xFF}:
        negative = entry.serial[0] == 0xFF
        allowed[number[2] + 1] = bytes(range(0x80)) if negative else bytes(range(0x80, 0x100))
    # of month, day and hour the digits are looked at in pairs
    allowed |= {time[2] + place: _DIGITS for place in (0, 1, 9, 11)} | {time[2] + place: _SIXTIES for place in (8, 10)}
    free = {*range(number[2], number[3]), *range(time[2], time[3] - 1)}
    for oid, (_, _, start, end) in extensions:
        if oid == REASON_CODE:
            allowed[end - 1] = bytes(REASONS)
            free.add(end - 1)
        elif oid != CERTIFICATE_ISSUER:  # nothing here looks into the others
            free |= {*range(start, end)}
    fixed = [(place - at, data[place : place + 1]) for place in range(at, stop) if place not in free]
    return Row(stop - at, fixed, {place - at: some for place, some in allowed.items()}, time[2] - at)


def _first_octets(serial: bytes) -> bytes:
    """Return with what a minimal INTEGER of this length may begin, if all begin as this one does."""
    if len(serial) == 1:
        return bytes(range(256))
    return serial[:1] if serial[0] in {0x00, 0xFF} else bytes(range(0x01, 0xFF))


class Runs:
    """The runs of one list, met while it is read.

    Args:
        data: the CRL.
        stop: the bound of its entries.
        note: told of each entry that was read by itself.
    """

    def __init__(self, data: bytes, stop: int, note: Callable[[Entry], None]) -> None:
        self._data, self._stop, self._note = data, stop, note
        self._row: Row | None = None
        self._next, self._passed_by = 0, 1

    def pass_over(self, at: int, every: int) -> Iterator[int]:
        """Yield where some entries end, not much more than so many octets apart, as far as a run goes.

        Raises:
            DERError: the entry here is malformed.
        """
        while at >= self._next and (row := self._row_at(at)):
            step = max(every // row.size, 1) * row.size
            stop = at + self._size(row, at)
            yield from range(at + step, stop, step)
            yield stop
            at = stop

    def _row_at(self, at: int) -> Row | None:
        """Return what as many entries as are looked at together have in common, or ``None``: these are no run."""
        if self._row is None or not self._is_run(self._row, at):
            self._row = self._new_row(at)
            if self._row is None:
                self._next = at + self._passed_by * _OCTETS
                self._passed_by = min(2 * self._passed_by, _MOST_PASSED_BY)
                return None
        self._passed_by = 1
        return self._row

    def _new_row(self, at: int) -> Row | None:
        if self._stop - at < _FEWEST * _SHORTEST:
            return None
        entry, behind = read_entry(self._data, at, self._stop)
        self._note(entry)
        row = row_of(self._data, at, entry, behind)
        if row is None or self._size(row, at) < _FEWEST * row.size or not self._is_run(row, at):
            return None
        return row

    def _is_run(self, row: Row, at: int) -> bool:
        size = self._size(row, at)
        return size > 0 and row.fits(self._data[at : at + size])

    def _size(self, row: Row, at: int) -> int:
        """Return how many octets are looked at together."""
        octets = min(_OCTETS, self._stop - at)
        return octets - octets % row.size
