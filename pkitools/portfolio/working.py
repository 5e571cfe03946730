"""Units of work → readings, in this process or by the workers of any executor, in the order handed in.

A worker is sent the question once and keeps it; a unit is bytes and a name. How much is under way at once is bounded by
number and by size, so that memory does not grow with the number of files.
"""

from __future__ import annotations

import os
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from pkitools.portfolio.judging import Judge, Token
from pkitools.portfolio.model import Reading
from pkitools.portfolio.reading import Unit, examine

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

_PER_TASK: Final = 16
"""Units that go to a worker together: handing one over costs as much as judging a tenth of it."""
_TASK_BYTES: Final = 1024 * 1024
"""And no more than this together, but for one that is larger itself."""
_AHEAD_BYTES: Final = 32 * 1024 * 1024
"""Bytes under way at most."""
_AHEAD: Final = 4
"""Tasks under way for each worker."""
_MOST_KEPT: Final = 4
"""Questions a worker keeps."""

_ARRIVED: Final[OrderedDict[Token, Judge]] = OrderedDict()
_Task = tuple["tuple[Unit | Reading, ...]", int, "Future[Sequence[Reading] | None]"]


def readings_of(units: Iterable[Unit | Reading], judge: Judge, executor: Executor | None = None) -> Iterator[Reading]:
    """Yield the reading of each unit, in their order; what is a reading already comes through in its place.

    Args:
        units: the work, taken as it is done: little of it is read ahead.
        judge: asks the question in this process.
        executor: of processes, of threads, or another; ``None``: here, one after the other.
    """
    if executor is None:
        return (unit if isinstance(unit, Reading) else examine(unit, judge) for unit in units)
    return _Distributed(executor, judge).readings(units)


class _Distributed:
    """Hands units to an executor, and takes the readings back in order."""

    def __init__(self, executor: Executor, judge: Judge) -> None:
        self.executor, self.judge = executor, judge
        self.was_sent = False
        self.most = _AHEAD * (getattr(executor, "_max_workers", None) or os.cpu_count() or 1)
        self.waiting: deque[_Task] = deque()

    def readings(self, units: Iterable[Unit | Reading]) -> Iterator[Reading]:
        under_way = 0
        for group in _groups(units):
            size = sum(map(_size, group))
            while self.waiting and (len(self.waiting) >= self.most or under_way + size > _AHEAD_BYTES):
                under_way -= self.waiting[0][1]
                yield from self._received()
            self.waiting.append((group, size, self._submit(group, None)))
            under_way += size
        while self.waiting:
            yield from self._received()

    def _submit(self, group: Sequence[Unit | Reading], question: bytes | None) -> Future[Sequence[Reading] | None]:
        units = [one for one in group if isinstance(one, Unit)]
        return self.executor.submit(_work, self.judge.token, question, units)

    def _received(self) -> Iterator[Reading]:
        group, _, future = self.waiting.popleft()
        answer = future.result()
        if answer is None and self.was_sent:  # its worker may have learned the question meanwhile
            answer = self._submit(group, None).result()
        if answer is None:
            self.was_sent = True
            answer = self._submit(group, self.judge.travelling).result()
        assert answer is not None
        found = iter(answer)
        for one in group:
            yield one if isinstance(one, Reading) else next(found)


def _groups(units: Iterable[Unit | Reading]) -> Iterator[tuple[Unit | Reading, ...]]:
    group: list[Unit | Reading] = []
    for unit in units:
        if group and (len(group) >= _PER_TASK or sum(map(_size, group)) + _size(unit) > _TASK_BYTES):
            yield tuple(group)
            group = []
        group.append(unit)
    if group:
        yield tuple(group)


def _size(unit: Unit | Reading) -> int:
    return len(unit.data) if isinstance(unit, Unit) else 0


def _work(token: Token, question: bytes | None, units: Sequence[Unit]) -> Sequence[Reading] | None:
    """Examine units, in whatever process this is; ``None`` where the question is not known here."""
    judge = _ARRIVED.get(token)
    if judge is None:
        if question is None:
            return None
        judge = _ARRIVED[token] = Judge.arrived(question)
        while len(_ARRIVED) > _MOST_KEPT:
            _ARRIVED.popitem(last=False)
    return [examine(unit, judge) for unit in units]
