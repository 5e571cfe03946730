"""Every document that a file of our data names has what rests on it told: no file is left out of the register."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pkitools
from pkitools.documents import documents
from pkitools.rulebook import citations

PACKAGE = Path(pkitools.__file__).parent
KEYS = {each.key for each in documents()}
NAMED_BY = ("source", "document", "domain_check")
BESIDE = {
    "documents.toml",
    "unknowns.toml",
    "weights.toml",
    "programs.toml",
}  # the register itself, what waits for it, what names no document, whose the texts of a document are


def named(node: object) -> Iterator[str]:
    """The document that each table names, and the tables in it."""
    if isinstance(node, dict):
        yield from dict.fromkeys(found for key in NAMED_BY if isinstance(found := node.get(key), str) and found in KEYS)
        yield from (key for key in node if key in KEYS and isinstance(node[key], (dict, list)))
    values = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for value in values:
        yield from named(value)


def test_what_each_file_of_data_names_rests_on_its_document() -> None:
    files = [p for p in sorted(PACKAGE.rglob("*.toml")) if "messages" not in p.parts and p.name not in BESIDE]
    assert len(files) > 30
    told = Counter(source.key for _, _, source in citations())
    asked: Counter[str] = Counter()
    for path in files:
        asked += Counter(named(tomllib.loads(path.read_text(encoding="utf-8"))))
    assert len(asked) > 50
    assert asked - told == Counter(), "named in data, and what rests on it does not say so"
