"""Arrows between the rooms of the library point down only, whatever the form of the import."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.support.cases import in_one_test
from tests.support.sources import nodes
from tools.rooms import FLOOR_OF, FLOORS, ROOT, arrows, drawn, home, imports, modules, room_of

ABOVE = {"pkitools_cli", "pkitools_test_pki", "click"}
"""What uses the library, and is not known to it."""

UPWARDS = {"pkitools/__main__.py": "python -m pkitools is the command line"}
"""Modules of the library that may point up, and why."""

BY_NAME = {"pkitools/files/platform.py": "modules of the standard library that only some systems have"}
"""Modules that import by name, and why. A front door may too: what it hands out it imports for types, and is seen."""

MOST_FILES = 15
FULL = {
    "pkitools/checking": "a file per thing that is held against a certificate, and those that judge one, a file, many",
    "pkitools/connections": "a file per step from what is stated of a connection to how it stands, and its days",
    "pkitools/containers": "a file per form in which certificates are sent",
    "pkitools/portfolio": "a file per step from a place to a record of what lies there",
    "pkitools/reports": "a file per document that the library tells, as text or as data",
    "pkitools/revocation": "a file per step from a source to a status, for CRLs, deltas and OCSP responses",
    "pkitools/rules": "a file per source document: the folder is the list of documents",
    "pkitools/x509": "a file per part of a certificate; the reader is one door before them",
    "test_pki/pkitools_test_pki": "the nouns of a test PKI; what serves, breaks and imports it has folders of its own",
    "test_pki/pkitools_test_pki/defects": "a file per part of a certificate that can be wrong",
}
"""Folders of more than 15 modules, and why."""


def upward(path: Path) -> list[str]:
    """The arrows of a module of the library that do not point down."""
    here, found = home(path), []
    for line, name in imports(path):
        target = room_of(name)
        if name.split(".")[0] in ABOVE:
            found.append(f"{path.relative_to(ROOT)}:{line}: {name} uses the library")
        elif here in FLOOR_OF and target in FLOOR_OF and target != here and FLOOR_OF[target] >= FLOOR_OF[here]:
            found.append(f"{path.relative_to(ROOT)}:{line}: {here} imports {target}, which is not below it")
    return found


def test_every_room_has_its_floor_and_says_what_it_is_for() -> None:
    rooms = {home(path) for path in modules("pkitools")} - {"__init__", "__main__"}
    assert rooms == set(FLOOR_OF), "give it a floor in tools/rooms.py"
    assert all(floor and all(floor.values()) for floor in FLOORS)


def test_the_library_imports_downwards_and_nothing_of_its_users() -> None:
    found = {str(path.relative_to(ROOT)): upward(path) for path in modules("pkitools")}
    assert not [line for name, lines in found.items() if name not in UPWARDS for line in lines]


def test_an_arrow_up_leads_to_the_command_line_and_nowhere_else() -> None:
    there = [ROOT / name for name in UPWARDS if (ROOT / name).exists()]
    names = {name for path in there for _, name in imports(path) if not name.startswith("__future__")}
    assert names <= {"pkitools_cli.__main__", "pkitools_cli.__main__.run"}


@pytest.mark.slow
def test_only_the_front_doors_import_by_name() -> None:
    """An import by string is an arrow that nobody sees."""
    importers = ("import_module", "__import__")
    found = {
        str(path.relative_to(ROOT))
        for path, node in nodes(modules("pkitools"), *importers)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(importers)
    }
    assert {path for path in found if not path.endswith("/__init__.py")} == set(BY_NAME)
    for path in found - set(BY_NAME):
        assert "if TYPE_CHECKING:" in (ROOT / path).read_text(encoding="utf-8"), path


@in_one_test
@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("import pkitools.rules.linting", "rules"),
        ("from pkitools import systems", "systems"),
        ("from pkitools.rules import lint", "rules"),
        ("from . import systems", None),
        ("from .. import systems", "systems"),
        ("from ..rules.linting import lint", "rules"),
        ("def later():\n    from pkitools.checking import check", "checking"),
        ("if TYPE_CHECKING:\n    from pkitools.checking import CheckResult", "checking"),
        ("import click", "click"),
        ("from pkitools_cli.main import cli", "pkitools_cli"),
    ],
)
def test_an_arrow_up_is_seen_in_every_form(text: str, target: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    path = ROOT / "pkitools" / "oin" / "planted.py"
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: text)
    found = upward(path)
    assert bool(found) == (target is not None)
    assert target is None or target in found[0]


def test_the_drawing_leaves_out_only_what_it_implies() -> None:
    """Following the arrows drawn, every room still leads to every room it imports."""
    shown: dict[str, set[str]] = {}
    for room, target in drawn():
        shown.setdefault(room, set()).add(target)

    def below(room: str) -> set[str]:
        return shown.get(room, set()).union(*(below(target) for target in shown.get(room, ())))

    within = {room for pair in drawn() for room in pair}
    assert {"checking", "rulebook", "rules", "x509", "oin"} <= within
    for room in within:
        assert arrows()[room] & within <= below(room)


def test_the_test_pki_does_not_know_the_command_line() -> None:
    top = ROOT / "test_pki" / "pkitools_test_pki"
    names = {name for path in modules("test_pki/pkitools_test_pki") for _, name in imports(path, top)}
    assert not {name for name in names if name.split(".")[0] in {"pkitools_cli", "click"}}


def test_no_folder_is_fuller_than_a_newcomer_can_take_in_without_a_reason() -> None:
    sources = (ROOT / "pkitools", ROOT / "cli", ROOT / "test_pki")
    folders = {path.parent for source in sources for path in source.rglob("*.py")}
    full = {str(f.relative_to(ROOT)) for f in folders if len(list(f.glob("*.py"))) > MOST_FILES}
    assert full == set(FULL)


@pytest.mark.slow
def test_nothing_in_the_library_reads_the_clock_or_prints() -> None:
    """Time is an argument; output belongs to the command line."""
    found = []
    clocks = (".now", ".utcnow", ".today")
    for path, node in nodes(modules("pkitools"), "print", *clocks, "time.time"):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name in {"print", "time.time"} or name.endswith(clocks):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno} {name}")
    assert not found
