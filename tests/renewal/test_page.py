"""The page about renewing: each of its commands is run, and does what the page says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.cli.conftest import pem
from tests.renewal.conftest import renewed
from tests.support.certificates import made
from tests.support.command import Command

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "vernieuwen.md"
COMMANDS = re.findall(r"^\$ pkitools (.*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.slow
def test_every_command_of_the_page_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PKITOOLS_LANG", "nl")
    (tmp_path / "koppelingen").mkdir()
    for name, facts in {
        "oud.pem": made("g1-server"),
        "nieuw.pem": renewed("g1-server"),
        "koppelingen/a.pem": made("g1-server"),
        "koppelingen/b.pem": made("g4-tls"),
    }.items():
        (tmp_path / name).write_bytes(pem("CERTIFICATE", facts.der))
    run = Command(capsys, monkeypatch)
    assert len(COMMANDS) > 5
    for line in COMMANDS:
        ran = run(*shlex.split(line), "--moment", "2027-01-10")
        assert ran.code == 0, (line, ran.err)
        assert ("Onderwerp: " in ran.out) is ("renewal" in line and ("--for" in line or "--texts" in line))
