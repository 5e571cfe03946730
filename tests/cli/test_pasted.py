"""A command that is told can be pasted, also where the name of a file, or a value, begins with a dash."""

from __future__ import annotations

import shlex
import shutil
from itertools import product
from pathlib import Path
from typing import Any

import click
import pytest

from pkitools_cli.commands.next_steps import NextStep
from pkitools_cli.framework import names_files
from pkitools_cli.lines import command_rows, pastable, pasted
from pkitools_cli.main import cli
from tests.support.answers import commands, parse
from tests.support.cases import in_one_test
from tests.support.command import Command, every_command
from tests.support.metadata import good

NAMES = ("-x.pem", "--x.pem", "-e.pem", "a.pem", "./-x.pem", "-ünï.pem", "- -.pem", "-X", "--4")
LIKE_OPTIONS = (*NAMES, "-x", "-e", "--force", "--json", "--help", "--")
ORGANIZATIONS = ("-Voorbeeld", "--Voorbeeld B.V.", "Gemeente -e", "-5")


def found(path: tuple[str, ...]) -> click.Command:
    command: click.Command = cli
    for name in path:
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(command), name) or pytest.fail(name)
    return command


LEAVES = [path for path in every_command() if not isinstance(found(path), click.Group)]


def same(value: Any) -> Any:
    """A file by its name, whichever way it was called."""
    return tuple(map(same, value)) if isinstance(value, tuple) else str(value).removeprefix("./")


def arguments(path: tuple[str, ...]) -> list[click.Argument]:
    return [param for param in found(path).params if isinstance(param, click.Argument)]


def with_files(path: tuple[str, ...]) -> bool:
    """Whether a command takes nothing but files, besides its options."""
    return bool(arguments(path)) and all(map(names_files, arguments(path)))


def test_what_is_a_file_is_known_of_each_argument() -> None:
    others = {param.metavar for path in LEAVES for param in arguments(path) if not names_files(param)}
    assert others == {
        *("CODE", "FORM", "HIERARCHY", "HOST:PORT", "OIN|URN...", "SERIAL", "SYSTEM", "TEXT...", "[QUERY]")
    }


@pytest.mark.parametrize("path", [path for path in LEAVES if with_files(path)], ids=" ".join)
def test_a_file_is_taken_for_what_it_is_by_every_command(path: tuple[str, ...]) -> None:
    """As words for a script, on one line, and on lines that fit: each is parsed to the file that was meant."""
    count = len(arguments(path))
    for given in product(NAMES, repeat=min(count, 2)):
        words = (*path, *given)
        shown = " ".join(row.removesuffix(chr(92)).strip() for row in command_rows(words, "  "))
        for typed in (["pkitools", *pastable(words)], shlex.split(pasted(words)), shlex.split(shown)):
            params = parsed(typed)
            taken = [params[param.name or ""] for param in arguments(path)]
            flat = [each for value in taken for each in (value if isinstance(value, tuple) else (value,))]
            assert [same(each) for each in flat if each is not None] == [same(each) for each in given], typed


@in_one_test
@pytest.mark.parametrize("path", [path for path in LEAVES if with_files(path)], ids=" ".join)
def test_a_file_that_was_given_is_called_by_its_folder_from_then_on(path: tuple[str, ...]) -> None:
    """Whatever it is called: also what reads as an option of that command."""
    for name in LIKE_OPTIONS:
        params = parsed(["pkitools", *path, "--", *[name] * len(arguments(path))])
        for param in arguments(path):
            taken = params[param.name or ""]
            for each in taken if isinstance(taken, tuple) else (taken,):
                assert not str(each).startswith("-"), (path, name)
                assert same(each) == same(name)


def parsed(words: list[str]) -> dict[str, Any]:
    """What a command is given, whatever else it lacks."""
    command = found(tuple(leaf(words)))
    context = click.Context(command, resilient_parsing=True)
    command.parse_args(context, words[1 + len(leaf(words)) :])
    return context.params


def leaf(words: list[str]) -> list[str]:
    return next(list(path) for path in sorted(LEAVES, key=len, reverse=True) if tuple(words[1 : 1 + len(path)]) == path)


@pytest.mark.parametrize("organization", ORGANIZATIONS)
def test_a_value_stays_by_its_option_and_a_file_apart(organization: str) -> None:
    words = ("cert", "check", "-x.pem", "-e", "production", "--organization", organization, "--verbose", "-y.pem")
    for typed in (["pkitools", *pastable(words)], ["pkitools", *(NextStep("a:", words).words or ())]):
        params = parse(typed).params
        assert params["organization"] == organization
        assert [same(each) for each in params["files"]] == ["-x.pem", "-y.pem"]
    exported = parse(["pkitools", *pastable(("export", "public", "-x.pem", "--out", "-y"))]).params
    assert (exported["form"], same(exported["file"]), same(exported["target"])) == ("public", "-x.pem", "-y")
    assert pastable(("explain", "-e", "a word")) == ("explain", "-e", "a word")


def test_each_command_that_an_answer_tells_finds_the_same_file(
    run: Command, world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the command line, behind ``--`` and by its folder, and out of the folder one is in."""
    tmp_path.chmod(0o700)
    monkeypatch.chdir(tmp_path)
    shutil.copy(world / "leaf.pem", "-x.pem")
    shutil.copy(world / "request.csr", "-x.csr")
    Path("-m.xml").write_bytes(good())
    told: list[list[str]] = []
    for words in (
        ("cert", "check", "-e", "production", "--offline", "--", "-x.pem"),
        ("cert", "check", "-e", "production", "--offline", "./-x.pem"),
        ("cert", "show", "--", "-x.pem"),
        ("cert", "lint", "--", "-x.pem"),
        ("csr", "check", "--", "-x.csr"),
        ("chain", "complete", "--offline", "--", "-x.pem"),
        ("export", "--out", "-pub", "--", "public", "-x.pem"),
        ("metadata", "check", "--for", "digid-machtigen", "-e", "production", "--offline", "--", "-m.xml"),
        ("metadata", "diff", "--", "-m.xml", "-m.xml"),
        ("g4", "plan", "--", "-x.pem"),
        ("renewal", "diff", "--", "-x.pem", "-x.pem"),
        ("expiry", "."),
        ("scan", "."),
        ("init", ".", "--out", "-c.toml"),
    ):
        ran = run(*words)
        assert ran.code != 2, ran.err
        told += list(commands(ran.out))
        assert "No such option" not in ran.err
    assert len(told) > 8
    for typed in told:
        params = parse(typed).params
        values = [params.get(name) or () for name in ("file", "files", "old", "new", "places", "sources")]
        names = [each for value in values for each in (value if isinstance(value, tuple) else (value,))]
        assert all(Path(each).exists() for each in names if "-" in each), typed
    shows = next(typed for typed in told if any("-x.pem" in word for word in typed))
    assert run(*shows[1:]).code != 2
