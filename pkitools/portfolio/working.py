"""Units of work → readings, in this process or by the workers of any executor, in the order handed in.

A worker is sent the question once and keeps it; a unit is bytes and a name. How much is under way at once is bounded by
number and by size, so that memory does not grow with the number of files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from pkitools.arguments import wrong_type
from pkitools.checking.workers import HandingOut, Judges, Token, Unknown
from pkitools.portfolio.judging import Judge
from pkitools.portfolio.model import Reading
from pkitools.portfolio.reading import Unit, examine

if TYPE_CHECKING:
    from concurrent.futures import Executor

_PER_TASK: Final = 16
"""Units that go to a worker together: handing one over costs as much as judging a tenth of it."""
_TASK_BYTES: Final = 1024 * 1024
"""And no more than this together, but for one that is larger itself."""

_JUDGES: Final[Judges[Judge]] = Judges()
_Group = Sequence["Unit | Reading"]


def optional_executor(given: Executor | None) -> Executor | None:
    """Return an executor; ``None`` where none was given. That of a cluster is one by what it does alone.

    Raises:
        InvalidValueError: it takes no work.
    """
    if given is not None and not callable(getattr(given, "submit", None)):
        raise wrong_type("executor", given, "Executor")
    return given


def readings_of(units: Iterable[Unit | Reading], judge: Judge, executor: Executor | None = None) -> Iterator[Reading]:
    """Yield the reading of each unit, in their order; what is a reading already comes through in its place.

    Args:
        units: the work, taken as it is done: little of it is read ahead.
        judge: asks the question in this process.
        executor: of processes, of threads, or another; ``None``: here, one after the other.
    """
    if executor is None:
        return (unit if isinstance(unit, Reading) else examine(unit, judge) for unit in units)
    return _by_workers(executor, units, judge)


def _by_workers(executor: Executor, units: Iterable[Unit | Reading], judge: Judge) -> Iterator[Reading]:
    _JUDGES.made_here(judge.token, judge)
    handing: HandingOut[_Group, Sequence[Reading]] = HandingOut(executor, _work, (judge.token,), judge.travelling)
    for group, answer in handing.answers(_groups(units)):
        found = iter(answer)
        for one in group:
            yield one if isinstance(one, Reading) else next(found)


def _groups(units: Iterable[Unit | Reading]) -> Iterator[tuple[_Group, Sequence[Unit], int]]:
    group: list[Unit | Reading] = []
    size = 0
    for unit in units:
        octets = _size(unit)
        if group and (len(group) >= _PER_TASK or size + octets > _TASK_BYTES):
            yield group, _work_in(group), size
            group, size = [], 0
        group.append(unit)
        size += octets
    if group:
        yield group, _work_in(group), size


def _work_in(group: _Group) -> Sequence[Unit]:
    return [one for one in group if isinstance(one, Unit)]


def _size(unit: Unit | Reading) -> int:
    return len(unit.data) if isinstance(unit, Unit) else 0


def _work(token: Token, question: bytes | None, units: Sequence[Unit]) -> Sequence[Reading] | Unknown:
    """Examine units, in whatever process this is."""
    judge = _JUDGES.find(token, question)
    return judge if isinstance(judge, Unknown) else [examine(unit, judge) for unit in units]
