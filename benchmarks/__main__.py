"""Measure everything, or the tables named: ``python -m benchmarks [--quick] [--write] [startup reading ...]``.

The page is printed. ``--write`` also writes it, with its plots, to ``docs/``.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks.harness import Table, measure
from benchmarks.jobs import tables
from benchmarks.machine import Load, machine
from benchmarks.page import Told, goals, one, page, plots

DOCS: Final = Path(__file__).parents[1] / "docs"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, smaller inputs: within two minutes")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md and its plots too")
    parser.add_argument("--scale", type=int, default=10_000, help="files of the larger scan, such as 100000")
    parser.add_argument("tables", nargs="*", help="all of them by default")
    given = parser.parse_args()
    every = tables(quick=given.quick, scale=given.scale)
    unknown = set(given.tables) - {table.name for table in every}
    if unknown or (given.write and (given.tables or given.quick)):
        parser.error(f"no such table: {', '.join(unknown)}" if unknown else "the page is of a whole run")
    chosen = [table for table in every if not given.tables or table.name in given.tables]
    load = Load()
    told = [_measured(table, quick=given.quick) for table in chosen]
    if given.tables:
        print(*(one(each) for each in told), sep="\n\n")
        return
    text = page(f"{datetime.now(UTC):%d %B %Y}", machine(), load.told(), told, quick=given.quick)
    print(text)
    print(goals(told))  # last, so that it is what one sees
    if given.write:
        _write(text, told)


def _measured(table: Table, *, quick: bool) -> Told:
    started = time.perf_counter()
    print(f"{table.name} …", end="", file=sys.stderr, flush=True)
    told = Told(table, *measure(table, quick=quick))
    print(f" {time.perf_counter() - started:.0f} s", file=sys.stderr)
    return told


def _write(text: str, told: Sequence[Told]) -> None:
    (DOCS / "benchmarks.md").write_text(text, encoding="utf-8")
    folder = DOCS / "benchmarks"
    folder.mkdir(exist_ok=True)
    for name, plot in plots(told).items():
        (folder / name).write_text(plot, encoding="utf-8")


if __name__ == "__main__":  # a pool of processes imports this module again
    main()
