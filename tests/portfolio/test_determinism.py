"""The same folder at the same moment gives the same bytes in every process, in every form of report."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pkitools.reports import report_suffixes
from pkitools.reports.planning import work_suffixes
from tests.connections.support import OIN, certificate
from tests.portfolio.support import CHAIN, LEAF
from tests.support.chains import MOMENT, good_chain
from tests.support.deliveries import pem
from tests.support.requests import pooled_key

AT = MOMENT.isoformat()
_ROW = """
[[connection]]
organization = "a"
system = "{}"
environment = "preproduction"
files = ["c*.pem"]
"""
SUFFIXES = {"scan": report_suffixes, "status": work_suffixes}


def _written(folder: Path, seed: str, command: str, form: str) -> dict[str, bytes]:
    """What a command tells, and every report that it writes, in one process."""
    asked = [command, "n", "--offline"] if command == "scan" else [command, "--connections", "n/connections.toml"]
    reports = [] if form else [f"out{suffix}" for suffix in sorted(SUFFIXES[command]())]
    how = [form] if form else [word for name in reports for word in ("--report", name)]
    how += ["--force"] if reports else []
    means = [*asked, "--trust", "root.pem", "--moment", AT, *how]
    done = subprocess.run(
        [sys.executable, "-m", "pkitools_cli", "--lang", "en", *means],
        cwd=folder,
        capture_output=True,
        env={**os.environ, "PYTHONHASHSEED": seed},
        timeout=120,
        check=False,
    )
    assert done.returncode in {0, 10, 11, 12}, done.stderr.decode()
    return {"out": done.stdout, "err": done.stderr, **{name: (folder / name).read_bytes() for name in reports}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Keys that do not fit, named by a configuration, in several places, so that order can differ."""
    (tmp_path / "root.pem").write_bytes(pem(good_chain().root.der))
    (tmp_path / "n").mkdir()
    for number in range(4):
        (tmp_path / "n" / f"c{number}.pem").write_bytes(
            (LEAF if number == 0 else certificate(cn=f"h{number}.nl")) + CHAIN
        )
        (tmp_path / "n" / f"k{number}.key").write_bytes(pooled_key().pem(None))
        (tmp_path / "n" / f"nginx{number}.conf").write_text(
            f"server {{\n  ssl_certificate c{number}.pem;\n  ssl_certificate_key k{number}.key;\n}}\n"
        )
    (tmp_path / "n" / "connections.toml").write_text(
        f'version = 1\n[organization.a]\noin = "{OIN}"\nname = "A"\n' + "".join(map(_ROW.format, ("digid", "fsc")))
    )
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("command", SUFFIXES)
@pytest.mark.parametrize("form", ["", "--json"])
def test_the_hash_seed_changes_nothing(folder: Path, command: str, form: str) -> None:
    first, second = (_written(folder, seed, command, form) for seed in ("1", "4"))
    assert len(first["out"] + first["err"]) > 100
    assert all(len(text) > 100 for name, text in first.items() if name not in {"out", "err"})
    assert {name for name, text in first.items() if text != second[name]} == set()
