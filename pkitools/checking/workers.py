"""Work for the workers of an executor, in tasks, under a question that each worker is sent once.

A task names its question. A worker that does not know it says so, and the task is handed out once more, the question
with it: a question of many megabytes goes to each worker once, however many tasks there are. What came of the tasks is
given back in the order they were handed out.
"""

from __future__ import annotations

import os
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, TypeVar
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

Judge = TypeVar("Judge")
Group = TypeVar("Group")
Answer = TypeVar("Answer")

Token = tuple[int, bytes]
"""Process that asks, and octets that nobody else has: workers may serve several machines with equal process numbers."""

_AHEAD: Final = 8
"""Tasks under way for each worker: the next is there when one is done, and no more is read ahead."""
_AHEAD_BYTES: Final = 32 * 1024 * 1024
"""Bytes under way at most."""
_SMALL: Final = 64 * 1024
"""Bytes of a question that cost less to send than a worker that waits."""
_MOST_KEPT: Final = 4
"""Questions a worker keeps."""


class Unknown(NamedTuple):
    """What a worker answers that does not know the question.

    Args:
        worker: its process: each is sent the question.
    """

    worker: int


def new_token() -> Token:
    """Return what names a question, in this process and in every other."""
    return os.getpid(), os.urandom(16)


def workers_of(executor: Executor) -> int:
    """Return how many work for an executor, as far as it says so."""
    return getattr(executor, "_max_workers", None) or os.cpu_count() or 1


class Judges(Generic[Judge]):
    """Those who answer questions in this process, by the token of their question.

    One that was made here is found while somebody else has it, also in a process that was forked since. Of those made
    of a question that was sent here the latest few are kept.
    """

    def __init__(self) -> None:
        self._own: WeakValueDictionary[Token, Judge] = WeakValueDictionary()
        self._arrived: OrderedDict[Token, Judge] = OrderedDict()

    def made_here(self, token: Token, judge: Judge) -> None:
        """Let one be found that was made here."""
        self._own[token] = judge

    def is_own(self, token: Token) -> bool:
        """Return whether who asks is in this very process: what is handed back need not travel."""
        return token[0] == os.getpid() and token in self._own

    def find(self, token: Token, question: bytes | None) -> Judge | Unknown:
        """Return who answers a question, or that it is not known here and was not sent.

        Args:
            token: of the question.
            question: a pickle of a callable and its arguments, which makes who answers it.
        """
        found = self._own.get(token) or self._arrived.get(token)
        if found is not None:
            return found
        if question is None:
            return Unknown(os.getpid())
        import pickle  # who judges in his own process does not wait for it

        make, *given = pickle.loads(question)  # noqa: S301 made by the process that submits to this one
        made: Judge = make(*given)
        self._arrived[token] = made
        while len(self._arrived) > _MOST_KEPT:
            self._arrived.popitem(last=False)
        return made


class _Task(Generic[Group, Answer]):
    """What was handed out together."""

    __slots__ = ("came_back", "future", "group", "size", "units")

    def __init__(self, group: Group, units: Sequence[object], size: int) -> None:
        self.group, self.units, self.size = group, units, size
        self.future: Future[Answer | Unknown]
        self.came_back = False

    def who_did_not_know(self) -> Unknown | None:
        """Return the worker that did not know the question; ``None`` where there is none so far."""
        future = self.future
        if not future.done() or future.cancelled() or future.exception() is not None:
            return None
        answer = future.result()
        return answer if isinstance(answer, Unknown) else None


class HandingOut(Generic[Group, Answer]):
    """Hands tasks out, and takes back what came of them.

    Args:
        executor: of processes, of threads, or another.
        work: what a worker does: takes ``named``, the question or ``None``, and what is to be judged.
        named: what names the question.
        question: makes it travel; asked once, when a worker does not know it.
    """

    def __init__(
        self,
        executor: Executor,
        work: Callable[..., Answer | Unknown],
        named: tuple[object, ...],
        question: Callable[[], tuple[Any, ...]],
    ) -> None:
        self._executor, self._work, self._named, self._make = executor, work, named, question
        self._most = _AHEAD * workers_of(executor)
        self._pickled: bytes | None = None
        self._waiting: deque[_Task[Group, Answer]] = deque()
        self._taught: set[Unknown] = set()

    def answers(self, groups: Iterable[tuple[Group, Sequence[object], int]]) -> Iterator[tuple[Group, Answer]]:
        """Yield each group with what came of it.

        Args:
            groups: each with what of it is to be judged, and its size in bytes; taken as the work is done.
        """
        under_way = 0
        for group, units, size in groups:
            while self._waiting and self._is_enough(under_way + size):
                under_way -= self._waiting[0].size
                yield self._received()
            task: _Task[Group, Answer] = _Task(group, units, size)
            self._hand_out(task, None)
            self._waiting.append(task)
            under_way += size
        while self._waiting:
            yield self._received()

    def _is_enough(self, size: int) -> bool:
        return len(self._waiting) >= self._most or size > _AHEAD_BYTES

    def _received(self) -> tuple[Group, Answer]:
        first = self._waiting[0]
        while isinstance(answer := first.future.result(), Unknown):
            self._hand_out_again()
        self._waiting.popleft()
        return first.group, answer

    def _hand_out_again(self) -> None:
        """Hand out all that came back, and not one after the other: nobody waits until another is done.

        A question that is small goes with each; of a large one as many go as there are workers that did not know it.
        Which worker takes it nobody can say: with what comes back once more it goes again.
        """
        back = [(task, worker) for task in self._waiting if (worker := task.who_did_not_know())]
        question = self._question()
        taught: set[Unknown] = set()
        for task, worker in back:
            is_due = worker not in taught and (worker not in self._taught or task.came_back)
            taught |= {worker} if is_due else set()
            task.came_back = True
            self._hand_out(task, question if is_due or len(question) <= _SMALL else None)
        self._taught |= taught

    def _hand_out(self, task: _Task[Group, Answer], question: bytes | None) -> None:
        task.future = self._executor.submit(self._work, *self._named, question, task.units)

    def _question(self) -> bytes:
        if self._pickled is None:
            import pickle  # as above

            self._pickled = pickle.dumps(self._make())
        return self._pickled
