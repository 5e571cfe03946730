"""Interleaved medians: the candidates take turns, so that a machine that slows down slows all of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping


def interleaved(candidates: Mapping[str, Callable[[], object]], rounds: int = 21, repeat: int = 10) -> dict[str, float]:
    """Return the median seconds of one call of each candidate, after one call to warm up."""
    times: dict[str, list[float]] = {name: [] for name in candidates}
    for candidate in candidates.values():
        candidate()
    for _ in range(rounds):
        for name, candidate in candidates.items():
            started = time.perf_counter()
            for _ in range(repeat):
                candidate()
            times[name].append((time.perf_counter() - started) / repeat)
    return {name: statistics.median(found) for name, found in times.items()}


def rows(medians: Mapping[str, float], yardstick: str) -> list[tuple[str, str]]:
    """Return a row per candidate: microseconds, and how many times the yardstick."""
    unit = medians[yardstick]
    return [(name, f"{value * 1e6:10.1f} µs   {value / unit:7.2f} x") for name, value in medians.items()]
