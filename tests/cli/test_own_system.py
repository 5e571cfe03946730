"""docs/how-to/eigen-systeem.md: its files make a folder that works; its commands and program run as they stand."""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
import types
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import pkitools
from pkitools.messages import LANGUAGES, message
from pkitools_test_pki.pki import build
from tests.support.command import Command, every_command
from tests.support.keys import SHARED_KEYS
from tests.support.schemas import assert_valid

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "eigen-systeem.md").read_text(encoding="utf-8")
TEMPLATES = Path(__file__).parents[2] / "docs" / "templates"
MOMENT = datetime.now(UTC).replace(microsecond=0)
FILES = re.findall(r"`((?:systems/|rules/)?\w+\.toml)`\..*?```toml\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = [line for line in re.findall(r"```\n(pkitools .*?)```", PAGE, re.DOTALL)[0].splitlines() if line]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES:
        path = tmp_path / "gegevens" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def issued() -> Any:
    pki = build("g4-tls", moment=MOMENT - timedelta(days=1), keys=SHARED_KEYS)
    return pki.issue("g4-tls", not_after=MOMENT + timedelta(days=600))


def test_the_page_has_every_file_and_its_commands() -> None:
    assert [name for name, _ in FILES] == ["systems/zaaksysteem.toml", "rules/gemeente.toml", "tsps.toml"]
    assert len(COMMANDS) == 5
    assert {path.name for path in TEMPLATES.iterdir()} > {"system.toml", "rules.toml", "tsps.toml"}


def test_the_example_takes_no_test_certificate_in_production(run: Command, place: Path) -> None:
    told = " ".join(run("--lang", "nl", "--data", "gegevens", "systems", "list").out.split())
    said = told.partition("zaaksysteem Zaaksysteem")[2]
    assert said.startswith(
        " preproductie accepteert Private G1, G4 Priv G-TLS, TRIAL productie accepteert Private G1, G4"
    )
    assert "TRIAL" not in said.partition("productie accepteert")[2].partition("productie accepteert")[2][:40]


def test_a_system_nobody_else_could_read_is_listed_once_where_one_describes_it(run: Command, place: Path) -> None:
    before = json.loads(run("systems", "list", "--all", "--json").out)["unread"]
    name = before[0]["name"]
    text = (place / "gegevens" / "systems" / "zaaksysteem.toml").read_text(encoding="utf-8")
    text = text.replace('name = "zaaksysteem"', f'name = "{name}"')
    (place / "gegevens" / "systems" / f"{name}.toml").write_text(text, encoding="utf-8")
    listed = json.loads(run("--data", "gegevens", "systems", "list", "--all", "--json").out)
    assert name in [each["name"] for each in listed["systems"]]
    assert [each["name"] for each in listed["unread"]] == [each["name"] for each in before[1:]]
    assert f"{len(before) - 1} " in run("--data", "gegevens", "systems", "list").out


def test_what_one_describes_oneself_is_known_by_whichever_name_one_gives_it(run: Command, place: Path) -> None:
    unread = json.loads(run("systems", "list", "--all", "--json").out)["unread"][0]
    text = (place / "gegevens" / "systems" / "zaaksysteem.toml").read_text(encoding="utf-8")
    own = re.sub(r"(?m)^title = .*$", f'title = "{unread["title"]}"', text).replace('"zaaksysteem"', '"ons-register"')
    (place / "gegevens" / "systems" / "ons-register.toml").write_text(own, encoding="utf-8")
    for asked, found in ((("systems", "list", "--all"), "unread"), (("facts", "status"), "unknown")):
        document = json.loads(run("--data", "gegevens", *asked, "--json").out)
        assert unread["name"] not in [each["name"] for each in document[found]], asked
    assert unread["name"] in [each["name"] for each in json.loads(run("facts", "status", "--json").out)["unknown"]]


@pytest.mark.slow
def test_a_tsp_of_ours_that_is_replaced_is_said_wherever_it_is_used(run: Command, place: Path) -> None:
    own = place / "gegevens" / "tsps.toml"
    text = own.read_text(encoding="utf-8")
    own.write_text(text.replace("[tsps.huis]", "[tsps.kpn]").replace('"Huis-CA"', '"KPN"'), encoding="utf-8")
    made = "csr create --oin 00000003273229750000 --profile g1-server -e production --no-passphrase --out x --tsp kpn"
    names = ("--organization", "Voorbeeld B.V.", "--common-name", "a.voorbeeld.nl")
    check = ("csr", "check", "x.csr", "--profile", "g1-server", "--tsp", "kpn")
    for asked in ((*made.split(), *names, "--force"), check, ("systems", "list"), ("facts", "status")):
        told = [run("--lang", "nl", *data, *asked) for data in (("--data", "gegevens"), ())]
        said = [" ".join((each.out + each.err).split()).count("KPN: uw eigen gegevens") for each in told]
        assert said == [1, 0], asked
    assert run("--data", "gegevens", "facts", "status", "--json").document["replaced_tsps"] == ["KPN"]


def test_what_is_not_asked_yet_is_said(run: Command, place: Path) -> None:
    """Until its day a rule is silent: who wrote it may think that every certificate meets it."""
    rules, system = place / "gegevens" / "rules" / "gemeente.toml", place / "gegevens" / "systems" / "zaaksysteem.toml"
    code = re.findall(r'(?m)^code = "(.*)"', rules.read_text(encoding="utf-8"))[0]
    for path, heading in ((rules, "[[rule]]"), (system, "[[statement]]")):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(heading, f"{heading}\nsince = 2026-12-01", 1), encoding="utf-8")
    for day, coming in (("2026-12-01", []), ("2026-11-30", [code, "zaaksysteem, hierarchy"])):
        given = ("--data", "gegevens", "--lang", "nl", "facts", "status", "--moment", f"{day}T12:00:00Z")
        document = run(*given, "--json").document
        assert_valid(document, "facts-status-v1")
        assert [
            each["name"] for each in document["coming"] if "voorbeeld" in each["name"] or "zaak" in each["name"]
        ] == coming
        assert all(f"{name}: geldt vanaf 1 december 2026" in run(*given).told for name in coming)


def test_what_has_lapsed_is_said(run: Command, place: Path) -> None:
    rules, system = place / "gegevens" / "rules" / "gemeente.toml", place / "gegevens" / "systems" / "zaaksysteem.toml"
    code = re.findall(r'(?m)^code = "(.*)"', rules.read_text(encoding="utf-8"))[0]
    for path, heading in ((rules, "[[rule]]"), (system, "[[statement]]")):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(heading, f"{heading}\nuntil = 2026-11-30", 1), encoding="utf-8")
    for day, lapsed in (("2026-11-30", []), ("2026-12-01", [code, "zaaksysteem, hierarchy"])):
        given = ("--data", "gegevens", "--lang", "nl", "facts", "status", "--moment", f"{day}T12:00:00Z")
        document = run(*given, "--json").document
        assert_valid(document, "facts-status-v1")
        assert [each["name"] for each in document["lapsed"]] == lapsed
        assert all(f"{name}: gold tot en met 30 november 2026" in " ".join(run(*given).out.split()) for name in lapsed)


@pytest.mark.slow
def test_no_command_passes_over_a_folder_that_is_none(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in filter(None, every_command()):
        assert run("--data", "nergens", *path).code in {1, 2}, path
    answers = (("oin", "check", "00000003273229750000"), ("oin", "derive", "--kvk", "27322975"), ("trust", "list"))
    for asked in answers:
        for told in (run("--data", "nergens", *asked), run(*asked, "--data", "nergens")):
            assert (told.code, told.out, told.err.count("nergens")) == (1, "", 1)
        assert run(*asked).code == 0
    monkeypatch.setenv("PKITOOLS_DATA", "nergens")
    assert [run(*asked).code for asked in answers] == [1, 1, 1]


def test_the_command_that_comes_next_knows_the_system_too(run: Command, place: Path) -> None:
    told = run("--lang", "nl", "--data", "gegevens", "systems", "show", "zaaksysteem").out
    words = shlex.split(told.partition("Nu:")[2].partition("pkitools ")[2].replace("\\\n", " "))
    assert words == ["csr", "create", "--for", "zaaksysteem", "-e", "production", "--data", "gegevens"]
    assert "--data" not in run("systems", "show", "digid").out
    made = (
        "--oin",
        "00000003273229750000",
        "--organization",
        "V",
        "--common-name",
        "a.voorbeeld.nl",
        "--no-passphrase",
    )
    assert run(*words, *made, "--profile", "g1-server", "--out", "x").code == 0


def test_the_templates_make_a_folder_that_works(run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As they stand: copied, and the system named after its file."""
    monkeypatch.chdir(tmp_path)
    for name, copied in (("system", "systems/template"), ("rules", "rules/ours"), ("tsps", "tsps")):
        path = tmp_path / "own" / f"{copied}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = (TEMPLATES / f"{name}.toml").read_text(encoding="utf-8")
        path.write_text(text.replace('systems = ["example"]', 'systems = ["template"]'), encoding="utf-8")
    data = pkitools.read_data("own")
    assert data.refused == ()
    assert (data.system("template").name, data.tsp("example").title) == ("template", "Example CA")
    # what the comment of the template shows is a document as it is read
    path = tmp_path / "own" / "systems" / "template.toml"
    shown = re.findall(
        r"^# (\[source\.handbook\]|document = .*|version = .*|status = .*|url = .*)$",
        path.read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert len(shown) == 5
    head, rest = path.read_text(encoding="utf-8").split("\n[[statement]]\n", 1)
    cited = rest.replace('source = "digikoppeling-security"', 'source = "handbook"', 1)
    path.write_text("\n".join((head, *shown, "", "[[statement]]", cited)), encoding="utf-8")
    (first, *_) = pkitools.read_data("own").system("template").statements
    assert first.source.document.title["nl"] == "Connection handbook"


def test_who_asks_a_system_nobody_knows_hears_where_a_system_of_ones_own_is_given(run: Command, place: Path) -> None:
    for language, folder in (("nl", "--data MAP"), ("en", "--data DIR")):
        for name in ("zaaksysteem", "digidd"):
            assert folder in " ".join(run("--lang", language, "systems", "show", name).err.split())


def test_a_system_and_two_rules_of_ones_own_are_asked_in_both_languages(run: Command, place: Path, issued: Any) -> None:
    (place / "koppeling.pem").write_bytes(issued.chain_pem)
    (place / "root.pem").write_bytes(issued.root.pem)
    given = "--data gegevens cert check koppeling.pem --for zaaksysteem -e acc --trust root.pem --revocation off"
    for language, says in (("nl", "wij nemen er ten hoogste 398"), ("en", "we take at most 398")):
        told = run("--lang", language, *given.split())
        assert told.code == 10
        assert says in " ".join(told.out.split())
        assert "Zaaksysteem" in told.out
    document = run(*given.split(), "--json").document
    report = document["certificates"][0]["report"]
    assert "voorbeeld.geldigheid.jaar" in json.dumps(report["findings"])
    assert "voorbeeld.naam.plaats" in json.dumps(report["met"])
    assert run(*given.replace("--data gegevens ", "").split()).code == 2, "nobody knows it without its folder"


def test_the_commands_of_the_page_run(run: Command, place: Path, issued: Any) -> None:
    (place / "koppeling.pem").write_bytes(issued.chain_pem)
    made = "csr create --oin 00000003273229750000 --profile g1-server -e production --no-passphrase --out koppeling"
    who = ("--organization", "Voorbeeld B.V.", "--common-name", "koppeling.voorbeeld.nl")
    assert run(*made.split(), *who).code == 0
    told = [run("--lang", "nl", *command.split()[1:]) for command in COMMANDS]
    assert [each.code for each in told] == [10, 0, 0, 0, 0]
    assert run(*COMMANDS[3].split()[1:], "--json").document["tsp"] == "huis"
    assert "tsps.toml, gelezen op 26 november 2026" in " ".join(told[4].out.split())


def test_the_variable_will_do_and_the_rule_is_listed_and_explained(
    run: Command, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PKITOOLS_DATA", "gegevens")
    for language, says in (("nl", "Te lang geldig voor ons beleid"), ("en", "Valid for longer than our policy")):
        told = run("--lang", language, "rules", "explain", "voorbeeld.geldigheid.jaar")
        assert told.code == 0
        assert says in told.out
        assert "Certificaatbeleid Gemeente Voorbeeld 2026 4" in told.out
    assert "voorbeeld.naam.plaats" in run("rules", "list").out
    assert "zaaksysteem" in run("systems", "list").out
    assert "Aansluithandboek zaaksysteem" in run("systems", "show", "zaaksysteem").out


def test_for_which_environment_and_system_a_rule_of_ones_own_is_is_explained(run: Command, place: Path) -> None:
    rules = place / "gegevens" / RULES
    severity = 'severity = "error"'
    holds = 'environments = ["production"]'
    rules.write_text(rules.read_text().replace(severity, f"{severity}\n{holds}", 1))
    for language, says in (("nl", "zaaksysteem, productie"), ("en", "zaaksysteem, production")):
        told = run("--data", "gegevens", "--lang", language, "rules", "explain", "voorbeeld.geldigheid.jaar")
        assert (told.code, says in told.out) == (0, True), told.told


def test_an_empty_name_of_a_folder_is_none_and_an_empty_variable_says_nothing(
    run: Command, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for asked in (("--data", "", "systems", "list"), ("oin", "check", "00000003273229750000", "--data", "")):
        assert run(*asked).code == 2, asked
    monkeypatch.setenv("PKITOOLS_DATA", "")
    assert run("systems", "list").code == 0
    monkeypatch.setenv("PKITOOLS_DATA", "gegevens")
    assert run("--data", "", "systems", "list").code == 2, "who gives an option means it"


def test_what_cannot_be_used_is_not_checked_and_the_rest_works(run: Command, place: Path, issued: Any) -> None:
    system = place / "gegevens" / "systems" / "zaaksysteem.toml"
    system.write_text(system.read_text(encoding="utf-8").replace('topic = "oin"', 'topic = "oi"'), encoding="utf-8")
    (place / "gegevens" / "rules" / "gemeente.toml").unlink()
    (place / "koppeling.pem").write_bytes(issued.chain_pem)
    (place / "root.pem").write_bytes(issued.root.pem)
    given = [
        "--data",
        "gegevens",
        "cert",
        "check",
        "koppeling.pem",
        "-e",
        "acc",
        "--trust",
        "root.pem",
        "--revocation",
        "off",
    ]
    told = run("--lang", "nl", *given, "--for", "zaaksysteem", "--verbose")
    assert told.code == 11
    line = next(n for n, text in enumerate(system.read_text(encoding="utf-8").splitlines(), 1) if '"oi"' in text)
    assert f"systems/zaaksysteem.toml:{line}" in told.out
    assert run(*given).code == 0
    assert run(*given, "--for", "fsc").code == 0
    for asked in (("systems", "list"), ("systems", "show", "zaaksysteem")):
        told = run("--lang", "nl", "--data", "gegevens", *asked)
        assert (told.code, told.err.count(f"systems/zaaksysteem.toml:{line}")) == (11, 1), asked
    assert run("--data", "gegevens", "rules", "list").code == 0
    assert run("--data", "nergens", *given[2:]).code == 1


def test_facts_of_ones_own_are_seen_to_age(run: Command, place: Path, issued: Any) -> None:
    (place / "gegevens" / "trust").mkdir()
    (place / "gegevens" / "trust" / "r.pem").write_bytes(issued.root.pem)
    early = ("2026-11-01T00:00:00Z", False)
    for moment, old in (("2026-12-01T00:00:00Z", False), ("2027-07-01T00:00:00Z", True), early):
        given = ("--lang", "nl", "--data", "gegevens", "facts", "status", "--moment", moment)
        told = run(*given)
        joined = " ".join(told.out.split())
        assert told.code == 0
        for name in ("systems/zaaksysteem.toml", "rules/gemeente.toml"):
            assert f"{name}, gelezen op 26 november 2026" in joined
        assert ("langer dan een half jaar geleden: lees de bronnen opnieuw" in joined) is old
        assert "trust/r.pem, zonder dag" in joined
        assert ("een dag die nog moet komen: verbeter retrieved" in joined) is (moment == early[0])
        document = run(*given, "--json").document
        assert_valid(document, "facts-status-v1")
        assert {each["ahead"] for each in document["own"]} == ({True, False} if moment == early[0] else {False})
        assert [(each["file"], each["old"]) for each in document["own"]] == [
            ("rules/gemeente.toml", old),
            ("systems/zaaksysteem.toml", old),
            ("trust/r.pem", False),
            ("tsps.toml", old),
        ]
    assert "Van uzelf" not in run("--lang", "nl", "facts", "status").out
    (place / "gegevens" / "rules" / "gemeente.toml").write_text("not = [toml", encoding="utf-8")
    told = run("--data", "gegevens", "facts", "status")
    assert (told.code, told.err.count("rules/gemeente.toml:")) == (11, 1)


SYSTEM, RULES = "systems/zaaksysteem.toml", "rules/gemeente.toml"
BAD = {
    "an unknown key of a rule": (RULES, 'severity = "error"', 'severety = "error"', 11),
    "an unknown key of a system": (SYSTEM, 'owner = "', 'eigenaar = "', 5),
    "a source that does not exist": (RULES, 'source = "beleid"', 'source = "beleidsregel"', 13),
    "a source of a system that does not exist": (SYSTEM, 'source = "handboek"', 'source = "boek"', 18),
    "an ERROR on inferred ground": (RULES, 'certainty = "official"', 'certainty = "inferred"', 11),
    "a rule without a message": (RULES, 'message = "Het certificaat is', 'bericht = "Het certificaat is', 20),
    "a rule without one language": (RULES, "[rule.en]", "[rule.de]", 24),
}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "old", "new", "line"), BAD.values(), ids=BAD)
def test_bad_data_is_one_sentence_with_file_and_line_and_only_who_asks_it_is_not_answered(
    run: Command, place: Path, issued: Any, name: str, old: str, new: str, line: int
) -> None:
    path = place / "gegevens" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    (place / "koppeling.pem").write_bytes(issued.chain_pem)
    (place / "root.pem").write_bytes(issued.root.pem)
    given = [
        "--data",
        "gegevens",
        "cert",
        "check",
        "koppeling.pem",
        "-e",
        "acc",
        "--trust",
        "root.pem",
        "--revocation",
        "off",
    ]
    for language in LANGUAGES:
        told = run("--lang", language, *given, "--for", "zaaksysteem")
        assert told.code == 11
        joined = " ".join(told.out.split())
        found = re.search(rf"\b{name}:(\d+)\b", joined)
        assert found is not None, told.out  # where it stands
        assert abs(int(found[1]) - line) <= 1
        (refused,) = pkitools.read_data("gegevens").refused
        said = message(refused.error.code, refused.error.params, language)
        assert said.message in joined  # what is wrong with it
        assert said.remedy in joined  # and what to do about that
    asks_it = name == RULES  # without --for no system is asked, and a rule that is for all systems is
    assert run(*given).code == (11 if asks_it else 0)
    for other in ("oin check 00000003520354760000", "trust list", "explain timeout"):
        assert run("--data", "gegevens", *other.split()).code == run(*other.split()).code


ORDER = "--oin 00000003520354760000 --organization A --common-name a.example.nl --no-passphrase"
ASKING_A_SYSTEM = (
    "cert check many/a.pem -e acc --for {system} --revocation off --verbose",
    "scan many --for {system} -e acc --revocation off",
    "status",
    "plan",
    "plan --for {system} --live 2027-06-01",
    "systems show {system}",
    "renewal diff many/a.pem many/b.pem --for {system}",
    "g4 plan many/a.pem --for {system}",
    f"csr create --for {{system}} -e acc {ORDER} --out x",
    "csr create --from batch.toml --out-dir out -e acc --no-passphrase",
)
ASKING_A_TSP = (
    "csr check a.csr --profile g1-server --tsp huis",
    f"csr create --profile g1-server --tsp huis {ORDER} -e production --out y",
    "csr create --from tsp.toml --out-dir out -e production --no-passphrase",
    "status",
    "plan",
    "plan --for fsc --tsp huis --live 2027-06-01",
)


@pytest.mark.slow
def test_every_command_that_asks_what_was_refused_says_which_file_and_that_it_is_not_known(
    run: Command, place: Path, connected: str, issued: Any
) -> None:
    """None says that there is no such system or TSP, or leaves it out in silence, and none says that all is well."""
    batch = '[[request]]\nname = "a"\noin = "00000003520354760000"\norganization = "A"\ncommon_name = "a.example.nl"\n'
    (place / "batch.toml").write_text(f'{batch}for = "zaaksysteem"\n', encoding="utf-8")
    (place / "tsp.toml").write_text(f'{batch}profile = "g1-server"\ntsp = "huis"\n', encoding="utf-8")
    assert run("csr", "create", "--profile", "g1-server", *ORDER.split(), "-e", "production", "--out", "a").code == 0
    (place / "gegevens" / "trust").mkdir()
    (place / "gegevens" / "trust" / "root.pem").write_bytes(issued.root.pem)
    given = (place / "connections.toml").read_text(encoding="utf-8")
    broken = (
        (SYSTEM, 'topic = "oin"', ASKING_A_SYSTEM, ""),
        ("tsps.toml", "[tsps.huis]", ASKING_A_TSP, 'tsp = "huis"'),
    )
    for file, old, commands, stated in broken:
        path = place / "gegevens" / file
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(old, f"onbekend = 1\n{old}", 1), encoding="utf-8")
        (place / "connections.toml").write_text(given.replace("[[", f"{stated}\n[[", 1), encoding="utf-8")
        for command in commands:
            told = run("--lang", "nl", "--data", "gegevens", *command.format(system="zaaksysteem").split())
            wrong = command.startswith("renewal")  # of a certificate by itself: what is wrong stays wrong
            assert told.code == (10 if wrong else 11), (command, told.out, told.err)
            assert f"{file}:" in " ".join(f"{told.out} {told.err}".split()), command
        path.write_text(text, encoding="utf-8")


@pytest.mark.slow
def test_of_a_file_of_connections_the_others_are_told_and_every_report_says_which_is_not(
    run: Command, place: Path, connected: str
) -> None:
    own = (place / "connections.toml").read_text(encoding="utf-8")
    row = own[own.index("[[") :]
    two = own + row.replace('"zaaksysteem"', '"digikoppeling"') + "[system.zaaksysteem]\nhandling = 5\n"
    (place / "connections.toml").write_text(two, encoding="utf-8")
    path = place / "gegevens" / SYSTEM
    path.write_text("onbekend = 1\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    line = 1 + own[: own.index("system =")].count("\n")
    for command in ("status", "plan"):
        reports = [f"{command}.{form}" for form in ("md", "csv", "json", "ics")]
        asked = [word for name in reports for word in ("--report", name)]
        ran = run("--lang", "nl", "--data", "gegevens", command, *asked)
        assert ran.code == {"status": 10, "plan": 11}[command], (ran.out, ran.err)  # what is wrong stays wrong
        for form in (ran.told, *((place / name).read_text(encoding="utf-8") for name in reports)):
            told = " ".join(re.sub(r"\r?\n ", "", form).replace("\\", "").split())
            assert f"connections.toml:{line}" in told, command
            assert f"{SYSTEM}:1" in told, command
            assert "igikoppeling" in told, command
    scanned = run("--lang", "nl", "--data", "gegevens", "scan", "many", "--connections", "connections.toml")
    assert (scanned.code, f"{SYSTEM}:1" in " ".join(scanned.err.split())) == (11, True)


def test_a_root_of_ones_own_that_cannot_be_read_is_not_said_to_be_missing(
    run: Command, place: Path, connected: str
) -> None:
    """Only before production: there it would not have counted."""
    (place / "gegevens" / "rules" / "gemeente.toml").unlink()
    (place / "gegevens" / "trust").mkdir()
    (place / "gegevens" / "trust" / "root.pem").write_text("geen certificaat", encoding="utf-8")
    for command in ("cert check many/a.pem --revocation off", "scan many --revocation off"):
        told = run("--lang", "nl", "--data", "gegevens", *command.split(), "-e", "preproduction")
        assert (told.code, "trust/root.pem" in told.told) == (11, True), (command, told.out, told.err)
        assert "Verbeter trust/root.pem" in told.told
        assert "stamcertificaat te" not in told.told
        assert run("--data", "gegevens", *command.split(), "-e", "production").code == 10
    (place / "gegevens" / "systems" / "zaaksysteem.toml").unlink()
    (place / "connections.toml").write_text(
        (place / "connections.toml").read_text(encoding="utf-8").replace("zaaksysteem", "digikoppeling"),
        encoding="utf-8",
    )
    assert run("--data", "gegevens", "status", "--json").document["connections"][0]["verdict"] == "indeterminate"


def test_a_root_of_ones_own_is_there_for_a_chain_as_one_that_is_given(run: Command, place: Path, issued: Any) -> None:
    (place / "a.pem").write_bytes(issued.chain_pem)
    (place / "secret").write_text("correct horse\n", encoding="utf-8")
    trust = place / "gegevens" / "trust"
    trust.mkdir()
    (trust / "root.pem").write_bytes(issued.root.pem)
    for given, code in (("", 1), ("--trust gegevens/trust/root.pem", 0), ("--data gegevens", 0)):
        before, after = (given, "") if given.startswith("--data") else ("", given)
        command = f"{before} export java-truststore a.pem --out {len(given)} --passphrase-file secret {after}"
        told = run("--lang", "nl", *command.split())
        assert told.code == code, (command, told.out, told.err)
    (trust / "root.pem").write_text("geen certificaat", encoding="utf-8")
    told = run("--data", "gegevens", "export", "java-truststore", "a.pem", "--out", "x", "--passphrase-file", "secret")
    assert (told.code, "trust/root.pem" in told.err) == (1, True), told.err


def test_a_list_says_what_it_leaves_out_and_a_rule_that_may_stand_there_is_not_unknown(
    run: Command, place: Path
) -> None:
    rules = place / "gegevens" / "rules" / "gemeente.toml"
    rules.write_text(rules.read_text(encoding="utf-8").replace("requires =", "demands ="), encoding="utf-8")
    for asked in (("rules", "list"), ("rules", "explain", "voorbeeld.geldigheid.jaar")):
        told = run("--data", "gegevens", *asked)
        assert (told.code, told.err.count("rules/gemeente.toml:")) == (11, 1), asked
    for asked in (("rules", "explain", "oin.syntax.length"), ("systems", "list"), ("systems", "show", "zaaksysteem")):
        told = run("--data", "gegevens", *asked)
        assert (told.code, told.err) == (0, ""), asked


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("digid.toml", 'version = "1"\nretrieved = 2026-11-26\nname = "digid"\ntitle = "DigiD"\nowner = "O"\n'),
        ("digid.toml", "not = [toml"),
        ("DigiD.toml", 'version = "1"\n'),
    ],
)
def test_what_is_shown_of_a_system_of_ours_says_which_file_was_to_describe_it(
    run: Command, place: Path, file: str, text: str
) -> None:
    (place / "gegevens" / "systems" / file).write_text(text, encoding="utf-8")
    for asked in (("systems", "show", "digid"), ("systems", "list")):
        told = run("--data", "gegevens", *asked)
        assert (told.code, told.err.count(f"systems/{file}:")) == (11, 1), told.err
    assert run("--data", "gegevens", "systems", "show", "fsc").code == 0


@pytest.mark.slow
def test_the_documents_of_ones_own_are_listed_and_one_that_is_left_out_is_told(run: Command, place: Path) -> None:
    before = {each["key"] for each in json.loads(run("rules", "documents", "--json").out)["documents"]}
    ran = run("--data", "gegevens", "rules", "documents", "--json")
    document = json.loads(ran.out)
    assert_valid(document, "rules-documents-v2")
    own = {each["key"]: each for each in document["documents"] if each["key"] not in before}
    assert (ran.code, list(own)) == (0, ["zaaksysteem/handboek", "gemeente/beleid", "tsps/bestelpagina"])
    assert {each["system"] for each in own["zaaksysteem/handboek"]["statements"]} == {"zaaksysteem"}
    assert own["gemeente/beleid"]["rules"] == ["voorbeeld.geldigheid.jaar", "voorbeeld.naam.plaats"]
    assert own["tsps/bestelpagina"]["tsps"] == ["huis"]
    text = place / "gegevens" / SYSTEM
    text.write_text("onbekend = 1\n" + text.read_text(encoding="utf-8"), encoding="utf-8")
    ran = run("--lang", "nl", "--data", "gegevens", "rules", "documents")
    assert (ran.code, f"{SYSTEM}:1" in ran.err) == (11, True)
    assert "Certificaatbeleid Gemeente Voorbeeld 2026" in ran.out
    assert "Aansluithandboek" not in ran.out


def test_a_tsp_of_ones_own_is_asked(run: Command, place: Path) -> None:
    (place / "gegevens" / "tsps.toml").write_text(
        """version = "1"
retrieved = 2026-11-26
source.order.document = "Bestelpagina"
[tsps.huis]
name = "Huis-CA"
document = "order"
certainty = "official"
key_sizes = [8192]
hashes = ["sha256"]
pkcs1 = "accepted"
pss = "refused"
subject_required = ["CN"]
""",
        encoding="utf-8",
    )
    made = "csr create --oin 00000003273229750000 --profile g1-server -e production --no-passphrase --out x"
    assert run(*made.split(), "--organization", "Voorbeeld B.V.", "--common-name", "a.voorbeeld.nl").code == 0
    check = ["--data", "gegevens", "csr", "check", "x.csr", "--profile", "g1-server", "--tsp", "huis"]
    found = run(*check, "--json").document
    assert "csr.tsp.key_size" in json.dumps(found)
    assert found["tsp"] == "huis"
    to_it = ["--data", "gegevens", *made.split(), "--organization", "Voorbeeld B.V.", "--common-name", "a.voorbeeld.nl"]
    to_it += ["--tsp", "huis", "--force"]
    asked = run(*to_it)
    assert (asked.code, "Huis-CA" in asked.err) == (0, True), asked.err
    (place / "batch.toml").write_text(
        '[[request]]\nname = "a"\noin = "00000003273229750000"\norganization = "Voorbeeld"\n'
        'common_name = "a.voorbeeld.nl"\nprofile = "g1-server"\nenvironment = "production"\ntsp = "huis"\n',
        encoding="utf-8",
    )
    many = "--data gegevens csr create --from batch.toml --out-dir uit --no-passphrase"
    assert "Huis-CA" in run(*many.split()).err
    broken = place / "gegevens" / "tsps.toml"
    broken.write_text(broken.read_text(encoding="utf-8").replace("8192", '"8192"'), encoding="utf-8")
    assert run(*check).code == 11
    refused = run(*to_it)
    assert (refused.code, "tsps.toml:" in refused.err) == (11, True)


def test_the_program_of_the_page_runs(place: Path, issued: Any) -> None:
    (place / "koppeling.pem").write_bytes(issued.chain_pem)
    code = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0]
    module = types.ModuleType("page")
    exec(compile(code, "eigen-systeem.md", "exec"), module.__dict__)
    told = module.judge("gegevens", "koppeling.pem", MOMENT)
    assert "Te lang geldig voor ons beleid" in told
    assert "--" not in told


PACKAGE = """
from datetime import date

from pkitools.documents import Document, DocumentStatus, Source
from pkitools.findings import Severity, Violated
from pkitools.rules.engine import END_ENTITY, RuleBook

_TITLE = {"nl": "Beleid van een pakket", "en": "Policy of a package"}
_DOCUMENT = Document("p/d", _TITLE, "1", DocumentStatus.IN_FORCE, "", date(2026, 11, 26))
BOOK = RuleBook("pakket", Source("p/d", "", _DOCUMENT))
_SENTENCES = {"title": "Nooit goed", "message": "Dit is nooit goed.", "remedy": "Vraag het de maker."}


@BOOK.rule("naam.nooit", Severity.ERROR, "1", scope=END_ENTITY, texts={"nl": _SENTENCES, "en": _SENTENCES})
def never(at):
    return Violated(params={})
"""
BROUGHT = "pakket.naam.nooit"
HELD = "voorbeeld.geldigheid.jaar"
REFUSED = "system.hierarchy.accepted"


@pytest.fixture
def package(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package that brings a rule, for worker processes too."""
    home = place / "site"
    info = home / "pakket-1.dist-info"
    info.mkdir(parents=True)
    (home / "pakket_regels.py").write_text(PACKAGE, encoding="utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: pakket\nVersion: 1\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[pkitools.rules]\npakket = pakket_regels:BOOK\n", encoding="utf-8")
    monkeypatch.syspath_prepend(home)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(home), *sys.path)))
    monkeypatch.delitem(sys.modules, "pakket_regels", raising=False)


@pytest.fixture
def connected(place: Path, issued: Any) -> str:
    """Files with a certificate that falls short of one's own data, and a connection that uses one of them."""
    system = place / "gegevens" / "systems" / "zaaksysteem.toml"
    text = system.read_text(encoding="utf-8")
    system.write_text(text.replace('values = ["trial"]', 'values = ["trial"]\nanswer = "no"'), encoding="utf-8")
    (place / "many").mkdir()
    for name in ("a", "b", "c"):
        (place / "many" / f"{name}.pem").write_bytes(issued.chain_pem)
    (place / "connections.toml").write_text(
        'version = 1\n[organization.v]\noin = "00000099999999910000"\nname = "TRIAL Gemeente Voorbeeld"\n'
        '[[connection]]\norganization = "v"\nsystem = "zaaksysteem"\nenvironment = "preproduction"\n'
        'files = ["many/a.pem"]\n',
        encoding="utf-8",
    )
    return "--for zaaksysteem -e preproduction --revocation off --json"


@pytest.mark.parametrize("jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_what_ones_own_data_and_packages_find_is_told_of_many_files(
    run: Command, connected: str, package: None, jobs: int
) -> None:
    """Also by other processes, to which the data has to go, and from which what they found has to come."""
    told = run("--data", "gegevens", "scan", "many", *connected.split(), "--jobs", jobs)
    assert told.code == 10, told.err
    for code in (HELD, REFUSED, BROUGHT):
        assert f'"{code}"' in told.out, code


@pytest.mark.parametrize("rules", [True, False], ids=["with rules", "a system alone"])
def test_what_ones_own_data_find_stops_no_command(run: Command, place: Path, connected: str, rules: bool) -> None:
    if not rules:
        (place / "gegevens" / "rules" / "gemeente.toml").unlink()
    told = run("--data", "gegevens", "scan", "many", *connected.split())
    assert (told.code, REFUSED in told.out, HELD in told.out) == (10, True, rules), told.err
    status = run("--data", "gegevens", "status", "--json")
    assert (status.code, status.document["connections"][0]["verdict"]) == (10, "failed"), status.err
    assert run("--data", "gegevens", "plan", "--json").document["plans"][0]["plan"]["anchor"] == "end"


def test_nor_does_what_a_package_finds(run: Command, place: Path, connected: str, package: None) -> None:
    (place / "gegevens" / "rules" / "gemeente.toml").unlink()
    system = place / "gegevens" / "systems" / "zaaksysteem.toml"
    system.write_text(system.read_text(encoding="utf-8").replace('answer = "no"', 'answer = "yes"'), encoding="utf-8")
    status = run("--data", "gegevens", "status", "--json")
    assert (status.code, status.document["connections"][0]["verdict"]) == (10, "failed"), status.err
    assert run("--data", "gegevens", "plan", "--json").code == 0
    told = run("--lang", "nl", "facts", "status")
    assert "pakket_regels:BOOK, Beleid van een pakket 1, gelezen op" in " ".join(told.out.split())
    document = run("facts", "status", "--json").document
    assert_valid(document, "facts-status-v1")
    assert document["own"][0]["document"] == {"nl": "Beleid van een pakket 1", "en": "Policy of a package 1"}
