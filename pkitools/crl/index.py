"""All entries of a CRL: read strictly once, then found by serial number.

Reading is one pass (:mod:`~pkitools.crl.runs`, :mod:`~pkitools.crl.layouts`) that keeps nothing but where some entries
start, so that a list that nobody looks into again costs no memory. The first look-ups search the bytes, at 0.3 ns an
octet; a list that is asked more often gets a table of its serial numbers, and a look-up then takes about a microsecond.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Final

from pkitools.crl.entries import ENDING, MAX_SERIAL_OCTETS, Entry, read_entry, starts, worst
from pkitools.x509.der import INTEGER

if TYPE_CHECKING:
    from pkitools.crl.named_issuers import NamedIssuers
    from pkitools.crl.serial_table import SerialTable

_MARK_OCTETS: Final = 8192  # between entries whose offset is kept
_LONG: Final = 1024  # octets of entries; those of fewer are read one by one before there would be an expression
_SEARCHES: Final = 24  # the table costs as much as some sixty of them
_LOOKED_BEHIND: Final = 256  # certificates on hold of which what stands behind is kept
_CHANCES: Final = 8  # serial numbers found where none is, before the table is asked


class SerialIndex:
    """The entries between ``start`` and ``stop`` of a CRL, all of them read.

    Raises:
        DERError: an entry is malformed; of a list with one bad entry nothing is believed.
    """

    def __init__(self, data: bytes, start: int, stop: int) -> None:
        self._data, self._start, self._stop = data, start, stop
        self._unknown_critical: str | None = None
        self._names_issuers = False
        self._marks = array("Q", [start])
        self._searches = 0
        self._looked_behind: dict[bytes, Entry] = {}
        self._read_all()

    def _read_all(self) -> None:
        if self._stop - self._start >= _LONG:
            self._read_together()
            return
        at = self._start
        while at < self._stop:
            entry, at = read_entry(self._data, at, self._stop)
            self._note(entry)

    def _read_together(self) -> None:
        from pkitools.crl.layouts import Layouts  # most lists are short, and a command starts the sooner
        from pkitools.crl.runs import Runs

        layouts, runs = Layouts(), Runs(self._data, self._stop, self._note)
        at = self._start
        while at < self._stop:
            self._marks.extend(runs.pass_over(at, _MARK_OCTETS))
            at = max(at, self._marks[-1])
            if at == self._stop:
                break
            behind = layouts.pass_over(self._data, at, self._stop)
            if behind == at:
                entry, behind = read_entry(self._data, at, self._stop)
                self._note(entry)
                layouts.learn(self._data, at, entry, behind)
            if behind - self._marks[-1] >= _MARK_OCTETS:
                self._marks.append(behind)
            at = behind

    def _note(self, entry: Entry) -> None:
        """Keep what an entry says of the whole list: a layout begins with an entry that was read by itself."""
        self._unknown_critical = self._unknown_critical or entry.unknown_critical
        self._names_issuers = self._names_issuers or entry.certificate_issuer is not None

    @property
    def unknown_critical(self) -> str | None:
        """OID of a critical extension of an entry that nothing here processes."""
        return self._unknown_critical

    @property
    def names_issuers(self) -> bool:
        """Whether an entry says whose certificate it is about."""
        return self._names_issuers

    @cached_property
    def count(self) -> int:
        """How many entries there are."""
        return sum(1 for _ in starts(self._data, self._start, self._stop))

    def find(self, serial: bytes) -> Entry | None:
        """Return the entry with this serial number (contents octets of the INTEGER); ``None``: there is none.

        Of several it is the one that counts: see :func:`~pkitools.crl.entries.worst`.
        """
        if len(serial) > MAX_SERIAL_OCTETS:
            return None
        wanted = bytes((INTEGER, len(serial))) + serial
        at = self._offset(wanted)
        if at is None:
            return None
        first, behind = read_entry(self._data, at, self._stop)
        return first if first.reason not in ENDING else self._worst(wanted, first, behind)

    def _worst(self, wanted: bytes, first: Entry, behind: int) -> Entry:
        """Return what counts of an entry that may end and those behind it; what was found is kept, of some of them."""
        if "_table" in vars(self) and not self._table.has_repeats:
            return first
        known = self._looked_behind.get(wanted)
        if known is None:
            if len(self._looked_behind) >= _LOOKED_BEHIND:
                self._looked_behind.clear()
            known = worst(chain((first,), (entry for _, entry, _ in self._behind(wanted, behind)))) or first
            self._looked_behind[wanted] = known
        return known

    def find_named(self, serial: bytes) -> Iterator[tuple[Entry, bytes | None]]:
        """Yield every entry with this serial number, with the issuer it is about.

        That is DER of a name; ``None`` where nobody was named before it: then it is the issuer of the list.
        """
        wanted = bytes((INTEGER, len(serial) & 0xFF)) + serial
        at = self._offset(wanted) if len(serial) <= MAX_SERIAL_OCTETS else None
        if at is None:
            return
        entry, behind = read_entry(self._data, at, self._stop)
        yield entry, self._named.of(at, entry, behind)
        if "_table" in vars(self) and not self._table.has_repeats:
            return
        for start, other, end in self._behind(wanted, behind):
            yield other, self._named.of(start, other, end)

    @cached_property
    def _named(self) -> NamedIssuers:
        from pkitools.crl.named_issuers import NamedIssuers  # of few lists

        return NamedIssuers(self._data, self._start, self._around)

    def _around(self, offset: int) -> int:
        """Return the start of the entry in which an offset lies."""
        found = self._marks[bisect_right(self._marks, offset) - 1]
        for at, _ in starts(self._data, found, self._stop):
            if at > offset:
                break
            found = at
        return found

    def _behind(self, wanted: bytes, at: int) -> Iterator[tuple[int, Entry, int]]:
        """Yield the entries with this serial number behind an offset: a search, or else one pass over the entries."""
        for _ in range(_CHANCES):
            at = self._data.find(wanted, at, self._stop)
            if at < 0:
                return
            start = self._entry_with(at)
            if start is not None:
                yield start, *read_entry(self._data, start, self._stop)
            at += 1
        mark = self._marks[bisect_right(self._marks, at) - 1]
        for start, serial_at in starts(self._data, mark, self._stop):
            if serial_at >= at and self._data.startswith(wanted, serial_at):
                yield start, *read_entry(self._data, start, self._stop)

    def _offset(self, serial: bytes) -> int | None:
        if self._searches < _SEARCHES:
            self._searches += 1
            found, at = self._search(serial)
            if found:
                return at
        return self._table.find(serial)

    def _search(self, serial: bytes) -> tuple[bool, int | None]:
        """Return whether a search of the bytes could tell, and then where the entry starts.

        The octets of a serial number may stand elsewhere too, in a longer one or in an extension.
        """
        at = self._start
        for _ in range(_CHANCES):
            at = self._data.find(serial, at, self._stop)
            if at < 0:
                return True, None
            entry = self._entry_with(at)
            if entry is not None:
                return True, entry
            at += 1
        return False, None

    def _entry_with(self, serial_at: int) -> int | None:
        """Return the start of the entry whose serial number starts there, or ``None``: none does."""
        mark = self._marks[bisect_right(self._marks, serial_at) - 1]
        for at, serial in starts(self._data, mark, self._stop):
            if serial >= serial_at:
                return at if serial == serial_at else None
        return None

    @cached_property
    def _table(self) -> SerialTable:
        from pkitools.crl.serial_table import SerialTable  # of lists that are asked again and again

        return SerialTable(self._data, self._start, self._stop)

    def entries(self) -> Iterator[Entry]:
        """Yield the entries in order."""
        at = self._start
        while at < self._stop:
            entry, at = read_entry(self._data, at, self._stop)
            yield entry
