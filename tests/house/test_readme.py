"""What the README shows works as shown."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest

from pkitools_cli.main import cli
from pkitools_test_pki.keys import elliptic_keys
from pkitools_test_pki.pki import build
from tests.support.cases import in_one_test

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", README, re.DOTALL)
LIBRARY = next(text for language, text in BLOCKS if language == "python" and "pkitools.check_file" in text)
COMMANDS = [
    line.partition("#")[0].strip()
    for _, text in BLOCKS
    for line in text.replace("\\\n", " ").splitlines()
    if line.startswith("pkitools ")
]


@pytest.mark.slow
def test_the_library_example_runs(tmp_path: Path) -> None:
    issued = build("g4-tls", moment=datetime.now(UTC), keys=elliptic_keys).issue("g4-tls")
    (tmp_path / "koppeling.pem").write_bytes(issued.chain_pem)
    done = subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning", "-c", LIBRARY],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    number, verdict, *findings = done.stdout.splitlines()
    assert (number, verdict) == ("27322975", "failed")  # a test certificate is never right in production
    assert any(line.startswith("environment.production") for line in findings)


def test_the_answer_shown_is_the_answer_given() -> None:
    """Word for word that of the golden texts, which are made by the program."""
    golden = (ROOT / "tests" / "cli" / "golden" / "nl-80.txt").read_text(encoding="utf-8")
    (shown,) = [text for _, text in BLOCKS if "NIET GESLAAGD" in text]
    command, _, answer = shown.partition("\n")
    assert command.startswith("$ pkitools cert check oud.pem -e preproduction --for digid-machtigen")
    assert answer in golden


@pytest.mark.slow
def test_the_first_commands_run_one_after_the_other(tmp_path: Path) -> None:
    """From the key and the request to a certificate of the test PKI: nobody who follows the page is stopped."""
    wanted = ("csr create", "csr check", "test-pki create", "test-pki issue")
    for start in wanted:
        (line,) = [each for each in COMMANDS if each.startswith(f"pkitools {start} ")]
        words = [*shlex.split(line)[1:], *(["--no-passphrase"] if start == "csr create" else [])]
        done = subprocess.run(
            [sys.executable, "-m", "pkitools", *words], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (line, done.stderr)
        if start == "csr check":
            assert "WARNING" not in done.stdout, "what the page says to make is what it says to check"
        assert "NOTICE" not in done.stderr, (line, done.stderr)


@in_one_test
@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_and_option_shown_exists(line: str) -> None:
    words = shlex.split(line)[1:]
    command: click.Command = cli
    context = click.Context(command)
    while words and isinstance(command, click.Group):
        name = words.pop(0)
        found = command.get_command(context, name)
        assert found is not None, name
        command = found
    known = {option for param in command.params for option in (*param.opts, *param.secondary_opts)}
    assert {word.partition("=")[0] for word in words if word.startswith("--")} <= known
