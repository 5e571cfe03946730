"""A text in a CSV stays what it is when a spreadsheet opens it; what is ours to be a day or a number stays one."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkitools.reports.csv_cells import cell
from pkitools.text import visible
from tests.support.cases import in_one_test
from tests.support.effort import examples

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "'=1",
        "\uff1d1",
        "00000003273229750000",
        "1e10",
        '"=1',
    ]
)


MONTHS = (
    *("jan", "January", "januari", "FEB", "february", "februari", "mar", "March", "mrt", "maart", "apr", "april"),
    *("may", "mei", "jun", "june", "juni", "JUL", "July", "juli", "aug", "august", "augustus", "sep", "sept"),
    *("september", "oct", "okt", "October", "oktober", "nov", "november", "dec", "December"),
)
DAYS = (
    *(
        form.format(month)
        for form, month in product(("{}1", "1{}", "{}-26", "1 {} 2026", "12{}3", "{} 1, 2026"), MONTHS)
    ),
    *(sign.join(parts) for sign, parts in product("-/. ", (("1", "2"), ("1", "2", "26"), ("2026", "01", "31")))),
    *("10:30", "10:30:15", "10:30 PM", "10:30pm", "10:30 a", "2026-01-31T10:30:00Z", "2026-01-31 10:30"),
)
NUMBERS = (
    *(begin + "e" + end for begin, end in product(("7", "0", "12", "1.5"), ("12", "0", "+3", "-300"))),
    *("0012", "00000003273229750000", "12345678901", "1.10", "1,50", "1.000,00", "10.0.0.1", "5%", "€5", "5 €", "$ 5"),
    *("(5)", "1 1/2", "10 000", "1'000", ".5", "7E12", "TRUE", "false", "Waar", "onwaar", "١٢"),
)


@examples(60)
@given(TEXTS)
def test_no_cell_is_a_formula_or_a_number_that_loses_digits(text: str) -> None:
    told = str(cell(text))
    assert told in (visible(text), f"'{visible(text)}")
    assert not told.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"))
    assert "\n" not in told
    assert "\r" not in told
    assert not (told.isdecimal() and (len(told) > 10 or told.startswith("0")) and len(told) > 1)


@in_one_test
@pytest.mark.parametrize("text", [*DAYS, *NUMBERS])
def test_what_reads_as_a_day_or_a_number_is_kept_as_text(text: str) -> None:
    assert [cell(each) for each in (text, text.lower(), text.upper())] == [
        f"'{each}" for each in (text, text.lower(), text.upper())
    ]


@in_one_test
@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "0",
            "7",
            "1234567890",
            "1a",
            "a1",
            "e5",
            "5e",
            "12ab",
            "E2E",
            "RSA 2048",
            "EC P-256",
            "G4",
            "mei",
            "May",
        ),
        *("Gemeente Maart", "a1.example.nl", "mar1.example.nl", "1-2.example.nl", "v1.2", "12decade", "waarheid", "…"),
        "066de735bedfdb59eb85c213aaf57703cb5dbd3644325dc037b035ee089d7eac",
    ],
)
def test_what_a_spreadsheet_leaves_as_it_is_has_no_apostrophe(text: str) -> None:
    assert cell(text) == text


def test_what_is_ours_is_written_as_what_it_is() -> None:
    assert [cell(each) for each in (None, -3, 12345678901, date(2026, 1, 31))] == ["", -3, 12345678901, "2026-01-31"]


def test_a_long_text_is_looked_at_once() -> None:
    """Each part of what may be a day is one in one way alone; else this would not end."""
    for part in ("sept", "june", "juni", "1e1", "10 a", "may", "1t1", "mar"):
        assert cell(part * 2000 + "x") == part * 2000 + "x"
