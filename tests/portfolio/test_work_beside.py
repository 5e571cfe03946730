"""How much a scan does of a file beside the verdict on what is in it: bounds that hold on any machine.

The bounds are what it does today; what makes it do less lowers them here.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from pkitools.checking import Checker
from pkitools.portfolio.keeping import Kept
from pkitools.x509.pem import blocks
from tests.portfolio.support import CHAIN, judging, other_leaf, scanned
from tests.support.chains import MOMENT
from tests.support.work_done import work_done

MANY: Final = 20
BOUNDS: Final = {"signatures": 0, "parsed by cryptography": 0, "parsed by us": 0, "files": 1, "calls": 755}
"""Of one leaf in a file of its own: the most of each, beside what is done to judge it.

It is opened once: what is in it is kept until it is judged. Exact, but for the calls, which other Pythons change a bit.
"""
STATEMENTS: Final = 2
"""Of SQLite, of one that is new: whether it is known, and then the certificate with its judgement and its place."""


def test_little_is_done_beside_the_verdict(tmp_path: Path) -> None:
    leaves = [other_leaf(100 + number) for number in range(2 * MANY)]
    above = tuple(block.body for block in blocks(CHAIN))
    asked = judging(environment="production", intermediates=above)
    checker = Checker(moment=MOMENT, environment="production", intermediates=above, trust=asked.trust)
    few, more = tmp_path / "few", tmp_path / "more"
    for folder, count in ((few, MANY), (more, 2 * MANY)):
        folder.mkdir()
        for number, leaf in enumerate(leaves[:count]):
            (folder / f"{number:03}.pem").write_bytes(leaf)
    for _ in range(4):  # tables that are loaded once, and methods that are written after some objects
        assert all(judgement.has_path for one in scanned(more, asked=asked).judged for judgement in one.judgements)
        list(checker.check_many(leaves))
    done: Counter[str] = work_done(lambda: scanned(more, asked=asked))
    done.subtract(work_done(lambda: scanned(few, asked=asked)))
    done.subtract(work_done(lambda: [*checker.check_many(leaves[:MANY])]))
    over = {what: (done[what] / MANY, most) for what, most in BOUNDS.items() if done[what] > most * MANY}
    assert not over, f"more is done of a file than it was: (now, bound) {over}; all of it: {dict(done)}"
    assert done["files"] > 0
    assert done["calls"] > 0


def test_few_statements_are_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run: list[str] = []
    before = Kept.__init__

    def traced(kept: Kept, *given: object) -> None:
        before(kept, *given)  # type: ignore[arg-type]  # passed on
        kept._file.set_trace_callback(run.append)

    monkeypatch.setattr(Kept, "__init__", traced)
    counts = []
    for count in (MANY, 2 * MANY):
        run.clear()
        folder = tmp_path / str(count)
        folder.mkdir()
        for number in range(count):
            (folder / f"{number:03}.pem").write_bytes(other_leaf(100 + number))
        assert len(scanned(folder).judged) == count
        counts.append(len([each for each in run if each.startswith(("INSERT", "UPDATE")) or "sha256 = " in each]))
    assert counts[1] - counts[0] == STATEMENTS * MANY
