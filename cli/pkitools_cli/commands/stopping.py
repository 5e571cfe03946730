"""Of commands that go on until they are told to stop: how that is heard."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def until_told_to_stop() -> Iterator[Callable[[], object]]:
    """Give what waits for Ctrl-C or a request to end; heard from the first moment on, so that neither leaves a trace.

    They arrive through a pipe that the interpreter writes to at once. A handler in Python runs between two steps of the
    main thread, and one that begins to wait at that moment, or whose signal another thread got, would wait for ever.
    """
    hears, tells = os.pipe()
    os.set_blocking(tells, False)
    wakes = signal.set_wakeup_fd(tells)
    before = {number: signal.signal(number, _noticed) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: os.read(hears, 1)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(wakes)
        os.close(hears)
        os.close(tells)


def _noticed(_number: int, _frame: FrameType | None) -> None:
    """Do nothing: who waits is woken by the pipe."""
