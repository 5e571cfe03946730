"""Test PKIs for the tests: EC keys where the keys do not matter, RSA keys made once where they do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pkitools_test_pki.keys import KeyPool, KeySource, elliptic_keys, small_keys
from pkitools_test_pki.pki import PKI, build
from pkitools_test_pki.shapes import shape_names

MOMENT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def rsa_keys() -> KeySource:
    """RSA keys of 2048 bits for authorities and 3072 for end entities, three of each, made once."""
    return KeyPool(small_keys, limit=3)


@pytest.fixture
def pki() -> PKI:
    """Every shape, fresh, on EC keys."""
    return build(*shape_names(), moment=MOMENT, keys=elliptic_keys)


@pytest.fixture(scope="session")
def rsa_pki(rsa_keys: KeySource) -> PKI:
    """G4 TLS and Private G1 with the signatures they have in reality."""
    return build("g4-tls", "g1-private", moment=MOMENT, keys=rsa_keys)
