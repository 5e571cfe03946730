"""The page of a run: goals and figures first, then each table with its plot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.bars import bars, number
from benchmarks.harness import STATES, Figure, Measured, Ratio, Spread, Table
from benchmarks.jobs import GOALS

_UNITS: Final[Mapping[str, float]] = {"µs": 1e6, "ms": 1e3, "s": 1.0}
_UNSTEADY: Final = 0.1
"""Half of the rounds of a yardstick lie within this part of its median, or the page says so."""


@dataclass(frozen=True)
class Told:
    """A table with what was measured of it."""

    table: Table
    jobs: Mapping[str, Measured]
    ratios: Sequence[Measured]
    figures: Sequence[Measured]

    @property
    def goals(self) -> list[tuple[Ratio | Figure, Measured]]:
        """What a goal was set for, or what belongs in the table of goals."""
        return [*zip(self.table.ratios, self.ratios, strict=True), *zip(self.table.figures, self.figures, strict=True)]


def page(date: str, machine: Mapping[str, str], load: Sequence[str], told: Sequence[Told], *, quick: bool) -> str:
    """Return the page.

    Args:
        date: of the run.
        machine, load: of :mod:`benchmarks.machine`.
        told: every table.
        quick: it was a run with less in it, which is told.
    """
    parts = [
        _head(date, quick=quick),
        _rows("| on | |", 2, ([name, value] for name, value in machine.items())),
        "\n".join(f"- {line}" for line in (*load, *_unsteady(told))),
        "## Goals",
        goals(told),
        *(part for each in told for part in _table(each, quick=quick)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def goals(told: Sequence[Told]) -> str:
    """Return the table of goals: what each is of, the goal, the figure and whether it is met."""
    found = [pair for each in told for pair in each.goals if pair[0].row and pair[0].goal is not None]
    missing = set(range(1, GOALS + 1)) - {about.row for about, _ in found}
    assert not missing, f"no job gives row {missing} of the goals"
    found.sort(key=lambda pair: pair[0].row)
    rows = ([str(about.row), *_work(about), _goal(about), *_met(about, measured)] for about, measured in found)
    return _rows("| | work | against | goal | figure (quartiles) | met |", 6, rows)


def one(told: Told) -> str:
    """Return a table by itself."""
    return "\n\n".join(_table(told, quick=True))


def plots(told: Sequence[Told]) -> Mapping[str, str]:
    """Return file name → SVG of every table with jobs."""
    return {
        f"{each.table.name}.svg": bars(
            each.table.title,
            each.table.unit,
            [
                (job.name, job.kind, _scaled(spread, each.table.unit))
                for job in each.table.jobs
                if (spread := each.jobs[job.name].spread) is not None
            ],
        )
        for each in told
        if each.table.jobs
    }


def _head(date: str, *, quick: bool) -> str:
    how = "`make bench-quick`: few rounds, small inputs" if quick else "`make bench`"
    states = "\n".join(f"- {state}: {what}" for state, what in STATES.items())
    return f"""# Benchmarks: what was asked, what was measured

Written by a run of {how}, on {date}. Do not edit it: `make bench BENCH_ARGS=--write` writes it anew.

Jobs of a table have their turn one after the other, in another order each round. A figure is the median of the rounds,
with the quartiles behind it. A ratio is taken in each round, against something of the same kind of work that does the
least there is to do. Ratios carry over to another machine better than times do, and not wholly: a processor that hashes
slowly makes a ratio to hashing look good. Times are those of the processor, so that what else the machine does counts
as little as it can; only where several processes work together they are those of the wall.

{states}"""


def _unsteady(told: Sequence[Told]) -> Iterator[str]:
    """Yield the yardsticks that varied: their tables say less than they seem to."""
    for each in told:
        for job in each.table.jobs:
            spread = each.jobs[job.name].spread
            if job.kind != "yardstick" or spread is None:
                continue
            part = (spread.high - spread.low) / spread.median
            if part > _UNSTEADY:
                yield f"The machine was unsteady: “{each.table.title}”, {job.name}: {part:.0%} between the quartiles."


def _table(told: Told, *, quick: bool) -> Iterator[str]:
    table = told.table
    yield f"## {table.title} (`{table.name}`)"
    yield table.about
    if table.jobs:
        if not quick:
            yield f"![{table.title}: a bar for each row](benchmarks/{table.name}.svg)"
        yield _rows(
            f"| what | whose | state | {table.unit} | quartiles |",
            5,
            ([job.name, job.kind, job.state, *_time(told.jobs[job.name], table.unit)] for job in table.jobs),
        )
    if told.goals:
        rows = ([*_work(about), _goal(about), *_met(about, measured)] for about, measured in told.goals)
        yield _rows("| what | against | goal | figure (quartiles) | met |", 5, rows)


def _work(about: Ratio | Figure) -> tuple[str, str]:
    if isinstance(about, Figure):
        return about.name, ""
    faster = ", how many times as fast" if about.at_least else ""
    beside = f", of what that is of {about.beside[0]}" if about.beside else ""
    return f"{about.of}{faster}{beside}", about.to


def _goal(about: Ratio | Figure) -> str:
    if about.goal is None:
        return "–"
    return f"{'≥' if about.at_least else '≤'} {about.goal:g} {_unit(about)}"


def _unit(about: Ratio | Figure) -> str:
    return about.unit if isinstance(about, Figure) else "×"


def _met(about: Ratio | Figure, measured: Measured) -> tuple[str, str]:
    spread = measured.spread
    if spread is None:
        return f"not there: {measured.missing}", "no" if about.goal is not None else ""
    figure = f"{number(spread.median)} {_unit(about)}"
    if spread.low != spread.high:
        figure += f" ({number(spread.low)}–{number(spread.high)})"
    if about.goal is None:
        return figure, ""
    good = spread.median >= about.goal if about.at_least else spread.median <= about.goal
    return figure, "yes" if good else "no"


def _time(measured: Measured, unit: str) -> tuple[str, str]:
    if measured.spread is None:
        return f"not there: {measured.missing}", ""
    spread = _scaled(measured.spread, unit)
    return number(spread.median), f"{number(spread.low)}–{number(spread.high)}"


def _scaled(spread: Spread, unit: str) -> Spread:
    times = _UNITS[unit]
    return Spread(spread.median * times, spread.low * times, spread.high * times)


def _rows(head: str, columns: int, rows: Iterator[list[str]]) -> str:
    return "\n".join((head, "|" + "---|" * columns, *(f"| {' | '.join(row)} |" for row in rows)))
