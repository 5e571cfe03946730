"""The test vectors of the OIN facts, section 1.9: what they are, and what is said of them."""

from __future__ import annotations

import pytest

from pkitools.environment import Environment
from pkitools.errors import InvalidValueError
from pkitools.findings import Verdict
from pkitools.oin import OIN, InvalidOINError, check_oin
from tests.support.cases import in_one_test

# number, register, hoofdnummer, suffix, codes of everything worth telling
VALID = [
    ("00000001822477348000", "rsin", "822477348", "000", set()),  # Logius
    ("00000001002220647000", "rsin", "002220647", "000", set()),  # Utrecht: zeros in front matter
    ("00000001001876387000", "rsin", "001876387", "000", set()),
    ("00000001812579446000", "rsin", "812579446", "000", set()),
    ("00000001001299992000", "rsin", "001299992", "000", set()),
    ("00000001820029336000", "rsin", "820029336", "000", set()),
    ("00000001123456782000", "rsin", "123456782", "000", set()),
    ("00000002003214394001", "fi", "003214394", "001", {"oin.suffix.legacy"}),
    ("00000002003182447001", "fi", "003182447", "001", {"oin.suffix.legacy"}),
    ("00000002006756402002", "fi", "006756402", "002", {"oin.suffix.legacy"}),
    ("00000003520354760000", "kvk", "52035476", "0000", set()),
    ("00000003123456780000", "kvk", "12345678", "0000", set()),
    ("00000003123456780001", "kvk", "12345678", "0001", {"oin.suffix.legacy"}),
    ("00000003273229750000", "kvk", "27322975", "0000", set()),
    ("00000004114202890000", "suboin", "114202890", "000", set()),  # fails the eleven-test, which does not hold here
    ("00000004194049711000", "suboin", "194049711", "000", set()),
    ("00000004001094920000", "suboin", "001094920", "000", set()),
    ("00000004003214345001", "suboin", "003214345", "001", {"oin.suffix.legacy"}),
    ("00000004822477348001", "suboin", "822477348", "001", {"oin.suffix.legacy"}),
    ("00000004000000149000", "suboin", "000000149", "000", set()),
    ("0000000700025BE00000", "brin", "00025BE00", "000", {"oin.number.letters", "oin.register.absent"}),
    ("00000008823631400000", "foreign", "823631400", "000", set()),
    ("00000007000252500000", "brin", "000252500", "000", {"oin.brin.form", "oin.register.absent"}),
    ("00000009900003800000", "uzi", "90000380", "0000", {"oin.register.absent"}),
    ("00000009999999999004", "uzi", "999999999", "004", {"oin.suffix.legacy", "oin.uzi.ura", "oin.register.absent"}),
    (
        "00000009ABC123456000",
        "uzi",
        "ABC12345",
        "6000",
        {"oin.uzi.form", "oin.number.letters", "oin.register.absent"},
    ),
    ("00000099123456789000", "test", "123456789", "000", {"oin.test.number"}),
    ("00000099999999910000", "test", "999999910", "000", {"oin.test.number"}),
]

# text, code of the error OIN.parse raises, codes of everything worth telling
INVALID = [
    ("00000001123456789000", "oin.rsin.eleven_test", {"oin.rsin.eleven_test", "oin.number.example"}),
    ("00000001111111111000", "oin.rsin.eleven_test", {"oin.rsin.eleven_test"}),
    ("00000001002220648000", "oin.rsin.eleven_test", {"oin.rsin.eleven_test"}),
    ("00000001000000000000", "oin.rsin.zero", {"oin.rsin.zero"}),
    ("00000003123456789000", "oin.kvk.form", {"oin.kvk.form"}),
    ("00000005123456782000", "oin.prefix.assigned", {"oin.prefix.assigned"}),
    (
        "0000000700025be00000",
        "oin.syntax.upper_case",
        {"oin.syntax.upper_case", "oin.number.letters", "oin.register.absent"},
    ),
    ("00000000000000000001", "oin.prefix.known", {"oin.prefix.known", "oin.prefix.demo"}),
    ("00000000000000001000", "oin.prefix.known", {"oin.prefix.known", "oin.prefix.demo"}),
    ("1822477348000", "oin.syntax.length", {"oin.syntax.length", "oin.input.leading_zeros"}),
    ("822477348", "oin.syntax.length", {"oin.syntax.length", "oin.input.nine_digits"}),
    ("52035476", "oin.syntax.length", {"oin.syntax.length", "oin.input.eight_digits"}),
    ("00000001822477348000_OTA", "oin.input.ebms_suffix", {"oin.input.ebms_suffix"}),
    ("00000001822477348000_T", "oin.input.ebms_suffix", {"oin.input.ebms_suffix"}),
    ("00000001822477348000 ", "oin.syntax.surrounding_space", {"oin.syntax.surrounding_space"}),
    ("00000001822477348000\n", "oin.syntax.surrounding_space", {"oin.syntax.surrounding_space"}),
    ("\u00a000000001822477348000", "oin.syntax.surrounding_space", {"oin.syntax.surrounding_space"}),
    ("00000001\u00a022477348000", "oin.syntax.characters", {"oin.syntax.characters"}),
    ("００００００01822477348000", "oin.syntax.characters", {"oin.syntax.characters"}),
    ("0000000182247734800\u0660", "oin.syntax.characters", {"oin.syntax.characters"}),
    (
        "00000001-822477348-000",
        "oin.syntax.length",
        {"oin.syntax.length", "oin.syntax.characters", "oin.input.contains"},
    ),
    ("000000018224773480000", "oin.syntax.length", {"oin.syntax.length"}),  # one too many: nothing else is judged
    ("0000000182247734800", "oin.syntax.length", {"oin.syntax.length"}),
    ("00000003520354761000", "oin.kvk.form", {"oin.kvk.form"}),
    ("0000000352035476000A", "oin.kvk.form", {"oin.kvk.form", "oin.number.letters"}),
    ("", "oin.syntax.length", {"oin.syntax.length"}),
]


@in_one_test
@pytest.mark.parametrize(("text", "register", "hoofdnummer", "suffix", "told"), VALID)
def test_a_valid_number_parses_into_its_parts(
    text: str, register: str, hoofdnummer: str, suffix: str, told: set[str]
) -> None:
    oin = OIN.parse(text)
    assert (oin.register, oin.hoofdnummer, oin.suffix) == (register, hoofdnummer, suffix)
    assert oin.prefix + oin.hoofdnummer + oin.suffix == str(oin) == text
    report = check_oin(text)
    assert report.verdict is Verdict.PASSED
    assert report.codes() == told


@in_one_test
@pytest.mark.parametrize(("text", "code", "told"), INVALID)
def test_an_invalid_number_is_refused_for_its_reason(text: str, code: str, told: set[str]) -> None:
    with pytest.raises(InvalidOINError) as caught:
        OIN.parse(text)
    assert caught.value.code == code
    report = check_oin(text)
    assert report.verdict is Verdict.FAILED
    assert report.codes() == told


@pytest.mark.parametrize("text", ["00000099123456789000", "00000099999999910000"])
def test_a_test_number_fails_in_production_only(text: str) -> None:
    assert check_oin(text, environment=Environment.PRODUCTION).verdict is Verdict.FAILED
    assert check_oin(text, environment=Environment.PREPRODUCTION).verdict is Verdict.PASSED


def test_an_unassigned_prefix_is_a_warning_for_existing_numbers() -> None:
    report = check_oin("00000005123456782000", legacy=True)
    assert report.verdict is Verdict.PASSED
    assert report.codes() == {"oin.prefix.withdrawn"}
    assert OIN.parse("00000005123456782000", legacy=True).register == "unassigned"


@pytest.mark.parametrize(
    ("text", "tidy"),
    [
        ("0000000700025be00000", "0000000700025BE00000"),
        (" 00000001 822477348 000\n", "00000001822477348000"),
        ("00000001.822477348-000", "00000001822477348000"),
    ],
)
def test_lenient_tidies_and_warns(text: str, tidy: str) -> None:
    assert OIN.compact(text) == tidy
    report = check_oin(text, lenient=True)
    assert report.verdict is Verdict.PASSED
    assert "oin.input.tidied" in report.codes()


def test_lenient_does_not_make_ascii_of_what_is_not() -> None:
    """str.upper would: ſ becomes S, ı becomes I."""
    assert OIN.compact("ſı") == "ſı"
    assert check_oin("000000070002\u017fBE0000", lenient=True).verdict is Verdict.FAILED


@in_one_test
@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("1822477348000", "00000001822477348000"),
        ("99123456789000", "00000099123456789000"),
        ("700025BE00000", "0000000700025BE00000"),
        ("0190:00000001822477348000", "00000001822477348000"),
        ("urn:etoegang:DV:00000003520354760000:entities:1", "00000003520354760000"),
        ("OI:NL-00000001822477348000", "00000001822477348000"),
        ("00000001 822477348 000", "00000001822477348000"),
        ("52035476", "00000003520354760000"),
    ],
)
def test_what_was_meant_is_suggested(text: str, suggestion: str) -> None:
    assert suggestion in {outcome.params.get("suggestion") for outcome in check_oin(text).findings}


def test_a_bare_nine_digit_number_is_not_called_an_rsin() -> None:
    """It may be somebody's BSN: no message repeats it."""
    from pkitools.messages import LANGUAGES, outcome_message

    for language in LANGUAGES:
        for outcome in check_oin("822477348").findings:
            text = outcome_message(outcome, language)
            assert "822477348" not in text.title + text.message + text.remedy


def test_the_position_and_the_character_are_named() -> None:
    [found] = [o for o in check_oin("0000000182247734800\uff10").findings if o.rule.code == "oin.syntax.characters"]
    assert found.params["position"] == "20"
    assert found.params["character"] == "U+FF10 FULLWIDTH DIGIT ZERO"


def test_an_environment_given_as_text_counts() -> None:
    text = "00000099123456789000"
    assert check_oin(text, environment="production").verdict is Verdict.FAILED
    with pytest.raises(InvalidValueError, match="preproduction, production"):
        check_oin(text, environment="acceptance")
