"""What those who follow a page, or a next step, have in common: an empty folder, few keys, and no other machine."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.support.command import Command

_MAKE = rsa.generate_private_key


@cache
def key_of(size: int, number: int) -> rsa.RSAPrivateKey:
    """Both pages are walked with three keys of a size: one of 4096 bits takes a second, so two make a third."""
    if number < 2:
        return _MAKE(65537, size)
    p, q = key_of(size, 0).private_numbers().p, key_of(size, 1).private_numbers().q
    public = rsa.RSAPublicNumbers(65537, p * q)
    d = rsa.rsa_recover_private_exponent(public.e, p, q)
    parts = rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q)
    return rsa.RSAPrivateNumbers(p, q, d, *parts, public).private_key()


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
        lambda public_exponent, key_size: key_of(key_size, next(counts.setdefault(key_size, itertools.count())) % 3),
    )
    monkeypatch.setattr(socket, "getaddrinfo", _at_home(socket.getaddrinfo))
    return Command(capsys, monkeypatch)


def _at_home(ask: Any) -> Any:
    def asked(host: Any, *more: Any, **options: Any) -> Any:
        assert host in {"localhost", "127.0.0.1"}, f"no other machine is asked: {host}"
        return ask(host, *more, **options)

    return asked
