"""What ``make demo`` shows: in the language that the program speaks, and with the row that makes its commands work."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "tools" / "demo.sh"
HEADINGS = {
    "en": ["1. Is this OIN right?", "The files", "On your own"],
    "nl": ["1. Klopt dit OIN?", "De bestanden", "Zelf aan de slag"],
}


def test_every_heading_is_there_in_both_languages() -> None:
    lines = SCRIPT.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    steps = [shlex.split(line)[1:] for line in lines if line.startswith("step ")]
    assert len(steps) >= 6
    assert all(len(texts) == 2 and texts[0] != texts[1] for texts in steps), steps


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """An environment as ``make`` makes one: its programs are found once it is activated, and not before."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, words in (("python", ""), ("pkitools", "-m pkitools ")):
        (folder / name).write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {words}"$@"\n', encoding="utf-8")
        (folder / name).chmod(0o755)
    (folder / "activate").write_text(f"PATH={shlex.quote(str(folder))}:$PATH\n", encoding="utf-8")
    return folder


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("sh") is None, reason="there is no sh on this machine")
@pytest.mark.parametrize(("setting", "language"), [({"PKITOOLS_LANG": "nl"}, "nl"), ({"LANG": "fr_FR.UTF-8"}, "en")])
def test_the_demo_speaks_one_language_and_ends_with_what_makes_its_commands_work(
    setting: dict[str, str], language: str, environment: Path, tmp_path: Path
) -> None:
    kept = {name: value for name, value in os.environ.items() if name[:3] not in {"LC_", "LAN"}}
    kept.pop("PKITOOLS_LANG", None)
    kept["PATH"] = "/usr/bin:/bin"
    kept["PYTHONPATH"] = os.pathsep.join([*map(str, (ROOT, ROOT / "cli", ROOT / "test_pki")), *sys.path])

    def shell(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", *words], cwd=tmp_path, env=kept | setting, capture_output=True, encoding="utf-8", check=False
        )

    done = shell(str(SCRIPT), str(environment))
    assert done.returncode == 0, done.stderr
    headings = re.findall("^== (.*) ==$", done.stdout, re.MULTILINE)
    assert [headings[0], *headings[-2:]] == HEADINGS[language]
    last = done.stdout.splitlines()[-1]
    assert shell("-c", f"{last}\ncommand -v pkitools").stdout.strip() == str(environment / "pkitools")
