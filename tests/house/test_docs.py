"""The generated pages of docs/ are what the code would write today, and every link in them leads somewhere."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Mapping

import pytest

from tests.support.cases import in_one_test
from tools.generate_docs import DOCS, PAGES


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_the_page_is_up_to_date(page: str) -> None:
    committed = (DOCS / page).read_text(encoding="utf-8")
    assert committed == PAGES[page](), "run: make docs"


@in_one_test
@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_no_two_headings_are_alike(page: str) -> None:
    headings = Counter(re.findall(r"^#+ (.*)$", PAGES[page](), re.MULTILINE))
    assert [heading for heading, count in headings.items() if count > 1] == []


@pytest.mark.slow
def test_every_link_between_the_pages_leads_somewhere() -> None:
    texts = {name: make() for name, make in PAGES.items()}
    links = [(page, *link) for page, text in texts.items() for link in re.findall(LINK, text)]
    assert len(links) > 100
    lost = [(page, name, place) for page, name, place in links if not leads(texts, page, name, place)]
    assert not lost


LINK = r"\]\(([\w./-]+\.md)?(?:#([^)]*))?\)"


def leads(texts: Mapping[str, str], page: str, name: str, place: str) -> bool:
    """The page is there, and so is the place in it: an anchor of its own, or a heading."""
    target = posixpath.normpath(posixpath.join(posixpath.dirname(page), name)) if name else page
    if target not in texts:
        return not place and (DOCS / target).exists()
    headings = re.findall(r"^#+ (.*)$", texts[target], re.MULTILINE)
    slugs = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return not place or place in slugs or f'<a id="{place}">' in texts[target]
