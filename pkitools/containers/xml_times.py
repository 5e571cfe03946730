"""Moments as XML writes them (xs:dateTime), which SAML gives in UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from pkitools.text import pattern

_FORM: Final = pattern(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)?", re.ASCII)


def xml_moment(text: str | None) -> datetime | None:
    """Return an xs:dateTime as aware UTC, whole seconds; one without a zone counts as UTC (SAML core 1.3.3).

    ``None`` where there is none, and of what is none.
    """
    if text is None or not _FORM.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(re.sub(r"\.\d+", "", text))
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
