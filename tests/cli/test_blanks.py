"""A blank of a command that was told is no value: whoever pastes it as it stands is told to fill it in."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import click
import pytest

from pkitools.messages import LANGUAGES, Language
from pkitools.messages.blanks import blank, is_blank
from pkitools_cli.framework import Command as OurCommand
from pkitools_cli.main import cli
from tests.support.cases import in_one_test
from tests.support.command import Command, every_command

NAMES = sorted(
    code.partition(".")[2]
    for code in tomllib.loads(Path(str(files("pkitools.messages")), "en", "blank.toml").read_text(encoding="utf-8"))
)
BLANKS = sorted({blank(name, language) for name in NAMES for language in LANGUAGES})
SEARCHED = {("explain", "words"), ("oin lookup", "query"), ("rules list", "source")}
"""Where any word may be searched for."""
GOOD = (
    *("csr", "create", "--profile", "g1-server", "-e", "production", "--no-passphrase", "--out", "made"),
    *("--oin", "00000003273229750000", "--organization", "Voorbeeld", "--common-name", "a.example.nl"),
)


def parameters() -> Iterator[tuple[str, OurCommand, click.Parameter]]:
    for path in every_command():
        command: click.Command | None = cli
        for name in path:
            assert isinstance(command, click.Group)
            command = command.get_command(click.Context(command), name)
        if isinstance(command, OurCommand):
            for param in command.params:
                if not (isinstance(param, click.Option) and (param.is_flag or param.count)):
                    yield " ".join(path), command, param


PARAMETERS = list(parameters())


def test_every_blank_is_one_and_no_name_is() -> None:
    assert all(map(is_blank, BLANKS))
    assert not any(map(is_blank, ("Utrecht", "UTRECHT", "NAM", "koppeling.voorbeeld.nl", "Naam", "")))


@in_one_test
@pytest.mark.parametrize("word", BLANKS)
def test_no_command_takes_a_blank_for_a_value(word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command, each of its values: refused as wrong usage before anything of it runs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(word, raising=False)
    taken = []
    for path, command, param in PARAMETERS:
        ctx = click.Context(command, info_name=path)
        try:
            ctx.params = {param.name or "": param.type_cast_value(ctx, (word,) if is_several(param) else word)}
        except click.UsageError:
            continue  # its type refuses it
        monkeypatch.setattr(command, "callback", lambda **_: "ran")
        try:
            command.invoke(ctx)
        except click.UsageError:
            continue
        taken.append((path, param.name))
    assert set(taken) == SEARCHED
    assert len(PARAMETERS) > 200


def is_several(param: click.Parameter) -> bool:
    return param.multiple or param.nargs != 1


@in_one_test
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "option"), [("locality", "--locality"), ("province", "--province"), ("name", "--dns"), ("file", "--key")]
)
def test_a_told_request_is_not_made_unfilled(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, option: str, language: Language
) -> None:
    monkeypatch.chdir(tmp_path)
    word = blank(name, language)
    ran = run("--lang", "nl", *GOOD, option, word)
    assert ran.code == 2
    told = " ".join(ran.err.split())
    assert told.startswith(f"{word} staat er om in te vullen: vul bij {option} in wat het is."), told
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_called_so_is_taken(run: Command, world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(world)
    Path("BESTAND").write_bytes(Path("leaf.pem").read_bytes())
    assert run("cert", "show", "BESTAND").code == 0
    assert run("cert", "show", "FILE").code == 2


def test_a_variable_that_is_called_so_is_taken(run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NAME", "geheim en lang genoeg")
    good = [word for word in GOOD if word != "--no-passphrase"]
    assert run(*good, "--passphrase-env", "NAME").code == 0
    assert run(*good, "--organization", "NAME", "--force").code == 2


def test_a_row_of_a_table_is_refused_too(run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    head = "name,oin,organization,common_name,locality,profile,environment\n"
    row = "a,00000003273229750000,Voorbeeld,a.example.nl,{},g1-server,production\n"
    for place, code in (("Utrecht", 0), ("PLAATS", 2), ("LOCALITY", 2)):
        Path("t.csv").write_text(head + row.format(place), encoding="utf-8")
        ran = run("csr", "create", "--from", "t.csv", "--out-dir", "made", "--no-passphrase", "--force")
        assert ran.code == code, ran.err
        assert code == 0 or f"{place} stands there for what you fill in" in " ".join(ran.err.split())


def test_what_a_sentence_shows_behind_an_option_is_a_blank() -> None:
    """So that no sentence tells a command that would be taken as it stands."""
    roots = (files("pkitools.messages"), files("pkitools_cli") / "messages")
    shown = {
        found[1]
        for root in roots
        for path in Path(str(root)).rglob("*.toml")
        for found in re.finditer(r"--(?!for)[a-z-]+ ([A-Z][A-Z-]+)\b", path.read_text(encoding="utf-8"))
    }
    assert shown
    assert all(map(is_blank, shown)), shown
