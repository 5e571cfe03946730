"""A wrong command line: one sentence in the language in force, exit code 2, and help that is whole."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from pkitools import __version__
from pkitools_cli.failures.usage import sentence
from pkitools_cli.i18n import set_language
from pkitools_cli.main import cli
from tests.support.answers import parse
from tests.support.cases import in_one_test
from tests.support.command import Command, every_command
from tests.support.command_words import options

_ENGLISH_OF_CLICK = (
    "Usage:",
    "Options:",
    "Commands:",
    "Show this",
    "[OPTIONS]",
    "[ARGS]",
    "required",
    "default:",
    "RANGE",
)


COMMANDS = list(every_command())


@in_one_test
@pytest.mark.parametrize(
    ("given", "english", "dutch"),
    [
        ("trustt", 'no command "trustt". Did you mean: trust?', 'opdracht "trustt" bestaat niet. Bedoelt u: trust?'),
        ("oin chek", "Did you mean: check?", "Bedoelt u: check?"),
        ("csr creat", "Did you mean: create?", "Bedoelt u: create?"),
        (
            "check x",
            "Did you mean: cert check, oin check, csr check, metadata check?",
            "Bedoelt u: cert check, oin check, csr check, metadata check?",
        ),
        ("cert-check x", "Did you mean: cert check?", "Bedoelt u: cert check?"),
        ("cert derive", "Did you mean: oin derive?", "Bedoelt u: oin derive?"),
        ("csr lnt", "Did you mean: cert lint?", "Bedoelt u: cert lint?"),
        ("oin check --jsn 1", "no option --jsn. Did you mean: --json?", "optie --jsn bestaat niet."),
        ("oin check --json=3 1", "--json takes no value.", "--json heeft geen waarde."),
        ("oin derive --kvk", "--kvk needs a value.", "--kvk vraagt een waarde."),
        ("oin check", "OIN|URN... is missing.", "OIN|URN... ontbreekt."),
        ("cert check x", "--environment is missing: choose from preproduction", "--environment ontbreekt: kies uit"),
        (
            "cert check -e x y",
            "x cannot be the value of --environment: choose from",
            "x kan niet de waarde van --environment zijn: kies uit",
        ),
        ("cert show --moment soon x", "soon is not a moment; write it as", "soon is geen moment; schrijf het zoals"),
        ("test-pki crl x --hours 0", "give a number above 0", "geef een getal groter dan 0"),
        ("test-pki issue x --out y --days z", "a number from 1 to 36500", "een getal van 1 tot en met 36500"),
        (
            "csr create --organization Gemeente Voorbeeld",
            "Unexpected on the command line: Voorbeeld. If that belongs to a name with a space in it, put",
            "Onverwacht op de opdrachtregel: Voorbeeld. Hoort dat bij een naam met een spatie, zet",
        ),
        (
            "status b.toml",
            "Give a file of connections with --connections b.toml.",
            "geeft u op met --connections b.toml.",
        ),
        ("csr create --oin 1", "Missing: --for SYSTEM (or --profile), ", "Ontbreekt: --for SYSTEEM (of --profile), "),
        ("oin --lang en", "A command is missing. Choose from: check, derive, lookup.", ""),
    ],
)
def test_what_is_wrong_is_one_sentence(run: Command, given: str, english: str, dutch: str) -> None:
    for lang, told in (("en", english), ("nl", dutch)):
        if told:
            ran = run(*(() if "--lang" in given else ("--lang", lang)), *given.split())
            assert ran.code == 2
            assert ran.out == "" or "--json" in given
            assert told in ran.err
            sentence, see = ran.err.splitlines()
            assert see.startswith(("See: pkitools ", "Zie: pkitools "))
            assert "'" not in sentence


def test_a_whole_file_in_the_place_of_a_name_is_cut(run: Command) -> None:
    for given in (["x" * 100_000], ["oin", "check", "--" + "x" * 100_000]):
        assert len(run(*given).err) < 300


@in_one_test
@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_is_translated_and_whole(run: Command, path: tuple[str, ...]) -> None:
    helps = {lang: run("--lang", lang, *path, "--help") for lang in ("en", "nl")}
    assert all((ran.code, ran.err) == (0, "") for ran in helps.values())
    assert not [words for words in _ENGLISH_OF_CLICK if words in helps["nl"].out]
    assert "cli." not in helps["nl"].out + helps["en"].out
    assert all(len(line) <= 80 for ran in helps.values() for line in ran.out.splitlines() if "[" not in line)


def test_the_list_of_commands_is_not_cut(run: Command) -> None:
    for path in COMMANDS:
        group: click.Command | None = cli
        for name in path:
            assert isinstance(group, click.Group)
            group = group.get_command(click.Context(group), name)
        assert group is not None
        if path:
            set_language("nl")
            listed = "".join(run("--lang", "nl", *path[:-1], "--help").out.split())
            set_language("nl")
            assert "".join(group.get_short_help_str().split()) in listed


@in_one_test
@pytest.mark.parametrize("path", [path for path in COMMANDS if len(path) == 1], ids=" ".join)
def test_without_a_command_the_help_is_shown_as_lines(run: Command, path: tuple[str, ...]) -> None:
    if isinstance(cli.get_command(click.Context(cli), path[0]), click.Group):
        ran = run(*path)
        assert (ran.code, ran.out) == (2, "")
        assert "\\x0a" not in ran.err
        assert ran.err == run(*path, "--help").out


@in_one_test
@pytest.mark.parametrize("path", [path for path in COMMANDS if path], ids=" ".join)
def test_the_language_may_be_asked_for_anywhere(run: Command, path: tuple[str, ...]) -> None:
    assert run(*path, "--lang", "nl", "--help").out == run("--lang", "nl", *path, "--help").out


@pytest.mark.parametrize("package", ["pkitools", "pkitools_cli"])
def test_it_runs_as_a_module(package: str) -> None:
    ran = subprocess.run([sys.executable, "-m", package, "--version"], capture_output=True, text=True, check=True)
    assert ran.stdout == f"pkitools {__version__}\n"


def refused(command: str, option: str) -> str:
    """What is said of an option that a command does not have."""
    with pytest.raises(click.NoSuchOption) as error:
        parse(["pkitools", *command.split(), option])
    return sentence(error.value)


def test_an_option_that_looks_like_none_there_are_is_not_taken_for_one() -> None:
    set_language("en")
    for command, own in options().items():
        for option in ("--wrong", "--quux") if "--warning" not in own else ("--quux",):
            assert refused(command, option) == f"There is no option {option}."


def test_of_an_option_with_two_letters_the_other_way_round_the_right_one_is_named() -> None:
    set_language("en")
    having = {option: (command, own) for command, own in options().items() for option in own}
    slips = {option: f"{option[:-2]}{option[-1]}{option[-2]}" for option in having}
    wrong = [(option, slip, command) for option, (command, own) in having.items() if (slip := slips[option]) not in own]
    assert wrong
    for option, slip, command in wrong:
        assert option in refused(command, slip).partition("Did you mean: ")[2].rstrip("?").split(", "), slip


def test_what_a_command_can_do_without_stands_in_brackets_and_nothing_else() -> None:
    seen = set()
    for command in options():
        found: click.Command | None = cli
        for name in command.split():
            assert isinstance(found, click.Group)
            found = found.get_command(click.Context(found), name)
        assert found is not None
        for param in (each for each in found.params if isinstance(each, click.Argument)):
            shown = param.make_metavar(click.Context(found))
            assert shown.startswith("[") is not param.required, (command, shown)
            seen.add(param.required)
    assert seen == {True, False}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_that_a_system_may_be_left_out_is_said_where_it_is_true_alone(run: Command, language: str) -> None:
    said = {"nl": "laat het dan weg", "en": "leave it out"}[language]
    for name in ("bestaatniet", "digidd"):
        for words in (
            ("cert", "check", "x", "-e", "pre", "--for", name),
            ("cert", "lint", __file__, "--for", name),
            ("scan", "x", "--for", name),
            ("plan", "--for", name, "--live", "2027-01-01"),
            ("systems", "show", name),
            ("metadata", "check", "x", "-e", "pre", "--for", name),
        ):
            ran = run("--lang", language, *words)
            judges = words[0] == "scan" or (words[1] in {"check", "lint"} and words[0] == "cert")
            if name in ran.err:  # else something else is told first
                assert (said in ran.err) is judges, words
            assert (name in ran.err) or not judges or words[1] == "lint", words


def test_an_environment_is_called_the_same_in_a_refusal_and_in_the_help(run: Command) -> None:
    for language in ("nl", "en"):
        refused = run("--lang", language, "cert", "check", "x", "-e", "acceptatiee").err
        assert "preproduction, production" in refused
        assert "[preproduction|production]" in run("--lang", language, "cert", "check", "--help").out
