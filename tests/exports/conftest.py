"""One test PKI with quick keys, and its certificates: made once for the whole folder."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.keys import elliptic_keys
from pkitools_test_pki.pki import PKI, build
from tests.support.command import Command

MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def pki() -> PKI:
    return build("g4-tls", "g1-private", moment=MOMENT, keys=elliptic_keys)


@pytest.fixture(scope="session")
def leaf(pki: PKI) -> IssuedCertificate:
    return pki.issue("g4-tls", dns=["koppeling.example.nl"], oin="00000003273229750000", organization="Voorbeeld, B.V.")


@pytest.fixture(scope="session")
def other(pki: PKI) -> IssuedCertificate:
    """A certificate of another holder, in another hierarchy."""
    return pki.issue("g1-server")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("PKITOOLS_LANG", "en")
    return Command(capsys, monkeypatch)
