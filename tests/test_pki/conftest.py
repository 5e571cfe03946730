"""Test PKIs for the tests: EC keys where the keys do not matter, RSA keys made once where they do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pkitools_test_pki.keys import KeySource, elliptic_keys
from pkitools_test_pki.pki import PKI, build
from pkitools_test_pki.shapes import shape_names
from tests.support.keys import SHARED_KEYS

MOMENT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def rsa_keys() -> KeySource:
    """RSA keys of 2048 bits for authorities and 3072 for end entities, each made once."""
    return SHARED_KEYS


@pytest.fixture
def pki() -> PKI:
    """Every shape, fresh, on EC keys."""
    return build(*shape_names(), moment=MOMENT, keys=elliptic_keys)


@pytest.fixture(scope="session")
def rsa_pki(rsa_keys: KeySource) -> PKI:
    """G4 TLS and Private G1 with the signatures they have in reality."""
    return build("g4-tls", "g1-private", moment=MOMENT, keys=rsa_keys)
