"""The workers of a Dask cluster say what one process says: on a local one of two, in processes of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from pkitools_cli.commands.scan import means
from tests.portfolio.support import CHAIN, WHOLE, other_leaf
from tests.support.chains import good_chain
from tests.support.command import Command
from tests.support.deliveries import corrupt, pem

ROOT = Path(__file__).parents[2]
here = pytest.mark.skipif(find_spec("distributed") is None, reason="the extra dask is not installed")


def by_cluster(*given: object) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, str(ROOT / "tests" / "support" / "dask_run.py"), *map(str, given)]
    paths = os.pathsep.join([str(ROOT), *sys.path])
    return subprocess.run(
        words, capture_output=True, text=True, timeout=300, check=False, env={**os.environ, "PYTHONPATH": paths}
    )


@here
@pytest.mark.slow
def test_a_cluster_of_two_workers_says_the_same(run: Command, tmp_path: Path) -> None:
    (tmp_path / "found").mkdir()
    for number in range(40):
        content = (WHOLE, other_leaf(number % 4) + CHAIN, corrupt())[number % 3]
        (tmp_path / "found" / f"{number:02}.pem").write_bytes(content)
    (tmp_path / "root.pem").write_bytes(pem(good_chain().root.der))
    given = ("scan", tmp_path / "found", "--trust", tmp_path / "root.pem", "--moment", "2026-11-22T12:00:00Z", "--json")
    ran = by_cluster(*given, "--dask", "ADDRESS")
    plain: Any = run(*given)
    assert ran.returncode == plain.code, ran.stderr
    assert json.loads(ran.stdout) == plain.document


@here
@pytest.mark.slow
def test_an_address_at_which_nobody_answers_is_told_in_a_sentence(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(means, "_DASK_SECONDS", 0.2)
    ran = run("--lang", "en", "scan", tmp_path, "--dask", "tcp://127.0.0.1:1")
    assert ran.code == 1
    assert "No scheduler of a Dask cluster answers at tcp://127.0.0.1:1" in " ".join(ran.err.split())


@pytest.mark.parametrize("other", [("--jobs", "2"), ("--offline",)])
def test_a_cluster_beside_what_it_excludes_is_refused(run: Command, tmp_path: Path, other: tuple[str, ...]) -> None:
    assert run("scan", tmp_path, "--dask", "tcp://127.0.0.1:1", *other).code == 2
