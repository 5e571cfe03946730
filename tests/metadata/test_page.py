"""Every command of docs/how-to/metadata.md runs as it stands there, and does what the page says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from pkitools_cli.main import main
from tests.support.metadata import EXAMPLES

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "metadata.md"
FILES = {"metadata.xml": "metadata.xml", "vernieuwd.xml": "renewed.xml", "jwks.json": "jwks.json", "cpa.xml": "cpa.xml"}
COMMANDS = re.findall(r"^\$ pkitools (.*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("line", COMMANDS)
def test_the_command_runs(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, example in FILES.items():
        (tmp_path / name).write_bytes(EXAMPLES[example]())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PKITOOLS_LANG", "nl")
    moment = ["--moment", "2026-11-22T12:00:00Z"] if " check " in line else []
    with pytest.raises(SystemExit) as ended:
        main([*shlex.split(line), *moment])
    told = capsys.readouterr()
    # in production nobody takes the certificates of this test, which their holders signed
    assert ended.value.code == (10 if "-e production" in line else 0), told.out + told.err
    assert told.err == ""
    assert told.out


def test_there_are_commands() -> None:
    assert len(COMMANDS) == 5
