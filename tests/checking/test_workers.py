"""Work that is handed out keeps every worker at it, and a question goes to each once: on a clock that is made up.

The executor here has workers that share nothing. A task takes as long as it has units, and next to nothing where its
worker does not know the question. What is measured is when the last answer is there.
"""

from __future__ import annotations

import itertools
import pickle
import random
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from typing import Any

import pytest

from pkitools.checking import Checker, elsewhere
from pkitools.checking import workers as workers_module
from pkitools.checking.workers import HandingOut, Judges, Unknown, new_token
from tests.support.broken import laboratory
from tests.support.cases import in_one_test
from tests.support.chains import MOMENT
from tests.support.work_done import work_done

_SOON = 0.01
"""What it takes a worker to say that it does not know a question."""


class _Later(Future[Any]):
    """A future that is waited for on the clock of its executor."""

    executor: Clocked

    def result(self, timeout: float | None = None) -> Any:
        while not self.done():
            self.executor.go_on()
        return super().result(timeout)


class _Worker:
    def __init__(self, number: int, there_at: float) -> None:
        self.number, self.free_at = number, there_at
        self.judges: Judges[Any] = Judges()
        self.busy_with: tuple[_Later, Any] | None = None


class Clocked(Executor):
    """Workers that begin when they are there, and take task after task in the order handed in."""

    def __init__(self, there_at: Sequence[float]) -> None:
        self.now = 0.0
        self.workers = [_Worker(number, at) for number, at in enumerate(there_at)]
        self._max_workers = len(self.workers)
        self.queue: deque[tuple[_Later, Callable[..., Any], tuple[Any, ...]]] = deque()
        self.questions = self.most_under_way = 0
        self.chance = random.Random(0)

    def submit(self, work: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        assert not named
        future = _Later()
        future.executor = self
        self.questions += given[-2] is not None
        self.queue.append((future, work, given))
        self.most_under_way = max(self.most_under_way, len(self.queue))
        self._begin()
        return future

    def go_on(self) -> None:
        """Let it be the moment at which the next worker is done, or there."""
        self.now = min(worker.free_at for worker in self.workers if worker.busy_with or worker.free_at > self.now)
        for worker in self.workers:
            if worker.busy_with and worker.free_at <= self.now:
                future, answer = worker.busy_with
                worker.busy_with = None
                if isinstance(answer, Exception):
                    future.set_exception(answer)
                else:
                    future.set_result(answer)
        self._begin()

    def _begin(self) -> None:
        for worker in self.chance.sample(self.workers, len(self.workers)):
            if self.queue and worker.busy_with is None and worker.free_at <= self.now:
                future, work, given = self.queue.popleft()
                answer = work(worker, *given)
                worker.busy_with = future, answer
                worker.free_at = self.now + (len(given[-1]) if isinstance(answer, list) else _SOON)


def _work(worker: _Worker, token: Any, question: bytes | None, units: Sequence[int]) -> Sequence[int] | Unknown:
    judge = worker.judges.find(token, question)
    if isinstance(judge, Unknown):
        return Unknown(worker.number)
    return [judge + unit for unit in units]


def _groups(count: int, most: int) -> Iterator[tuple[int, list[int], int]]:
    chance = random.Random(count * 31 + most)
    for number in range(count):
        yield number, [number] * chance.randint(1, most), 1


def _handed_out(executor: Clocked, token: Any, groups: Any, octets: int = 0) -> list[tuple[int, Sequence[int]]]:
    return list(HandingOut[int, Any](executor, _work, (token,), lambda: (_thousand, bytes(octets))).answers(groups))


def _thousand(_: bytes) -> int:
    return 1000


@in_one_test
@pytest.mark.parametrize("count", [0, 1, 2, 7, 40, 200])
@pytest.mark.parametrize("workers", [1, 2, 3, 8])
@pytest.mark.parametrize("late", [0.0, 3.0, 30.0], ids=["at once", "one late", "one very late"])
@pytest.mark.parametrize("octets", [9_000, 300_000], ids=["a question", "one with large lists"])
def test_no_worker_waits_while_there_is_work(workers: int, count: int, late: float, octets: int) -> None:
    """All there at once, and one that is late; the first time, and when all know the question."""
    executor, token, longest = Clocked([*[0.0] * (workers - 1), late]), new_token(), 16
    for is_first in (True, False):
        began, before = executor.now, executor.questions
        found = _handed_out(executor, token, _groups(count, longest), octets)
        assert found == [(number, [1000 + one for one in units]) for number, units, _ in _groups(count, longest)]
        work = sum(len(units) for _, units, _ in _groups(count, longest))
        # at the end each waits for the last task of another, and at the start for one who did not know the question
        waits = longest * (1 + is_first) + count * _SOON
        is_large = octets > workers_module._SMALL
        if late and is_large:
            waits += (
                longest * workers * (1 + is_first)
            )  # who comes later takes what is under way, and learns nothing yet
        assert executor.now - began <= late * is_first + work / workers + waits
        if is_large:
            assert executor.questions - before <= workers * (3 if late else 1)
        assert is_first or late or count < 2 * workers or executor.questions == before
    assert executor.most_under_way <= 8 * workers


def test_of_what_is_under_way_the_octets_are_bounded() -> None:
    executor = Clocked([0.0, 0.0])
    taken: list[int] = []

    def groups() -> Iterator[tuple[int, list[int], int]]:
        for number in range(30):
            taken.append(number)
            yield number, [number], 10 * 1024 * 1024

    answers = HandingOut[int, Any](executor, _work, (new_token(),), lambda: (int, 0)).answers(groups())
    for number, _ in itertools.islice(answers, 20):
        assert len(taken) - number <= 4


def test_what_a_task_raises_is_raised_in_its_place() -> None:
    def work(worker: _Worker, token: Any, question: bytes | None, units: Sequence[int]) -> Any:
        return ZeroDivisionError() if units[0] == 3 else _work(worker, token, question, units)

    handing = HandingOut[int, Any](Clocked([0.0]), work, (new_token(),), lambda: (int, 0))
    answers = handing.answers((number, [number], 1) for number in range(6))
    assert [number for number, _ in itertools.islice(answers, 3)] == [0, 1, 2]
    with pytest.raises(ZeroDivisionError):
        next(answers)


# --- of a checker


class Apart(Executor):
    """One worker that shares nothing with this process but its memory of what cryptography loaded."""

    def __init__(self) -> None:
        self.judges: Judges[Checker] = Judges()
        self.questions = 0

    def submit(self, work: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        assert not named
        self.questions += given[-2] is not None
        here, elsewhere._CHECKERS = elsewhere._CHECKERS, self.judges  # type: ignore[misc]  # the worker has its own
        future: Future[Any] = Future()
        try:
            work, given = pickle.loads(pickle.dumps((work, given)))
            future.set_result(work(*given))
        finally:
            elsewhere._CHECKERS = here  # type: ignore[misc]  # as above
        return future


def _checker() -> Checker:
    leaf = laboratory(MOMENT).leaf()
    return Checker(
        moment=MOMENT,
        environment="preproduction",
        systems="digid",
        intermediates=[link.der for link in leaf.intermediates],
        trust=leaf.root.der,
    )


def test_a_checker_that_is_asked_again_is_known_to_its_workers() -> None:
    """What they verified of authorities they know still: of a certificate nothing is verified but itself."""
    leaf, checker, executor = laboratory(MOMENT).leaf().der, _checker(), Apart()
    list(checker.check_many([leaf] * 40, executor=executor))
    sent = executor.questions
    for _ in range(3):
        list(checker.check_many([leaf] * 40, executor=executor))
    assert executor.questions == sent > 0
    done = work_done(lambda: [*checker.check_many([leaf] * 40, executor=executor)])
    assert 0 < done["signatures"] <= 40
    list(_checker().check_many([leaf], executor=executor))
    assert executor.questions == sent + 1  # an equal checker is another: it may have other lists


@in_one_test
@pytest.mark.parametrize(("count", "tasks"), [(1, 1), (31, 17), (100, 16), (400, 18), (2000, 43)])
def test_at_the_end_no_worker_waits_long_for_another(count: int, tasks: int) -> None:
    """Where it is known how many there are; of what streams a task is what is worth handing over."""
    sizes = [len(group) for group, _, _ in elsewhere._groups([b"0"] * count, 2)]
    assert sum(sizes) == count
    assert len(sizes) == tasks
    left = count
    for size in sizes:  # of what is left no worker has more than a third of its share at once
        assert size <= min(64, max(1, left // 6, min(8, count // 32)))
        left -= size
    streamed = [len(group) for group, _, _ in elsewhere._groups((b"0" for _ in range(count)), 2)]
    assert streamed[:-1] == [16] * (len(streamed) - 1)
