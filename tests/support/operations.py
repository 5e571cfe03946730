"""How often each line of ours runs: a scan of everything for each of everything shows in its own line."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, Final

_ROOT: Final = Path(__file__).parents[2]
_OURS: Final = tuple(f"{_ROOT / folder}/" for folder in ("pkitools", "cli", "test_pki"))
_PACKAGES: Final = ("pkitools", "pkitools_cli", "pkitools_test_pki")

Line = tuple[str, int]

TIMES: Final = 4
"""How much more is given the second time."""
MOST: Final = 7
"""How many times as often a line may then run. A sort or a bisection takes 4 to 6 times, a scan for each 16."""


def lines_run(work: Callable[[], object]) -> Counter[Line]:
    """Return how often each line ran; one that goes round on itself, such as a comprehension, counts each turn."""
    found: Counter[Line] = Counter()

    def local(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            found[frame.f_code.co_filename, frame.f_lineno] += 1
        return local

    def calls(frame: FrameType, _event: str, _: Any) -> Any:
        return local(frame, "line", None) if frame.f_code.co_filename.startswith(_OURS) else None

    before = sys.gettrace()
    sys.settrace(calls)
    try:
        work()
    finally:
        sys.settrace(before)
    return found


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
