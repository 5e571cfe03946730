"""What was found out and holds for a while: each answer with the time in which nothing it rests on changes."""

from __future__ import annotations

import os
from collections.abc import Hashable, Iterable
from datetime import datetime
from threading import Lock
from typing import Any, Final, Generic, NamedTuple, TypeVar
from weakref import WeakSet

T = TypeVar("T")

MOST: Final = 256
"""Answers one memory keeps, unless it is told otherwise: authorities are few, and lists of theirs come and go."""


class _Kept(NamedTuple):
    at: datetime
    after: datetime | None
    before: datetime | None
    answer: object


class Remembered(Generic[T]):
    """Answers by their question, the latest :data:`MOST` of them. May be shared between threads.

    An answer is given out for the very moment it was found at, and strictly between the two changes around that moment:
    on the edge itself nothing is remembered, so that no edge can be on the wrong side.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: dict[Hashable, _Kept] = {}
        self._lock = Lock()
        _ALL.add(self)

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, question: Hashable, moment: datetime) -> T | None:
        """Return the answer that holds at this moment; ``None`` where there is none."""
        kept = self._kept.get(question)
        if kept is None:
            return None
        if moment != kept.at and not (
            (kept.after is None or kept.after < moment) and (kept.before is None or moment < kept.before)
        ):
            return None
        return kept.answer  # type: ignore[return-value]  # what was kept under a question of this memory is a T

    def keep(self, question: Hashable, moment: datetime, changes: Iterable[datetime], answer: T) -> T:
        """Keep an answer, and return it.

        Args:
            question: everything the answer depends on, but the moment.
            moment: that it was found at.
            changes: every moment at which anything it rests on begins or ends; those around ``moment`` bound it.
            answer: never ``None``.
        """
        turns = tuple(changes)
        after = max((turn for turn in turns if turn <= moment), default=None)
        before = min((turn for turn in turns if turn >= moment), default=None)
        with self._lock:
            self._kept.pop(question, None)
            while len(self._kept) >= self._most:
                del self._kept[next(iter(self._kept))]
            self._kept[question] = _Kept(moment, after, before, answer)
        return answer

    def begin_in_child(self) -> None:
        """Make the lock anew in a process that was forked: the thread that may have held it is not there."""
        self._lock = Lock()


_ALL: Final[WeakSet[Remembered[Any]]] = WeakSet()


def _begin_in_child() -> None:
    for memory in _ALL:
        memory.begin_in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_in_child)
