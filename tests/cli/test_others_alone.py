"""What lies at the place of a connection and is of somebody else: ``scan`` and ``status`` say one thing of it."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Final

import pytest

from tests.connections.support import CHAIN, OTHER_OIN, certificate, connection, written
from tests.support.chains import good_chain
from tests.support.command import Command
from tests.support.deliveries import pem

AT: Final = ("--moment", "2026-11-22T12:00:00Z", "--fail-on", "warning")
LYING: Final = {
    "of another": [certificate(OTHER_OIN, "other.example.nl")],
    "of two others": [certificate(OTHER_OIN, "other.example.nl"), certificate("00000001999999990000", "b.example.nl")],
    "without an OIN": [certificate("no OIN", "other.example.nl")],
    "of nobody": [],
}


@pytest.mark.parametrize(("name", "own", "owner"), list(product(LYING, (False, True), (False, True))))
def test_scan_and_status_tell_the_same(run: Command, tmp_path: Path, name: str, *, own: bool, owner: bool) -> None:
    """Of the connection alone it is nobody's; where one with that OIN has the place too, it is that one's."""
    (tmp_path / "root.pem").write_bytes(pem(good_chain().root.der))
    home = tmp_path / "home"
    home.mkdir()
    for number, one in enumerate((*LYING[name], *((certificate(),) if own else ()))):
        (home / f"{number}.pem").write_bytes(one + CHAIN)
    other = f'[organization.b]\noin = "{OTHER_OIN}"\nname = "B"\n' if owner else ""
    other += connection(organization='"b"', files='["home"]') if owner else ""
    file = written(tmp_path, other + connection(files='["home"]', live="2027-12-01"))
    given = ("--connections", file, "--trust", tmp_path / "root.pem", *AT)
    status, scan = run("--lang", "en", "status", *given), run("--lang", "en", "scan", home, "--offline", *given)
    told = ["There is none with OIN 00000003273229750000 at its places;" in each.told for each in (status, scan)]
    is_nobodys = not own and name != "of nobody" and not (owner and name == "of another")
    assert told == [is_nobodys, is_nobodys]
    if is_nobodys:
        assert scan.code == 12
        assert status.code == 12 or owner, "of the other one it is not known whether it was sent"
