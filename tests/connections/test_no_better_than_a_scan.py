"""Status is not better than a scan of the places of its connection: an old certificate, the next, and their keys."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from itertools import product
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from pkitools.connections import ConnectionStatus, Step, StepState, hold, read_connections
from pkitools.findings import Verdict
from pkitools.portfolio import Portfolio
from tests.connections.support import CHAIN, certificate, connection, written
from tests.portfolio.support import judging, scanned
from tests.support.cases import in_one_test

_ENDED: Final = datetime(2026, 11, 1, tzinfo=UTC)
_DONE: Final = {"system": '"mijnoverheid"', "sent": "2026-11-01", "tested": "2026-11-02"}


@cache
def _key(number: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def _pem(number: int) -> bytes:
    return _key(number).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


_OLD, _NEXT, _OTHER = range(3)
KEYS: Final = ("its own", "of another", "none")


def _found(folder: Path, old: str | None, following: str | None) -> tuple[ConnectionStatus, Portfolio]:
    """Write an old certificate that ended and the next, each with a key beside it or not, and look by both."""
    files = {}
    if old is not None:
        files["server.pem"] = certificate(own_key=_key(_OLD), end=_ENDED, serial=1) + CHAIN
        files["server.key"] = _pem(_OLD if old == KEYS[0] else _OTHER) if old != KEYS[2] else None
    if following is not None:
        files["server-2.pem"] = certificate(own_key=_key(_NEXT), serial=2) + CHAIN
        files["server-2.key"] = _pem(_NEXT if following == KEYS[0] else _OTHER) if following != KEYS[2] else None
    for name, data in files.items():
        if data is not None:
            (folder / name).write_bytes(data)
    stated = written(folder, connection(files='["server*"]', **_DONE))
    (one,) = hold(read_connections(stated.read_bytes(), str(stated)), judging()).statuses
    return one, scanned(folder)


@in_one_test
@pytest.mark.parametrize(("old", "following"), [each for each in product((*KEYS, None), repeat=2) if any(each)])
def test_nothing_is_done_where_what_connects_has_ended_or_does_not_fit(
    tmp_path: Path, old: str | None, following: str | None
) -> None:
    one, portfolio = _found(tmp_path, old, following)
    # a key may lie where nobody looks, but not where that of the old one lies with it
    connects = following == KEYS[0] or (following == KEYS[2] and old != KEYS[0])
    assert one.verdict is (Verdict.PASSED if connects else Verdict.FAILED)
    assert (one.state is StepState.DONE) is connects
    assert connects or portfolio.verdict is Verdict.FAILED
    request = one.of(Step.REQUEST)
    assert request is not None
    assert (request.code == "connections.request.key_of_ended") is ((old, following) == (KEYS[0], KEYS[2]))


def test_a_key_that_nobody_opened_may_be_the_one(tmp_path: Path) -> None:
    sealed = _key(_NEXT).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    (tmp_path / "server-2.key").write_bytes(sealed)
    one, _ = _found(tmp_path, KEYS[0], KEYS[2])
    assert one.closed_keys
    assert one.keyed is None


@in_one_test
@pytest.mark.parametrize("pattern", ["*", "./*", "c*", "*.toml", "s*"])
def test_a_pattern_stands_not_for_the_file_that_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "server.pem").write_bytes(certificate(serial=1) + CHAIN)
    stated = written(Path(), connection(files=f'["{pattern}"]', **_DONE))
    status = hold(read_connections(stated.read_bytes(), str(stated)), judging())
    assert status.is_whole
    assert (status.statuses[0].certificate is not None) is ("server.pem" in map(str, Path().glob(pattern)))
