"""An answer that cannot be written: one sentence, exit 1, and never a traceback, in any form of any command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pkitools_cli.exit_codes import ExitCode

FULL = Path("/dev/full")
COMMANDS = (
    ("oin", "check", "00000003273229750000"),
    ("oin", "check", "00000003273229750000", "--json"),
    ("oin", "check", "no-oin", "--json"),
    ("rules", "list", "--json"),
    ("rules", "list"),
    ("systems", "list"),
    ("--help",),
    ("--version",),
    (),
)

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")]


def run(arguments: tuple[str, ...], redirection: str) -> subprocess.CompletedProcess[str]:
    line = f'exec "$0" -m pkitools_cli "$@" {redirection}'
    command = ["sh", "-c", line, sys.executable, *arguments]
    # a fixed command of ours
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "PKITOOLS_LANG": "en"}
    )


@pytest.mark.parametrize("arguments", COMMANDS)
@pytest.mark.parametrize("redirection", [">/dev/full", ">&-", "1</dev/null"])
def test_it_is_one_sentence_and_could_not(arguments: tuple[str, ...], redirection: str) -> None:
    done = run(arguments, redirection)
    assert done.returncode == ExitCode.COULD_NOT
    told = done.stderr.splitlines()
    assert told[-1].startswith("The answer cannot be written")
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert done.stderr.count("cannot be written") == 1


@pytest.mark.parametrize("arguments", COMMANDS)
def test_nor_where_nothing_can_be_told_of_it(arguments: tuple[str, ...]) -> None:
    assert run(arguments, ">/dev/full 2>/dev/full").returncode == ExitCode.COULD_NOT
