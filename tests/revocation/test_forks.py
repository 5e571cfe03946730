"""A process forked while another thread uses what is remembered goes on: it waits for nobody who is not there."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest

from pkitools.crl.kept import KeptLists
from pkitools.validation.remembered import Remembered
from tests.revocation.test_kept_lists import Encoded

MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")


def ends_well(work: Callable[[], object]) -> bool:
    """Whether a child comes through this; it is ended by an alarm, if it hangs."""
    import signal

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that a fork beside threads may hang is what is asked here
        child = os.fork()
    if child == 0:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(60)  # only a child that hangs comes to this
        with suppress(BaseException):
            work()
            os._exit(0)
        os._exit(1)
    return os.waitpid(child, 0)[1] == 0


def test_a_child_does_not_wait_for_a_lock_of_a_thread_it_does_not_have() -> None:
    lists: KeptLists[Encoded] = KeptLists()
    memory: Remembered[str] = Remembered()
    one = Encoded(b"\x01" * 100)
    lists.keep(one)
    holding: list[Any] = [lists._lock, memory._lock]
    for lock in holding:
        lock.acquire()  # as another thread would, at the moment of the fork
    try:
        assert ends_well(lambda: lists.find(one.der, was_pem=False))
        assert ends_well(lambda: lists.keep(one))
        assert ends_well(lists.clear)
        assert ends_well(lambda: memory.keep("question", MOMENT, (), "answer"))
    finally:
        for lock in holding:
            lock.release()


def test_a_child_counts_what_is_kept_anew() -> None:
    lists: KeptLists[Encoded] = KeptLists()
    lists.keep(Encoded(b"\x01" * 100))
    lists._held = 7  # a thread that was in the middle of it

    def counted() -> None:
        assert lists._held == 100

    assert ends_well(counted)


def test_lists_are_compared_while_others_can_use_what_is_kept() -> None:
    lists: KeptLists[Any] = KeptLists()
    held: list[bool] = []

    class Watched(bytes):
        __hash__ = bytes.__hash__

        def __ne__(self, other: object) -> bool:
            held.append(lists._lock.locked())
            return super().__ne__(other)

    lists.keep(Encoded(Watched(b"\x01" * 100)))
    assert lists.find(b"\x01" * 100, was_pem=False) is not None
    assert held == [False]
