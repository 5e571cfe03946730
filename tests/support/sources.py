"""What stands in the source of modules."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path


def nodes(paths: Iterable[Path], *words: str) -> Iterator[tuple[Path, ast.AST]]:
    """Yield every node of the modules in which one of these words stands, with its module.

    What is called by a name has the name in its text: of a module without it nothing is read, which takes a second for
    all of them.
    """
    for path in paths:
        text = path.read_text(encoding="utf-8")
        if any(word in text for word in words):
            for node in ast.walk(ast.parse(text)):
                yield path, node
