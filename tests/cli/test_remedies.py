"""What to do: a code with values in the library, the option or command of it at a terminal."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from pkitools.errors import InvalidValueError
from pkitools.findings import Outcome, Report, Rule, Severity, Source, Status
from pkitools.messages import Language, Remedy, error_sentence, message, outcome_message
from pkitools.reports import report_text
from pkitools_cli.i18n import set_language
from pkitools_cli.remedies import error_line, remedy_text
from tests.support.command import Command

RULE = Rule("system.entity_id.given", Severity.NOTICE, Source("pkitools"))
MISSING = Outcome(RULE, Status.VIOLATED, params={"system": "DigiD \x1b"})
OFFLINE = Outcome(RULE, Status.NOT_CHECKED, reason="offline")


def test_the_remedy_of_an_outcome_is_a_value() -> None:
    assert MISSING.remedy == Remedy("system.entity_id.given", {"system": "DigiD \x1b"})
    assert OFFLINE.remedy == Remedy("report.reason.offline", {})
    assert Outcome(RULE, Status.MET).remedy is None
    assert Outcome(RULE, Status.NOT_APPLICABLE).remedy is None


def test_the_remedy_of_an_error_is_a_value() -> None:
    error = InvalidValueError("oin.input.brin", number="01AB")
    assert error.remedy == Remedy("oin.input.brin", {"number": "01AB"})


def test_a_remedy_is_frozen_and_can_be_kept_and_sent() -> None:
    params = {"number": "01AB"}
    remedy = Remedy("oin.input.brin", params)
    params["number"] = "02CD"
    assert remedy.params["number"] == "01AB"
    assert pickle.loads(pickle.dumps(remedy)) == remedy
    assert len({remedy, Remedy("oin.input.brin", {"number": "01AB"})}) == 1


@pytest.mark.parametrize(
    ("language", "neutral", "at_a_terminal"),
    [
        ("en", "Give the entity ID as well.", "Give it with --entity-id."),
        ("nl", "Geef ook het entity ID op.", "Geef het op met --entity-id."),
    ],
)
def test_a_page_shows_the_librarys_sentence_and_a_terminal_its_own(
    language: Language, neutral: str, at_a_terminal: str
) -> None:
    set_language(language)
    assert outcome_message(MISSING, language).remedy == neutral
    assert outcome_message(MISSING, language, remedy_text).remedy == at_a_terminal
    report = Report("leaf.pem", (MISSING,))
    assert f"      → {neutral}" in report_text(report, language).split("\n")
    assert f"      → {at_a_terminal}" in report_text(report, language, remedy_text).split("\n")


def test_a_program_makes_what_it_likes_of_a_remedy() -> None:
    asked: list[Remedy] = []

    def link(remedy: Remedy, language: Language) -> str | None:
        asked.append(remedy)
        return f"/{language}/entity-id" if remedy.code == RULE.code else None

    lines = report_text(Report("leaf.pem", (MISSING, OFFLINE)), "nl", link).split("\n")
    assert "      → /nl/entity-id" in lines
    assert "      → Laat het netwerk gebruiken, of geef de CRL's mee." in lines
    assert {MISSING.remedy, OFFLINE.remedy} <= set(asked)


def test_what_could_not_be_checked_has_its_remedy_too() -> None:
    set_language("nl")
    lines = report_text(Report("leaf.pem", (OFFLINE,)), "nl", remedy_text).split("\n")
    assert "      → Laat --offline weg, of geef de CRL's mee met --crl." in lines
    for language in ("nl", "en"):
        # the rule's own sentence is of a fault, which nobody saw
        assert outcome_message(OFFLINE, language) == message("report.reason.offline", {}, language)
        assert outcome_message(OFFLINE, language).message != outcome_message(MISSING, language).message


def test_an_error_has_the_remedy_of_the_terminal() -> None:
    set_language("nl")
    error = InvalidValueError("oin.input.brin", number="01\x1bAB")
    assert "Maak het OIN uit het BRIN-nummer 01\\x1bAB." in error_sentence(error, "nl")
    assert "pkitools oin derive --brin 01\\x1bAB" in error_line(error)


def test_a_code_without_a_remedy_of_the_terminal_keeps_the_librarys() -> None:
    assert remedy_text(Remedy("oin.rsin.eleven_test", {}), "en") is None
    code, operands = "oin.rsin.eleven_test", {"rsin": "123456789"}
    assert message(code, operands, "en", remedy_text) == message(code, operands, "en")


# -- every command that shows a remedy ---------------------------------------------------------------------------------


def test_an_error_that_ends_a_command(run: Command) -> None:
    assert "Zie: pkitools rules list" in run("--lang", "nl", "rules", "explain", "zzzzqqqq").err


def test_a_rule_in_full(run: Command) -> None:
    ran = run("rules", "explain", "system.hierarchy.accepted")
    assert ran.told.endswith("takes. See what it asks, with pkitools systems show SYSTEM")
    assert "What the system itself asks (pkitools systems show SYSTEM)" in ran.told
    document = run("rules", "explain", "system.hierarchy.accepted", "--json").document
    assert document["rule"]["en"]["remedy"] == "Order a certificate under a hierarchy that <system> takes."


def test_the_judgement_of_a_certificate(run: Command, world: Path) -> None:
    check = ("cert", "check", world / "leaf.pem", "-e", "production", "--for", "digid", "--offline")
    assert "→ Give it with --entity-id." in run(*check, "--verbose").out
    texts = str(run(*check, "--json").document["certificates"][0]["report"])
    assert "Give the entity ID as well." in texts
    assert "--" not in texts


def test_a_certificate_by_itself(run: Command, world: Path) -> None:
    lint = run("cert", "lint", world / "wrong.pem", "--moment", "2026-11-22T12:00:00Z")
    assert "pkitools " in lint.out


@pytest.mark.parametrize("command", [("cert", "check", "-e", "production"), ("cert", "lint"), ("csr", "check")])
def test_a_file_of_another_kind(run: Command, world: Path, command: tuple[str, ...]) -> None:
    with_crl = next((world / "pki").rglob("*.crl"))
    assert "pkitools cert show, or for pkitools cert check with --crl" in run(*command, with_crl).err


def test_a_number(run: Command) -> None:
    assert "→ pkitools oin derive --kvk 12345678, or --ura" in run("oin", "check", "12345678").out
    assert "or use the KvK number: --kvk" in run("oin", "derive", "--rsin", "123456789").err
    explanation = run("oin", "derive", "--rsin", "123456789", "--json").document["explanation"]
    assert explanation["en"].endswith("or use the KvK number.")


def test_a_request(run: Command, world: Path) -> None:
    assert "again with --signature." in run("csr", "check", world / "request.csr", "--profile", "uzi-server").told


def test_a_batch_of_requests(run: Command, tmp_path: Path) -> None:
    batch = tmp_path / "batch.toml"
    batch.write_text(
        '[[request]]\nname = "a"\nprofile = "g4-tls"\nenvironment = "production"\n'
        'organization = "Gemeente Voorbeeld"\ncommon_name = "a.x.nl"\n'
    )
    ran = run("csr", "create", "--from", batch, "--out-dir", tmp_path / "out", "--no-passphrase")
    assert any(line.startswith("a: ") and "Give it with --oin" in line for line in ran.err.splitlines())


def test_a_test_pki_that_is_not_whole(run: Command, world: Path, tmp_path: Path) -> None:
    pki = tmp_path / "pki"
    assert run("test-pki", "create", pki, "--fast").code == 0
    next(pki.rglob("*.crl")).write_bytes(b"nothing")
    assert "file. Run pkitools test-pki crl\n" in run("test-pki", "verify", pki).out
