"""What a worker tells of a test: all that somebody sees, and no event that nobody does."""

from __future__ import annotations

from itertools import product
from types import SimpleNamespace
from typing import cast

import pytest

pytest.importorskip("xdist", reason="pytest-xdist is not installed: there are no workers")

from tests.support.told import SHOWN, install, is_seen, sending_what_is_seen

WHEN = ("setup", "call", "teardown")


def test_a_result_and_whatever_failed_or_took_long_is_sent() -> None:
    for when, outcome, duration in product(WHEN, ("passed", "failed", "skipped"), (0.0, SHOWN)):
        report = {"when": when, "outcome": outcome, "duration": duration}
        told = when == "call" or outcome != "passed" or duration >= SHOWN
        assert is_seen("testreport", {"data": report}) == told


@pytest.mark.parametrize("name", ["runtest_protocol_complete", "logfinish", "collectionfinish", "workerfinished"])
def test_what_the_work_goes_by_is_sent(name: str) -> None:
    sent: list[object] = []
    sending_what_is_seen(lambda event, **of: sent.append((event, of)))(name, item_index=1)
    assert sent == [(name, {"item_index": 1})]


@pytest.mark.parametrize(
    ("asked", "sends_all"),
    [({}, False), ({"durations_min": SHOWN}, False), ({"verbose": 1}, True), ({"xmlpath": "a.xml"}, True),
     ({"durations_min": 0.0}, True)],
)  # fmt: skip
def test_who_asks_for_details_gets_all(asked: dict[str, object], sends_all: bool) -> None:
    sent: list[str] = []
    worker = SimpleNamespace(sendevent=lambda name, **_: sent.append(name))
    option = SimpleNamespace(**{"verbose": 0, "xmlpath": None, "durations_min": None, **asked})
    plugins = SimpleNamespace(get_plugins=lambda: [object(), worker])
    install(cast("pytest.Config", SimpleNamespace(option=option, pluginmanager=plugins)))
    worker.sendevent("logstart", nodeid="a")
    worker.sendevent("logfinish", nodeid="a")
    assert sent == (["logstart", "logfinish"] if sends_all else ["logfinish"])
