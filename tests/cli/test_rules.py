"""``pkitools rules``: the list, the filters, one rule in full, and a code mistyped."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pkitools.documents import Reading, documents
from pkitools.messages import LANGUAGES, Language
from pkitools.messages.days import day
from pkitools.profiles import profiles
from pkitools.rulebook import all_rules, rests_on
from pkitools.systems import systems
from pkitools_cli.i18n import lookup
from tests.support.command import Command, under
from tests.support.schemas import assert_valid

CODE = "por.key.size_g4"


@pytest.fixture
def run(run: Command) -> Any:
    return under(run, "rules")


def test_list_has_every_rule(run: Any) -> None:
    code, out, err = run("list")
    assert (code, err) == (0, "")
    listed = [line.split()[0] for line in out.splitlines()[:-1]]
    assert listed == [rule.code for rule in all_rules()]
    assert out.splitlines()[-1].startswith(f"{len(listed)} rules.")


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_no_line_of_the_list_lacks_its_title(run: Any, lang: str) -> None:
    _, out, _ = run("list", lang=lang)
    for line in out.splitlines()[:-1]:
        code, _severity, title = line.split(maxsplit=2)
        assert title != code
        assert "?" not in title or title.endswith("?")


def test_list_by_source_and_severity(run: Any) -> None:
    _, out, _ = run("list", "--source", "por", "--severity", "error", "--json")
    document = json.loads(out)
    assert_valid(document, "rules-list-v1")
    assert {rule["severity"] for rule in document["rules"]} == {"error"}
    assert {rule["code"].partition(".")[0] for rule in document["rules"]} == {"por"}
    assert len(document["rules"]) == sum(r.code.startswith("por.") and r.severity.name == "ERROR" for r in all_rules())


def test_a_source_is_also_words_of_a_document(run: Any) -> None:
    _, out, _ = run("list", "--source", "rfc 5480")
    assert "rfc5280.public_key.named_curve" in out.split()


def test_a_severity_means_that_or_worse(run: Any) -> None:
    _, out, _ = run("list", "--severity", "warning", "--json")
    assert {rule["severity"] for rule in json.loads(out)["rules"]} == {"warning", "error"}


def test_a_source_nobody_has_is_a_usage_error(run: Any) -> None:
    code, out, err = run("list", "--source", "nonsense")
    assert (code, out) == (2, "")
    assert "nonsense" in err
    assert "rfc5280" in err


def test_explain_says_what_where_how_sure_and_what_to_do(run: Any) -> None:
    code, out, err = run("explain", CODE)
    assert (code, err) == (0, "")
    for part in (
        CODE,
        "ERROR",
        "2026-06-18",
        "official publication",
        "<value> bits",
        "pkitools csr create",
        "https://",
    ):
        assert part in out


def test_explain_in_dutch(run: Any) -> None:
    _, out, _ = run("explain", CODE, lang="nl")
    assert "De sleutel is te kort voor G4" in out
    assert "wat te doen" in out


def test_explain_as_json_has_both_languages_and_the_operands(run: Any) -> None:
    _, out, _ = run("explain", CODE, "--json")
    document = json.loads(out)
    assert_valid(document, "rules-explain-v2")
    assert document["rule"]["operands"] == ["value", "limit"]
    assert document["rule"]["nl"]["title"] != document["rule"]["en"]["title"]


@pytest.mark.parametrize(
    ("language", "read", "place"),
    [("nl", "gelezen", "de woorden van deze plaats zijn gelezen"), ("en", "read", "the words of this place were read")],
)
def test_explain_says_how_the_text_was_read_and_whether_a_newer_one_exists(
    run: Any, language: str, read: str, place: str
) -> None:
    of_each = {(rule.source.key, rule.source.was_read): rule for rule in all_rules()}
    assert {("etsi-en-319-412-2", True), ("por", False), ("etsi-en-319-412-1", True)} <= of_each.keys()
    to_tell = [
        (was_read, rule, rule.source.document)
        for (_, was_read), rule in of_each.items()
        if rule.source.document.newest or rule.source.document.how is not Reading.READ
    ]
    assert to_tell
    for was_read, rule, document in to_tell:
        out = " ".join(run("explain", rule.code, lang=language)[1].split())
        assert f" {read} " in out, rule.code
        assert document.newest in out
        assert (place in out) is bool(document.sections and was_read), rule.code
    _, out, _ = run("explain", "etsi.key_usage.commitment", "--json")
    found = json.loads(out)["document"]
    assert (found["how"], found["section_read"], found["newest"]) == ("quoted", True, "2.4.1")
    assert_valid(json.loads(run("explain", CODE, "--json", "--json-version", "1")[1]), "rules-explain-v1")


@pytest.mark.parametrize(
    ("given", "near"),
    [
        ("por.key.size_g", CODE),
        ("por.key.sise_g4", CODE),
        ("size_g4", CODE),
        ("named_curve", "rfc5280.public_key.named_curve"),
    ],
)
def test_a_mistyped_code_is_a_usage_error_that_names_what_was_meant(run: Any, given: str, near: str) -> None:
    code, out, err = run("explain", given)
    assert (code, out) == (2, "")
    assert near in err


def test_a_code_like_no_other_is_a_usage_error(run: Any) -> None:
    code, _, err = run("explain", "\x1bzzzzqqqq")
    assert code == 2
    assert "rules list" in err
    assert "\x1b" not in err


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_documents_names_each_document_once(run: Any, monkeypatch: pytest.MonkeyPatch, lang: str) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    code, out, err = run("documents", lang=lang)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    entries = " ".join(lines[:-2]).replace("     ", " \n ")  # a name may be broken over lines
    for document in documents():
        name = f"{document.title[lang]} {document.version}".strip()
        assert f"{name} \n" in entries, document.key
        assert document.url in entries
        assert f" {day(document.read, lang)}" in entries
    assert lines[-1].startswith(f"{len(documents())} ")
    assert not [line for line in lines if len(line) > 80 and "http" not in line and line != lines[-1]]
    assert "cli." not in out


def test_documents_says_how_much_rests_on_each(run: Any) -> None:
    _, out, _ = run("documents")
    resting = rests_on()["rfc-5280"]
    (place,) = (number for number, line in enumerate(out.splitlines()) if line.startswith("RFC 5280"))
    assert f"    {len(resting.rules)} rules" in out.splitlines()[place + 3]


def test_documents_as_json_names_what_rests_on_them(run: Any) -> None:
    code, out, _ = run("documents", "--json")
    assert code == 0
    parsed = json.loads(out)
    assert_valid(parsed, "rules-documents-v2")
    assert [each["key"] for each in parsed["documents"]] == [document.key for document in documents()]
    assert sorted(code for each in parsed["documents"] for code in each["rules"]) == [rule.code for rule in all_rules()]
    trial = next(each for each in parsed["documents"] if each["key"] == "g4-trial-profiles")
    assert {"g4-tls", "trial"} & {part["profile"] for part in trial["profiles"]}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_explain_says_whom_a_rule_is_for_in_words(lang: Language) -> None:
    """The name of a system or a profile is what options name it; of anything else our own word says nothing."""
    named = {each.name for each in (*systems(), *profiles())}
    kinds = {kind for rule in all_rules() for kind in rule.applies_to} - named
    assert kinds
    for kind in kinds:
        assert (lookup(f"cli.rules.kind.{kind}", lang) or "_").find("_") < 0, kind


def test_explain_says_where_a_rule_weighs_otherwise(run: Any) -> None:
    told = " ".join(run("explain", "por.subject.organizational_unit", lang="nl")[1].split())
    assert "zwaarte FOUT maar ook WAARSCHUWING: in een certificaat van voor G4" in told
    document = json.loads(run("explain", "por.subject.organizational_unit", "--json")[1])
    assert_valid(document, "rules-explain-v2")
    assert [each["severity"] for each in document["weights"]] == ["warning"]
