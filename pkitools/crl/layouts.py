"""Many CRL entries at a time, whatever their lengths.

A CA writes the entries of a CRL with one program: they have few layouts, and within a layout only serial number, times,
reason and the values of extensions that nothing here looks into differ. A layout is learnt from one strictly read entry
and becomes a regular expression over bytes, which has every other octet as it stood there. One expression of all
layouts met so far then reads entries one behind the other, some 250 in one call and at the speed of C. Tags, lengths
and which extensions there are need no check of their own: they are those of an entry that was read.

The law: what an expression accepts, :func:`~pkitools.crl.entries.read_entry` accepts entry by entry. It need not accept
everything valid: what it does not accept is read entry by entry.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from pkitools.crl.entries import REASONS, Entry
from pkitools.x509 import der as asn1
from pkitools.x509 import der_writing as encode
from pkitools.x509.oids import CERTIFICATE_ISSUER, INVALIDITY_DATE, REASON_CODE

_ENTRIES: Final = 256  # read by one call; measured: from 128 on the call itself no longer counts
_MAX_ENTRY_OCTETS: Final = 512  # of a longer one the octets cost more than what is done once per entry
_MAX_LAYOUTS: Final = 2048  # of one list; an alternative that does not fit costs an entry some 3 ns
_MANY: Final = 128  # layouts; to compile more than these takes longer than to read some entries one by one
_PER_LAYOUT: Final = 8  # entries read one by one that cost about what compiling one of many layouts costs
_FEW: Final = 8  # layouts with an alternative of their own: quicker to run, and slower to compile
_SEVERAL: Final = 32  # of more layouts than this none is frequent
_FIRST: Final = 16  # entries read one by one before there is an expression
_PER_PART: Final = 4  # entries read one by one that cost about what compiling a part of a layout costs

# a group that gives nothing back holds no state per entry; before 3.11.5 one could end inside an entry (gh-106052)
_REPEATED: Final = b"{0,%d}+" if sys.version_info >= (3, 11, 5) else b"{0,%d}"

_DAY: Final = rb"(?:0[1-9]|1[0-9]|2[0-8]|(?:29|30)(?<!02..)|31(?<=0[13578]31|1[02]31)|29(?<=%b0229))"
_CLOCK: Final = rb"(?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]Z"
_LEAP: Final = rb"[02468][048]|[13579][26]"
_UTC_TIME: Final = rb"[0-9][0-9](?:0[1-9]|1[0-2])" + _DAY % (rb"(?:%b)" % _LEAP) + _CLOCK
# of years in four digits the 29th of February goes to the row reader, and what is before 1000 or after 2999
_LONG_TIME: Final = rb"[12][0-9]{3}+(?:0[1-9]|1[0-2])" + _DAY % rb"(?!)" + _CLOCK
_REASON: Final = rb"[%b]" % b"".join(rb"\x%02x" % number for number in REASONS)


class Part(NamedTuple):
    """Octets of an entry, as an expression, and how many they are.

    Args:
        octets: how many.
        expression: what they may be.
        behind_time: what they may be behind the time, where it is one that goes before.
    """

    octets: int
    expression: bytes
    behind_time: bytes = b""


class Layout(NamedTuple):
    """One layout: the contents of the serial number, and the time and the extensions behind it."""

    serial: Part
    rest: Part


def layout_of(data: bytes, at: int, entry: Entry, stop: int) -> Layout | None:
    """Return the layout of an entry, or ``None`` where it is to be read by itself.

    Args:
        data: the CRL.
        at: where an entry starts that :func:`~pkitools.crl.entries.read_entry` accepted.
        entry: what it returned.
        stop: the offset behind the entry.
    """
    if stop - at > _MAX_ENTRY_OCTETS:
        return None
    behind = last = entry.parts[0][3]
    parts = []
    for first, end, allowed in _varying(entry):
        parts += [_literal(data, last, first), allowed]
        last = end
    time, rest = b"".join(parts[:2]), b"".join([*parts[2:], _literal(data, last, stop)])
    return Layout(Part(len(entry.serial), _like_serial(entry.serial)), Part(stop - behind, time, rest))


def _literal(data: bytes, start: int, stop: int) -> bytes:
    return re.escape(data[start:stop])


def _like_serial(octets: bytes) -> bytes:
    """Return the expression of minimal INTEGERs as long as this one that begin as it does."""
    if len(octets) == 1:
        return b"."
    if octets[0] == 0x00:
        return rb"\x00[\x80-\xff]" + _any(len(octets) - 2)
    if octets[0] == 0xFF:
        return rb"\xff[\x00-\x7f]" + _any(len(octets) - 2)
    return rb"[\x01-\xfe]" + _any(len(octets) - 1)


def _any(octets: int) -> bytes:
    return b".{%d}+" % octets if octets else b""


def _varying(entry: Entry) -> Iterator[tuple[int, int, bytes]]:
    """Yield the bounds of what may differ behind the serial number, and the expression of what it may be."""
    _, time, extensions = entry.parts
    yield time[2], time[3], _UTC_TIME if time[0] == asn1.UTC_TIME else _LONG_TIME
    for oid, (_, _, start, stop) in extensions:
        if oid == REASON_CODE:
            yield stop - 1, stop, _REASON
        elif oid == INVALIDITY_DATE:
            yield start + 2, stop, _LONG_TIME
        elif oid != CERTIFICATE_ISSUER:  # of which there are few: each makes layouts of its own
            # nothing here looks into the others
            yield start, stop, _any(stop - start)


def expression_of(layouts: Iterable[Layout], repeated: bytes = _REPEATED) -> re.Pattern[bytes]:
    """Return the expression of up to 256 entries of these layouts, one behind the other; the first are the quickest.

    A serial number of one layout before the rest of another makes a layout too: most of these will come.
    """
    seen = list(layouts)
    few = seen[:_FEW] if len(seen) <= _SEVERAL else []
    # what has one length and one kind of time shares all up to there: only behind it one differs from another
    many: dict[tuple[int, bytes], tuple[dict[bytes, None], dict[bytes, None]]] = {}
    for layout in _crossed(seen):
        if layout not in few:
            beginnings, rests = many.setdefault(layout.rest[:2], ({}, {}))
            beginnings[_beginning(layout)] = rests[layout.rest.behind_time] = None
    whole = [_beginning(layout) + layout.rest.expression + layout.rest.behind_time for layout in few]
    whole += [_either(begin) + time + _either(rests) for (_, time), (begin, rests) in many.items()]
    return re.compile(_either(whole) + repeated % _ENTRIES, re.DOTALL)


def _crossed(layouts: list[Layout]) -> list[Layout]:
    serials = list(dict.fromkeys(layout.serial for layout in layouts))
    rests = list(dict.fromkeys(layout.rest for layout in layouts))
    if len(serials) * len(rests) > _MAX_LAYOUTS:
        return layouts
    return [Layout(serial, rest) for rest in rests for serial in serials]


def _beginning(layout: Layout) -> bytes:
    """Return the expression of an entry up to and with the serial number."""
    octets, serial, _ = layout.serial
    length = 2 + octets + layout.rest.octets
    header = encode.value(asn1.SEQUENCE, bytes(length))[:-length]
    return re.escape(header + bytes((asn1.INTEGER, octets))) + serial


def _either(alternatives: Iterable[bytes]) -> bytes:
    return b"(?:" + b"|".join(alternatives) + b")"


class Layouts:
    """The layouts of one list, learnt while it is read."""

    def __init__(self) -> None:
        self._known: list[Layout] = []
        self._new: Counter[Layout] = Counter()
        self._serials: set[Part] = set()
        self._rests: set[Part] = set()
        self._taken = 0
        self._expression: re.Pattern[bytes] | None = None

    def pass_over(self, data: bytes, at: int, stop: int) -> int:
        """Return the offset behind the entries from ``at`` that have a known layout: ``at`` where there is none."""
        found = self._expression and self._expression.match(data, at, stop)
        return found.end() if found else at

    def learn(self, data: bytes, at: int, entry: Entry, stop: int) -> None:
        """Take note of an entry that had to be read by itself.

        An expression is made anew when entries were read one by one for as long as that takes, so that all of them
        together cost no more than what they are for. What was met first goes first, and of that the most frequent.
        """
        layout = layout_of(data, at, entry, stop)
        full = len(self._known) + len(self._new) >= _MAX_LAYOUTS
        if layout is None or (full and layout not in self._new):
            return
        self._new[layout] += 1
        self._taken += 1
        self._serials.add(layout.serial)
        self._rests.add(layout.rest)
        if self._taken >= self._worth_it():
            self._known += [new for new, _ in self._new.most_common()]
            self._new.clear()
            self._taken = 0
            self._expression = expression_of(self._known)

    def _worth_it(self) -> int:
        """Return how many entries read one by one take as long as to make an expression of all layouts there are."""
        crossed = len(self._serials) * len(self._rests)
        if crossed <= _MANY:
            return max(_FIRST, _PER_PART * (len(self._serials) + len(self._rests)))
        return _PER_LAYOUT * (crossed if crossed <= _MAX_LAYOUTS else len(self._known) + len(self._new))
