"""A certificate that is on hold may be good again: nobody is told no more than to order another."""

from __future__ import annotations

from pathlib import Path

import pytest

from pkitools.connections import Step
from tests.cli.conftest import run
from tests.connections.support import CHAIN, certificate, connection, held
from tests.support.chains import crl, good_chain
from tests.support.command import Command
from tests.support.deliveries import pem

__all__ = ["run"]  # a fixture

HOLD = 6
LIFTED = {"nl": "opschorting wordt opgeheven", "en": "suspension will be lifted"}


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("reason", [None, 1, 5, HOLD])
def test_that_a_hold_can_be_lifted_is_told_by_whoever_tells_of_it(
    run: Command, tmp_path: Path, reason: int | None, language: str
) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "own.pem").write_bytes(certificate(serial=3) + CHAIN)
    (tmp_path / "m" / "tsp.crl").write_bytes(crl(good_chain().tsp, 3, reason=reason))
    (tmp_path / "root.pem").write_bytes(pem(good_chain().root.der))
    text = connection(files='["m"]', sent="2026-11-01", tested="2026-11-02")
    (one,) = held(tmp_path, text).statuses
    step = one.of(Step.VERDICT)
    assert step is not None
    assert step.code == f"connections.verdict.{'held' if reason == HOLD else 'failed'}"
    at = ("--moment", "2026-11-22T12:00:00Z", "--trust", tmp_path / "root.pem")
    lists, use = ("--crl", tmp_path / "m" / "tsp.crl"), ("--for", "digid-machtigen", "-e", "preproduction")
    for words in (
        ("status", "--connections", tmp_path / "connections.toml", *at),
        ("cert", "check", tmp_path / "m" / "own.pem", *use, *at, *lists, "--offline"),
        ("cert", "check", tmp_path / "m" / "own.pem", *use, *at, *lists, "--offline", "--verbose"),
        ("scan", tmp_path / "m", *use, *at, "--offline"),
    ):
        ran = run("--lang", language, *words)
        assert ran.code == 10
        assert (LIFTED[language] in " ".join(ran.told.split())) is (reason == HOLD), ran.told
