"""Of commands that go on until they are told to stop: how that is heard."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Final

_DONE: Final = b"\0"
"""What is heard when the work is done: no signal has that number."""


class Stopping:
    """Waits for Ctrl-C or a request to end.

    Args:
        hears, tells: the ends of the pipe on which the interpreter tells of either.
    """

    def __init__(self, hears: int, tells: int) -> None:
        self._hears, self._tells = hears, tells

    def __call__(self) -> None:
        """Wait until it is told."""
        os.read(self._hears, 1)

    def unless_told_again(self, work: Callable[[], object]) -> bool:
        """Do what ends the command; return whether it was done before it was told once more to end.

        Raises:
            Exception: what the work raised.
        """
        done: Future[object] = Future()

        def run() -> None:
            try:
                done.set_result(work())
            except BaseException as error:
                done.set_exception(error)
            with suppress(OSError):  # who waited went away, told once more
                os.write(self._tells, _DONE)

        threading.Thread(target=run, daemon=True).start()
        is_done = os.read(self._hears, 1) == _DONE
        if is_done:
            done.result()
        return is_done


@contextmanager
def until_told_to_stop() -> Iterator[Stopping]:
    """Give what waits for Ctrl-C or a request to end; heard from the first moment on, so that neither leaves a trace.

    They arrive through a pipe that the interpreter writes to at once. A handler in Python runs between two steps of the
    main thread, and one that begins to wait at that moment, or whose signal another thread got, would wait for ever.
    """
    hears, tells = os.pipe()
    os.set_blocking(tells, False)
    wakes = signal.set_wakeup_fd(tells)
    before = {number: signal.signal(number, _noticed) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield Stopping(hears, tells)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(wakes)
        os.close(hears)
        os.close(tells)


def _noticed(_number: int, _frame: FrameType | None) -> None:
    """Do nothing: who waits is woken by the pipe."""
