"""Values that people give nearly right: they are taken where nothing is in doubt, else told what was perhaps meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from pkitools_cli.main import cli
from tests.support.cases import in_one_test
from tests.support.command import Command, every_command

OIN = "00000003123456780000"
GROUPED = ["0000 0003 1234 5678 0000", "00000003.12345678.0000", "00000003-12345678-0000", OIN]
REQUEST = ("--profile", "g4-tls", "-e", "preproduction", "--organization", "X", "--common-name", "a.voorbeeld.nl")


@pytest.mark.parametrize("given", GROUPED)
def test_an_oin_is_taken_as_oin_check_takes_it(run: Command, tmp_path: Path, given: str) -> None:
    made = run("csr", "create", *REQUEST, "--no-passphrase", "--oin", given, "--out", tmp_path / "a", "--json")
    assert made.code == 0, made.err
    assert OIN in run("csr", "check", tmp_path / "a.csr", "--profile", "g4-tls", "-e", "preproduction", "--json").out
    assert run("oin", "check", given).code == 0
    # no file: what is said then is about the file, and not about the OIN
    checked = run("cert", "check", tmp_path / "none.pem", "-e", "preproduction", "--oin", given)
    assert checked.code == 1, checked.err
    assert "OIN" not in checked.err


@pytest.mark.parametrize(("language", "told"), [("nl", "zoals een KvK-nummer"), ("en", "as a KvK number has")])
def test_a_kvk_number_in_the_place_of_an_oin_is_told_so(run: Command, tmp_path: Path, language: str, told: str) -> None:
    for line in (
        ["csr", "create", *REQUEST, "--no-passphrase", "--out", tmp_path / "a"],
        ["cert", "check", tmp_path / "none.pem", "-e", "preproduction"],
    ):
        ran = run("--lang", language, *line, "--oin", "12345678")
        assert ran.code == 2
        assert told in " ".join(ran.err.split())
        assert OIN in ran.err


@pytest.mark.parametrize(
    ("given", "meant"),
    [("test", "preproduction"), ("prodctie", "production"), ("Acceptatei", "preproduction"), ("live", "production")],
)
def test_of_an_environment_that_is_none_the_one_meant_is_asked_as_help_writes_it(
    run: Command, given: str, meant: str
) -> None:
    for language, ask in (("nl", "Bedoelt u"), ("en", "Did you mean")):
        ran = run("--lang", language, "cert", "check", "x.pem", "-e", given)
        told = " ".join(ran.err.split())
        assert ran.code == 2
        assert f"{ask}: {meant}?" in told
        assert "preproduction, production" in told


def test_a_word_that_resembles_no_environment_is_not_guessed_at(run: Command) -> None:
    assert "Did you mean" not in run("cert", "check", "x.pem", "-e", "maandag").err


@in_one_test
@pytest.mark.parametrize(
    ("given", "language", "told"),
    [
        (["--bsn", "123456782"], "nl", "Een BSN is van een persoon"),
        (["--bsn=123456782"], "en", "A BSN is of a person"),
        (["--ean", "8712345678906"], "nl", "Van een EAN is geen OIN te maken"),
        (["--ean", "8712345678906"], "en", "No OIN is made of an EAN"),
        (["123456782"], "nl", "Zeg bij het nummer wat het is: --kvk"),
        (["12345678"], "en", "Say with the number what it is: --kvk"),
    ],
)
def test_a_number_of_which_no_oin_is_derived_so_gets_a_sentence(
    run: Command, given: list[str], language: str, told: str
) -> None:
    ran = run("--lang", language, "oin", "derive", *given)
    assert ran.code == 2
    assert told in " ".join(ran.err.split())
    assert "--rsin" in ran.err
    assert "123456782" not in ran.err  # it may be somebody's


def named_by(path: tuple[str, ...]) -> Iterator[list[str]]:
    """Every way to give a command an empty name of a file or a folder."""
    command: click.Command = cli
    for word in path:
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), word)
        assert found is not None
        command = found
    for param in command.get_params(click.Context(command)):
        if not re.search(r"\b(FILE|DIR2?|PREFIX|OLD|NEW|SOURCE)\b", param.metavar or ""):
            continue
        yield [""] if isinstance(param, click.Argument) else [max(param.opts, key=len), ""]


@pytest.mark.slow
def test_an_empty_name_is_never_the_folder_one_stands_in(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``--trust "$ROOTS"`` with a variable that is not set would trust whatever lies there; so of every command."""
    monkeypatch.chdir(tmp_path)
    tried = [(path, given) for path in every_command() for given in named_by(path)]
    assert len(tried) > 100
    for number, (path, (*option, _)) in enumerate(tried):
        ran = run("--lang", "en", *path, *option, " " * (number % 2))  # a blank is as little a name
        assert ran.code == 2, (path, option, ran)
        assert not option or "is empty" in ran.err, (path, option, ran.err)  # other names may be missing
    for path in (("cert", "check"), ("cert", "show"), ("cert", "lint"), ("csr", "check")):
        assert "is empty" in run("--lang", "en", *path, "").err
    for path in (("metadata", "diff"), ("renewal", "diff"), ("test-pki", "import")):
        assert "is empty" in run("--lang", "en", *path, "", "there").err


@pytest.mark.slow
def test_nothing_is_written_to_a_file_called_dash(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``-`` is standard input where something is read; of what is written it made files ``-`` and ``-.key``."""
    monkeypatch.chdir(tmp_path)
    tried = [
        (path, given[0])
        for path in every_command()
        for given in named_by(path)
        if given[0] in {"--out", "--out-dir", "--report", "--snapshot", "--cache"}
    ]
    assert {name for _, name in tried} == {"--out", "--out-dir", "--report", "--snapshot", "--cache"}
    for path, name in tried:
        ran = run("--lang", "en", *path, name, "-")
        assert ran.code == 2, (path, name, ran)
        assert f"{name} -:" in ran.err, (path, name, ran.err)
    assert not list(tmp_path.iterdir())


PIPED = {"--chain", "--client-cert", "--crl", "--csr", "--enrolment", "--ocsp", "--renew"}
"""The options of which a dash is standard input."""


@pytest.mark.slow
def test_no_option_says_that_standard_input_does_not_exist(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of every option that names what is read: it reads it, or says that it does not."""
    monkeypatch.chdir(tmp_path)
    written = {"--out", "--out-dir", "--report", "--snapshot", "--cache", "--folder"}
    tried = [(path, given[0]) for path in every_command() for given in named_by(path) if given[0].startswith("--")]
    assert {name for _, name in tried} > PIPED
    for path, name in tried:
        if name in written | PIPED:
            continue
        ran = run("--lang", "en", *path, name, "-")
        assert ran.code == 2, (path, name, ran)
        assert f"{name} -: this is not read" in ran.err, (path, name, ran.err)
