"""No line is wider than the terminal, unless it is one word that is there to be copied."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from pkitools_cli import lines
from pkitools_cli.output import complain
from tests.support.command import Command

WIDTHS = (60, 80)
LISTS = ["trust list --all", "trust show g4-tls", "rules list", "test-pki broken --list"]


def too_wide(line: str, width: int) -> bool:
    """Whether a line could have been broken: its last word is not what makes it too wide."""
    return len(line) > width and len(line.rsplit("  ", maxsplit=1)[-1].split()) > 1


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists are laid out for a terminal; elsewhere each entry is one line, for a script to count."""
    monkeypatch.setattr(lines, "sys", SimpleNamespace(stdout=Terminal()))


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("line", LISTS)
@pytest.mark.usefixtures("terminal")
def test_a_list_fits(run: Command, monkeypatch: pytest.MonkeyPatch, line: str, language: str) -> None:
    for width in WIDTHS:
        monkeypatch.setenv("COLUMNS", str(width))
        ran = run("--lang", language, *line.split())
        assert ran.code == 0, ran.err
        assert not [row for row in ran.out.splitlines() if too_wide(row, width)]


@pytest.mark.slow
@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.usefixtures("terminal")
def test_what_a_test_pki_issues_and_lists_fits(
    run: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, language: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    name = "Gemeente met een naam van heel veel woorden"
    assert run("test-pki", "create", "pki").code == 0
    issued = run("--lang", language, "test-pki", "issue", "pki", "--out", "a", "--organization", name)
    assert issued.code == 0, issued.err
    listed = run("--lang", language, "test-pki", "list", "pki")
    for ran in (issued, listed):
        assert not [row for row in ran.out.splitlines() if too_wide(row, 80)]


def test_what_is_complained_of_fits_a_terminal_and_is_one_line_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    path = "/een/map/" + "met-een-lange-naam/" * 5 + "x.pem"
    text = f"  {path} bestaat niet. " + "Controleer de naam en de map. " * 3
    for terminal in (True, False):
        stream = Terminal() if terminal else io.StringIO()
        monkeypatch.setattr(sys, "stderr", stream)
        complain(text)
        rows = stream.getvalue().splitlines()
        assert path in stream.getvalue()  # never split: it is there to be copied
        assert " ".join(" ".join(rows).split()) == " ".join(text.split())
        assert (len(rows) > 1) is terminal
        if terminal:
            assert all(len(row) <= 60 or row.strip() == path for row in rows), rows
