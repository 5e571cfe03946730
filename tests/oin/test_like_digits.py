"""A letter that looks like a digit, in each place of an OIN: what was meant is told, and nothing of what is right."""

from __future__ import annotations

from itertools import product

import pytest

from pkitools.oin import check_oin
from tests.support.cases import in_one_test

GOOD = ("00000001822477348000", "00000003520354760000", "00000004114202890000")
LETTERS = {"0": "Oo", "1": "Iil"}
CASES = [
    (number, number[:at] + letter + number[at + 1 :])
    for number in GOOD
    for at, digit in enumerate(number)
    for letter in LETTERS.get(digit, "")
]


def suggested(text: str) -> list[str]:
    found = check_oin(text).findings
    return [str(each.params["suggestion"]) for each in found if each.rule.code == "oin.input.like_digits"]


@in_one_test
@pytest.mark.parametrize(("number", "text"), CASES)
def test_what_was_meant_is_told(number: str, text: str) -> None:
    assert suggested(text) == [number]
    assert "oin.number.letters" not in check_oin(text).codes()


@in_one_test
@pytest.mark.parametrize("text", [*GOOD, "0000000700025OB00000", "0000000700025BE00000", "OOOO", "", "Olie"])
def test_of_what_is_right_or_is_no_number_nothing_is_told(text: str) -> None:
    assert suggested(text) == []


def test_several_at_once_are_one_number() -> None:
    assert {tuple(suggested("".join(each) + "000000l8224773480O0")) for each in product("0O")} == {(GOOD[0],)}
