"""All entries of a CRL: read strictly once, then found by serial number in about a microsecond.

One pass over the list. Entries of equal length are gathered into tables of 2,048 rows, one entry a row; each table is
accepted as a whole (:mod:`~pkitools.crl.bulk_entries`) or read entry by entry, and its serial numbers become the keys
of one dictionary. A key is only the last eight octets: a hit is confirmed in the bytes, and what has no key is not
listed. Where two entries share these octets the whole numbers are the keys. Small dictionaries stay in the cache of the
processor while they are filled: one of a million takes half as long again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from pkitools.crl.bulk_entries import TABLE_ROWS, EntryLayout, key_of
from pkitools.crl.entries import Entry, read_entry
from pkitools.x509.der import SEQUENCE, DERError

_BLOCK_ROWS: Final = 32 * TABLE_ROWS  # one dictionary
_ROW_BY_ROW: Final = 16  # below this a layout costs more than it saves

_Run = tuple[int, int]  # offset of the first entry, number of entries
_Table = tuple[EntryLayout, int, int]  # its layout, its first row in the block and the one behind its last


class _Block:
    """Entries of one length, the rows of a table, wherever they stand in the list."""

    def __init__(self, stride: int, runs: list[_Run]) -> None:
        self.stride = stride
        self.starts = [start for start, _ in runs]
        self.ends = list(accumulate(count for _, count in runs))

    def offset(self, row: int) -> int:
        """Return where row number ``row`` stands in the CRL."""
        run = bisect_right(self.ends, row)
        before = self.ends[run - 1] if run else 0
        return self.starts[run] + (row - before) * self.stride


class _Keys:
    """The serial numbers of one length in a block: each key stands for exactly one of them."""

    def __init__(self, block: _Block, numbers: list[int]) -> None:
        self.block = block
        self._numbers = numbers
        self._by_key: dict[int | bytes, int] = {}
        self._whole = False

    def add(self, layout: EntryLayout, first: int, table: bytes) -> None:
        """Take in a table while it is in the processor's cache."""
        last = first + len(table) // self.block.stride
        # all dictionaries share one set of number objects: 32 bytes saved per entry
        shared = self._numbers[first:last] if last <= len(self._numbers) else range(first, last)
        self._by_key.update(zip(layout.keys(table, whole=self._whole), shared, strict=True))

    def settle(self, tables: list[_Table], rows: bytes) -> None:
        """See to it that no two entries share a key."""
        stride = self.block.stride
        if len(self._by_key) < sum(last - first for _, first, last in tables):
            self._by_key.clear()
            self._whole = True
            for layout, first, last in tables:
                self.add(layout, first, rows[first * stride : last * stride])

    def find(self, key: int | bytes, serial: bytes) -> int | None:
        """Return the offset of the entry that may have this serial number, or ``None``: none in this block has."""
        row = self._by_key.get(serial if self._whole else key)
        return None if row is None else self.block.offset(row)


class SerialIndex:
    """The entries between ``start`` and ``stop`` of a CRL, all of them read.

    Raises:
        DERError: an entry is malformed; of a list with one bad entry nothing is believed.
    """

    def __init__(self, data: bytes, start: int, stop: int) -> None:
        self._data, self._start, self._stop = data, start, stop
        self.count = 0
        self.unknown_critical: str | None = None
        self.names_issuers = False
        self._single: dict[bytes, int] = {}
        self._keys: dict[int, list[_Keys]] = {}
        self._layouts: dict[int, EntryLayout] = {}
        self._numbers: list[int] = []
        self._read_all()
        del self._layouts, self._numbers

    def _read_all(self) -> None:
        waiting: dict[int, list[_Run]] = {}
        rows: dict[int, int] = {}
        for at, stride, count in _runs(self._data, self._start, self._stop):
            self.count += count
            if stride == 0:
                self._keep_single(at, read_entry(self._data, at, self._stop)[0])
                continue
            waiting.setdefault(stride, []).append((at, count))
            rows[stride] = rows.get(stride, 0) + count
            if rows[stride] >= _BLOCK_ROWS:
                rows[stride] = 0
                self._read_block(stride, waiting.pop(stride))
        for stride, runs in waiting.items():
            self._read_block(stride, runs)

    def _read_block(self, stride: int, runs: list[_Run]) -> None:
        block = _Block(stride, runs)
        parts = [self._data[at : at + stride * count] for at, count in runs]
        rows = parts[0] if len(parts) == 1 else b"".join(parts)
        if len(self._numbers) < min(block.ends[-1], _BLOCK_ROWS):
            self._numbers = list(range(min(block.ends[-1], _BLOCK_ROWS)))
        accepted: dict[int, tuple[_Keys, list[_Table]]] = {}
        for first in range(0, block.ends[-1], TABLE_ROWS):
            last = min(first + TABLE_ROWS, block.ends[-1])
            self._read_table(block, rows[first * stride : last * stride], first, accepted)
        for octets, (keys, tables) in accepted.items():
            keys.settle(tables, rows)
            self._keys.setdefault(octets, []).append(keys)

    def _read_table(
        self, block: _Block, table: bytes, first: int, accepted: dict[int, tuple[_Keys, list[_Table]]]
    ) -> None:
        """Accept a table by comparing whole columns of it, or halve it; what is small is read entry by entry."""
        stride, rows = block.stride, len(table) // block.stride
        if rows <= _ROW_BY_ROW:
            for number in range(first, first + rows):
                at = block.offset(number)
                self._keep_single(at, read_entry(self._data, at, self._stop)[0])
            return
        layout = self._layout(block, table, first)
        if layout is not None:
            self._keep_table(block, layout, table, first, accepted)
            return
        half = rows // 2
        self._read_table(block, table[: half * stride], first, accepted)
        self._read_table(block, table[half * stride :], first + half, accepted)

    def _keep_table(
        self,
        block: _Block,
        layout: EntryLayout,
        table: bytes,
        first: int,
        accepted: dict[int, tuple[_Keys, list[_Table]]],
    ) -> None:
        keys, tables = accepted.setdefault(layout.serial_octets, (_Keys(block, self._numbers), []))
        keys.add(layout, first, table)
        tables.append((layout, first, first + len(table) // block.stride))

    def _layout(self, block: _Block, table: bytes, first: int) -> EntryLayout | None:
        known = self._layouts.get(block.stride)
        if known is not None and known.accepts(table):
            return known
        at = block.offset(first)
        row, stop = read_entry(self._data, at, self._stop)
        if row.certificate_issuer is not None:
            return None
        fresh = EntryLayout(self._data, at, row, stop)
        if not fresh.accepts(table):
            return None
        self.unknown_critical = self.unknown_critical or row.unknown_critical
        self._layouts[block.stride] = fresh
        return fresh

    def _keep_single(self, at: int, row: Entry) -> None:
        self._single[row.serial] = at
        self.unknown_critical = self.unknown_critical or row.unknown_critical
        self.names_issuers = self.names_issuers or row.certificate_issuer is not None

    def find(self, serial: bytes) -> Entry | None:
        """Return an entry with this serial number (contents octets of the INTEGER), or ``None``: there is none."""
        at = self._single.get(serial)
        if at is not None:
            return read_entry(self._data, at, self._stop)[0]
        key = key_of(serial)
        for keys in self._keys.get(len(serial), ()):
            at = keys.find(key, serial)
            if at is not None:
                entry, _ = read_entry(self._data, at, self._stop)
                if entry.serial == serial:
                    return entry
        return None

    def entries(self) -> Iterator[Entry]:
        """Yield the entries in order: for a list whose entries depend on those before them, and to show one."""
        at = self._start
        while at < self._stop:
            entry, at = read_entry(self._data, at, self._stop)
            yield entry


class EntryCount(SerialIndex):
    """The entries read as strictly and counted, none kept: for a list whose signature nobody has checked.

    Raises:
        DERError: an entry is malformed.
    """

    def _keep_table(
        self,
        block: _Block,
        layout: EntryLayout,
        table: bytes,
        first: int,
        accepted: dict[int, tuple[_Keys, list[_Table]]],
    ) -> None:
        pass

    def _keep_single(self, at: int, row: Entry) -> None:
        pass


def _runs(data: bytes, at: int, stop: int) -> Iterator[tuple[int, int, int]]:
    """Yield (offset, length, how many): entries of equal length one after another; length 0 for a long form."""
    ahead = 64
    while at < stop:
        if stop - at < 2 or data[at] != SEQUENCE:
            raise DERError(f"no CRL entry at offset {at}")
        length = data[at + 1]
        if length >= 0x80:
            _, end = read_entry(data, at, stop)
            yield at, 0, 1
            at = end
            continue
        stride = length + 2
        column = data[at + 1 : min(stop, at + stride * ahead) : stride]
        # the length octets in front are equal: so many entries of this length follow one another
        count = len(column) - len(column.lstrip(data[at + 1 : at + 2]))
        if count * stride > stop - at:
            count -= 1
        if count == 0:
            raise DERError(f"the CRL entry at offset {at} runs past the end")
        yield at, stride, count
        at += count * stride
        ahead = min(ahead * 4, _BLOCK_ROWS) if count == ahead else 64
