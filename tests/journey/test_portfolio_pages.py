"""The pages about all there is, walked one after the other in one folder: every command line, as it is typed there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pkitools.messages import LANGUAGES, Language
from tests.cli.conftest import run
from tests.journey.pages import lines_of
from tests.journey.walking import Walker
from tests.support.cases import in_one_test
from tests.support.command import Command

__all__ = ["run"]  # a fixture

DUTCH = Path(__file__).parents[2] / "docs" / "nl" / "alle-certificaten.md"
PAGES = Path(__file__).parents[2] / "docs" / "how-to"
IN_ORDER = ("scan.md", "connections.md", "risks.md", "reports.md")


def text_of(page: str) -> str:
    return (PAGES / page).read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_are_walked(
    language: Language, tmp_path: Path, run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("icalendar", reason="the extra pkitools-nl[reports] is not installed")
    tmp_path.chmod(0o700)
    monkeypatch.chdir(tmp_path)
    for name, value in {"PKITOOLS_LANG": language, "COLUMNS": "80", "PKITOOLS_DATA": ""}.items():
        monkeypatch.setenv(name, value)
    walker = Walker(tmp_path, run, {})
    texts = [DUTCH.read_text(encoding="utf-8")] if language == "nl" else map(text_of, IN_ORDER)
    for line in (line for text in texts for line in lines_of(text)):
        walker.walk(line)


@in_one_test
@pytest.mark.parametrize("page", [*IN_ORDER, "timers.md"])
def test_every_line_is_walked_and_every_link_leads_somewhere(page: str) -> None:
    text = text_of(page)
    walked = lines_of(text)
    assert len(walked) == len(re.findall(r"^\$ ", text, re.MULTILINE))
    assert walked or page == "timers.md"
    assert all((PAGES / link).is_file() for link in re.findall(r"\]\(([^)]*)\)", text))
