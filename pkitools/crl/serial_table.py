"""Where each serial number of a list stands: a table of offsets, for lists that are asked again and again.

A dictionary of Python needs 90 bytes per entry; this needs 4 per slot, a quarter to a half of the list in all, because
the serial numbers themselves are read in the list.
"""

from __future__ import annotations

from array import array
from typing import Final

_OCTETS_PER_SLOT: Final = 16  # the shortest entry that most lists can have is 24 octets: never full


class SerialTable:
    """Serial number → the first entry that has it.

    Open addressing: what does not find its slot free goes to the next. ``hash`` of bytes is keyed by the process, so
    that nobody can make a list whose serial numbers share a slot.

    Args:
        data: the CRL.
        start, stop: the bounds of its entries, all read strictly before.
    """

    def __init__(self, data: bytes, start: int, stop: int) -> None:
        self._data, self._start = data, start
        slots = 1 << ((stop - start) // _OCTETS_PER_SLOT).bit_length()
        self._mask = slots - 1
        kind = "I" if stop - start < 1 << 8 * array("I").itemsize else "Q"
        self._slots = array(kind, [0]) * slots
        self._has_repeats = False
        self._fill(stop)

    def _fill(self, stop: int) -> None:
        # what starts() and _slot() do, in line: a million calls take as long as the rest
        data, slots, mask, at = self._data, self._slots, self._mask, self._start
        while at < stop:
            length, serial_at = data[at + 1], at + 2
            if length >= 0x80:
                serial_at += length & 0x7F
                length = int.from_bytes(data[at + 2 : serial_at], "big")
            serial = data[serial_at : serial_at + 2 + data[serial_at + 1]]
            slot = hash(serial) & mask
            if slots[slot]:
                slot = self._slot(serial)
                self._has_repeats = self._has_repeats or bool(slots[slot])
            slots[slot] = slots[slot] or at - self._start + 1
            at = serial_at + length

    @property
    def has_repeats(self) -> bool:
        """Whether a serial number is there twice, which RFC 5280 knows of no list of one issuer."""
        return self._has_repeats

    def _slot(self, serial: bytes) -> int:
        """Return the slot that has this INTEGER, or the free one where it would be."""
        slot = hash(serial) & self._mask
        while (known := self._slots[slot]) and not self._is_at(self._start + known - 1, serial):
            slot = slot + 1 & self._mask
        return slot

    def _is_at(self, at: int, serial: bytes) -> bool:
        length = self._data[at + 1]
        return self._data.startswith(serial, at + 2 + (length & 0x7F if length >= 0x80 else 0))

    def find(self, serial: bytes) -> int | None:
        """Return the offset of the entry with this serial number, a whole INTEGER; ``None``: there is none."""
        known = self._slots[self._slot(serial)]
        return self._start + known - 1 if known else None
