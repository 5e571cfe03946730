"""The pages about all there is, walked one after the other in one folder: every command line, as it is typed there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.conftest import run
from tests.journey.pages import lines_of
from tests.journey.walking import Walker
from tests.support.command import Command

__all__ = ["run"]  # a fixture

PAGES = Path(__file__).parents[2] / "docs" / "how-to"
IN_ORDER = ("scan.md", "connections.md", "risks.md", "reports.md")


def text_of(page: str) -> str:
    return (PAGES / page).read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_pages_are_walked(tmp_path: Path, run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("icalendar", reason="the extra pkitools-nl[reports] is not installed")
    tmp_path.chmod(0o700)
    monkeypatch.chdir(tmp_path)
    walker = Walker(tmp_path, run, {})
    for page in IN_ORDER:
        for line in lines_of(text_of(page)):
            walker.walk(line)


@pytest.mark.parametrize("page", (*IN_ORDER, "timers.md"))
def test_every_line_is_walked_and_every_link_leads_somewhere(page: str) -> None:
    text = text_of(page)
    walked = lines_of(text)
    assert len(walked) == len(re.findall(r"^\$ ", text, re.MULTILINE))
    assert walked or page == "timers.md"
    assert all((PAGES / link).is_file() for link in re.findall(r"\]\(([^)]*)\)", text))
