"""Times that RFC 5280 does not allow and X.680 does: without seconds, with a fraction, in another zone or without one.

They are read to show what somebody meant, and noted so that a rule can refuse them. Nothing else reads them so.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from pkitools.text import pattern
from pkitools.x509.der import GENERALIZED_TIME, UTC_TIME, DERError, Node

_MAX_OCTETS: Final = 40
_REST: Final = rb"(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:[.,]\d{1,20})?(Z|[+-]\d{4})?"
_FORMS: Final = {
    UTC_TIME: pattern(rb"(\d\d)" + _REST),
    GENERALIZED_TIME: pattern(rb"(\d{4})" + _REST),
}


def read_odd_time(data: bytes, node: Node) -> datetime:
    """Return a time in any of these forms as aware UTC; one without a zone counts as UTC.

    Raises:
        DERError: it is no time at all.
    """
    form = _FORMS.get(node[0])
    match = form.fullmatch(data[node[2] : node[3]]) if form and node[3] - node[2] <= _MAX_OCTETS else None
    if match is None:
        raise DERError("is_none", node[1], kind="Time")
    year, month, day, hour, minute = (int(match[number]) for number in range(1, 6))
    if node[0] == UTC_TIME:
        year += 2000 if year < 50 else 1900
    try:
        return datetime(year, month, day, hour, minute, int(match[6] or 0), tzinfo=_zone(match[7])).astimezone(UTC)
    except (ValueError, OverflowError):
        raise DERError("no_such_time", node[1]) from None


def _zone(octets: bytes | None) -> timezone:
    if octets is None or octets == b"Z":
        return UTC
    offset = timedelta(hours=int(octets[1:3]), minutes=int(octets[3:5]))
    return timezone(-offset if octets[:1] == b"-" else offset)
