"""The answer comes first: what ``cert check`` says at the top, whatever it was given, and the step that every command
says next.

The texts of common runs are kept in ``golden/``; when a change of them is meant, renew them and read the difference::

    PKITOOLS_RENEW_GOLDEN=1 python -m pytest -q tests/cli/test_answer.py -k golden
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import product
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkitools.containers import read_source
from pkitools.findings import Severity
from pkitools.messages import LANGUAGES, Language, message, template
from pkitools.reports.text import word_of
from pkitools.requests import making
from pkitools.revocation import read_crl
from pkitools.rulebook import all_rules
from pkitools.x509 import read_certificate
from pkitools_cli.commands.cert import check_text
from pkitools_cli.commands.next_steps import NextStep, again, request_command
from pkitools_cli.i18n import set_language
from pkitools_cli.lines import command_rows, packed, wrapped
from pkitools_cli.wide import width as columns_of
from pkitools_test_pki.defects.registry import defects
from pkitools_test_pki.keys import KeyPool
from pkitools_test_pki.pki import build
from tests.checking.test_self_signed import ORDERED, SPOILT
from tests.checking.test_self_signed import key as own_key
from tests.cli.test_cert_check_files import key_of
from tests.cli.test_dutch import INTRODUCED
from tests.conftest import LEVEL
from tests.support import chains, der
from tests.support.answers import answers, commands, parse
from tests.support.broken import broken
from tests.support.cases import in_one_test
from tests.support.certificates import giving, made
from tests.support.command import Command, Ran
from tests.support.deliveries import corrupt, metadata_of, pem
from tests.support.effort import in_turn
from tests.support.schemas import assert_valid
from tests.support.shared import shared
from tests.test_messages import ROOTS, load, placeholders

pytestmark = pytest.mark.slow  # products of cases: together they take a fifth of what is run while at work


MOMENT = datetime(2026, 11, 26, 12, tzinfo=UTC)
AT = "--moment 2026-11-26T12:00:00Z"
HELD = f"--trust root.pem --chain chain.pem --crl crl --offline {AT}"
OIN = "00000001822477348000"
MOST_ROWS = 13
LABELS = {"nl": ("Waarom", "Nu", "Ook", "Van"), "en": ("Why", "Now", "Also", "From")}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as somebody would have it: certificates, their chain, keys, CRLs, something that cannot be read."""
    scene = tmp_path_factory.mktemp("scene")
    entity = f"urn:etoegang:DV:{OIN}:entities:9001"
    pki = build("g4-tls", moment=MOMENT, keys=KeyPool(limit=2))
    wishes = {"oin": OIN, "organization": "Gemeente Voorbeeld", "organization_identifier": "NTRNL-99999991"}
    good, bad, ends = (
        pki.issue("g4-tls", common_name=f"{name}.voorbeeld.nl", dns=[f"{name}.voorbeeld.nl"], days=days, **wishes)
        for name, days in (("koppeling", 397), ("oud", 397), ("kort", 30))
    )
    pki.issuer_of("g4-tls").revoke(bad.serial_number, moment=MOMENT, reason="keyCompromise")
    files = {
        "root.pem": good.root.pem,
        "chain.pem": pem(*(link.der for link in good.intermediates)),
        "koppeling.pem": good.pem,
        "oud.pem": bad.pem,
        "kort.pem": ends.pem,
        "samen.pem": good.pem + bad.pem,
        "twee_en_stuk.pem": good.pem + ends.pem + corrupt(),
        "omgekeerd.pem": pem(*(link.der for link in good.intermediates)) + good.pem,
        "map/a.pem": good.pem,
        **{f"map/{number}.pem": bad.pem for number in range(4)},
        "stuk.pem": good.pem + corrupt(),
        "onleesbaar.pem": corrupt(),
        "metadata.xml": metadata_of(("signing", good.der), ("encryption", bad.der), entity_id=entity),
        "ander.key": key_of(pki.issue("g4-tls", dns=["ander.voorbeeld.nl"])).pem(None),
    }  # fmt: skip
    (scene / "map").mkdir()
    for name, content in files.items():
        (scene / name).write_bytes(content)
    (scene / "ander.key").chmod(0o600)
    (scene / "crl").mkdir()
    for number, authority in enumerate(pki):
        (scene / "crl" / f"{number}.crl").write_bytes(authority.crl())
    return scene


@pytest.fixture
def within(scene: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(scene)
    return scene


def at_width(run: Command, monkeypatch: pytest.MonkeyPatch, width: int, language: str, *line: object) -> Ran:
    monkeypatch.setenv("COLUMNS", str(width))
    return run("--lang", language, *line)


# -- the law -----------------------------------------------------------------------------------------------------------


def assert_answers_first(ran: Ran, width: int, language: Language) -> list[list[str]]:
    """Every answer is short, says what it must, fits the terminal, and names only commands there are."""
    found = answers(ran.out)
    assert_first_line_is_about_all(ran, language)
    assert len(INTRODUCED.findall(ran.out)) <= 1
    why, now, _, whose = LABELS[language]
    for rows in found:
        assert len(rows) <= MOST_ROWS, rows
        labels = [row[2:].split(" ")[0] for row in rows[1:] if re.match(r"  \S", row)]
        assert set(labels) <= set(LABELS[language]), rows
        assert labels[-1] == whose, rows
        passed = rows[0].startswith(("PASSED", "GESLAAGD"))
        assert (why in labels) is not passed, rows
        assert now in labels, rows
    most = min(width, 100)
    for line in ran.out.splitlines():
        # what has no place to be split, a path or a quoted name, is left whole to be copied
        text = line.strip().rstrip(" \\")
        is_name = re.fullmatch(r"\S+( \(\+\d+\))?", text)  # of a file: of one beyond all bounds the length is told
        assert len(line) <= most or is_name or text.startswith(("--", "pkitools ", "http")), line
    for words in commands(ran.out):
        parse(words)
    return found


OVERALL = {0: "passed", 12: "passed", 10: "failed", 1: "indeterminate", 11: "indeterminate"}


def assert_first_line_is_about_all(ran: Ran, language: Language) -> None:
    """What is read first goes with the exit code, whichever certificate of how many files stands first."""
    if not ran.out:  # one file, and nothing in it to judge
        assert ran.code == 1
        assert ran.err
        return
    first, *rest = ran.out.splitlines()
    assert first.startswith(word_of("verdict", OVERALL[ran.code], language)), (first, ran.code)
    above = [first, *rest][: rest.index("") + 1] if "" in rest else [first, *rest]
    assert len(above) <= MOST_ROWS, above


def subjects_in_full(ran: Ran) -> list[str]:
    return [one["certificate"]["subject"] for one in ran.document["certificates"]]


BOX = ["koppeling.pem", "oud.pem", "kort.pem", "samen.pem", "stuk.pem", "metadata.xml"]
ASKED = [
    "-e preproduction --for digikoppeling",
    "-e preproduction --revocation require",
    "-e preproduction --for digid-machtigen --for eherkenning",
    "-e production --for digid",
    "-e production --key ander.key",
    "-e preproduction --oin 00000001001516814000 --organization X",
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("width", "language", "asked"),
    [*((80, language, ASKED) for language in LANGUAGES), (40, "nl", ASKED[:3]), (120, "en", [*ASKED[:2], ASKED[3]])],
)
def test_the_answer_of_any_delivery_is_at_the_top(
    run: Command, monkeypatch: pytest.MonkeyPatch, within: Path, width: int, language: str, asked: list[str]
) -> None:
    """Each delivery is asked each question, with what is needed to judge it or without; in a deep run both."""
    seen = set()
    deliveries = [*([name] for name in BOX), [*BOX, "onleesbaar.pem"]]
    for number, (wish, names) in enumerate(product(asked, deliveries)):
        for held in in_turn((HELD, f"--offline {AT}"), number, LANGUAGES.index(language)):
            ran = at_width(run, monkeypatch, width, language, "cert", "check", *names, *f"{wish} {held}".split())
            seen |= {re.split(" voor | for ", rows[0])[0] for rows in assert_answers_first(ran, width, language)}
    assert len(seen) == 3, "every verdict is met"


BROKEN = [
    ("nl", "preproduction", ("--for", "digid-machtigen")),
    ("en", "preproduction", ("--verbose",)),
    ("nl", "production", ()),
]


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(BROKEN)))
def test_the_answer_about_every_broken_certificate_is_at_the_top(
    run: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, number: int
) -> None:
    """Each certificate is asked in one of the ways; in a deep run in all of them."""
    language, environment, more = BROKEN[number]
    asked = list(defects()) if LEVEL == "deep" else list(defects())[number :: len(BROKEN)]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "broken").mkdir()
    for defect in asked:
        (tmp_path / "broken" / f"{defect.name}.pem").write_bytes(broken(defect.name, MOMENT).chain_pem)
    roots = {der for defect in asked for der in broken(defect.name, MOMENT).trust_anchors}
    (tmp_path / "trust.pem").write_bytes(pem(*roots))
    line = ("cert", "check", "broken", "--trust", "trust.pem", "-e", environment, "--offline", *AT.split(), *more)
    ran = at_width(run, monkeypatch, 80, language, *line)
    assert len(assert_answers_first(ran, 80, language)) >= len(asked) - 5, "some cannot be read at all"
    in_full = [subject for subject in subjects_in_full(run(*line, "--json")) if "," in subject]
    assert len(in_full) > len(asked) // 2
    assert not [subject for subject in in_full if subject in ran.told], "in full it stands in --json"


SHARED = ["cases", "samples/certificates", "samples/metadata"]


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answer_about_every_shared_case_is_at_the_top(
    run: Command, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    files = [
        path
        for folder in SHARED
        for path in sorted(shared(folder).rglob("*"))
        if path.suffix != ".md" and path.is_file()
    ]
    assert len(files) > 40
    count = 0
    for path in files:
        monkeypatch.chdir(path.parent)
        for asked in ("-e production --for digid --for digikoppeling", "-e preproduction")[language == "nl" :]:
            ran = at_width(
                run, monkeypatch, 80, language, "cert", "check", path.name, *f"{asked} --offline {AT}".split()
            )
            count += len(assert_answers_first(ran, 80, language))
    assert count > 40


HOSTILE = {
    "long": "x" * 300,
    "words": "lang " * 60,
    "quote": 'Gemeente \'s-Hertogenbosch "$(rm -rf /)" `x`',
    "dash": "--force",
    "escape": "a\x1b[31m\nGESLAAGD voor productie   b",
    "wide": "日本" * 30,
}


@pytest.mark.parametrize("field", ["CN", "O"])
@pytest.mark.parametrize("kind", HOSTILE)
def test_no_name_makes_the_answer_longer_or_its_command_another(
    run: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str, field: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.pem").write_bytes(pem(made("g1-server", giving(field, HOSTILE[kind], tag=0x0C)).der))
    for language in LANGUAGES:
        line = ("cert", "check", "x.pem", "-e", "production", "--offline", "--moment", "2040-01-01")
        ran = at_width(run, monkeypatch, 80, language, *line)
        assert len(assert_answers_first(ran, 80, language)) == 1
        for words in commands(ran.out):
            given = parse(words).params
            name = {"CN": "common_name", "O": "organization"}[field]
            assert given.get(name) in {None, HOSTILE[kind].strip(), HOSTILE[kind]}, (
                "asked for as it stands, or not at all"
            )


def test_no_name_looks_like_what_stands_beside_it(
    run: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    name = 'Voorbeeld", OIN 00000001001516814000, geldig t/m 14 mei 2099'
    Path("x.pem").write_bytes(pem(made("g1-server", giving("O", name, tag=0x0C)).der))
    ran = run("--lang", "nl", "cert", "check", "x.pem", "-e", "production", "--offline", *AT.split())
    (rows,) = answers(ran.out)
    assert r'Van "Voorbeeld\", OIN 00000001001516814000, geldig t/m 14 mei 2099", OIN 00000003' in " ".join(
        " ".join(rows).split()
    )


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("width", [40, 80, 120])
def test_however_long_each_part_is_the_answer_is_not(
    run: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, width: int, many: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    text = "waarom dan toch " * 60
    monkeypatch.setattr(check_text, "why", lambda *_: text)
    words = ("csr", "create", "--organization", "x" * 50, "--common-name", "y" * 50, "--out", "nieuw")
    monkeypatch.setattr(check_text, "next_step_of", lambda _: NextStep(f"{text}:", words))
    long = pem(made("g1-server", giving("CN", "naam " * 60, tag=0x0C), giving("O", "bedrijf " * 60, tag=0x0C)).der)
    for name in ("a" * 200, "b" * 200)[: 1 + many]:
        Path(f"{name}.pem").write_bytes(long)
    systems = [word for name in ("digid", "digid-machtigen", "eherkenning") for word in ("--for", name)]
    ran = at_width(run, monkeypatch, width, "nl", "cert", "check", ".", "-e", "production", "--offline", *systems)
    assert [len(rows) for rows in assert_answers_first(ran, width, "nl")] == [MOST_ROWS] * (1 + many)
    assert all("geldig t/m" in " ".join(rows) or "verlopen op" in " ".join(rows) for rows in answers(ran.out))


@pytest.mark.slow
def test_what_was_not_checked_never_reads_as_a_fault(run: Command, within: Path) -> None:
    line = ("cert", "check", "koppeling.pem", "-e", "production", *f"--offline {AT}".split())
    report = run(*line, "--json").document["certificates"][0]["report"]
    found = {finding["en"]["title"] for finding in report["findings"]}
    titles = {message(missed["code"], {}, "en").title for missed in report["not_checked"]} - found
    assert len(titles) > 10
    assert titles.isdisjoint(missed["en"]["title"] for missed in report["not_checked"])
    for more in ((), ("--verbose",)):
        assert not [title for title in titles if title in run(*line, *more).told]
    count = len({missed["code"] for missed in report["not_checked"]})
    assert f"Rules not checked: {count}. Reason: no path to a trusted root (" in run(*line).told
    assert {m["code"] for m in report["not_checked"]} <= set(re.findall(r"[\w.]+\w", run(*line, "--verbose").out))


# -- why, and what to do -----------------------------------------------------------------------------------------------

PASSED, FAILED, UNCLEAR = "GESLAAGD voor", "NIET GESLAAGD voor", "NIET TE BEPALEN voor"
CN = "TRIAL koppeling.voorbeeld.nl"
LATER = HELD.replace("2026-11-26", "2027-02-01")
OFFLINE = f"--offline {AT}"
RUNS = [
    ("koppeling.pem", f"-e preproduction --for digikoppeling {HELD}", f"{PASSED} Digikoppeling, preproductie   {CN}",
     ["Nu Bekijk wat Digikoppeling verder vraagt, en hoe u zich aanmeldt: pkitools systems show digikoppeling"]),
    ("koppeling.pem", f"-e preproduction {HELD}", f"{PASSED} preproductie   {CN}", ["pkitools systems list"]),
    ("oud.pem", f"-e preproduction --for digikoppeling {HELD}",
     f"{FAILED} Digikoppeling, preproductie   TRIAL oud.voorbeeld.nl",
     ["Waarom Ingetrokken op 26 november 2026 om 12:00 UTC (sleutel gecompromitteerd).",
      "uw certificaatverstrekker (TSP) een nieuw certificaat",
      "pkitools csr create --renew oud.pem --for digikoppeling", "--passphrase-file BESTAND --out oud.2"]),
    ("kort.pem", f"-e preproduction --revocation off {LATER}", f"{FAILED} preproductie   TRIAL kort.voorbeeld.nl",
     ["Waarom Verlopen op 26 december 2026.", "verlopen op 26 december 2026 (37 dagen geleden)"]),
    ("koppeling.pem", f"-e production {HELD}", f"{FAILED} productie   {CN}",
     ["Waarom Een testcertificaat (", "csr create --profile g4-tls -e production"]),
    ("koppeling.pem", f"-e preproduction {OFFLINE}", f"{FAILED} preproductie   {CN}",
     ["Waarom Het certificaat van TRIAL My TSP", "is van een testhiërarchie (TRIAL)", "--trust MAP"]),
    ("koppeling.pem", f"-e preproduction --chain chain.pem {OFFLINE}", f"{FAILED} preproductie   {CN}",
     ["--trust MAP"]),
    ("koppeling.pem", f"-e preproduction --chain chain.pem --chain root.pem {OFFLINE}", f"{FAILED} preproductie   {CN}",
     ["is van een testhiërarchie (TRIAL)", "--chain root.pem", "--trust MAP"]),
    ("koppeling.pem", f"-e preproduction --for digid-machtigen --entity-id urn:etoegang:DV:{OIN}:entities:9001 {HELD}",
     f"{FAILED} DigiD Machtigen, preproductie {CN}", [f"in deze vorm: urn:nl-eid-gdi:1.0:DV:{OIN}:entities:9001"]),
    ("koppeling.pem", f"-e preproduction --revocation require --trust root.pem --chain chain.pem {OFFLINE}",
     f"{UNCLEAR} preproductie   {CN}",
     ["Waarom Niet vast te stellen of het is ingetrokken: het netwerk staat uit.", "Nu Laat --offline weg",
      "pkitools cert check koppeling.pem -e preproduction --chain chain.pem"]),
    ("koppeling.pem", f"-e preproduction --key ander.key {HELD}", f"{FAILED} preproductie   {CN}",
     ["Waarom Het certificaat hoort niet bij de opgegeven sleutel."]),
    ("stuk.pem", f"-e preproduction {HELD}", f"{UNCLEAR} preproductie   {CN}",
     ["Waarom Een deel van het bestand is niet te lezen", "pkitools cert show stuk.pem"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "asked", "verdict", "said"), RUNS)
def test_why_and_what_to_do(
    run: Command, monkeypatch: pytest.MonkeyPatch, within: Path, name: str, asked: str, verdict: str, said: list[str]
) -> None:
    ran = at_width(run, monkeypatch, 80, "nl", "cert", "check", name, *asked.split())
    (rows,) = answers(ran.out)
    told = " ".join(" ".join(rows).split())
    assert told.startswith(" ".join(verdict.split()))
    assert "…" not in told, "nothing is cut off"
    for words in said:
        assert words in told, told


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_script_gets_the_next_step_that_people_get(
    run: Command, monkeypatch: pytest.MonkeyPatch, within: Path, language: Language
) -> None:
    label = LABELS[language][1]
    for name, asked, _, _ in RUNS:
        line = ("cert", "check", name, *asked.split())
        ran = at_width(run, monkeypatch, 120, language, *line)
        (rows,) = answers(ran.out)
        told = " ".join(" ".join(rows).split()).partition(f" {label} ")[2]
        document = run("--lang", language, *line, "--json").document
        assert_valid(document, "cert-check-v2")
        (following,) = (one["next"] for one in document["certificates"])
        assert told.startswith(following[language]), (told, following)
        assert following["nl"] != following["en"]
        assert following["command"] == next(commands(ran.out), None)
    older = run(*line, "--json", "--json-version", "1").document
    assert "next" not in older["certificates"][0]


@pytest.mark.parametrize("system", ["digid-machtigen", "digid", "eherkenning"])
def test_white_space_around_an_entity_id_is_told_the_same_of_metadata_and_of_the_command_line(
    run: Command, within: Path, system: str
) -> None:
    leaf = read_source((within / "koppeling.pem").read_bytes(), "koppeling.pem").certificates[0]
    start = "urn:etoegang" if system == "eherkenning" else "urn:nl-eid-gdi:1.0"
    right = f"{start}:DV:{OIN}:entities:9001"
    asked = ("-e", "preproduction", "--for", system, *HELD.split(), "--json")
    for written, code in (
        (right, None),
        (f" {right}", "surrounding_space"),
        (f"{right}\n", "surrounding_space"),
        (f'"{right}"', "surrounding_space"),
        (f"“{right}”", "surrounding_space"),
    ):
        in_xml = written.replace("\n", "&#10;").replace('"', "&quot;")
        (within / "ruimte.xml").write_bytes(metadata_of(("signing", leaf), entity_id=in_xml))
        given = run("cert", "check", "koppeling.pem", *asked, "--entity-id", written)
        stated = run("cert", "check", "ruimte.xml", *asked)
        found = [
            {each["code"] for each in one.document["certificates"][0]["report"]["findings"] if "entity" in each["code"]}
            for one in (given, stated)
        ]
        assert found[0] == found[1], written
        assert ("oin.entity_id.surrounding_space" in found[0]) == (code is not None)
        assert code is None or (given.code, stated.code) == (10, 10)


def test_a_command_that_is_said_again_leaves_out_and_adds_only_what_it_should(run: Command, within: Path) -> None:
    held = f"--trust root.pem --chain chain.pem --offline {AT}"
    line = f"cert check koppeling.pem -e preproduction --revocation require {held}"
    ((program, *words),) = commands(run("--lang", "nl", *line.split()).out)
    assert program == "pkitools"
    assert sorted(words) == sorted(set(line.split()) - {"--offline"})


def test_the_most_telling_finding_is_why(run: Command, within: Path) -> None:
    """A file that is somebody else's is not told to lack its chain: that may just not have been handed in."""
    line = f"cert check koppeling.pem -e preproduction --oin 00000001001516814000 --offline {AT}"
    (rows,) = answers(run(*line.split()).out)
    assert f"The OIN is {OIN}; 00000001001516814000 was expected." in " ".join(rows)


# -- many certificates -------------------------------------------------------------------------------------------------


def test_quiet_has_one_line_for_each_certificate(run: Command, within: Path) -> None:
    line = f"cert check koppeling.pem samen.pem -e preproduction --quiet {HELD}"
    ran = run("--lang", "nl", *line.split())
    assert ran.code == 10
    valid = "geldig t/m 28 december 2027 (nog 397 dagen)"
    assert ran.out.splitlines() == [
        f"koppeling.pem: GESLAAGD  {valid}",
        f"samen.pem (1 van 2): GESLAAGD  {valid}",
        "samen.pem (2 van 2): NIET GESLAAGD  ingetrokken op 26 november 2026 om 12:00 UTC (sleutel gecompromitteerd)",
    ]


BESIDE = {
    "--trust root.pem --chain chain.pem --offline": ("intrekking niet bekend", "revocation not known"),
    "--trust root.pem --chain chain.pem --revocation off": ("intrekking niet bekeken", "revocation not looked at"),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("given", BESIDE)
def test_passed_never_stands_alone_where_revocation_is_not_known(
    run: Command, within: Path, given: str, language: Language
) -> None:
    words = BESIDE[given][LANGUAGES.index(language)]
    passed = word_of("verdict", "passed", language)
    for files in ("oud.pem", "oud.pem koppeling.pem"):
        line = f"cert check {files} -e preproduction {given} {AT}"
        assert all(f": {passed}, {words}  " in row for row in run("--lang", language, *line.split(), "--quiet").lines)
        told = run("--lang", language, *line.split())
        assert told.code == 0
        first, *_, last = told.out.split("\n\n")
        assert words in first, "what is read first"
        assert words in last or files == "oud.pem", "the line that counts"
        assert all(words in row for row in told.lines if re.match(rf"{passed}[ (]|oud.pem .*{passed}", row))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("file", ["root.pem", "chain.pem"])
def test_an_authority_is_nobodys_and_never_passes_alone(
    run: Command, within: Path, file: str, language: Language
) -> None:
    words = {"nl": "van een CA, niet uw certificaat", "en": "of a CA, not your certificate"}[language]
    passed = word_of("verdict", "passed", language)
    line = f"cert check {file} -e preproduction {HELD}"
    quiet = run("--lang", language, *line.split(), "--quiet")
    assert all(f": {passed}, {words}  " in row for row in quiet.lines)
    assert words in run("--lang", language, *line.split()).out.partition("\n\n")[0]
    asked = run("--lang", language, *line.split(), "--for", "digid", "--oin", OIN, "--json").document
    for one in asked["certificates"]:
        assert one["report"]["findings"][0]["code"] == "environment.holder.authority", "before what it lacks"


def test_quiet_tells_what_is_wrong_with_a_file_of_several(
    run: Command, scene: Path, within: Path, tmp_path: Path
) -> None:
    (tmp_path / "x.pem").write_bytes((scene / "samen.pem").read_bytes() + corrupt())
    line = f"-e preproduction --quiet {HELD}"
    ran = run("--lang", "nl", "cert", "check", tmp_path / "x.pem", *line.split())
    assert (
        ran.out.splitlines()[-1]
        == f"{tmp_path / 'x.pem'}: NIET TE BEPALEN  een deel van het bestand is niet te lezen, en dus niet beoordeeld"
    )


def test_many_end_with_a_table_and_a_line_that_counts_them(
    run: Command, monkeypatch: pytest.MonkeyPatch, within: Path
) -> None:
    line = f"cert check koppeling.pem samen.pem onleesbaar.pem -e preproduction {HELD}"
    ran = at_width(run, monkeypatch, 80, "nl", *line.split())
    *_, head, good, first, second, unread, blank, counted, rest = ran.out.splitlines()
    assert head.split() == ["Bestand", "Geldig", "t/m", "Dagen", "Oordeel", "Waarom"]
    assert good.split() == ["koppeling.pem", "28", "dec", "2027", "397", "GESLAAGD"]
    assert first.split() == ["samen.pem", "(1)", "28", "dec", "2027", "397", "GESLAAGD"]
    assert second.split() == ["samen.pem", "(2)", "28", "dec", "2027", "397", "NIET", "GESLAAGD", "ingetrokken"]
    assert unread.split() == ["onleesbaar.pem", "–", "–", "NIET", "BEOORDEELD"]
    assert not blank
    assert f"{counted} {rest}" == "3 certificaten beoordeeld: 2 geslaagd, 1 niet geslaagd, 1 bestand niet beoordeeld."


FIRST = [
    ("samen.pem", "NIET GESLAAGD: 1 van 2 certificaten voor preproductie",
     "TRIAL oud.voorbeeld.nl (2 van 2): ingetrokken op 26 november 2026"),
    ("koppeling.pem kort.pem", "GESLAAGD: 2 van 2 certificaten voor preproductie", "Van 2 bestanden"),
    ("koppeling.pem onleesbaar.pem", "NIET TE BEPALEN: 1 bestand niet beoordeeld voor preproductie",
     "Waarom onleesbaar.pem: niet beoordeeld"),
    ("oud.pem onleesbaar.pem", "NIET GESLAAGD: 1 van 1 certificaat voor preproductie",
     "om 12:00 UTC (sleutel gecompromitteerd) Ook 1 bestand niet beoordeeld"),
    ("twee_en_stuk.pem", "NIET TE BEPALEN: het geheel voor preproductie",
     "twee_en_stuk.pem als bestand: een deel van het bestand is niet te lezen"),
    ("omgekeerd.pem --strict-delivery", "NIET GESLAAGD: het geheel voor preproductie",
     "Waarom omgekeerd.pem als bestand: "),
    ("map", "NIET GESLAAGD: 4 van 5 certificaten voor preproductie", "en nog 1, zie de tabel Ook 1 geslaagd Van 5"),
]  # fmt: skip


@pytest.mark.parametrize(("names", "verdict", "said"), FIRST)
def test_many_begin_with_the_verdict_on_all_and_what_decides_it(
    run: Command, monkeypatch: pytest.MonkeyPatch, within: Path, names: str, verdict: str, said: str
) -> None:
    line = f"cert check {names} -e preproduction {HELD}"
    ran = at_width(run, monkeypatch, 100, "nl", *line.split())
    first = ran.out.partition("\n\n")[0]
    assert first.startswith(f"{verdict}\n")
    assert said in " ".join(first.split())
    assert_first_line_is_about_all(ran, "nl")
    assert ": " not in run(*line.split(), "--quiet").out.split("\n")[0].partition(": ")[0], "a file's name comes first"


def test_what_is_missing_is_told_once_with_where_it_is_to_be_had(run: Command, within: Path) -> None:
    line = f"cert check koppeling.pem -e preproduction --offline {AT}"
    told = run("--lang", "nl", *line.split()).told
    below = told.partition("Bestand: koppeling.pem ")[2]
    assert below.startswith(
        "Het certificaat van TRIAL My TSP - G4 PKIo Priv G-TLS SYS - 2025, dat ontbreekt (zie boven), "
    )
    assert "http://" in below
    assert "delivery.chain.complete" not in told
    files = run(*line.split(), "--json").document["files"]
    assert "delivery.chain.complete" in {finding["code"] for finding in files[0]["delivery"]["findings"]}
    strict = run("--lang", "nl", *line.split(), "--strict-delivery").told
    assert "delivery.chain.complete" in strict, "what a file is refused for is told as such"
    held = f"cert check koppeling.pem -e preproduction --trust root.pem --chain chain.pem --offline {AT}"
    assert "zie boven" not in run("--lang", "nl", *held.split()).told


@pytest.mark.parametrize("more", ["", "--verbose"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_counted_is_what_is_told_below(run: Command, within: Path, language: Language, more: str) -> None:
    """Each heading but that of the reason why stands for one: of the certificate, and of its file."""
    headings = {each: word_of("severity", each.name, language) for each in Severity}
    alone = f"--trust root.pem --offline {AT}"
    rows = 0
    for file, held in product(("koppeling.pem", "omgekeerd.pem", "kort.pem", "oud.pem"), (HELD, alone)):
        ran = run("--lang", language, *f"cert check {file} -e preproduction --for digid {held} {more}".split())
        told = [line.strip() for line in ran.out.splitlines()]
        shown = {each: sum(line.startswith(f"{name}: ") for line in told) for each, name in headings.items()}
        failed = ran.out.startswith(word_of("verdict", "failed", language))
        shown[Severity.ERROR] -= failed
        also = next((line for line in told if re.match(rf"{LABELS[language][2]}\b", line)), "")
        counted = [int(number) for number in re.findall(r"\b(\d+) ", also)]
        assert counted == [shown[each] for each in sorted(shown, reverse=True) if shown[each]], ran.out
        rows += "[delivery." in ran.out
    assert rows > 1, "of several files there is something to say"


def test_one_certificate_has_no_table(run: Command, within: Path) -> None:
    assert "Bestand" not in run("--lang", "nl", *f"cert check koppeling.pem -e preproduction {HELD}".split()).out


@pytest.mark.slow
@pytest.mark.parametrize("more", ["", "--quiet", "--verbose"])
@pytest.mark.parametrize(
    ("names", "code"),
    [("koppeling.pem", 0), ("koppeling.pem --fail-on notice", 12), ("kort.pem --fail-on warning", 0), ("oud.pem", 10),
     ("stuk.pem", 1), ("oud.pem onleesbaar.pem", 10), ("koppeling.pem onleesbaar.pem", 1)],
)  # fmt: skip
def test_how_much_is_told_does_not_change_how_it_ends(
    run: Command, within: Path, names: str, code: int, more: str
) -> None:
    line = f"cert check {names} -e preproduction --for digikoppeling {HELD} {more}"
    assert run(*line.split()).code == code


def test_verbose_and_quiet_do_not_go_together(run: Command, within: Path) -> None:
    assert run(*f"cert check koppeling.pem -e preproduction --quiet --verbose {HELD}".split()).code == 2


@pytest.mark.parametrize(
    ("moment", "days"),
    [("2026-11-26T12:00:00Z", 30), ("2026-12-26T11:00:00Z", 0), ("2026-12-28", -2), ("2026-12-29", -3)],
)
def test_the_days_left_stand_in_the_document(run: Command, within: Path, moment: str, days: int) -> None:
    line = f"cert check kort.pem -e preproduction {HELD.replace('2026-11-26T12:00:00Z', moment)} --json"
    (one,) = run(*line.split()).document["certificates"]
    assert one["days_left"] == days
    older = run(*line.split(), "--json-version", "1").document["certificates"][0]
    assert "days_left" not in older


# -- every command that ends a step -----------------------------------------------------------------------------------

_PLAIN = "--organization X --common-name a.voorbeeld.nl --profile g1-server -e production --no-passphrase"
_PRE = "-e preproduction --organization X --common-name a.voorbeeld.nl --no-passphrase"
STEPS = [
    (f"csr create --oin {OIN} {_PLAIN} --out a", "cert check FILE -e production --key a.key --csr a.csr"),
    (f"csr create --oin {OIN} {_PLAIN.replace('--profile g1-server', '--for digid')} --out f",
     "cert check FILE -e production --for digid --key f.key --csr f.csr"),
    (f"csr create --self-signed --for digid-machtigen --oin {OIN} {_PRE} --out s",
     "cert check s.pem -e preproduction --for digid-machtigen"),
    ("csr create --renew s.pem --for digid-machtigen --no-passphrase --out r",
     "cert check FILE -e preproduction --for digid-machtigen --key r.key --csr r.csr"),
    ("csr create --from t.csv --out-dir out -e preproduction --profile g4-tls --organization X --no-passphrase",
     "cert receive DIR --manifest out/manifest.json"),
    ("csr check a.csr --profile g1-server -e production", "cert check FILE --csr a.csr -e production"),
    ("csr check a.csr --profile g4-tls -e preproduction", "cert check FILE --csr a.csr -e preproduction"),
    ("test-pki create pki --fast", "test-pki issue pki --out new"),
    ("test-pki issue pki --out new", "cert check new.chain.pem -e preproduction --offline --trust pki --crl pki/crl"),
    ("cert check new.chain.pem -e preproduction --offline --trust pki --crl pki/crl --for digikoppeling",
     "systems show digikoppeling"),
    ("cert lint new.pem", "cert check new.pem -e preproduction"),
]  # fmt: skip


@pytest.mark.slow
def test_every_command_that_ends_a_step_says_the_next_one(
    run: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{name};{name}.voorbeeld.nl;{OIN};27322975\n" for name in "ab")
    Path("t.csv").write_text(f"name;common_name;oin;kvk\n{rows}", encoding="utf-8")
    for line, following in STEPS:
        ran = run(*line.split())
        found = list(commands(ran.out + ran.err))
        assert found, line
        for words in found:
            parse(words)
        assert shlex.join(found[-1]).startswith(f"pkitools {following}"), line


@in_one_test
@pytest.mark.parametrize(
    "wrong",
    [
        "pkitools",
        "pkitools cert chek x",
        "pkitools cert check",
        "pkitools cert check x -e akc",
        "pkitools csr create --oni 1",
    ],
)
def test_a_command_that_does_not_exist_is_seen(wrong: str) -> None:
    with pytest.raises(click.UsageError):
        parse(wrong.split())


def command_templates(language: str, file: str) -> Iterator[tuple[str, list[str]]]:
    """The commands that the sentences of a file name, up to the end of a sentence."""
    for code, text in load("command line", language, file).items():
        for found in re.findall(r"pkitools ([a-z][^`.,;:()]*)", re.sub(r"\{\w+\}", "1", str(text))):
            yield code, ["pkitools", *found.split()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_that_a_remedy_names_exists(language: str) -> None:
    found = list(command_templates(language, "remedies.toml"))
    assert len(found) > 40
    for code, words in found:
        kept = words[
            : next(
                (
                    n
                    for n, word in enumerate(words[1:], 1)
                    if not re.fullmatch(r"--?[a-z-]+|[a-z][a-z-]*|[A-Z]+|\d+", word)
                ),
                None,
            )
        ]
        # a sentence goes on behind the command; a noun by itself is none, unless no more is said
        for end in range(len(kept), min(2, len(words) - 1), -1):
            try:
                parse(kept[:end])
                break
            except (click.MissingParameter, click.exceptions.Exit):
                break  # what is left to fill in; --help
            except click.UsageError:
                continue
        else:
            pytest.fail(f"{code}: {words}")


COMMANDS = {
    "chain",
    "create",
    "crl",
    "derive",
    "online",
    "complete",
    "trust",
    "show",
    "public",
    "system_show",
    "systems",
    "check",
    "issue",
    "receive",
    "again",
    "renew",
    "trust_folder",
}
ENDED = {
    "cert_check",
    "chain_complete",
    "export_public",
    "cert_lint",
    "cert_receive",
    "csr_check",
    "csr_create",
    "g4_plan",
    "g4_probe",
    "metadata_check",
    "metadata_diff",
    "oin_check",
    "oin_derive",
    "renewal_diff",
    "systems_show",
    "test_pki_create",
    "test_pki_issue",
    "test_pki_serve",
    "trust_export",
    "trust_update",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_next_step_stands_for_something_and_can_be_filled(language: Language) -> None:
    codes = {rule.code for rule in all_rules()}
    for key, text in load("command line", language, "now.toml").items():
        if "." not in key or key.partition(".")[0] in ENDED:
            continue
        code = next((c for c in (key, key.rpartition(".")[0]) if c in codes or template(c, language)), None)
        assert code is not None, key
        operands = {field for part in template(code, language).values() for field in placeholders(part)}
        assert placeholders(str(text)) - COMMANDS <= operands, key
        assert ROOTS  # the files are those of the package


# -- the pieces --------------------------------------------------------------------------------------------------------


@given(st.text(max_size=400), st.integers(1, 5), st.sampled_from([40, 80, 100, 300]))
def test_a_text_is_as_many_lines_as_it_may_be_and_none_is_wider(text: str, most: int, width: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("COLUMNS", str(width))
        rows = wrapped(text, "    ", "  > ", most=most)
    assert 1 <= len(rows) <= most
    assert all(columns_of(row) <= min(width, 100) for row in rows)
    assert rows[0].startswith("  >")
    assert all(row.startswith("    ") for row in rows[1:])


WORD = st.text(st.characters(blacklist_categories=["Cs", "Cc", "Cf", "Zl", "Zp", "Co", "Cn"]), min_size=1, max_size=30)


@given(st.lists(WORD.filter(lambda w: " " not in w and not w.isspace()), min_size=1, max_size=12))
def test_a_command_on_several_lines_is_the_same_command(words: list[str]) -> None:
    rows = command_rows(words, "      ")
    joined = "".join(row[:-1] if row.endswith(" \\") else row for row in rows)
    assert shlex.split(joined) == ["pkitools", *words]


@given(st.lists(st.text("abc ", min_size=1, max_size=90), min_size=1, max_size=6))
def test_parts_lose_nothing(parts: list[str]) -> None:
    rows = packed(parts, "        ", "  Van   ")
    assert "".join("".join(rows).split()) == "Van" + "".join(",".join(parts).split())


WHOLE: dict[str, str] = {
    "profile": "g1-server", "environment": "production", "oin": OIN, "organization": "TRIAL Voorbeeld",
    "common_name": "TRIAL a.voorbeeld.nl",
}  # fmt: skip


def test_a_request_asks_for_all_names_or_is_not_advised() -> None:
    line = f"csr create --profile g1-server -e production --oin {OIN} --organization Voorbeeld"
    names = [f"{n}.voorbeeld.nl" for n in "ab"]
    told = " ".join(request_command(**WHOLE, dns=names) or ())
    assert told == f"{line} --common-name a.voorbeeld.nl --dns a.voorbeeld.nl --dns b.voorbeeld.nl --out a"
    assert "--dns" not in (request_command(**WHOLE, dns=names[:1]) or ())
    assert request_command(**WHOLE, dns=[f"{n}.voorbeeld.nl" for n in range(30)]) is None


@in_one_test
@pytest.mark.parametrize("missing", WHOLE)
def test_a_request_that_lacks_something_is_not_advised(missing: str) -> None:
    assert request_command(**WHOLE) is not None
    assert request_command(**{key: value for key, value in WHOLE.items() if key != missing}) is None


@in_one_test
@pytest.mark.parametrize(
    "wrong",
    [
        {"oin": "00000099999999910000"},
        {"oin": "1"},
        {"profile": "x"},
        {"common_name": "*"},
        {"organization": "x" * 300},
    ],
)
def test_a_request_that_would_be_refused_is_not_advised(wrong: dict[str, str]) -> None:
    assert request_command(**{**WHOLE, **wrong}) is None


def test_each_request_of_a_run_has_files_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "c.key").touch()
    names = ["a.voorbeeld.nl", "a.elders.nl", "a.voorbeeld.nl", "c.voorbeeld.nl"]
    with click.Context(click.Command("check")):
        told = [request_command(**{**WHOLE, "common_name": name}) or ("",) for name in names]
    assert [words[-1] for words in told] == ["a", "a.elders.nl", "a", "c.voorbeeld.nl"]


@pytest.mark.parametrize("name", ["rdw", "vecozo"])
def test_a_system_without_pkioverheid_gets_no_order(run: Command, within: Path, name: str) -> None:
    for file in ("oud.pem", "kort.pem", "koppeling.pem"):
        ran = run(*f"cert check {file} -e production --for {name} {LATER}".split())
        assert "csr create" not in ran.out
    assert (
        f"Where to go instead: pkitools systems show {name}"
        in run(*f"cert check oud.pem -e production --for {name} {HELD}".split()).told
    )


@pytest.mark.parametrize("fault", SPOILT)
def test_what_is_self_made_is_made_anew_and_not_ordered(run: Command, within: Path, fault: str) -> None:
    Path("eigen.der").write_bytes(SPOILT[fault]())
    ran = run("--lang", "nl", *f"cert check eigen.der -e preproduction --for digid-machtigen {AT}".split())
    (rows,) = answers(ran.out)
    told = " ".join(" ".join(rows).split())
    assert "maak het opnieuw, en zet dit daarin goed." in told
    assert not ORDERED.search(told)


def self_made(*, spoilt: bool = False) -> bytes:
    """A certificate as a supplier makes it: whose, of what, and an OIN; spoilt: its key usage is not critical."""
    names = (("2.5.4.10", "Gemeente Voorbeeld"), ("2.5.4.5", OIN), ("2.5.4.3", "dv.example.nl"))
    rdns = (der.tlv(0x31, der.sequence(der.oid(oid), der.tlv(0x13, text.encode()))) for oid, text in names)
    extensions = {
        chains.KU: (not spoilt, b"\x03\x02\x05\xa0"),
        chains.SAN: (False, chains.dns("dv.example.nl")),
        chains.EKU: (False, chains.purposes(chains.SERVER, chains.CLIENT)),
        chains.SKI: (False, der.tlv(0x04, chains.identifier(own_key()))),
    }
    subject = der.sequence(*rdns)
    return chains.issue("dv.example.nl", own_key=own_key(), subject=subject, extensions=extensions).der


@pytest.mark.parametrize(
    ("asked", "spoilt", "command"),
    [
        ("-e production --for digid-machtigen", False, "csr create --for digid-machtigen -e production"),
        ("-e production --for eherkenning", True, "csr create --for eherkenning -e production"),
        ("-e production", False, None),
        ("-e preproduction --for digid-machtigen", True, "csr create --self-signed --for digid-machtigen"),
        ("-e preproduction --for digikoppeling", True, None),  # of which is not known whether it takes one
    ],
)
def test_what_is_self_made_is_ordered_or_made_anew_for_the_system_that_was_asked_about(
    run: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, asked: str, spoilt: bool, command: str | None
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("eigen.der").write_bytes(self_made(spoilt=spoilt))
    ran = run(*f"cert check eigen.der {asked} {AT}".split())
    advised = [*commands(ran.out)]
    assert "with --for" not in ran.out
    assert len(advised) == (command is not None), ran.out
    for words in advised:
        assert command is not None
        assert " ".join(words[1:]).startswith(command)
        monkeypatch.setattr(making, "generate_key", cache(making.generate_key))
        assert run(*words[1:], "--no-passphrase").code == 0


@pytest.mark.parametrize("wish", ["--oin 00000001001516814000", "--organization Elders"])
@pytest.mark.parametrize("file", ["oud.pem", "kort.pem", "koppeling.pem"])
def test_what_is_somebody_elses_flows_into_no_order(run: Command, within: Path, file: str, wish: str) -> None:
    for environment in ("production", "preproduction"):
        assert "csr create" not in run(*f"cert check {file} -e {environment} {wish} {LATER}".split()).out


@pytest.mark.parametrize(
    ("file", "asked", "before", "code"),
    [
        ("kort.pem", "-e production --for digid", "2026-11-26", "environment.production.no_test"),
        ("zonder.pem", "-e production --for digikoppeling", "2024-01-01", "system.oin.required"),
        ("zonder.pem", "-e production", "2024-01-01", None),
        ("kort.pem", "-e preproduction --for digikoppeling", "2026-11-26", None),
    ],
)
def test_of_one_that_expired_nothing_is_ordered_that_is_refused_for_the_same_again(
    run: Command, within: Path, file: str, asked: str, before: str, code: str | None
) -> None:
    """What was to be done while it was valid is to be done now; where that was nothing, the same may be ordered."""
    if file == "zonder.pem":
        sample = shared("samples/certificates/PrivateG1_api-test-sign.coronatester.nl_20230908.pem")
        (within / file).write_bytes(sample.read_bytes())
    held = "--trust root.pem --chain chain.pem --revocation off --offline --json"
    told, codes = [], []
    for day in (before, "2027-02-01"):
        document = run(*f"cert check {file} {asked} {held} --moment {day}T12:00:00Z".split()).document
        (one,) = document["certificates"]
        told.append((one["next"]["command"], one["next"]["nl"], one["next"]["en"]))
        codes.append({found["code"] for found in one["report"]["findings"] if found["severity"] == "error"})
    assert "path.validity.expired" in codes[1] - codes[0]
    assert code is None or code in codes[0] & codes[1]
    assert (told[0] == told[1]) == (code is not None), told


@pytest.mark.parametrize("policy", ["require", "prefer"])
@pytest.mark.parametrize(
    ("language", "word", "unknown"),
    [("nl", "niet van de uitgever", "is niet bekend"), ("en", "not the issuer's", "is not known")],
)
def test_of_a_list_that_lacks_the_address_is_told_and_whether_another_was_given(
    run: Command, within: Path, language: str, word: str, unknown: str, policy: str
) -> None:
    """The list of another authority is not asked for again, and what is not known of it is no reason of the other."""
    leaf = read_certificate(read_source((within / "koppeling.pem").read_bytes(), "koppeling.pem").certificates[0])
    (url,) = leaf.crl_uris
    other = build("g1-private", moment=MOMENT, keys=KeyPool(limit=2))["g1-private-tsp"].crl()
    (within / "ander.crl").write_bytes(other)
    above = [file for file in (within / "crl").iterdir() if read_crl(file.read_bytes()).issuer != leaf.issuer.der]
    asked = f"cert check koppeling.pem -e preproduction --trust root.pem --chain chain.pem --revocation {policy} --json"
    said = []
    for lists, moment in (([within / "crl"], "2027-02-01"), ([*above, within / "ander.crl"], "2026-11-26")):
        held = " ".join(f"--crl {file}" for file in lists)
        line = f"{asked} --offline --moment {moment}T12:00:00Z {held}"
        (following,) = (one["next"] for one in run("--lang", language, *line.split()).document["certificates"])
        assert url in following[language]
        assert not re.search(rf"{re.escape(url)}[.,;:)]", following[language]), "it is copied with what touches it"
        said.append(following[language])
    assert ["CRL" in each and word in each for each in said] == [False, True]
    assert all((unknown in each) == (policy == "prefer") for each in said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_connects_orders_nothing_for_an_identity_provider(
    run: Command, within: Path, language: Language
) -> None:
    """Its own metadata, with the same certificates, does say what to order: that the two differ is what is held."""
    ders = [read_source((within / name).read_bytes(), name).certificates[0] for name in ("oud.pem", "kort.pem")]
    (within / "eigen.der").write_bytes(self_made(spoilt=True))
    ders.append((within / "eigen.der").read_bytes())
    said = {}
    for kind in ("SPSSODescriptor", "IDPSSODescriptor"):
        files = []
        for number, held in enumerate(ders):
            files.append(f"{kind}{number}.xml")
            (within / files[-1]).write_bytes(metadata_of(("signing", held), kind=kind))
        for asked, file in product(("-e production --for digid", "-e preproduction --for digid-machtigen"), files):
            ran = run("--lang", language, *f"cert check {file} {asked} {LATER} --json".split())
            (following,) = (one["next"] for one in ran.document["certificates"])
            said[kind, asked, file[-5]] = following["command"], following[language]
    provider = {told for (kind, *_), told in said.items() if kind == "IDPSSODescriptor"}
    assert {command for command, _ in provider} == {None}
    assert all("(IdP)" in sentence for _, sentence in provider), provider
    service = [command for (kind, *_), (command, _) in said.items() if kind == "SPSSODescriptor"]
    assert any(command and command[:3] == ["pkitools", "csr", "create"] for command in service)


@pytest.mark.slow
def test_every_request_that_is_advised_is_made_as_it_stands(
    run: Command, monkeypatch: pytest.MonkeyPatch, scene: Path, tmp_path: Path
) -> None:
    monkeypatch.chdir(scene)
    told = [at_width(run, monkeypatch, 120, "nl", *line.split()).out for line in COMMON]
    monkeypatch.chdir(tmp_path)
    asked = list(defects())[:: 1 if LEVEL == "deep" else 8]
    for defect in asked:
        (tmp_path / f"{defect.name}.pem").write_bytes(broken(defect.name, MOMENT).chain_pem)
    roots = {der for defect in asked for der in broken(defect.name, MOMENT).trust_anchors}
    (tmp_path / "trust").write_bytes(pem(*roots))
    for environment, more in (
        ("production", "--for digid"),
        ("preproduction", "--for digikoppeling"),
        ("production", ""),
    ):
        line = f"cert check . --trust trust -e {environment} --offline {AT} {more}"
        told.append(at_width(run, monkeypatch, 120, "nl", *line.split()).out)
    monkeypatch.setattr(making, "generate_key", cache(making.generate_key))  # a key of each size is enough
    advised = {tuple(words): None for out in told for words in commands(out) if words[1:3] == ["csr", "create"]}
    assert len(advised) > 3
    for number, words in enumerate(advised):
        (tmp_path / f"run{number}").mkdir()
        monkeypatch.chdir(tmp_path / f"run{number}")
        for old in words[words.index("--renew") + 1 :][:1] if "--renew" in words else ():
            shutil.copy(next(folder / old for folder in (tmp_path, scene) if (folder / old).exists()), old)
        Path("BESTAND").write_bytes(b"of one's own choice\n")
        Path("BESTAND").chmod(0o600)
        ran = run(*words[1:], *(() if "--passphrase-file" in words else ("--no-passphrase",)))
        assert ran.code == 0, (words, ran.err)
    assert any("--renew" in words for words in advised)


def test_a_command_is_said_again_as_it_was_typed() -> None:
    odd = "--beside production=y.pem --allow-net 10.0.0.0/8 --fail-on warning"
    line = f"cert check x.pem -e preproduction --for digid --for uzi {odd}"
    with parse(["pkitools", *line.split()]):
        assert " ".join(again(["x.pem"])) == line


# -- the texts of common runs ------------------------------------------------------------------------------------------

GOLDEN = Path(__file__).parent / "golden"
COMMON = [
    f"cert check koppeling.pem -e preproduction --for digikoppeling {HELD}",
    f"cert check oud.pem -e preproduction --for digid-machtigen {HELD}",
    f"cert check kort.pem -e preproduction {HELD}",
    f"cert check koppeling.pem -e production --for digid {HELD}",
    f"cert check koppeling.pem -e preproduction --offline {AT}",
    f"cert check koppeling.pem -e preproduction --revocation require --trust root.pem --chain chain.pem --offline {AT}",
    f"cert check koppeling.pem -e preproduction --oin 00000001001516814000 {HELD}",
    f"cert check metadata.xml -e preproduction --for eherkenning {HELD}",
    f"cert check samen.pem stuk.pem onleesbaar.pem -e preproduction --for digikoppeling {HELD}",
    f"cert check samen.pem stuk.pem -e preproduction --quiet {HELD}",
    f"cert check kort.pem -e preproduction --verbose {HELD}",
    f"cert lint koppeling.pem {AT}",
    "oin derive --kvk 27322975",
    "oin check 00000003273229750001",
]


GOLDENS = [
    ("nl", 80),
    *(pytest.param(*each, marks=pytest.mark.slow) for each in (("en", 80), ("nl", 120), ("en", 120))),
]


@pytest.mark.parametrize(("language", "width"), GOLDENS)
def test_the_golden_texts_of_common_runs(
    run: Command, monkeypatch: pytest.MonkeyPatch, within: Path, width: int, language: str
) -> None:
    told = []
    for line in COMMON:
        ran = at_width(run, monkeypatch, width, language, *line.split())
        told.append(f"$ pkitools {line}\n{ran.out}{ran.err}[{ran.code}]\n")
    text = "\n".join(told)
    kept = GOLDEN / f"{language}-{width}.txt"
    if os.environ.get("PKITOOLS_RENEW_GOLDEN"):
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(text, encoding="utf-8")
    assert text == kept.read_text(encoding="utf-8"), "when this is meant: see the top of this module"


def test_the_days_of_a_month_are_told_in_both_languages() -> None:
    from pkitools.messages.days import day, days_left
    from pkitools.reports.telling.readable import short_day, validity

    end = datetime(2027, 3, 14, 23, 59, 59, tzinfo=UTC)
    start = end - timedelta(days=400)
    assert (day(end, "nl"), short_day(end, "nl"), day(end, "en")) == ("14 maart 2027", "14 mrt 2027", "14 March 2027")
    assert validity(start, end, end - timedelta(days=169), "nl") == "geldig t/m 14 maart 2027 (nog 169 dagen)"
    assert validity(start, end, end, "en") == "valid until 14 March 2027 (less than a day left)"
    assert validity(start, end, end + timedelta(days=1), "nl") == "verlopen op 14 maart 2027 (1 dag geleden)"
    assert validity(start, end, start - timedelta(days=1), "nl").startswith("geldig vanaf ")
    assert [days_left(end, end + timedelta(days=n, seconds=s)) for n, s in ((-1, 0), (0, 0), (0, 1))] == [1, 0, -1]
    set_language("en")
