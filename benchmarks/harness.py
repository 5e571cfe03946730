"""Measure jobs in turn, round after round, so that a machine that slows down slows all of them.

A job is a stream: it is called with 0, 1, 2 … and takes another input each time. The figure of a round is the mean of
as many calls as take a while; what is told of all rounds is the median and the quartiles. A ratio is taken in each
round, and of the ratios again the median and the quartiles.

Seconds are those of the processor, of this process or of the one it started: what else the machine does then makes them
longer by what it does to the caches, and not by the turns it takes. Where several processes work they are of the wall.
"""

from __future__ import annotations

import itertools
import random
import resource
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Work = Callable[[int], object]
State = Literal["warm", "cold", "process", "once"]
Kind = Literal["ours", "peer", "yardstick"]

STATES: Final[Mapping[State, str]] = {
    "warm": "authorities and lists read before, every certificate a new one",
    "cold": "everything from bytes, each time",
    "process": "a whole process, its files in the cache of the system, its byte code there",
    "once": "the same input each time",
}


class MissingError(Exception):
    """What a job needs is not here; the reason is told."""


@dataclass(frozen=True)
class Job:
    """Something to measure.

    Args:
        name: of the row.
        make: makes everything ready and returns what is called with 0, 1, 2 ….
        kind: ours, another's, or what the others are held against.
        state: what of the input was seen before.
        per: how many units one call does.
        wall: it works in several processes: the seconds are those of the wall.
    """

    name: str
    make: Callable[[], Work]
    kind: Kind = "ours"
    state: State = "warm"
    per: int = 1
    wall: bool = False


@dataclass(frozen=True)
class Ratio:
    """A ratio worth telling: of the row ``of`` to the row ``to``; at most ``goal``, or at least.

    Args:
        of, to: names of jobs of the table.
        goal: none is a fact without a goal.
        row: its number in the table of goals; 0 for one that stands in its own table only.
        at_least: the other way round: how many times ``of`` is faster than ``to``.
        beside: two other jobs: the ratio is held against that of these in the same round.
    """

    of: str
    to: str
    goal: float | None = None
    row: int = 0
    at_least: bool = False
    beside: tuple[str, str] | None = None


@dataclass(frozen=True)
class Figure:
    """Something that is measured once and is no time of a job: a size, a rate, a ratio of sums."""

    name: str
    measure: Callable[[], float]
    unit: str
    goal: float | None = None
    row: int = 0
    at_least: bool = False


@dataclass(frozen=True)
class Table:
    """Jobs that belong together and are measured in turn.

    Args:
        name: to ask for it by, and of its plot.
        title, about: for the page.
        unit: the time of one unit of work is told in: ``µs``, ``ms`` or ``s``.
        jobs, ratios, figures: its rows.
        rounds: how often each job has its turn; a fifth of it when little time is taken.
        least: seconds that one turn takes at least; a process is called once.
    """

    name: str
    title: str
    about: str
    unit: str
    jobs: Sequence[Job]
    ratios: Sequence[Ratio] = ()
    figures: Sequence[Figure] = ()
    rounds: int = 21
    least: float = 0.05


@dataclass(frozen=True)
class Spread:
    """Median and quartiles."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        if len(values) < 2:
            return cls(values[0], values[0], values[0])
        low, median, high = statistics.quantiles(values, n=4, method="inclusive")
        return cls(median, low, high)


@dataclass(frozen=True)
class Measured:
    """What came of a row: its spread, or why there is none."""

    spread: Spread | None
    missing: str = ""


Rounds = dict[str, list[float]]
"""Name of a job → the seconds of one unit in each round."""


def measure(table: Table, *, quick: bool) -> tuple[dict[str, Measured], list[Measured], list[Measured]]:
    """Measure a table.

    Args:
        table: what is measured.
        quick: fewer and shorter rounds.

    Returns:
        The spread of each job in seconds, by name; that of each ratio; and the figures.
    """
    works, missing = _ready(table.jobs)
    rounds = _rounds(table, works, quick=quick)
    jobs = {name: Measured(Spread.of(times)) for name, times in rounds.items()} | missing
    ratios = [_ratio(ratio, rounds, missing) for ratio in table.ratios]
    return jobs, ratios, [_figure(figure) for figure in table.figures]


def _ready(jobs: Sequence[Job]) -> tuple[dict[str, tuple[Job, Work, Iterator[int]]], dict[str, Measured]]:
    works: dict[str, tuple[Job, Work, Iterator[int]]] = {}
    missing = {}
    for job in jobs:
        try:
            work, numbers = job.make(), itertools.count()
            work(next(numbers))
        except MissingError as error:
            missing[job.name] = Measured(None, str(error))
        else:
            works[job.name] = job, work, numbers
    return works, missing


def _rounds(table: Table, works: Mapping[str, tuple[Job, Work, Iterator[int]]], *, quick: bool) -> Rounds:
    least = table.least / 5 if quick else table.least
    calls = {name: _calls(job, work, numbers, least) for name, (job, work, numbers) in works.items()}
    found: Rounds = {name: [] for name in works}
    order, turn = list(works), random.Random(0)
    for _ in range(-(-table.rounds // 5) if quick else table.rounds):
        turn.shuffle(order)  # so that none always has its turn after the same other
        for name in order:
            job, work, numbers = works[name]
            found[name].append(_timed(job, work, numbers, calls[name]) / job.per)
    return found


def _calls(job: Job, work: Work, numbers: Iterator[int], least: float) -> int:
    """Return how many calls take so many seconds; of a process one is enough."""
    if job.state == "process":
        return 1
    return max(1, round(least / max(_timed(job, work, numbers, 1), 1e-7)))


def _timed(job: Job, work: Work, numbers: Iterator[int], calls: int) -> float:
    clock = time.perf_counter if job.wall else _of_children if job.state == "process" else time.process_time
    mine = list(itertools.islice(numbers, calls))
    started = clock()
    for number in mine:
        work(number)
    return (clock() - started) / calls


def _of_children() -> float:
    """Return the processor seconds of the processes that were started and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _ratio(ratio: Ratio, rounds: Rounds, missing: Mapping[str, Measured]) -> Measured:
    for name in (ratio.of, ratio.to, *(ratio.beside or ())):
        if name in missing:
            return missing[name]
    found = _times(rounds, ratio.of, ratio.to)
    if ratio.beside:
        found = [each / other for each, other in zip(found, _times(rounds, *ratio.beside), strict=True)]
    return Measured(Spread.of([1 / each for each in found] if ratio.at_least else found))


def _times(rounds: Rounds, of: str, to: str) -> list[float]:
    return [one / other for one, other in zip(rounds[of], rounds[to], strict=True)]


def _figure(figure: Figure) -> Measured:
    try:
        value = figure.measure()
    except MissingError as error:
        return Measured(None, str(error))
    return Measured(Spread(value, value, value))
