"""A chain of a test hierarchy that lacks a link, where a root of it is trusted: the link is asked for, not the root."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from functools import cache
from itertools import product
from pathlib import Path
from typing import Final

import pytest

from pkitools_test_pki.pki import PKI, build
from tests.cli.conftest import run
from tests.support.command import Command
from tests.support.keys import SHARED_KEYS

__all__ = ["run"]  # a fixture

MOMENT: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
AT: Final = ("--moment", MOMENT.isoformat(), "--offline")
LINKS: Final = ("tsp", "domain")


@cache
def _pki() -> tuple[PKI, dict[str, bytes]]:
    pki = build("g4-tls", moment=MOMENT, keys=SHARED_KEYS)
    leaf = pki.issue(
        "g4-tls",
        oin="00000003273229750000",
        organization="Gemeente A",
        common_name="a.example.nl",
        dns=["a.example.nl"],
    )
    end = b"-----END CERTIFICATE-----\n"
    parts = [each + end for each in leaf.chain_pem.split(end) if each.strip()]
    return pki, dict(zip(("leaf", *LINKS), parts, strict=False))


@pytest.mark.parametrize(("lacks", "trusted", "beside"), [*product(LINKS, (True, False), (True, False))])
def test_what_is_told_of_a_link_that_lacks_mends_it(
    tmp_path: Path, run: Command, monkeypatch: pytest.MonkeyPatch, lacks: str, *, trusted: bool, beside: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    pki, parts = _pki()
    root = Path("root.crt")
    root.write_bytes(pki.trust_pem())
    Path("certs").mkdir()
    brought = b"".join(part for name, part in parts.items() if name != lacks)
    Path("certs/a.pem").write_bytes(brought)
    Path("link.pem").write_bytes(parts[lacks])
    if beside:
        Path("certs/link.pem").write_bytes(parts[lacks])
    trust = ("--trust", str(root)) if trusted else ()
    scan = run("scan", "certs", *trust, *AT).told
    asks_for_root = "is of a test hierarchy (TRIAL)"
    assert (asks_for_root in scan) is not trusted
    assert ("Add the missing certificate" in scan) is trusted
    assert ("It lies in certs/link.pem: make the chain anew with that." in scan) is (trusted and beside)
    checked = run("cert", "check", "certs/a.pem", "-e", "preproduction", *trust, *AT)
    assert checked.code == 10
    assert (asks_for_root in checked.told) is not trusted
    if not trusted:
        return
    told = checked.told.partition("Now ")[2]
    assert "is missing in the chain: hand it in with --chain" in told
    rest = told.partition("pkitools cert check")[2].partition("--chain FILE")[0]
    words = ("cert", "check", *shlex.split(rest.replace("\\ ", "")))
    link = "certs/link.pem" if beside else "link.pem"
    assert run(*words, "--chain", link).out.startswith("PASSED")
    run("chain", "complete", "certs/a.pem", "--chain", link, *trust, "--out", "whole.pem", *AT)
    assert run("cert", "check", "whole.pem", "-e", "preproduction", *trust, *AT).out.startswith("PASSED")
