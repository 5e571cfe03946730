"""The OIN value: laws, and what it is as a value."""

from __future__ import annotations

import copy
import json
import pickle
import string
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pkitools.environment import Environment
from pkitools.errors import InvalidValueError
from pkitools.findings import Status, Verdict
from pkitools.limits import MAX_OIN_TEXT
from pkitools.messages import LANGUAGES, error_sentence
from pkitools.oin import OIN, InvalidOINError, check_oin, number_rules, oin_document, passes_eleven_test, subject
from pkitools.oin.number_rules import first_violation, number_block
from tests.oin.strategies import attempt, eleven_test_numbers, oin_texts
from tests.support.cases import in_one_test

ALLOWED = set(string.digits + string.ascii_uppercase)


@given(oin_texts())
def test_parsing_and_writing_round_trip(text: str) -> None:
    oin = OIN.parse(text)
    assert str(oin) == text
    assert type(str(oin)) is str
    assert oin.prefix + oin.hoofdnummer + oin.suffix == text
    assert OIN.parse(str(oin)) == oin
    assert (len(oin.prefix), len(oin.hoofdnummer) + len(oin.suffix)) == (8, 12)


@given(st.text() | st.text(alphabet="0123456789ABZ_ -.", max_size=26) | oin_texts())
@example("\ud800" * 20)
def test_parse_and_check_agree_and_only_one_error_comes_out(text: str) -> None:
    report = check_oin(text)
    oin, error = attempt(OIN.parse, text)
    if error is None:
        assert report.verdict is Verdict.PASSED
        assert oin == text
    else:
        assert type(error) is InvalidOINError
        assert report.verdict is Verdict.FAILED
        assert error.code in report.codes()
        assert all(error_sentence(error, language) != error.code for language in LANGUAGES)


@given(
    st.text(alphabet="0123456789ABZ_ -.", max_size=26)
    | oin_texts()
    | st.from_regex(r"0000000[0-9]{13}", fullmatch=True)
)
@example("00000005123456789000")
def test_what_an_old_prefix_may_be_takes_nothing_away(text: str) -> None:
    oin, error = attempt(OIN.parse, text)
    old, refused = attempt(lambda text: OIN.parse(text, legacy=True), text)
    plain = first_violation(subject.Candidate(text, legacy=True))
    assert (plain is None) == (refused is None)
    assert error is not None or old == oin


@given(oin_texts(), st.sampled_from([None, *Environment]))
@example("00000005123456789000", None)
def test_in_a_certificate_it_is_told_what_is_told_of_it_alone(text: str, environment: Environment | None) -> None:
    block, report = (
        number_block(OIN(text, legacy=True), environment),
        check_oin(text, environment=environment, legacy=True),
    )
    told = {Status.VIOLATED, Status.NOT_CHECKED}
    assert list(block.outcomes) == list(report.outcomes)
    assert block.told == [(place, each) for place, each in enumerate(report.outcomes) if each.status in told]
    assert block.looked == any(each.status is Status.MET for each in report.outcomes)


@given(st.text())
def test_compact_is_idempotent(text: str) -> None:
    assert OIN.compact(OIN.compact(text)) == OIN.compact(text)


@given(oin_texts(), st.text(alphabet=" .-", max_size=5), st.integers(0, 20))
def test_compact_undoes_separators_and_case(text: str, separator: str, position: int) -> None:
    assert OIN.compact(text[:position].lower() + separator + text[position:]) == text


@given(oin_texts(), st.integers(0, 19), st.characters())
def test_no_character_but_ascii_digits_and_capitals_is_accepted(text: str, position: int, char: str) -> None:
    changed = text[:position] + char + text[position + 1 :]
    if char not in ALLOWED:
        with pytest.raises(InvalidOINError):
            OIN.parse(changed)


def test_no_other_script_s_zero_is_a_zero() -> None:
    zeros = [chr(c) for c in range(0x80, 0x110000) if unicodedata.digit(chr(c), None) == 0]
    assert len(zeros) > 60
    for zero in zeros:
        with pytest.raises(InvalidOINError):
            OIN.parse("00000001822477348000".replace("0", zero))
        assert not passes_eleven_test("822477340".replace("0", zero)), f"U+{ord(zero):04X}"


@given(eleven_test_numbers, st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(number: str, position: int, change: int) -> None:
    wrong = str((int(number[position]) + change) % 10)
    changed = number[:position] + wrong + number[position + 1 :]
    assert passes_eleven_test(number)
    assert not passes_eleven_test(changed)
    with pytest.raises(InvalidOINError):
        OIN.parse(f"00000001{changed}000")


@given(eleven_test_numbers, st.integers(0, 8), st.integers(0, 8))
def test_two_swapped_digits_are_always_found(number: str, left: int, right: int) -> None:
    digits = list(number)
    digits[left], digits[right] = digits[right], digits[left]
    assert passes_eleven_test("".join(digits)) == (number[left] == number[right])


@in_one_test
@pytest.mark.parametrize("text", ["", "82247734", "8224773480", "82247734X", "８22477348", "82247734٨"])
def test_what_is_not_nine_ascii_digits_fails_the_eleven_test(text: str) -> None:
    assert not passes_eleven_test(text)


@given(oin_texts(), oin_texts())
def test_it_sorts_hashes_and_compares_as_its_text(left: str, right: str) -> None:
    a, b = OIN(left), OIN(right)
    assert (a < b) == (left < right)
    assert (a == b) == (left == right)
    assert len({a, left}) == 1


@given(oin_texts())
def test_it_survives_pickling_copying_and_json(text: str) -> None:
    oin = OIN(text)
    for again in (pickle.loads(pickle.dumps(oin)), copy.copy(oin), copy.deepcopy(oin)):
        assert again == oin
        assert type(again) is OIN
    assert json.loads(json.dumps({"oin": oin})) == {"oin": text}
    assert json.loads(json.dumps(oin_document(oin)))["oin"] == text


def test_a_pickle_of_what_is_no_oin_does_not_load() -> None:
    forged = pickle.dumps(OIN("00000001822477348000")).replace(b"822477348", b"822477349")
    with pytest.raises(InvalidOINError):
        pickle.loads(forged)


def test_an_old_prefix_survives_pickling() -> None:
    oin = OIN.parse("00000005123456782000", legacy=True)
    assert pickle.loads(pickle.dumps(oin)) == oin


def test_it_cannot_be_changed() -> None:
    oin = OIN("00000001822477348000")
    with pytest.raises(AttributeError):
        oin.prefix = "00000003"  # type: ignore[misc]  # that is the point
    with pytest.raises(AttributeError):
        oin.note = "x"  # type: ignore[attr-defined]  # that is the point
    assert repr(oin) == "OIN('00000001822477348000')"


@pytest.mark.parametrize("value", [1822477348000, b"00000001822477348000", None])
def test_only_text_is_parsed(value: object) -> None:
    with pytest.raises(InvalidValueError, match="where text is needed"):
        OIN.parse(value)  # type: ignore[arg-type]  # that is the point


@in_one_test
@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("00000001822477348000", "rsin", "822477348"),
        ("00000002003214394001", "fi", "003214394"),
        ("00000003520354760000", "kvk", "52035476"),
        ("0000000700025BE00000", "brin", "25BE"),
        ("0000000700025BE00000", "vestiging", "00"),
        ("000000070000025BE000", "brin", "25BE"),
        ("000000070000025BE000", "vestiging", None),
        ("00000009900003800000", "ura", "90000380"),
        ("00000009999999999004", "ura", None),
        ("00000099123456789000", "rsin", None),
    ],
)
def test_the_number_it_holds(text: str, name: str, value: str | None) -> None:
    assert getattr(OIN(text), name) == value
    numbers = {"rsin", "fi", "kvk", "brin", "vestiging", "ura"} - {name}
    held = {n for n in numbers if getattr(OIN(text), n) is not None}
    assert held <= ({"brin", "vestiging"} if OIN(text).register == "brin" else set())


@in_one_test
@pytest.mark.parametrize(
    ("text", "is_test", "is_sub_oin", "is_hrn_form"),
    [
        ("00000001822477348000", False, False, True),
        ("00000003520354760000", False, False, True),
        ("00000001822477348001", False, False, False),
        ("00000004114202890000", False, True, False),
        ("00000099123456789000", True, False, False),
        ("00000002003214394001", False, False, False),
    ],
)
def test_what_kind_it_is(text: str, is_test: bool, is_sub_oin: bool, is_hrn_form: bool) -> None:
    oin = OIN(text)
    assert (oin.is_test, oin.is_sub_oin, oin.is_hrn_form) == (is_test, is_sub_oin, is_hrn_form)


@in_one_test
@pytest.mark.parametrize("script", ["0", "NL", "1.0E", " ", "a", "\u0660", "\uff10", "\U0001d7ce"])
@pytest.mark.parametrize("lenient", [False, True])
def test_of_a_megabyte_only_the_beginning_is_looked_at(
    script: str, lenient: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at = 0

    def counting(of: Callable[[str], str]) -> Callable[[str], str]:
        def count(text: str) -> str:
            nonlocal looked_at
            looked_at += len(text)
            return of(text)

        return count

    for module, name in ((subject, "capitals"), (subject, "compact"), (number_rules, "capitals")):
        monkeypatch.setattr(module, name, counting(getattr(module, name)))
    report = check_oin((script * 1_000_000)[:1_000_000], lenient=lenient)
    assert report.verdict is Verdict.FAILED
    assert looked_at <= 20 * MAX_OIN_TEXT
    (length,) = [o for o in report.findings if o.rule.code == "oin.syntax.length"]
    assert length.params["length"] == "1000000"


def test_a_text_just_too_long_is_no_oin_though_it_would_be_one_when_tidied() -> None:
    for length, verdict in ((MAX_OIN_TEXT, Verdict.PASSED), (MAX_OIN_TEXT + 1, Verdict.FAILED)):
        assert check_oin("00000001822477348000".ljust(length), lenient=True).verdict is verdict
