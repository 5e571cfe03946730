"""Whose certificate an entry of an indirect list is about: of whoever was named last, at first of the list's issuer.

RFC 5280 5.3.3. Who looks up one entry looks backwards for the name, in the bytes and at the speed of C. What was seen
on the way is kept as a stretch of entries of one name, so that all look-ups together go over the list once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import Final

from pkitools.crl.entries import Entry, read_entry
from pkitools.x509.der_writing import oid
from pkitools.x509.oids import CERTIFICATE_ISSUER

_MARK: Final = oid(CERTIFICATE_ISSUER)
_CHANCES: Final = 8  # times these octets stand in an entry that names nobody, before all entries are read instead


class NamedIssuers:
    """Offset of an entry → the name that holds for it.

    Args:
        data: the CRL.
        start: where its entries start, all of them read strictly before.
        around: returns where the entry starts in which an offset lies.
    """

    def __init__(self, data: bytes, start: int, around: Callable[[int], int]) -> None:
        self._data, self._start, self._around = data, start, around
        # a stretch: the entry that names, the last one known to be about the same, and the name
        self._first, self._last = [start], [start - 1]
        self._names: list[bytes | None] = [None]

    def of(self, at: int, entry: Entry, behind: int) -> bytes | None:
        """Return the name, as DER; ``None``: nobody was named, so it is the list's issuer.

        Args:
            at, entry, behind: where the entry starts, what it says, and where the next one starts.
        """
        if entry.certificate_issuer is not None:
            return entry.certificate_issuer
        place = bisect_right(self._first, at) - 1
        if at > self._last[place]:
            place = self._looked_back(place, at, behind)
        return self._names[place]

    def _looked_back(self, place: int, at: int, behind: int) -> int:
        """Return the stretch that an entry is in, which lies behind what is known of this one."""
        known, end = max(self._last[place], self._first[place]), behind
        for _ in range(_CHANCES):
            found = self._data.rfind(_MARK, known, end)
            if found < 0:
                return self._lasts(place, at)
            end = self._around(found)
            name = read_entry(self._data, end, behind)[0].certificate_issuer
            if name is not None:
                return self._lasts(self._begins(end, name), at)
        return self._read_on(place, known, at)

    def _read_on(self, place: int, known: int, at: int) -> int:
        """Return the same of a list in which the octets of the extension stand without it: entry by entry, once."""
        while known <= at:
            entry, behind = read_entry(self._data, known, len(self._data))
            name = entry.certificate_issuer
            if name is not None and name != self._names[place]:
                place = self._begins(known, name)
            self._lasts(place, known)
            known = behind
        return place

    def _begins(self, at: int, name: bytes) -> int:
        place = bisect_right(self._first, at) - 1
        if self._first[place] == at and self._names[place] == name:
            return place
        self._first.insert(place + 1, at)
        self._last.insert(place + 1, at)
        self._names.insert(place + 1, name)
        return place + 1

    def _lasts(self, place: int, at: int) -> int:
        self._last[place] = max(self._last[place], at)
        return place
