"""Processes that do work, and that Ctrl-C of a terminal does not reach, not even while they start."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Processes(ProcessPoolExecutor):
    """So many processes. A terminal sends Ctrl-C to every one: the first process ends the others.

    Args:
        jobs: how many.
    """

    def __init__(self, jobs: int) -> None:
        # not forked: there may be threads, and a worker that is made anew is the same on every system
        super().__init__(jobs, get_context("spawn"), initializer=_leave_stopping_to_the_first)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have work done, by a process that is started for it where there are fewer than may be."""
        with _held_back():
            return super().submit(fn, *args, **kwargs)


def _leave_stopping_to_the_first() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _held_back() -> Iterator[None]:
    """Keep Ctrl-C waiting: a process that is started now never hears it, and this one does afterwards.

    Before it could ignore it itself a new process has half a second of imports, which would end in a traceback.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
