"""``scan`` that is killed, or stopped by Ctrl-C with processes at work: nothing is half-written."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pkitools_cli.commands.scan.processes import Processes
from tests.portfolio.support import CHAIN, WHOLE, other_leaf
from tests.support.chains import good_chain
from tests.support.command import Command
from tests.support.deliveries import pem
from tests.support.schemas import assert_valid

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "found").mkdir()
    for number in range(40):
        content = WHOLE if number % 2 else other_leaf(number % 4) + CHAIN
        (tmp_path / "found" / f"{number:02}.pem").write_bytes(content)
    (tmp_path / "root.pem").write_bytes(pem(good_chain().root.der))
    return tmp_path


def words(folder: Path, *more: str) -> list[str]:
    at = ["--moment", "2026-11-22T12:00:00Z"]
    given = ["scan", str(folder / "found"), "--trust", str(folder / "root.pem"), *at]
    return [*given, "--report", str(folder / "out.json"), "--force", *more]


def stopped(name: str, where: str, number: int, given: list[str]) -> subprocess.CompletedProcess[bytes]:
    script = [sys.executable, str(ROOT / "tests" / "support" / "stopped_scan.py"), name, where, str(number)]
    paths = os.pathsep.join([str(ROOT), *sys.path])
    return subprocess.run(
        [*script, *given],
        capture_output=True,
        timeout=300,
        check=False,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": paths, "PKITOOLS_LANG": "en"},
    )


@pytest.mark.slow
@pytest.mark.parametrize(("where", "number"), [("reading", 5), ("piece", 0)])
def test_a_kill_leaves_the_last_report_as_it_was(folder: Path, run: Command, where: str, number: int) -> None:
    assert run(*words(folder)).code == 0
    before = (folder / "out.json").read_bytes()
    (folder / "found" / "new.pem").write_bytes(other_leaf(9) + CHAIN)
    ended = stopped("SIGKILL", where, number, words(folder))
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert (folder / "out.json").read_bytes() == before
    names = {path.name for path in folder.iterdir()}
    assert names - {".out.json.partial"} == {"found", "root.pem", "out.json"}
    assert run(*words(folder)).code == 0  # the next run clears up, and is whole
    assert {path.name for path in folder.iterdir()} == {"found", "root.pem", "out.json"}
    document = json.loads((folder / "out.json").read_bytes())
    assert (document["complete"], document["looked_at"]) == (True, 41)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "code"), [("SIGINT", 1), ("SIGTERM", -signal.SIGTERM)])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_and_a_request_to_end_leave_a_valid_partial_report(
    folder: Path, jobs: str, name: str, code: int
) -> None:
    ended = stopped(name, "reading", 20, words(folder, "--jobs", jobs))
    assert ended.returncode == code, ended.stderr
    assert b"Stopped after" in ended.stderr
    document = json.loads((folder / "out.json").read_bytes())
    assert_valid(document, "scan-v1")
    assert document["complete"] is False
    assert 0 < document["looked_at"] < 40
    assert b"This is a part" in ended.stdout
    assert b"Traceback" not in ended.stderr, ended.stderr
    assert not (folder / ".out.json.partial").exists()


@pytest.mark.slow
def test_ctrl_c_while_it_is_written_leaves_the_last_report(folder: Path, run: Command) -> None:
    assert run(*words(folder)).code == 0
    before = (folder / "out.json").read_bytes()
    ended = stopped("SIGINT", "piece", 0, words(folder))
    assert ended.returncode != 0
    assert b"Traceback" not in ended.stderr, ended.stderr
    assert (folder / "out.json").read_bytes() == before
    assert not (folder / ".out.json.partial").exists()


def test_a_process_that_works_never_hears_ctrl_c() -> None:
    """Also while it starts: the mask is what it was started with. The first process hears it as before."""
    if not hasattr(signal, "pthread_sigmask"):
        pytest.skip("signals cannot be held back here")
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    with Processes(1) as pool:
        assert signal.SIGINT in pool.submit(signal.pthread_sigmask, signal.SIG_BLOCK, ()).result()
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before
