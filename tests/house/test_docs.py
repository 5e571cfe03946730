"""The reference pages of docs/ are what the code would write today."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[2] / "tools" / "generate_docs.py"
_spec = importlib.util.spec_from_file_location("generate_docs", TOOL)
assert _spec is not None
assert _spec.loader is not None
generate_docs = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(generate_docs)


@pytest.mark.parametrize("page", generate_docs.PAGES)
def test_the_page_is_up_to_date(page: str) -> None:
    committed = (generate_docs.DOCS / page).read_text(encoding="utf-8")
    assert committed == generate_docs.PAGES[page](), "run: make docs"
