"""``pkitools oin``: what people and scripts see."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from pkitools.messages import LANGUAGES
from pkitools.oin.prefixes import prefix_table
from pkitools.text import abbreviated
from pkitools_cli.i18n import lookup
from tests.support.cases import in_one_test
from tests.support.certificates import made
from tests.support.command import Command
from tests.support.deliveries import pem
from tests.support.schemas import assert_valid

GOOD = "00000003520354760000"
LEGACY = "00000004003214345001"
WRONG = "00000001123456789000"


def test_a_good_number_is_explained(run: Command) -> None:
    ran = run("oin", "check", GOOD)
    assert ran.code == 0
    assert ran.out.startswith(f"PASSED  {GOOD}\n")
    for part in ("00000003", "52035476", "KvK number", "as it should be"):
        assert part in ran.out
    assert ran.err == ""


def test_it_speaks_dutch(run: Command) -> None:
    ran = run("--lang", "nl", "oin", "check", WRONG)
    assert ran.code == 10
    assert ran.out.startswith(f"NIET GESLAAGD  {WRONG}\n")
    assert "elfproef" in ran.out
    assert "Digikoppeling" in ran.out


@in_one_test
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((GOOD,), 0),
        ((WRONG,), 10),
        ((GOOD, WRONG), 10),
        (("not a number",), 10),
        (("",), 10),
        ((LEGACY,), 0),
        ((LEGACY, "--fail-on", "warning"), 0),
        ((LEGACY, "--fail-on", "notice"), 12),
        ((GOOD, "--fail-on", "notice"), 0),
        (("0000000700025BE00000", "--fail-on", "warning"), 0),
        (("0000000700025BE00000", "--fail-on", "notice"), 12),
        (("00000099123456789000",), 0),
        (("00000099123456789000", "--environment", "preproduction"), 0),
        (("00000099123456789000", "--environment", "production"), 10),
        (("0000000700025be00000",), 10),
        (("0000000700025be00000", "--lenient"), 0),
        (("00000005123456782000",), 10),
        (("00000005123456782000", "--legacy"), 0),
        (("urn:nl-eid-gdi:1.0:DV:00000003520354760000:entities:0001",), 0),
        (("urn:nl-eid-gdi:1.0:DV:00000003520354760000:entities:0001", GOOD), 0),
        (("urn:nl-eid-gdi:1.0:DV:00000003520354760000:entities:9001", "--environment", "production"), 10),
        (("urn:nl-eid-gdi:2.0:DV:00000003520354760000:entities:9001",), 10),
        (("urn:etoegang:DV:00000003520354760000:services:1",), 0),
        (("urn:etoegang:DV:00000003520354760000:services:0",), 10),
        (("URN:etoegang:DV:00000003520354760000:services:1",), 10),
        ((" urn:etoegang:DV:00000003520354760000:services:1", "--lenient"), 0),
        ((), 2),
        ((GOOD, "--environment", "acceptance"), 2),
    ],
)
def test_exit_codes(run: Command, arguments: tuple[str, ...], code: int) -> None:
    assert run("oin", "check", *arguments).code == code


def test_standard_input_holds_one_a_line(run: Command) -> None:
    ran = run("oin", "check", "-", stdin=f"\ufeff{GOOD}\r\n\r\n{LEGACY}\n{WRONG}".encode())
    assert ran.code == 10
    assert [line for line in ran.out.splitlines() if line.startswith(("PASSED", "FAILED"))] == [
        f"PASSED  {GOOD}",
        f"PASSED  {LEGACY}",
        f"FAILED  {WRONG}",
    ]
    assert ran.out.rstrip().endswith("3 numbers: 2 passed, 1 failed.")


def test_nothing_on_standard_input_is_not_a_pass(run: Command) -> None:
    ran = run("oin", "check", "-", stdin=b"\n\n")
    assert ran.code == 11
    assert ran.out == ""
    assert "no number" in ran.err


def test_too_many_numbers_are_refused(run: Command) -> None:
    ran = run("oin", "check", "-", stdin=b"1\n" * 10_001)
    assert ran.code == 1
    assert "10000" in ran.err
    assert ran.out == ""


def test_binary_input_is_judged_and_shown_safely(run: Command) -> None:
    ran = run("oin", "check", "-", stdin=b"\x1b[31m\xff\xfe\x00\n")
    assert ran.code == 10
    assert "\x1b" not in ran.out
    assert "\\x1b[31m" in ran.out


def test_what_acts_on_a_terminal_is_shown_as_an_escape(run: Command) -> None:
    ran = run("oin", "check", "0000\u202e0001\x1b[2J\n")
    assert not {"\u202e", "\x1b"} & set(ran.out + ran.err)


@pytest.mark.parametrize("options", [(), ("--environment", "production"), ("--lenient",)])
def test_the_json_matches_its_schema(run: Command, options: tuple[str, ...]) -> None:
    numbers = [GOOD, LEGACY, WRONG, "0000000700025be00000", "00000099123456789000", "822477348", "\ud800\x00"]
    ran = run("oin", "check", *numbers, *options, "--json")
    document = json.loads(ran.out)
    assert_valid(document, "oin-check-v2")
    assert [result["report"]["subject"] for result in document["results"]] == numbers
    for result in document["results"]:
        assert (result["report"]["verdict"] == "failed") <= (ran.code == 10)
    good = document["results"][0]
    assert (good["oin"]["kvk"], good["oin"]["register"]) == ("52035476", "kvk")
    assert document["results"][2]["oin"] is None


def test_the_document_says_how_a_tsp_checks_a_number_and_its_first_version_does_not(run: Command) -> None:
    """For each row of the prefix table: as it is told to people, with where it stands, or nothing where nobody says."""
    numbers = (
        "00000004194049711000",
        GOOD,
        "00000001822477348000",
        "0000000700025BE00000",
        "00000099123456789000",
        "1",
    )
    asked = ("oin", "check", *numbers, "--json")
    checks = [result["tsp_check"] for result in run(*asked).document["results"]]
    assert [check and (check["way"], check["source"]["section"]) for check in checks] == [
        ("holder", "2.3.3"),
        ("trade_register", "2.3.1"),
        ("source_register", "2.3.2"),
        ("school_register", "2.3.2"),
        None,
        None,
    ]
    for number, check in zip(numbers[:4], checks, strict=False):
        for language in LANGUAGES:
            told = " ".join(run("--lang", language, "oin", "check", number).out.split())
            assert abbreviated(f"{check[language]['message']} {check[language]['remedy']}", known=True) in abbreviated(
                told, known=True
            )
            assert f"{check['source']['version']} {check['source']['section']}" in told
    older = run(*asked, "--json-version", "1").document
    assert_valid(older, "oin-check-v1")
    assert all(result.keys() == {"oin", "report"} for result in older["results"])


def test_json_of_nothing_is_still_a_document(run: Command) -> None:
    ran = run("oin", "check", "-", "--json", stdin=b"")
    assert ran.code == 11
    assert_valid(json.loads(ran.out), "oin-check-v2")


@in_one_test
@pytest.mark.parametrize(
    ("arguments", "oin"),
    [
        (("--kvk", "52035476"), "00000003520354760000"),
        (("--rsin", "822477348"), "00000001822477348000"),
        (("--btw", "NL822477348B01"), "00000001822477348000"),
        (("--brin", "25BE00"), "0000000700025BE00000"),
        (("--ura", "90000380"), "00000009900003800000"),
        (("--test", "99999991"), "00000099999999910000"),
    ],
)
def test_derive_writes_the_oin_alone_to_standard_output(run: Command, arguments: tuple[str, ...], oin: str) -> None:
    for language in LANGUAGES:
        ran = run("--lang", language, "oin", "derive", *arguments)
        assert (ran.code, ran.out) == (0, f"{oin}\n")
        assert len(ran.err.splitlines()) >= 4
        assert "cli.oin" not in ran.err
    document = json.loads(run("oin", "derive", *arguments, "--json").out)
    assert_valid(document, "oin-derive-v2")
    assert document["oin"]["oin"] == oin
    assert document["reason"] is None


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--kvk", "000012345678"), "vestigingsnummer"),
        (("--btw", "NL000099998B57"), "sole trader"),
        (("--rsin", "123456789"), "eleven-test"),
        (("--ura", "900003801"), "UZI number"),
    ],
)
def test_derive_says_why_there_is_none(run: Command, arguments: tuple[str, ...], word: str) -> None:
    ran = run("oin", "derive", *arguments)
    assert (ran.code, ran.out) == (10, "")
    assert word in ran.err
    ran = run("oin", "derive", *arguments, "--json")
    assert ran.code == 10
    document = json.loads(ran.out)
    assert_valid(document, "oin-derive-v2")
    assert document["oin"] is None
    assert word in document["explanation"]["en"]


@in_one_test
@pytest.mark.parametrize("arguments", [(), ("--kvk", "-", "--rsin", "-"), ("--kvk", "12"), ("--test", ""), ("--kvk",)])
def test_derive_tells_wrong_use(run: Command, arguments: tuple[str, ...]) -> None:
    ran = run("oin", "derive", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.strip()


@in_one_test
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", [(), ("check",), ("derive",)])
def test_help_is_in_words(run: Command, language: str, command: tuple[str, ...]) -> None:
    ran = run("--lang", language, "oin", *command, "--help")
    assert ran.code == 0
    assert "cli." not in ran.out


def test_oin_check_starts_without_cryptography() -> None:
    script = (
        "import sys\n"
        "from pkitools_cli.main import main\n"
        "try:\n    main(['oin', 'check', sys.argv[1], '--json'])\n"
        "finally:\n    print(*sys.modules, file=sys.stderr)\n"
    )
    ran = subprocess.run([sys.executable, "-c", script, GOOD], capture_output=True, text=True, check=True)
    modules = {name.partition(".")[0] for name in ran.stderr.split()}
    assert "pkitools" in modules
    assert not modules & {"cryptography", "asn1crypto", "pyhanko_certvalidator", "rich", "asyncio", "ssl"}
    assert not {"pkitools.containers", "pkitools.files", "pkitools.x509"} & set(ran.stderr.split())  # it reads no file


def test_the_room_needs_the_standard_library_only() -> None:
    script = "import sys, pkitools.oin as o\nfor n in o.__all__: getattr(o, n)\nprint(*sys.modules)"
    before = subprocess.run(
        [sys.executable, "-c", "import sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    new = {name.partition(".")[0] for name in set(ran.stdout.split()) - set(before.stdout.split())}
    assert "pkitools" in new
    assert new - {"pkitools"} <= sys.stdlib_module_names


def test_an_entity_id_is_judged_as_one_and_the_number_in_it_explained(run: Command) -> None:
    text = f"urn:nl-eid-gdi:1.0:dv:{GOOD}:entities:0001"
    ran = run("oin", "check", text, "--json")
    [told] = json.loads(ran.out)["results"]
    assert_valid(json.loads(ran.out), "oin-check-v2")
    assert told["oin"]["oin"] == GOOD
    assert {o["code"] for o in told["report"]["findings"]} == {"oin.entity_id.case"}
    assert f"urn:nl-eid-gdi:1.0:DV:{GOOD}:entities:0001" in run("oin", "check", text).out


# -- what is typed in the place of an OIN ------------------------------------------------------------------------------


def gs1(twelve: str) -> str:
    """The thirteen digits of twelve: written from the definition, weights 1 and 3 from the left."""
    total = sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(twelve))
    return f"{twelve}{-total % 10}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_ean_is_told_what_it_is_and_never_called_an_oin(run: Command, language: str) -> None:
    """R16; and any thirteen digits with that check digit, also where zeros in front would make an OIN of them."""
    assert gs1("871242302611") == "8712423026117"
    numbers = [gs1(f"{prefix}{body:011}") for prefix in "123456789" for body in range(82247734800, 82247734860, 7)]
    ran = run("--lang", language, "oin", "check", "8712423026117", *numbers)
    assert ran.code == 10
    assert ran.out.count("GLN") >= len(numbers)
    for number in ("8712423026117", *numbers):
        assert number.zfill(20) not in ran.out
    document = run("oin", "check", "8712423026117", "--json").document
    codes = {finding["code"] for finding in document["results"][0]["report"]["findings"]}
    assert codes == {"oin.syntax.length", "oin.input.ean"}


def test_lost_zeros_are_still_found_and_said_as_what_would_be(run: Command) -> None:
    """Where the check digit is another, and the number passes the rules of its register."""
    numbers = ("1822477348000", "3520354760000", "3273229750000", "9900003800000", "4114202890000")
    of_no_product = [number for number in numbers if gs1(number[:-1]) != number]
    assert of_no_product
    for number in of_no_product:
        ran = run("oin", "check", number)
        assert f"would be the OIN {number.zfill(20)}" in ran.told
        assert "GLN" not in ran.out
    wrong = run("oin", "check", "1822477349000")  # fails the eleven-test
    assert "would be" not in wrong.out


@in_one_test
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("52035476", "KvK"),
        ("000012345678", "vestigingsnummer"),
        ("822477348", "BSN"),
        ("NL822477348B01", "btw number"),
        ("25BE", "BRIN"),
        ("8712423026117", "EAN"),
        ("1,82248E+12", "spreadsheet"),
    ],
)
def test_another_number_is_told_what_it_looks_like(run: Command, typed: str, words: str) -> None:
    ran = run("oin", "check", typed)
    assert ran.code == 10
    assert words in ran.out


@pytest.mark.parametrize("typed", ["123456782", "1234.56.782", "123 456 782", "111222333"])
def test_what_may_be_a_bsn_is_not_repeated(run: Command, typed: str) -> None:
    for language in LANGUAGES:
        ran = run("--lang", language, "oin", "check", typed)
        digits = "".join(character for character in typed if character.isdigit())
        assert digits[-4:] in ran.out
        assert digits[:5] not in "".join(c for c in ran.out + ran.err if c.isdigit())
        assert typed not in ran.out + ran.err


PIECES = ("0000", "0003", "2732", "2975", "0000")


@pytest.mark.parametrize("pieces", [PIECES, ("00000003", "27322975", "0000"), ("0000000327322975", "0000")])
def test_an_oin_that_the_shell_took_apart_is_one_hint(run: Command, pieces: tuple[str, ...]) -> None:
    for more in ((), ("--lenient",)):
        ran = run("oin", "check", *pieces, *more)
        assert (ran.code, ran.out) == (2, "")
        assert f"'{' '.join(pieces)}'" in ran.err
    assert run("oin", "check", *pieces, "--json").document["code"] == "cli.oin.check.pieces"


def test_numbers_that_are_not_one_oin_are_judged_one_by_one(run: Command) -> None:
    assert run("oin", "check", *PIECES[:-1]).out.count("FAILED") == 4
    assert run("oin", "check", GOOD, GOOD).code == 0


@pytest.mark.parametrize("between", [" ", ".", "-", "  "])
def test_an_oin_in_groups_is_taken_as_derive_takes_it(run: Command, between: str) -> None:
    ran = run("oin", "check", between.join(PIECES))
    assert ran.code == 0
    assert "00000003273229750000" in ran.out
    assert run("oin", "check", between.join(PIECES), "--fail-on", "warning").code == 12
    assert run("oin", "check", "-", stdin=between.join(PIECES).encode()).code == 0


@pytest.mark.parametrize("typed", ["0000000700025be00000", " 00000003273229750000", "0000_0003_2732_2975_0000"])
def test_more_than_that_needs_lenient(run: Command, typed: str) -> None:
    assert run("oin", "check", typed).code == 10


@pytest.mark.parametrize("text", ["273 229 75", "2732 2975", "27.32.29.75", " 27322975 "])
def test_a_kvk_number_is_named_without_what_stands_between_its_digits(run: Command, text: str) -> None:
    told = run("oin", "check", text).told
    assert "00000003273229750000" in told
    assert "pkitools oin derive --kvk 27322975" in told


INSTEAD = {
    "27322975": ("Eight digits: a KvK number or a URA?", "--kvk 27322975"),
    "8712423010208": ("Thirteen digits with the check digit of an EAN or GLN", "--kvk"),
    "123456782": ("Nine digits: an RSIN, a BSN or a UZI number?", "--rsin"),
    "000012345678": ("Twelve digits: a vestigingsnummer?", "--kvk"),
    "NL001234567B01": ("A btw number", "--btw NL001234567B01"),
    "25BE": ("A BRIN", "--brin 25BE"),
    "25BE00": ("A BRIN", "--brin 25BE00"),
}


@in_one_test
@pytest.mark.parametrize("number", INSTEAD)
def test_what_is_no_oin_is_told_first_what_it_is(run: Command, number: str) -> None:
    title, way = INSTEAD[number]
    ran = run("oin", "check", number)
    assert ran.code == 10
    first, *rows = ran.told.split(" NOTICE: ")
    assert "ERROR" not in first, "what it is stands above that it is too short"
    said = rows[0].partition(" source: ")[0]
    assert said.startswith(title)
    assert re.search(r"\bno OIN\b|\bnot an OIN\b|\bNone of those is an OIN\b", said)
    assert f"pkitools oin derive {way}" in said
    assert "[oin.syntax.length]" in ran.told, "and it is still said why the verdict is what it is"
    assert run("oin", "check", number, "--json").document["results"][0]["report"]["verdict"] == "failed"


@in_one_test
@pytest.mark.parametrize("number", INSTEAD)
@pytest.mark.parametrize("line", ["cert check x -e production", "csr create -e production --profile g1-server --out x"])
def test_what_is_no_oin_is_told_so_where_an_oin_is_asked(run: Command, number: str, line: str) -> None:
    ran = run(*line.split(), "--oin", number)
    assert ran.code == 2
    assert "OIN" in ran.err
    assert "pkitools oin derive" in ran.err or f"00000003{number}0000" in ran.err


def test_a_fault_in_a_number_of_twenty_positions_stays_first(run: Command) -> None:
    told = run("oin", "check", WRONG).told
    assert told.index("ERROR") < told.index("[oin.")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_number_that_is_never_registered_is_looked_up_in_the_register(run: Command, language: str) -> None:
    never = [row.register for row in prefix_table().prefixes.values() if row.registered == "never"]
    notes = [note for each in never if (note := lookup(f"cli.oin.derive.note.{each}", language)) is not None]
    assert notes
    for note in notes:
        assert not re.search("(Kijk|Look) in (het OIN-register|the OIN register)", note), note


def test_an_ean_that_was_filled_up_with_zeros_is_told_as_what_it_may_be(run: Command) -> None:
    ran = run("--lang", "nl", "oin", "check", "00000008712423026117")
    assert (ran.code, "EAN of GLN met nullen ervoor" in ran.told) == (0, True)
    for number in ("00000008712423026000", "00000004003214345001", "00000003273229750000"):
        assert "EAN" not in run("oin", "check", number).told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "urn:etoegang:DV:00000001822477348000:entities:9001",
            "Een entity ID van eHerkenning, rol DV, index 9001: van",
        ),
        ("urn:nl-eid-gdi:1.0:DV:00000001822477348000:entities:0001", "van een systeem in productie."),
        ("urn:etoegang:DV:00000001822477348000:services:1", "Een service ID van eHerkenning, index 1."),
    ],
)
def test_an_id_is_told_to_be_one_and_of_which_systems(run: Command, text: str, told: str) -> None:
    assert told in run("--lang", "nl", "oin", "check", text).told


def test_what_is_wrong_with_a_text_is_told_as_it_was_written(run: Command) -> None:
    ran = run("--lang", "nl", "oin", "check", "host.x.nl")
    assert 'staat "h"' in ran.told
    assert "hoofdletters" not in ran.told.replace("cijfers of hoofdletters", "")


@in_one_test
@pytest.mark.parametrize(
    "text", ["https://x.nl", "HTTP://x.nl/saml", "urn:x", '"urn:etoegang:x"', "<https://x.nl>", "‘urn:x’"]
)
def test_what_is_pasted_as_an_id_is_held_to_be_one_and_to_no_number(run: Command, text: str) -> None:
    assert "oin.entity_id.syntax" in (told := run("oin", "check", text).told)
    assert "oin.syntax" not in told


ENTITY: Final = "urn:nl-eid-gdi:1.0:DV:00000001822477348000:entities:0001"


@in_one_test
@pytest.mark.parametrize(
    "around",
    [
        "entityID={}",
        'entityID="{}"',
        "entityID = '{}'",
        "entityID: {}",
        "<saml:Issuer>{}</saml:Issuer>",
        '<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{}" ID="x">',
        '<EntityDescriptor xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="{}">',
        "Issuer {}",
        " {}\n",
    ],
)
def test_an_id_that_is_pasted_with_its_name_is_read_and_the_rest_is_told(run: Command, around: str) -> None:
    told = run("oin", "check", around.format(ENTITY))
    assert told.code == 10
    assert "oin.entity_id.surrounding_space" in told.told
    assert "oin.entity_id.syntax" not in told.told
    assert ENTITY in told.told.replace("\n", "").replace(" ", "")


def test_an_address_that_holds_an_id_is_no_id_with_its_name_before_it(run: Command) -> None:
    assert "surrounding_space" not in run("oin", "check", f"https://x.nl/?entityID={ENTITY}").told


@pytest.mark.parametrize(("lang", "told"), [("nl", "deze vorm kennen wij niet"), ("en", "a form we do not know")])
def test_a_suffix_of_no_known_form_is_not_said_to_be_right(run: Command, lang: str, told: str) -> None:
    assert told in run("--lang", lang, "oin", "check", "00000009ABC123456000").out
    assert told not in run("--lang", lang, "oin", "check", "00000009123456780000").out


# what people type, and what the next step runs with another number in the place of one that may be a BSN
NEXT: Final = {
    "27322975": ("derive", "--kvk", "27322975"),
    "2732 2975": ("derive", "--kvk", "27322975"),
    "823288444": ("derive", "--rsin", "NUMBER"),
    "000012345678": ("derive", "--kvk", "NUMBER"),
    "NL823288444B01": ("derive", "--btw", "NL823288444B01"),
    "12AB": ("derive", "--brin", "12AB"),
    "3520354760000": ("check", GOOD),
    f"OIN {GOOD}": ("check", GOOD),
}


@in_one_test
@pytest.mark.parametrize("typed", NEXT)
def test_what_is_another_number_has_a_next_step_that_gives_the_oin(run: Command, typed: str) -> None:
    ran = run("oin", "check", typed, "--json")
    document = json.loads(ran.out)
    assert_valid(document, "oin-check-v2")
    assert ran.code == 10
    assert document["next"]["command"] == ["pkitools", "oin", *NEXT[typed]]
    told = run("oin", "check", typed).out
    assert f"pkitools oin {' '.join(NEXT[typed])}" in " ".join(told.split())
    real = {"--rsin": "823288444", "--kvk": "52035476"}
    own = [real[NEXT[typed][1]] if word == "NUMBER" else word for word in NEXT[typed]]
    assert run("oin", *own).code == 0
    assert "next" not in json.loads(run("oin", "check", typed, "--json", "--json-version", "1").out)


def test_a_file_is_told_to_be_no_number_and_what_reads_it(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a b.pem").write_bytes(pem(made("g4-tls").der))
    document = json.loads(run("oin", "check", "a b.pem", "--json").out)
    assert document["next"]["command"] == ["pkitools", "cert", "show", "a b.pem"]
    assert "this command asks for a number" in run("oin", "check", "a b.pem").out
    assert "0000000" in run(*document["next"]["command"][1:]).out
    # a number is a number, whatever lies there under that name; an address is no file; and a long text is none
    Path(GOOD).write_bytes(b"")
    for typed in (
        GOOD,
        "www.example.nl",
        "https://example.nl/a.pem",
        "x" * 5000,
        "x" * 5000 + ".pem",
        ".",
        ".pem",
        "pem",
    ):
        assert json.loads(run("oin", "check", typed, "--json").out)["next"] is None


@in_one_test
@pytest.mark.parametrize(
    "typed", ["fsc.pem", "./a b.crt", "C:\\certs\\FSC.PFX", "0000/keten.p7b", "sp-metadata.xml", "O.key"]
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_looks_like_a_file_is_told_so_though_it_is_not_there(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, language: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run("--lang", language, "oin", "check", typed)
    told = {
        "nl": ("Nu:", "lijkt de naam van een bestand", "vraagt een nummer"),
        "en": ("Now:", "looks like the name", "asks for a number"),
    }
    assert ran.code == 10
    assert all(each in ran.told for each in told[language]), ran.out
    assert json.loads(run("oin", "check", typed, "--json").out)["next"]["command"] == [
        "pkitools",
        "cert",
        "show",
        typed,
    ]


@in_one_test
@pytest.mark.parametrize("character", "OoIilXx#é.")
def test_letters_that_look_like_digits_are_told_of_those_alone(run: Command, character: str) -> None:
    told = run("oin", "check", f"0000000{character}{GOOD[8:]}").told
    assert ("easily taken for the digits" in told) is (character in "OoIil")


def test_of_several_numbers_no_one_step_is_the_next(run: Command) -> None:
    assert json.loads(run("oin", "check", *NEXT, "--json").out)["next"] is None
