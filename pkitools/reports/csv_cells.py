"""Cells of a CSV that a spreadsheet opens without harm.

What a spreadsheet would take for a formula, a number, a day, a time or a truth value gets an apostrophe before it, as
OWASP advises: an OIN keeps its zeros and all its digits, and a serial number ``12dec3`` is no day of December.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final, TypeAlias

from pkitools.text import pattern, visible

Cell: TypeAlias = str | date | int | None
"""A text, which stays one; a day or a number of ours, which a spreadsheet is to read as that; nothing."""

BYTE_ORDER_MARK: Final = "\ufeff"  # without it Excel takes UTF-8 for something else

_MONTH: Final = (
    "jan(?:uar[yi])?|feb(?:ruar[yi])?|m(?:ar(?:ch)?|aart|rt|ay|ei)|apr(?:il)?|ju(?:ne?|n[iy]|l[iy]?)|aug(?:ust(?:us)?)?"
    "|sep(?:t(?:ember)?)?|o[ck]t(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_FORMULA: Final = r"[=+\-@\t\r'\uff1d\uff0b\uff0d\uff20]"
# a few digits without a zero before them are shown as they stand, so they need nothing
_NUMBER_OR_DAY: Final = (
    r"(?!(?:0|[1-9][0-9]{0,9})\Z)(?=\D*\d)"
    rf"(?:\d|[ .,:/+\-%€$£()'’]|{_MONTH}|(?<=\d)e(?=[+-]?\d)|(?<=\d)t(?=\d)|(?<=\d)z|(?<=[\d ])[ap]m|(?<= )[ap])+\Z"
)
_TAKEN_FOR_ELSE: Final = pattern(rf"{_FORMULA}|{_NUMBER_OR_DAY}|(?:true|false|(?:on)?waar)\Z", re.IGNORECASE)


def cell(value: Cell) -> str | int:
    """Return what is written for a value: of a text one line that a spreadsheet shows as it is."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return value
    shown = visible(value)
    return f"'{shown}" if _TAKEN_FOR_ELSE.match(shown) else shown
