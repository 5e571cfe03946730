"""What those who follow a page, or a next step, have in common: an empty folder, and no other machine."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import Command


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    tmp_path.chmod(0o700)
    monkeypatch.chdir(tmp_path)
    for name, value in {"PKITOOLS_LANG": "nl", "COLUMNS": "80", "PKITOOLS_DATA": ""}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(socket, "getaddrinfo", _at_home(socket.getaddrinfo))
    return Command(capsys, monkeypatch)


def _at_home(ask: Any) -> Any:
    def asked(host: Any, *more: Any, **options: Any) -> Any:
        assert host in {"localhost", "127.0.0.1"}, f"no other machine is asked: {host}"
        return ask(host, *more, **options)

    return asked
