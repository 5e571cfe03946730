"""From a number to its OIN and back, and the numbers that give none."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkitools.errors import InvalidValueError
from pkitools.messages import LANGUAGES, error_sentence
from pkitools.oin import (
    OIN,
    InvalidNumberError,
    NoOINError,
    oin_for_test,
    oin_from_brin,
    oin_from_btw,
    oin_from_fi,
    oin_from_kvk,
    oin_from_rsin,
    oin_from_ura,
    passes_eleven_test,
)
from tests.oin.strategies import attempt, eleven_test_numbers
from tests.support.cases import in_one_test

Derive = Callable[[str], OIN]
digits8 = st.from_regex("[0-9]{8}", fullmatch=True).filter(lambda n: bool(n.strip("0")))


@given(digits8)
def test_kvk_there_and_back(number: str) -> None:
    oin = oin_from_kvk(number)
    assert oin.kvk == number
    assert oin.is_hrn_form


@given(eleven_test_numbers)
def test_rsin_fi_and_btw_there_and_back(number: str) -> None:
    assert oin_from_rsin(number).rsin == number
    assert oin_from_fi(number).fi == number
    assert oin_from_btw(f"NL{number}B01") == oin_from_rsin(number)


@given(st.from_regex("[0-9]{2}[A-Z]{2}", fullmatch=True), st.from_regex("([0-9]{2})?", fullmatch=True))
def test_brin_there_and_back(brin: str, vestiging: str) -> None:
    oin = oin_from_brin(brin, vestiging)
    assert (oin.brin, oin.vestiging or "") == (brin, vestiging)
    assert oin == oin_from_brin(brin + vestiging)


@given(digits8)
def test_ura_there_and_back(number: str) -> None:
    assert oin_from_ura(number).ura == number


@given(st.from_regex("[0-9A-Z]{1,9}|[0-9A-Z]{12}", fullmatch=True))
def test_a_test_number_gives_a_test_oin(number: str) -> None:
    oin = oin_for_test(number)
    assert oin.is_test
    assert number in oin


@in_one_test
@pytest.mark.parametrize(
    ("derive", "number", "oin"),
    [
        (oin_from_kvk, "52035476", "00000003520354760000"),
        (oin_from_kvk, " 5203.5476 ", "00000003520354760000"),
        (oin_from_rsin, "822477348", "00000001822477348000"),
        (oin_from_rsin, "002220647", "00000001002220647000"),
        (oin_from_fi, "003214394", "00000002003214394000"),
        (oin_from_btw, "NL822477348B01", "00000001822477348000"),
        (oin_from_btw, "nl 8224.77.348.b.01", "00000001822477348000"),
        (oin_from_btw, "822477348B01", "00000001822477348000"),
        (oin_from_brin, "25BE00", "0000000700025BE00000"),
        (oin_from_brin, "25be", "000000070000025BE000"),
        (oin_from_ura, "90000380", "00000009900003800000"),
        (oin_for_test, "99999991", "00000099999999910000"),
        (oin_for_test, "123456789", "00000099123456789000"),
        (oin_for_test, "1", "00000099000000010000"),
        (oin_for_test, "123456789012", "00000099123456789012"),
    ],
)
def test_known_numbers(derive: Derive, number: str, oin: str) -> None:
    assert derive(number) == oin


@in_one_test
@pytest.mark.parametrize(
    ("derive", "number", "code"),
    [
        (oin_from_kvk, "000012345678", "oin.error.vestigingsnummer"),
        (oin_from_kvk, "00000000", "oin.error.zero"),
        (oin_from_rsin, "123456789", "oin.error.eleven_test"),
        (oin_from_rsin, "000000000", "oin.error.zero"),
        (oin_from_fi, "123456789", "oin.error.eleven_test"),
        (oin_from_btw, "NL000099998B57", "oin.error.btw_without_rsin"),  # the tax administration's own example
        (oin_from_btw, "NL000000000B01", "oin.error.btw_without_rsin"),
        (oin_from_ura, "900003801", "oin.error.uzi_number"),
    ],
)
def test_a_number_that_gives_no_oin_says_why(derive: Derive, number: str, code: str) -> None:
    with pytest.raises(NoOINError) as caught:
        derive(number)
    assert caught.value.code == code
    for language in LANGUAGES:
        assert error_sentence(caught.value, language) != code


@in_one_test
@pytest.mark.parametrize(
    ("derive", "number", "code"),
    [
        (oin_from_kvk, "5203547", "oin.error.kvk_form"),
        (oin_from_kvk, "５2035476", "oin.error.kvk_form"),
        (oin_from_kvk, "52035476\n1", "oin.error.kvk_form"),
        (oin_from_rsin, "82247734", "oin.error.rsin_form"),
        (oin_from_fi, "", "oin.error.fi_form"),
        (oin_from_btw, "BE0822477348", "oin.error.btw_form"),
        (oin_from_brin, "2555", "oin.error.brin_form"),
        (oin_from_brin, "25BE0", "oin.error.brin_form"),
        (oin_from_brin, "25BEXX", "oin.error.brin_form"),
        (oin_from_ura, "9000038", "oin.error.uzi_form"),
        (oin_for_test, "1234567890", "oin.error.test_form"),
        (oin_for_test, "", "oin.error.test_form"),
        (oin_for_test, "é", "oin.error.test_form"),
    ],
)
def test_what_is_no_such_number_is_refused(derive: Derive, number: str, code: str) -> None:
    with pytest.raises(InvalidNumberError) as caught:
        derive(number)
    assert caught.value.code == code
    for language in LANGUAGES:
        assert error_sentence(caught.value, language) != code


def test_the_sentences_about_an_rsin_do_not_repeat_a_number_that_may_be_a_bsn() -> None:
    for derive, number in ((oin_from_rsin, "123456789"), (oin_from_rsin, "12345678"), (oin_from_btw, "NL123456789B01")):
        with pytest.raises(InvalidValueError) as caught:
            derive(number)
        assert all("12345678" not in error_sentence(caught.value, language) for language in LANGUAGES)


@given(st.text() | st.from_regex("[0-9]{0,13}", fullmatch=True))
@pytest.mark.parametrize(
    "derive", [oin_from_kvk, oin_from_rsin, oin_from_fi, oin_from_btw, oin_from_brin, oin_from_ura, oin_for_test]
)
def test_whatever_is_given_only_the_two_errors_come_out(derive: Derive, text: str) -> None:
    oin, error = attempt(derive, text)
    if oin is None:
        assert type(error) in {InvalidNumberError, NoOINError}
    else:
        assert OIN.parse(str(oin)) == oin


@given(st.from_regex("[0-9]{9}", fullmatch=True))
def test_nine_digits_give_an_oin_exactly_when_they_pass_the_eleven_test(number: str) -> None:
    if passes_eleven_test(number) and number.strip("0"):
        assert oin_from_rsin(number).rsin == number
    else:
        with pytest.raises(NoOINError):
            oin_from_rsin(number)
