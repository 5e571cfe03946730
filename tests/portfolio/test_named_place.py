"""Of several places of one certificate the one to put into use is named, whatever comes first by alphabet."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pkitools.portfolio import HeldCertificate
from pkitools.reports.expiry import Expiry, nagios_line
from pkitools.reports.portfolio.telling import renewal_told
from tests.connections.support import certificate
from tests.portfolio.support import CHAIN, scanned
from tests.support.cases import in_one_test

KEY: Final = rsa.generate_private_key(65537, 2048)
BEST_FIRST: Final = ("pair", "bundle", "keyed", "chained", "bare", "kept")
"""A certificate with its chain and a key beside, with both in its file, with a key, with its chain, alone; a copy."""


@cache
def _parts() -> tuple[bytes, bytes, bytes]:
    old = certificate(start=datetime(2026, 1, 1, tzinfo=UTC), end=datetime(2027, 1, 1, tzinfo=UTC))
    new = certificate(start=datetime(2026, 11, 1, tzinfo=UTC), end=datetime(2027, 12, 1, tzinfo=UTC), own_key=KEY)
    return old, new, KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _lay(folder: Path, kind: str, letter: str) -> str:
    """Lay the certificate down as one kind, under a name that begins with a letter; return its file."""
    _, new, key = _parts()
    file = folder / f"{letter}-{kind}.pem{'.bak' if kind == 'kept' else ''}"
    data = new + (CHAIN if kind in {"pair", "bundle", "chained", "kept"} else b"")
    file.write_bytes(data + (key if kind == "bundle" else b""))
    if kind in {"pair", "keyed", "kept"}:
        (folder / f"{letter}-{kind}.key").write_bytes(key)
        (folder / f"{letter}-{kind}.key").chmod(0o600)
    return str(file)


@in_one_test
@pytest.mark.parametrize("kinds", [*permutations(BEST_FIRST, 2)])
def test_the_place_that_is_named_is_the_one_to_use(tmp_path: Path, kinds: tuple[str, str]) -> None:
    files = {kind: _lay(tmp_path, kind, letter) for kind, letter in zip(kinds, "am", strict=True)}
    (tmp_path / "old.pem").write_bytes(_parts()[0] + CHAIN)
    found = scanned(tmp_path)
    old, new = sorted(found.judged, key=lambda one: one.not_after)
    alike = {"pair", "bundle"}  # as good as one another: the first found
    best = files[kinds[0]] if set(kinds) == alike else files[min(kinds, key=BEST_FIRST.index)]
    assert _named(new) == best
    assert {place.name for place in new.places} == set(files.values())
    if set(kinds) == {"keyed", "bare"}:
        assert old.successor is None, "a chain is lacking wherever it lies"
        return
    assert old.successor is not None
    assert old.successor.place == best
    assert best in renewal_told(old, found, "en", None)
    assert best in nagios_line(Expiry.of(found, 90, 30))


def _named(one: HeldCertificate) -> str:
    return one.places[0].name
