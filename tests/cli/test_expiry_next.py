"""What ``expiry`` says to do is what ``scan`` says of the same files, whether or not it was told what to trust."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Final

import pytest

from pkitools_cli.i18n import tr
from tests.cli.conftest import run
from tests.connections.support import CHAIN, OIN, OTHER_OIN, certificate
from tests.support.chains import good_chain
from tests.support.command import Command
from tests.support.deliveries import pem

__all__ = ["run"]  # a fixture

pytestmark = pytest.mark.slow

AT: Final = ("--moment", "2026-11-22T12:00:00Z")
BEGAN: Final = datetime(2026, 1, 10, tzinfo=UTC)
ENDS: Final = {"ends": datetime(2026, 12, 10, tzinfo=UTC), "ended": datetime(2026, 11, 20, tzinfo=UTC)}
NEXT: Final = {"start": datetime(2026, 10, 1, tzinfo=UTC), "end": datetime(2028, 3, 1, tzinfo=UTC)}


@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.parametrize(("end", "has_next", "other"), [*product(ENDS, (True, False), (None, *ENDS))])
def test_what_is_there_needs_not_be_ordered(
    tmp_path: Path, run: Command, end: str, other: str | None, *, has_next: bool, trusted: bool
) -> None:
    root = tmp_path / "root.pem"
    root.write_bytes(pem(good_chain().root.der))
    folder = tmp_path / "certs"
    folder.mkdir()
    (folder / "old.pem").write_bytes(certificate(end=ENDS[end], start=BEGAN) + CHAIN)
    if has_next:
        (folder / "next.pem").write_bytes(certificate(OIN, **NEXT) + CHAIN)
    if other is not None:
        (folder / "other.pem").write_bytes(certificate(OTHER_OIN, "b.example.nl", ENDS[other], start=BEGAN) + CHAIN)
    trust = ("--trust", root)
    expiry = run("expiry", folder, *(trust if trusted else ()), *AT).told
    scan = run("scan", folder, *trust, *AT).told
    alone = [each for each, is_alone in ((end, not has_next), (other, other is not None)) if is_alone]
    first = "host.example.nl" if other is None else "b.example.nl"
    ended = "b.example.nl" if other == "ended" else "host.example.nl"
    followed, expired = tr("cli.scan.now.successor", name="host.example.nl"), tr("cli.scan.now.expired", name=ended)
    expected = followed if not alone else expired if "ended" in alone else tr("cli.expiry.now.critical", name=first)
    assert expected in expiry
    assert (followed in scan, expired in scan) == (expected == followed, expected == expired)
    if other is None:  # of several the line names the first to end
        line = run("expiry", folder, "--nagios", *(trust if trusted else ()), *AT).told
        assert ("the next one is there" in line) is has_next
