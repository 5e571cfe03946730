"""The one PKI of the tests of probing."""

from __future__ import annotations

import pytest

from tests.probing.world import World


@pytest.fixture(scope="session")
def world() -> World:
    return World()
