"""Moments as XML writes them (xs:dateTime), which SAML gives in UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from pkitools.text import pattern

_FORM: Final = pattern(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,40})?(?:Z|[+-]\d\d:\d\d)?", re.ASCII)

_END_OF_DAY: Final = pattern(r"T24:00:00(?:\.0{1,40})?(?![.\d])", re.ASCII)


def xml_moment(text: str | None) -> datetime | None:
    """Return an xs:dateTime as aware UTC, whole seconds; one without a zone counts as UTC (SAML core 1.3.3).

    24:00:00 is midnight at the end of that day (XML Schema 1.1 part 2, 3.3.7). ``None`` where there is none, and of
    what is none.
    """
    if text is None or not _FORM.fullmatch(text):
        return None
    is_end = _END_OF_DAY.search(text) is not None
    whole = re.sub(r"\.\d+", "", text.replace("T24:", "T00:") if is_end else text)
    try:
        moment = datetime.fromisoformat(whole) + timedelta(days=is_end)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
