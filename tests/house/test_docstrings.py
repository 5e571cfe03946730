"""What a docstring points to is there: ``:mod:``, ``:class:``, ``:func:`` and their like."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.sources import nodes

ROOT = Path(__file__).parents[2]
TOPS = (*(ROOT / top for top in ("pkitools", "cli/pkitools_cli", "test_pki/pkitools_test_pki", "tests", "tools")),)
KINDS = ("mod", "class", "func", "data", "attr", "meth", "exc", "const")
REFERENCE = re.compile(rf":(?:{'|'.join(KINDS)}):`~?([\w.]+)`")


def references(path: Path) -> Iterator[tuple[int, str]]:
    """Every reference in the texts of a module, with the line its text begins at."""
    for _, node in nodes([path], *(f":{kind}:`" for kind in KINDS)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from ((node.lineno, name) for name in REFERENCE.findall(node.value))


def module_of(path: Path, top: Path) -> str:
    return ".".join(path.relative_to(top.parent).with_suffix("").parts).removesuffix(".__init__")


def found(name: str, here: str) -> bool:
    """A name is a module, something in a module, or something in one of the classes of this module."""
    if name.startswith("."):
        return False  # a relative name leads nowhere for who reads the source
    inside = importlib.import_module(here)
    owners = [inside, *(each for each in vars(inside).values() if isinstance(each, type))]
    return reaches(name) or any(has(owner, name.split(".")) for owner in owners)


def reaches(name: str) -> bool:
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            module = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        return has(module, parts[length:])
    return False


def has(owner: Any, names: list[str]) -> bool:
    for number, name in enumerate(names):
        fields = getattr(owner, "__annotations__", {})
        if not hasattr(owner, name):
            return number == len(names) - 1 and name in fields  # a field without a default
        owner = getattr(owner, name)
    return True


@pytest.mark.slow
def test_every_reference_in_a_docstring_leads_somewhere() -> None:
    lost, seen = [], 0
    for top in TOPS:
        for path in sorted(top.rglob("*.py")):
            for line, name in references(path):
                seen += 1
                if not found(name, module_of(path, top)):
                    lost.append(f"{path.relative_to(ROOT)}:{line}: {name}")
    assert seen > 100
    assert not lost, "\n".join(lost)


def test_a_reference_to_what_moved_is_lost() -> None:
    assert found("pkitools.rules.linting", __name__)
    assert found("ROOT", __name__)
    assert not found("pkitools.sources", __name__)
    assert not found("pkitools.rules.lint.ENTRIES", __name__)
