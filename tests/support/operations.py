"""How often each line of ours runs: a scan of everything for each of everything shows in its own line."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final

_ROOT: Final = Path(__file__).parents[2]
_OURS: Final = tuple(f"{_ROOT / folder}/" for folder in ("pkitools", "cli", "test_pki"))
_PACKAGES: Final = ("pkitools", "pkitools_cli", "pkitools_test_pki")

Line = tuple[str, int]
Tracer = Callable[[FrameType, str, Any], Any]

TIMES: Final = 4
"""How much more is given the second time."""
MOST: Final = 7
"""How many times as often a line may then run. A sort or a bisection takes 4 to 6 times, a scan for each 16."""


def lines_run(work: Callable[[], object]) -> Counter[Line]:
    """Return how often each line ran; one that goes round on itself, such as a comprehension, counts each turn."""
    found: dict[CodeType, defaultdict[int, int]] = {}
    kept: list[CodeType] = []  # so that no id is given again
    tracers: dict[int, Tracer | None] = {}  # by the id of the code: to compare codes takes longer than all else

    def calls(frame: FrameType, _event: str, _: Any) -> Tracer | None:
        code = frame.f_code
        number = id(code)
        if number not in tracers:
            kept.append(code)
            ours = code.co_filename.startswith(_OURS)
            tracers[number] = _counting(found.setdefault(code, defaultdict(int))) if ours else None
        tracer = tracers[number]
        return tracer and tracer(frame, "line", None)

    before = sys.gettrace()
    sys.settrace(calls)
    try:
        work()
    finally:
        sys.settrace(before)
    return _together(found)


def _counting(lines: defaultdict[int, int]) -> Tracer:
    """Return what counts the lines of one function: it runs for each of them, so it does nothing else."""

    def local(frame: FrameType, event: str, _: Any) -> Tracer:
        if event == "line":
            lines[frame.f_lineno] += 1
        return local

    return local


def _together(found: dict[CodeType, defaultdict[int, int]]) -> Counter[Line]:
    """A comprehension is code of its own, on a line of another."""
    told: Counter[Line] = Counter()
    for code, lines in found.items():
        for line, times in lines.items():
            told[code.co_filename, line] += times
    return told


def _write_methods() -> None:
    """Have the ``__init__`` of every record written, which is done once for a class, after two dozen objects."""
    for module in [each for name, each in sys.modules.items() if name.startswith(_PACKAGES)]:
        for found in vars(module).values():
            if isinstance(found, type) and "__frozen_parts__" in vars(found):
                _ = found.__init__  # type: ignore[misc]  # asked of the class, and of no object


def growing(work: Callable[[int], object], count: int) -> list[str]:
    """Return the lines that run out of proportion when so many things become four times as many.

    Args:
        work: what is done with a number of things; made ready beforehand, done once to warm up.
        count: of the smaller number.
    """
    work(1)
    _write_methods()
    few, many = (lines_run(lambda number=number: work(number)) for number in (count, TIMES * count))  # type: ignore[misc]  # a default binds it
    return [
        f"{Path(file).relative_to(_ROOT)}:{line} ran {few[file, line]} and {times} times"
        for (file, line), times in many.items()
        if times > MOST * max(few[file, line], count)
    ]
