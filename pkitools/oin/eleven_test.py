"""The eleven-test (elfproef) of RSIN, fiscal number and BSN.

Nine digits d1…d9, leading zeros counted, pass when ``9·d1 + 8·d2 + … + 2·d8 − d9`` is a multiple of 11. No two weights
differ by a multiple of 11, so one wrong digit and two swapped digits are always found.
The three numbers share one space: a number that passes may be a person's BSN.

>>> passes_eleven_test("822477348")
True
>>> passes_eleven_test("123456789")
False
"""

from __future__ import annotations

from typing import Final

_WEIGHTS: Final = (9, 8, 7, 6, 5, 4, 3, 2, -1)


def passes_eleven_test(digits: str) -> bool:
    """Return whether nine ASCII digits pass. Zero passes: that it is no number is another rule."""
    if len(digits) != len(_WEIGHTS) or not (digits.isascii() and digits.isdigit()):
        return False
    return sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True)) % 11 == 0
