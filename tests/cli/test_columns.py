"""How wide a line may be is what ``shutil.get_terminal_size`` says, within bounds: asked without what that loads."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
import termios

import pytest

from pkitools_cli import lines
from tests.support.cases import in_one_test

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pty")


@in_one_test
@pytest.mark.parametrize("given", ["", "0", "-5", "57", "100", "5000", "wide", " 70", "7e1"])
def test_columns_of_the_environment(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("COLUMNS", given)
    assert lines.columns() == max(min(shutil.get_terminal_size().columns, 100), 40)


@pytest.mark.parametrize("wide", [0, 20, 63, 99, 250])
def test_columns_of_a_terminal(wide: int) -> None:
    """In a process of its own, whose standard output is the terminal."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, wide))
    program = "from pkitools_cli.lines import columns; import sys; sys.exit(columns())"
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    code = subprocess.run([sys.executable, "-c", program], stdout=theirs, env=environment, check=False).returncode
    os.close(ours)
    os.close(theirs)
    assert code == max(min(wide or 80, 100), 40)


def test_columns_where_nothing_is_written_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr(sys, "__stdout__", None)
    assert lines.columns() == 80
