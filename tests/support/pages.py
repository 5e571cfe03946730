"""A page as a strict parser of HTML reads it: whatever is no valid HTML raises."""

from __future__ import annotations

import re
from html import unescape
from typing import Any, Final
from xml.etree.ElementTree import Element

import html5lib

from pkitools.reports.pages import source_hash

_TEXTS: Final = {"data-text", "content"}
"""Attributes whose value may hold a text of somebody else, or that of the policy."""
_SOURCES: Final = {"style": "style-src", "script": "script-src"}


def parsed(text: str) -> Element:
    """The document of a page."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), strict=True, namespaceHTMLElements=False)
    root = parser.parse(text)
    for each in root.iter():
        if isinstance(each.tag, str):  # a comment has a function there
            each.tag = each.tag.rpartition("}")[2]  # of SVG its namespace stands before it
    return root


def frame(text: str) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """Every element of a page with its attributes, and their values where those are the template's."""
    root = parsed(text)
    every = list(root.iter())
    assert all(isinstance(each.tag, str) for each in every), "a template has no comments in its page"
    assert_held_to_its_policy(root)
    return [(each.tag, tuple(sorted((k, "" if k in _TEXTS else v) for k, v in each.items()))) for each in every]


def assert_held_to_its_policy(root: Element) -> None:
    """The policy that a page states names its style and its script, each by its hash; it fetches nothing."""
    policy = next(meta.get("content", "") for meta in root.iter("meta") if meta.get("http-equiv"))
    assert policy.startswith("default-src 'none';")
    for tag, source in _SOURCES.items():
        for element in root.iter(tag):
            assert f"{source} {source_hash(element.text or '')};" in policy
    named = [(name, value) for each in root.iter() for name, value in each.items()]
    assert not any(name.startswith("on") or name == "style" for name, _ in named)
    fetched = [value for name, value in named if name in {"src", "href", "action"}]
    assert all(value.startswith(("#", "data:,")) for value in fetched), fetched


def words(element: Element | None) -> str:
    """All text inside an element, with one space between its parts."""
    assert element is not None
    return re.sub(r"\s+", " ", unescape(" ".join(element.itertext()))).strip()


def rows(table: Element) -> list[list[str]]:
    """The cells of the rows of a table, without its heading."""
    return [[words(cell) for cell in row] for row in table.iterfind("tbody/tr")]


def by_id(root: Element, mark: str) -> Any:
    """The element with this name on the page."""
    return next(each for each in root.iter() if each.get("id") == mark)
