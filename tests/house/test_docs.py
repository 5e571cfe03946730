"""The generated pages of docs/ are what the code would write today, and every link in them leads somewhere."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tools.generate_docs import DOCS, PAGES


@pytest.mark.parametrize("page", PAGES)
def test_the_page_is_up_to_date(page: str) -> None:
    committed = (DOCS / page).read_text(encoding="utf-8")
    assert committed == PAGES[page](), "run: make docs"


@pytest.mark.parametrize("page", PAGES)
def test_no_two_headings_are_alike(page: str) -> None:
    headings = Counter(re.findall(r"^#+ (.*)$", PAGES[page](), re.MULTILINE))
    assert [heading for heading, count in headings.items() if count > 1] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_link_between_the_pages_leads_somewhere(page: str) -> None:
    texts = {name: make() for name, make in PAGES.items()}
    targets = {name: set(re.findall(r'<a id="([^"]+)">', text)) | {""} for name, text in texts.items()}
    links = re.findall(r"\]\(([a-z-]+\.md)?(?:#([^)]*))?\)", texts[page])
    assert links
    assert not [(name, place) for name, place in links if place not in targets[name or page]]
