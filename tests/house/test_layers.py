"""Arrows between the rooms of the library point down only."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# lowest floor first; a room may import itself and any floor below it
FLOORS: tuple[frozenset[str], ...] = tuple(
    frozenset(floor.split())
    for floor in (
        "_version environment limits package_data",
        "text documents",
        "errors arguments messages findings",  # an error renders itself by its message; messages show outcomes
        "oin",
        "x509 files",
        "containers crl fetching",
        "trust",
        "profiles",
        "requests",
        "validation",
        "revocation",
        "rules",
        "systems",
        "checking rulebook",
        "reports",
    )
)
UPWARDS = "__main__.py"  # python -m pkitools: the one module of the library that may import the command line
FLOOR_OF = {room: number for number, floor in enumerate(FLOORS) for room in floor}


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.lineno, node.module
            for alias in node.names:  # "from pkitools import oin" names a room too
                yield node.lineno, f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)


def room(dotted: str) -> str | None:
    parts = dotted.split(".")
    return parts[1] if parts[0] == "pkitools" and len(parts) > 1 else None


LIBRARY = [path for path in modules("pkitools") if path != ROOT / "pkitools" / UPWARDS]


@pytest.mark.parametrize("path", LIBRARY, ids=lambda p: str(p.relative_to(ROOT)))
def test_the_library_imports_downwards_and_nothing_of_its_users(path: Path) -> None:
    here = path.relative_to(ROOT / "pkitools").with_suffix("").parts[0]
    for line, name in imports(path):
        assert name.split(".")[0] not in {"pkitools_cli", "pkitools_test_pki", "click"}, f"line {line}: {name}"
        target = room(name)
        if here == "__init__" or target is None or target not in FLOOR_OF or target == here:
            continue
        assert here in FLOOR_OF, f"{here} has no floor: give it one in this test"
        below = FLOOR_OF[target] < FLOOR_OF[here] or target in FLOORS[FLOOR_OF[here]]
        assert below, f"line {line}: {here} imports {target}, which is above it"


def test_the_one_arrow_up_is_that_of_running_the_library_as_a_program() -> None:
    names = [name for _, name in imports(ROOT / "pkitools" / UPWARDS) if not name.startswith("__future__")]
    assert names == ["pkitools_cli.main", "pkitools_cli.main.main"]


def test_the_test_pki_does_not_know_the_command_line() -> None:
    names = {name for path in modules("test_pki/pkitools_test_pki") for _, name in imports(path)}
    assert not {name for name in names if name.split(".")[0] in {"pkitools_cli", "click"}}


def test_nothing_in_the_library_reads_the_clock_or_prints() -> None:
    """Time is an argument; output belongs to the command line."""
    found = []
    for path in modules("pkitools"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func)
                if name == "print" or name.endswith((".now", ".utcnow", ".today")) or name == "time.time":
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno} {name}")
    assert not found
