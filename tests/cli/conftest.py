"""What every test of the command line uses."""

from __future__ import annotations

import pytest

from tests.support.command import Command


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("PKITOOLS_LANG", "en")
    return Command(capsys, monkeypatch)
