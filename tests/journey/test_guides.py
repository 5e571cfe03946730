"""Both guides, walked from the OIN to the renewal: every command line, its exit code, and the output that is shown."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.journey.pages import lines_of
from tests.journey.walking import Walker
from tests.support.command import Command

MACHTIGEN, EHERKENNING = "aansluiten-digid-machtigen.md", "aansluiten-eherkenning.md"
_MAKE = rsa.generate_private_key


@cache
def key_of(size: int, number: int) -> rsa.RSAPrivateKey:
    """Both pages are walked with the same keys: one of 4096 bits takes a second."""
    return _MAKE(65537, size)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    tmp_path.chmod(0o700)
    monkeypatch.chdir(tmp_path)
    for name, value in {"PKITOOLS_LANG": "nl", "COLUMNS": "80", "PKITOOLS_DATA": ""}.items():
        monkeypatch.setenv(name, value)
    counts: dict[int, Iterator[int]] = {}
    monkeypatch.setattr(
        rsa,
        "generate_private_key",
        lambda public_exponent, key_size: key_of(key_size, next(counts.setdefault(key_size, itertools.count()))),
    )
    monkeypatch.setattr(socket, "getaddrinfo", _at_home(socket.getaddrinfo))
    return Command(capsys, monkeypatch)


def _at_home(ask: Any) -> Any:
    def asked(host: Any, *more: Any, **options: Any) -> Any:
        assert host in {"localhost", "127.0.0.1"}, f"no other machine is asked: {host}"
        return ask(host, *more, **options)

    return asked


@pytest.mark.slow
@pytest.mark.parametrize("page", [MACHTIGEN])
def test_the_page_is_walked(page: str, tmp_path: Path, run: Command) -> None:
    walker = Walker(tmp_path, run, {})
    try:
        for line in lines_of(page):
            walker.walk(line)
    finally:
        walker.end()
