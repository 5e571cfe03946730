"""``pkitools explain``: what people see of an error text of another program."""

from __future__ import annotations

import pytest

from pkitools.explanations import explanations
from pkitools.limits import MAX_ERROR_TEXT
from pkitools.messages import LANGUAGES, Language
from pkitools_cli.i18n import lookup
from tests.cli.test_language import assert_parses
from tests.support.cases import in_one_test
from tests.support.command import Command
from tests.support.effort import bounded
from tests.support.schemas import assert_valid

CURL = "curl: (60) SSL certificate problem: unable to get local issuer certificate"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_line_is_explained(run: Command, language: Language) -> None:
    ran = run("--lang", language, "explain", CURL)
    assert (ran.code, ran.err) == (0, "")
    (words,) = (each.words[language] for each in explanations() if each.code == "issuer_unknown")
    told = " ".join(ran.out.split())
    assert words.meaning in told
    assert words.causes[0] in told
    assert {"nl": "Mogelijke oorzaken", "en": "Possible causes"}[language] in told
    assert {"nl": "26 november 2026", "en": "26 November 2026"}[language] in told
    assert "curl: (60)" not in told  # nothing of what was given
    assert all(len(line) <= 100 for line in ran.out.splitlines())


def test_unquoted_and_from_standard_input_it_is_the_same(run: Command) -> None:
    quoted = run("explain", CURL)
    assert run("explain", *CURL.split()).out == quoted.out
    assert run("explain", "-", stdin=f"first line\n{CURL}\nlast\n".encode()).out == quoted.out


@in_one_test
@pytest.mark.parametrize("given", ["hello", "", "\x1b[2Jhello", "PASSED", "certificate.pem"])
def test_what_is_not_recognised_is_said_and_nothing_is_listed(run: Command, given: str) -> None:
    ran = run("explain", given)
    assert (ran.code, ran.out) == (1, "")
    assert "recognised" in ran.err
    assert "\x1b" not in ran.err
    ran = run("explain", given, "--json")
    assert ran.code == 1
    assert_valid(ran.document, "explain-v1")
    assert ran.document["explanations"] == []


@pytest.mark.parametrize("given", ["{}", "ERROR: The chain does not end at a root  [{}]", "\x1b[2J{}\nnot.a.code"])
def test_a_finding_of_our_own_is_explained_elsewhere(run: Command, given: str) -> None:
    code = "path.anchor.found"
    ran = run("explain", given.format(code))
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.strip().endswith(f"pkitools rules explain {code}")
    assert run("rules", "explain", code).code == 0
    assert "rules explain" not in run("explain", given.format(f"{code}s")).err


def test_nothing_raw_is_echoed(run: Command) -> None:
    hostile = "\x1b[31munable to get local issuer certificate\x1b]0;x\x07\u202e secret-canary"
    for form in ((), ("--json",)):
        ran = run("explain", hostile, *form)
        assert ran.code == 0
        assert not {"\x1b", "\u202e", "\x07"} & set(ran.out + ran.err)
        assert "canary" not in ran.out + ran.err


@pytest.mark.slow
def test_a_large_log_is_bounded_and_said(run: Command) -> None:
    line = b"2026-11-26 12:00:00 [info] peer closed connection in SSL handshake\n"
    log = line * (MAX_ERROR_TEXT // len(line) - 2) + CURL.encode() + b"\n"
    with bounded(4):
        assert "issuer" in run("explain", "-", stdin=log).out
        ran = run("explain", "-", stdin=log + b"\xff" * 64 * 1024 * 1024)
    assert "1048576" in ran.err
    everything = "\n".join(text.text for each in explanations() for text in each.texts)
    ran = run("explain", "-", stdin=everything.encode())
    assert len(ran.out.splitlines()) < 120
    assert "--json" in ran.out
    ran = run("explain", "-", "--json", stdin=everything.encode())
    assert_valid(ran.document, "explain-v1")
    precise = [each.code for each in explanations() if not each.is_general]
    assert sorted(one["code"] for one in ran.document["explanations"]) == sorted(precise)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_says_what_to_type_and_that_exists(language: Language) -> None:
    for each in explanations():
        lines = typed(each.code, language)
        assert lines, each.code
        for line in lines:
            assert_parses(line)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_to_type_fits_the_terminal_and_can_be_pasted(
    run: Command, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    long = [each for each in explanations() if any(len(line) > 76 for line in typed(each.code, language))]
    assert long
    for each in long:
        told = run("--lang", language, "explain", each.texts[0].text).out
        assert all(len(line) <= 80 for line in told.splitlines())
        whole = " ".join(told.replace("\\\n", " ").split())
        assert all(line in whole for line in typed(each.code, language))


def typed(code: str, language: Language) -> list[str]:
    return (lookup(f"cli.explain.do.{code}", language) or "").splitlines()


def test_a_script_gets_the_commands_too(run: Command) -> None:
    ran = run("--lang", "nl", "explain", CURL, "--json")
    assert_valid(ran.document, "explain-v1")
    (one,) = ran.document["explanations"]
    told = run("--lang", "nl", "explain", CURL).out
    assert all(f"    {line}\n" in told for line in one["commands"]["nl"])
    assert len(one["commands"]["en"]) == len(one["commands"]["nl"]) > 1
