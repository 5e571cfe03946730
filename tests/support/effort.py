"""How much a test tries, and how long it may take: by the work done, not by the clock on the wall."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

from hypothesis import settings

from tests.conftest import LEVEL

T = TypeVar("T")

PATIENCE = 180
"""Seconds to wait for what has to come, such as another process: only a test that fails waits so long."""


def budget(name: str, usual: int) -> int:
    """Return a budget of :mod:`tests.conftest`: what the environment says, or the usual number."""
    return int(os.environ.get(name, usual))


def examples(usual: int) -> settings:
    """Return settings for a property that tries another number than 100: as many times more in a deep run."""
    return settings(max_examples=max(1, usual * settings().max_examples // 100))


def in_turn(several: Sequence[T], *places: int) -> Sequence[T]:
    """Return one of several for this place in a product, the next for the next; in a deep run all of them.

    Every pair of values of two factors is met where there are as many of the others as there are of these.
    """
    return several if LEVEL == "deep" else (several[sum(places) % len(several)],)


_SLOWEST = 10  # times as slow as the machine that the numbers were found on


class _TooMuch(BaseException):
    """Raised inside what takes too long; no ``except Exception`` of the code under test holds it up."""


@contextmanager
def bounded(seconds: float, *, wall: float = PATIENCE) -> Iterator[None]:
    """Break off what would take for ever, and fail.

    Args:
        seconds: what it takes at the most on a good machine, of this process's own processor time. Ten times as much is
            given: no machine is so slow, and what this is to find takes minutes or does not end at all.
        wall: seconds after which what waits for something that never comes is broken off; it uses no processor.
    """
    seconds *= _SLOWEST
    fired: list[str] = []

    def fire(number: int, _: FrameType | None) -> None:
        fired.append("of processor time" if number == signal.SIGPROF else "in all: it waits for something")
        raise _TooMuch

    before = [(number, signal.signal(number, fire)) for number in (signal.SIGPROF, signal.SIGALRM)]
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, wall)
    try:
        yield
    except _TooMuch:
        pass
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before:
            signal.signal(number, handler)
    assert not fired, f"more than {seconds if 'processor' in fired[0] else wall} seconds {fired[0]}"
