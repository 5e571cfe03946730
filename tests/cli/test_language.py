"""The user's own words: names of environments, systems, profiles and TSPs, the greeting, one language at a time."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from pkitools.arguments import choice, named, near
from pkitools.environment import ENVIRONMENT_ALIASES, Environment
from pkitools.errors import InvalidValueError
from pkitools.messages import LANGUAGES, Language, error_sentence
from pkitools.profiles import get_profile, get_tsp, profiles, tsps
from pkitools.requests import plan_of
from pkitools.systems import get_system, systems
from pkitools_cli.commands.greeting import TASKS
from pkitools_cli.main import cli
from tests.cli.conftest import pem
from tests.support.cases import in_one_test
from tests.support.certificates import made
from tests.support.command import Command
from tests.support.command_words import options

# -- environments ------------------------------------------------------------------------------------------------------


@in_one_test
@pytest.mark.parametrize("alias", ENVIRONMENT_ALIASES)
def test_an_environment_goes_by_its_names_in_library_and_command_line(run: Command, alias: str) -> None:
    meant = ENVIRONMENT_ALIASES[alias]
    assert choice(Environment, alias, "environment") is meant
    for written in (alias, alias.upper(), alias.capitalize()):
        ran = run("oin", "check", "00000099123456789000", "-e", written, "--json")
        assert ran.document["results"][0]["report"]["environment"] == meant
        assert ran.code == (10 if meant is Environment.PRODUCTION else 0)


def test_the_names_that_people_use_are_there() -> None:
    production = {"production", "productie", "prod"}
    before = {"preproduction", "preproductie", "pre", "acceptatie", "acc"}
    assert {name for name, meant in ENVIRONMENT_ALIASES.items() if meant is Environment.PRODUCTION} == production
    assert before <= {name for name, meant in ENVIRONMENT_ALIASES.items() if meant is Environment.PREPRODUCTION}


@in_one_test
@pytest.mark.parametrize("wrong", ["", "p", "produc", "test", "productiee", "prod ", "acc,prod"])
def test_another_name_is_refused(run: Command, wrong: str) -> None:
    with pytest.raises(InvalidValueError):
        choice(Environment, wrong, "environment")
    assert run("oin", "check", "1", "-e", wrong).code == 2


def test_a_batch_and_a_certificate_elsewhere_take_them_too(run: Command, tmp_path: Path) -> None:
    values = {"profile": "G1 server", "environment": "acc", "common_name": "a.example.nl", "dns": ["a.example.nl"]}
    plan = plan_of({**values, "oin": "00000003273229750000", "organization": "Voorbeeld"})
    assert (plan.environment, plan.profile.name) == (Environment.PREPRODUCTION, "g1-server")
    leaf = tmp_path / "leaf.pem"
    leaf.write_bytes(pem("CERTIFICATE", made("g1-server").der))
    ran = run("cert", "check", leaf, "-e", "productie", "--beside", f"acceptatie={leaf}", "--offline", "--json")
    assert ran.document["reuse"] is not None


# -- names -------------------------------------------------------------------------------------------------------------


def test_a_system_a_profile_and_a_tsp_go_by_what_people_call_them() -> None:
    for system in systems():
        for written in (
            system.name,
            system.title,
            system.title.upper(),
            system.title.replace(" ", ""),
            f" {system.title}",
        ):
            assert get_system(written) is system
    for profile in profiles():
        for written in (profile.name, profile.name.upper(), profile.name.replace("-", " ")):
            assert get_profile(written) is profile
    for tsp in tsps():
        for written in (tsp.name, tsp.title, tsp.title.lower()):
            assert get_tsp(written) is tsp


@in_one_test
@pytest.mark.parametrize(
    ("find", "wrong", "meant"),
    [
        (get_system, "digid-machtingen", "digid-machtigen"),
        (get_system, "machtigen", "digid-machtigen"),
        (get_system, "eherkening", "eherkenning"),
        (get_system, "DigiDd", "digid"),
        (get_profile, "g4-tsl", "g4-tls"),
        (get_profile, "tls", "g4-tls"),
        (get_tsp, "kpm", "kpn"),
        (get_tsp, "digisert", "digicert"),
    ],
)
def test_what_was_perhaps_meant_is_said(find: object, wrong: str, meant: str) -> None:
    assert callable(find)
    with pytest.raises(InvalidValueError) as refused:
        find(wrong)
    assert refused.value.code.endswith("_near")
    assert meant in str(refused.value.params["near"])
    for language, question in (("nl", f"Bedoelt u: {refused.value.params['near']}?"), ("en", "Did you mean")):
        assert question in error_sentence(refused.value, language)  # type: ignore[arg-type]  # one of the two there are


@in_one_test
@pytest.mark.parametrize("wrong", ["", " ", "-", "x", "zz", "\x1b[31m", "a" * 100_000, "\u0130" * 50])
def test_what_resembles_nothing_is_only_refused(wrong: str) -> None:
    for find in (get_system, get_profile, get_tsp):
        with pytest.raises(InvalidValueError) as refused:
            find(wrong)
        assert not refused.value.code.endswith("_near")


def test_a_name_that_means_two_is_not_chosen() -> None:
    known = {"a-b": ["One"], "ab": ["Two"], "c": ["One"]}
    assert named("a-b", known) == "a-b"
    assert named("A B", known) is None
    assert named("one", known) is None
    assert set(near("one", known)) == {"a-b", "c"} or near("one", known)


@pytest.mark.parametrize("separator", [",", ";", "+", ", "])
def test_several_names_in_one_are_told_how(run: Command, world: Path, separator: str) -> None:
    given = separator.join(("digid", "eHerkenning"))
    ran = run("cert", "check", world / "leaf.pem", "-e", "prod", "--for", given)
    assert ran.code == 2
    assert "digid, eherkenning" in ran.err
    assert "--for" in ran.err


def test_the_name_in_a_document_is_the_one_of_the_data(run: Command, world: Path) -> None:
    ran = run("csr", "check", world / "request.csr", "--profile", "G4 TLS", "--tsp", "KPN", "--json")
    assert (ran.document["profile"], ran.document["tsp"]) == ("g4-tls", "kpn")
    ran = run("cert", "lint", world / "leaf.pem", "--profile", "G1 Server", "--json")
    assert {one["profile"] for one in ran.document["results"]} == {"g1-server"}


# -- the greeting ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_alone_it_greets_with_the_commonest_tasks(run: Command, language: Language) -> None:
    ran = run("--lang", language)
    assert (ran.code, ran.err) == (0, "")
    assert "cli." not in ran.out
    assert "{" not in ran.out
    commands = [line.strip() for line in ran.out.splitlines() if line.startswith("    pkitools ")]
    assert len(commands) == len(TASKS) == 4
    for command in commands:
        assert_parses(command)
    assert all(len(line) <= 80 for line in ran.out.splitlines())


def assert_parses(line: str) -> None:
    """The line names a command there is, and click takes every word behind it."""
    program, *words = shlex.split(line)
    assert program == "pkitools"
    name = next(name for name in options() if words[: len(name.split())] == name.split())
    command = cli
    context = cli.make_context("pkitools", list(words), resilient_parsing=True)
    for part in name.split():
        command = command.get_command(context, part)  # type: ignore[assignment, union-attr]  # the last is no group
    rest = words[len(name.split()) :]
    if rest != ["--help"]:
        command.parse_args(type(context)(command, info_name=name), rest)


def test_a_language_nobody_speaks_is_said_once(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    for wish, told in (
        ("de", True),
        ("fr_FR", True),
        ("nl", False),
        ("EN", False),
        ("nl_NL.UTF-8", False),
        ("", False),
    ):
        monkeypatch.setenv("PKITOOLS_LANG", wish)
        ran = run("oin", "check", "00000003273229750000")
        assert ran.err.count("PKITOOLS_LANG") == told, wish
        assert ran.code == 0
        assert run("--lang", "nl", "oin", "check", "00000003273229750000").err == ""
    monkeypatch.setenv("PKITOOLS_LANG", "\x1b[31m")
    assert "\x1b" not in run().err
