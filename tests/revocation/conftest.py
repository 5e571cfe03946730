from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.revocation.material import World
from tests.support.fault_server import FaultServer


@pytest.fixture(scope="session")
def world() -> World:
    return World()


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running
