"""Hypothesis strategies for OINs, valid by construction from the prefix table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from hypothesis import strategies as st

from pkitools.errors import PkitoolsError
from pkitools.oin import passes_eleven_test, prefix_table
from pkitools.oin.prefixes import Prefix

ROWS = tuple(row for row in prefix_table().prefixes.values() if row.status != "unassigned")
Value = TypeVar("Value")
WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2)


def _complete(eight: str) -> str | None:
    """Return eight digits with the ninth that makes them pass the eleven-test, if there is one."""
    check = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, eight, strict=True)) % 11
    number = f"{eight}{check}"
    return number if check < 10 and number.strip("0") else None


eleven_test_numbers = (
    st.from_regex(r"[0-9]{8}", fullmatch=True).map(_complete).filter(lambda number: number is not None).map(str)
)


@st.composite
def oin_texts(draw: st.DrawFn) -> str:
    row: Prefix = draw(st.sampled_from(ROWS))
    if not row.forms:
        return row.prefix + draw(st.from_regex("[0-9A-Z]{12}", fullmatch=True))
    form = draw(st.sampled_from(row.forms))
    pattern = st.from_regex(form.pattern, fullmatch=True)
    number = draw(eleven_test_numbers if row.eleven_test else pattern.filter(lambda n: bool(n.strip("0"))))
    serial = draw(st.just("000") | st.from_regex("[0-9]{3}", fullmatch=True))
    assert not row.eleven_test or passes_eleven_test(number)
    return row.prefix + number + form.suffix[:-3] + serial


def attempt(make: Callable[[str], Value], text: str) -> tuple[Value | None, PkitoolsError | None]:
    """Return the value or the error of our own; any other error goes through and fails the test."""
    try:
        return make(text), None
    except PkitoolsError as error:
        return None, error
