"""What is no input at all, given to every command that reads a file: one sentence, exit code 1, nothing written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import HOSTILE_NAME
from tests.support.cases import in_one_test
from tests.support.command import Command
from tests.support.effort import PATIENCE, bounded

pytestmark = pytest.mark.slow  # products of cases: together they take a fifth of what is run while at work


NEW = (
    *("csr", "create", "--oin", "00000003273229750000", "--organization", "Voorbeeld"),
    *("--common-name", "a.example.nl", "--profile", "g4-tls", "-e", "production", "--out", "made"),
)
READING = {
    "cert show": ["cert", "show"],
    "cert lint": ["cert", "lint"],
    "cert check": ["cert", "check", "-e", "preproduction", "--offline"],
    "csr check": ["csr", "check"],
    "trust show": ["trust", "show"],
    "csr create --key": [*NEW, "--key"],
    "csr create --from": ["csr", "create", "--out-dir", "made", "--no-passphrase", "--from"],
    "csr create --passphrase-file": [*NEW, "--passphrase-file"],
    "test-pki list": ["test-pki", "list"],
    "test-pki verify": ["test-pki", "verify"],
    "test-pki crl": ["test-pki", "crl"],
    "test-pki serve": ["test-pki", "serve"],
}
NONSENSE = ["empty", "noise", "huge", "folder", "fifo", "/dev/zero", os.fsdecode(HOSTILE_NAME), "missing", "n\0ul"]


def contents(folder: Path) -> set[str]:
    return {str(path) for path in folder.rglob("*")}


@in_one_test
@pytest.mark.parametrize(
    "given", NONSENSE, ids=["empty", "noise", "huge", "folder", "fifo", "zero", "bytes", "missing", "nul"]
)
@pytest.mark.parametrize("command", READING)
def test_nonsense_is_refused_in_one_sentence(
    run: Command, world: Path, monkeypatch: pytest.MonkeyPatch, command: str, given: str
) -> None:
    monkeypatch.chdir(world)
    before = contents(world)
    for lang in ("en", "nl"):
        with bounded(5):  # of processor time, and what waits for a FIFO is broken off as well
            ran = run("--lang", lang, *READING[command], given)
        # a passphrase may be any text, and what is neither file nor name is a value the caller chose
        allowed = {1, 2} if command == "trust show" and given in {"missing", "n\0ul"} else {1}
        if command == "csr create --passphrase-file" and given == os.fsdecode(HOSTILE_NAME):
            (world / "made.key").unlink()
            (world / "made.csr").unlink()
            allowed = {0}
        assert ran.code in allowed, ran.err
        if ran.code:
            assert ran.out == ""
        said = [line for line in ran.err.splitlines() if not line.startswith(("Warning:", "Let op:", "Waarschuwing:"))]
        assert len(said) == 1
        assert "foresee" not in ran.err
        assert "niet op rekende" not in ran.err
        assert ran.err.replace("\n", "").isprintable()
        assert len(said[0]) < 500
    assert contents(world) == before


@in_one_test
@pytest.mark.parametrize("command", ["cert lint", "cert check", "trust show", "csr check"])
@pytest.mark.parametrize("given", ["plain.key", "locked.key"])
def test_a_key_is_no_certificate_and_is_not_shown(run: Command, world: Path, command: str, given: str) -> None:
    ran = run(*READING[command], world / given)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.count("\n") == 1
    assert "PRIVATE KEY" not in ran.err


@pytest.mark.parametrize("command", ["cert lint", "cert check", "trust show"])
def test_a_request_is_no_certificate(run: Command, world: Path, command: str) -> None:
    ran = run(*READING[command], world / "request.csr")
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)


@in_one_test
@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-13-01", "\x1b[31m"])
@pytest.mark.parametrize("command", ["cert show", "cert lint", "cert check", "trust show"])
def test_a_moment_that_is_none(run: Command, world: Path, command: str, moment: str) -> None:
    ran = run(*READING[command], world / "leaf.pem", "--moment", moment)
    assert (ran.code, ran.out) == (2, "")
    assert "is not a moment" in ran.err
    assert "\x1b" not in ran.err


def test_a_folder_that_may_not_be_written_is_named(run: Command, world: Path, tmp_path: Path) -> None:
    target = "/proc" if os.geteuid() == 0 else str(tmp_path)
    tmp_path.chmod(0o500)
    words = READING["csr create --key"]
    assert words[-1] == "--key"
    at = words.index("--out")
    ran = run(*words[:at], *words[at + 2 :], world / "plain.key", "--out", f"{target}/made")
    assert ran.code == 1
    assert f"{target}/made" in ran.err.splitlines()[-1]
    assert not Path(target, "made.csr").exists()


@pytest.mark.slow
@pytest.mark.parametrize("seen", ["*", "made.*"])
def test_a_kill_midway_leaves_no_half_file(tmp_path: Path, seen: str) -> None:
    """Killed when something stands there, or something under its own name; tests/files/test_kill.py has each call."""
    tmp_path.chmod(0o700)
    process = subprocess.Popen(
        [sys.executable, "-m", "pkitools_cli", *NEW, "--no-passphrase"],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not any(tmp_path.glob(seen)) and process.poll() is None:
        pass
    process.send_signal(signal.SIGKILL)
    process.wait(PATIENCE)
    assert any(tmp_path.glob(seen)), "nothing was made at all"
    for path in tmp_path.glob("made.*"):
        assert path.read_bytes().rstrip().endswith(b"-----")


@pytest.mark.slow
def test_the_reader_going_away_is_no_error_message(world: Path) -> None:
    first = subprocess.run(
        f"{sys.executable} -m pkitools_cli trust list --all | head -1", shell=True, capture_output=True, check=False
    )
    assert first.stderr == b""
    assert first.stdout.count(b"\n") == 1


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_without_the_characters_gets_an_answer(world: Path, encoding: str) -> None:
    for arguments in (["cert", "show", str(world / "leaf.pem")], ["trust", "list"], ["csr", "--help"], ["cert", "x"]):
        done = subprocess.run(
            [sys.executable, "-m", "pkitools_cli", "--lang", "nl", *arguments],
            env={**os.environ, "PYTHONIOENCODING": encoding, "LC_ALL": "C", "PYTHONUTF8": "0"},
            capture_output=True,
            check=False,
        )
        assert done.returncode in {0, 2}
        assert b"Traceback" not in done.stderr
        assert (done.stdout + done.stderr).decode(encoding)
