"""The table of what is measured holds together, and its page tells what it should; no time is looked at."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from itertools import count, islice

import pytest

from benchmarks import harness
from benchmarks.harness import Figure, Job, Measured, MissingError, Ratio, Spread, Table, measure
from benchmarks.inputs import public_keys
from benchmarks.jobs import GOALS, tables
from benchmarks.page import Told, goals, number, page, plots

SPREAD = Measured(Spread(0.002, 0.001, 0.003))


def measured(table: Table) -> Told:
    """A table as if each of its rows had been measured."""
    return Told(
        table,
        {job.name: SPREAD for job in table.jobs},
        [Measured(Spread(3.0, 2.5, 3.5)) for _ in table.ratios],
        [Measured(Spread(2.0, 2.0, 2.0)) for _ in table.figures],
    )


@pytest.mark.parametrize("quick", [False, True])
def test_every_ratio_is_of_rows_of_its_table(quick: bool) -> None:
    every = tables(quick=quick)
    assert len({table.name for table in every}) == len(every)
    for table in every:
        names = [job.name for job in table.jobs]
        assert len(set(names)) == len(names)
        assert {name for ratio in table.ratios for name in (ratio.of, ratio.to, *(ratio.beside or ()))} <= set(names)


@pytest.mark.parametrize("quick", [False, True])
def test_every_ratio_with_a_goal_of_the_project_has_its_row(quick: bool) -> None:
    told = [measured(table) for table in tables(quick=quick)]
    rows = [line.split("|") for line in goals(told).splitlines()[2:]]
    assert {int(row[1]) for row in rows} == set(range(1, GOALS + 1))
    assert all(row[4].strip()[0] in "≤≥" and row[6].strip() in {"yes", "no"} for row in rows)


def test_a_table_of_goals_without_a_row_is_refused() -> None:
    with pytest.raises(AssertionError, match="row"):
        goals([measured(table) for table in tables(quick=False)][1:])


def test_the_page_names_machine_date_and_plots_and_the_plots_are_there() -> None:
    told = [measured(table) for table in tables(quick=False)]
    text = page("1 December 2026", {"processor": "of a kind"}, ["Load: none."], told, quick=False)
    assert "1 December 2026" in text
    assert "of a kind" in text
    assert "Load: none." in text
    drawn = plots(told)
    assert set(re.findall(r"\(benchmarks/([a-z0-9-]+\.svg)\)", text)) == set(drawn)
    for plot in drawn.values():
        assert ElementTree.fromstring(plot).tag.endswith("svg")


def test_a_yardstick_that_varied_is_told() -> None:
    (table,) = [table for table in tables(quick=False) if table.name == "reading"]
    told = [measured(each) for each in tables(quick=False)]
    assert f"“{table.title}”" in page("now", {}, [], told, quick=False).partition("## Goals")[0]


def test_what_is_missing_is_told_and_what_rests_on_it() -> None:
    def absent() -> None:
        raise MissingError("not installed")

    numbers = count()
    table = Table(
        "t",
        "T",
        "",
        "ms",
        (Job("here", lambda: lambda _: next(numbers), "yardstick"), Job("gone", absent)),  # type: ignore[arg-type]  # it raises
        (Ratio("gone", "here", 2, 1), Ratio("here", "here")),
        (Figure("size", lambda: 3.5, "×"),),
        rounds=4,
        least=0.0001,
    )
    jobs, ratios, figures = measure(table, quick=False)
    assert jobs["gone"].missing == ratios[0].missing == "not installed"
    assert ratios[1].spread == Spread(1, 1, 1)
    assert figures[0].spread is not None
    assert next(numbers) > 5


def test_a_gain_can_be_held_against_that_of_others_in_the_same_round(monkeypatch: pytest.MonkeyPatch) -> None:
    took = {"alone": 6.0, "together": 4.0, "bare alone": 3.0, "bare together": 1.5}
    monkeypatch.setattr(harness, "_timed", lambda job, *_: took[job.name])
    gain = Ratio("together", "alone", at_least=True, beside=("bare together", "bare alone"))
    plain = Ratio("together", "alone", beside=("bare together", "bare alone"))
    jobs = tuple(Job(name, lambda: lambda _: None) for name in took)
    _, ratios, _ = measure(Table("t", "T", "", "s", jobs, (gain, plain), rounds=2), quick=False)
    assert [each.spread and each.spread.median for each in ratios] == [1.5 / 2, 2 / 1.5]


def test_the_keys_of_a_stream_all_differ() -> None:
    keys = [key.public_numbers() for key in islice(public_keys(1024), 45)]  # of ten primes
    assert len({each.n for each in keys}) == 45
    assert all(each.n.bit_length() in {1023, 1024} and each.e == 65537 for each in keys)


def test_a_stream_never_gives_a_job_the_same_number_twice() -> None:
    seen: list[int] = []
    table = Table("t", "T", "", "ms", (Job("one", lambda: seen.append),), rounds=5, least=0.001)
    measure(table, quick=False)
    assert seen == list(range(len(seen)))
    assert len(seen) > 5


@pytest.mark.parametrize(("value", "told"), [(0.01234, "0.0123"), (12.34, "12.3"), (99.96, "100"), (12345.6, "12,346")])
def test_three_digits_count(value: float, told: str) -> None:
    assert number(value) == told
