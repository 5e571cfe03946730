"""That a system may refuse a second certificate with one name is told before it is ordered, and only where it is so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from pkitools_cli.i18n import tr
from tests.cli.conftest import run
from tests.connections.support import CHAIN, OIN, connection, written
from tests.support.chains import end_entity, good_chain
from tests.support.command import Command
from tests.support.deliveries import pem
from tests.support.der import UTF8, common_name, name, serial_attribute

__all__ = ["run"]  # a fixture

pytestmark = pytest.mark.slow

AT: Final = ("--moment", "2026-11-22T12:00:00Z")
CODE: Final = "ordering.change.same_subject"
SYSTEMS: Final = {"digid": True, "digipoort": False}


def _old(folder: Path, prefix: str = "") -> Path:
    called = [("2.5.4.6", 19, b"NL"), ("2.5.4.10", UTF8, f"{prefix}Gemeente A".encode())]
    subject = name(*called, common_name(f"{prefix}host.example.nl"), serial_attribute(OIN))
    (folder / "old.pem").write_bytes(pem(end_entity("host.example.nl", good_chain().tsp, subject=subject).der) + CHAIN)
    return folder / "old.pem"


@pytest.mark.parametrize("prefix", ["", "TRIAL "])
@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("other", [(), ("--common-name", "host2.example.nl", "--dns", "host2.example.nl")])
def test_the_request_says_so(tmp_path: Path, run: Command, system: str, prefix: str, other: tuple[str, ...]) -> None:
    words = ("csr", "create", "--renew", _old(tmp_path, prefix), "--for", system, "-e", "production", *other)
    made = (*words, "--key-type", "rsa:4096", "--no-passphrase", "--out", tmp_path / "new", *AT)
    found = json.loads(run(*made, "--json").out)
    expected = SYSTEMS[system] and not other
    assert (CODE in _codes(found)) is expected
    told = run(*made, "--force").told
    assert (tr("cli.csr.create.next_same_subject") in told) is expected


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_status_says_so_above_the_command(tmp_path: Path, run: Command, system: str) -> None:
    _old(tmp_path)
    (tmp_path / "root.pem").write_bytes(pem(good_chain().root.der))
    file = written(tmp_path, connection(files='["old.pem"]', system=f'"{system}"'))
    at = ("--moment", "2029-12-20T12:00:00Z")
    told = run("status", "--connections", file, "--trust", tmp_path / "root.pem", *at).told
    assert "--renew" in told
    assert ("exactly the same name" in told) is SYSTEMS[system]


def _codes(found: Any) -> set[str]:
    (one,) = found["requests"]
    return {each["code"] for each in one["renewal"]["changes"]}
