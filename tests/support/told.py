"""What a worker of pytest-xdist tells of each test: what somebody sees.

Of 25,000 tests it wrote and the process that started it read 125,000 events: 30 seconds of processor time. That a test
was made ready and cleared away is told where that failed or took as long as ``--durations`` shows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest

SHOWN: Final = 0.005
"""Seconds: what takes less is in no list of ``--durations``."""

Send = Callable[..., None]


def is_seen(name: str, of: dict[str, Any]) -> bool:
    """Return whether an event of xdist is of use to anybody.

    Args:
        name: of the event.
        of: what goes with it, by name.
    """
    if name != "testreport":
        return name != "logstart"
    report = of["data"]
    return report["when"] == "call" or report["outcome"] != "passed" or report["duration"] >= SHOWN


def sending_what_is_seen(send: Send) -> Send:
    """Return what sends an event as ``send`` does, and leaves the others."""

    def sent(name: str, **of: Any) -> None:
        if is_seen(name, of):
            send(name, **of)

    return sent


def install(config: pytest.Config) -> None:
    """Let a worker send no more; one that is asked for details, or for a report that needs all of it, sends all."""
    option = config.option
    if option.verbose > 0 or getattr(option, "xmlpath", None) or option.durations_min not in {None, SHOWN}:
        return
    for plugin in config.pluginmanager.get_plugins():
        if hasattr(plugin, "sendevent"):
            plugin.sendevent = sending_what_is_seen(plugin.sendevent)
