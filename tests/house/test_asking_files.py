"""Whether a file or folder is there is asked by the helpers of :mod:`pkitools.files`, which no name makes raise.

A ``Path`` raises where a folder may not be seen, and where a name is too long: an error that nobody foresaw, of what
somebody typed. What says "not there" of what may not be seen goes on without it, and nobody hears why.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

from pkitools.files import is_file, is_folder, may_be_there
from tests.cli.conftest import run
from tests.support.cases import in_one_test
from tests.support.command import Command
from tools.rooms import ROOT

__all__ = ["run"]  # a fixture

ASKING: Final = frozenset({"is_dir", "is_file", "exists", "is_symlink"})
OF_OS: Final = frozenset({"os.path.isdir", "os.path.isfile", "os.path.exists"})
_OWN: Final = "a folder of the packages themselves, which nobody names"
_EARLY: Final = "asked before anything is imported that is slow to"
ALLOWED: Final[Mapping[tuple[str, str], str]] = {
    ("pkitools/package_data.py", "where.is_dir"): _OWN,
    ("pkitools/reports/schemas.py", "installed.is_dir"): _OWN,
    ("pkitools/portfolio/opening.py", "os.path.exists"): "of each of very many files, and it raises of no name",
    ("cli/pkitools_cli/own_data.py", "os.path.isdir"): _EARLY,
    ("cli/pkitools_cli/framework.py", "os.path.isfile"): _EARLY,
}
"""What is asked otherwise, and why."""


def asked(module: ast.Module) -> Iterator[str]:
    """What a module asks of the file system by itself; not where the error that it may raise is caught."""
    caught = {
        id(inside)
        for node in ast.walk(module)
        if isinstance(node, ast.Try) and any("OSError" in ast.unparse(each.type or node) for each in node.handlers)
        for statement in node.body
        for inside in ast.walk(statement)
    }
    for node in ast.walk(module):
        if not isinstance(node, ast.Attribute) or id(node) in caught:
            continue
        name = ast.unparse(node)
        if name in OF_OS or (node.attr in ASKING and not name.startswith("os.path.")):
            yield name


def test_what_somebody_names_is_asked_by_the_helpers() -> None:
    found = {
        (str(path.relative_to(ROOT)), name)
        for folder in ("pkitools", "cli/pkitools_cli", "test_pki/pkitools_test_pki")
        for path in (ROOT / folder).rglob("*.py")
        if path.parent != ROOT / "pkitools" / "files"
        for name in asked(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert found - ALLOWED.keys() == set(), "ask pkitools.files instead"
    assert ALLOWED.keys() - found == set(), "these are asked no more"


@in_one_test
@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Path(a).is_dir()", ["Path(a).is_dir"]),
        ("filter(os.path.isfile, a)", ["os.path.isfile"]),
        ("one.item.exists", ["one.item.exists"]),
        ("try:\n    a.exists()\nexcept (OSError, ValueError):\n    pass", []),
        ("try:\n    a()\nexcept OSError:\n    b.exists()", ["b.exists"]),
        ("try:\n    a.exists()\nexcept ValueError:\n    pass", ["a.exists"]),
        ("is_folder(a) or os.path.lexists(a)", []),
    ],
)
def test_what_a_module_asks_is_seen(text: str, names: list[str]) -> None:
    assert list(asked(ast.parse(text))) == names


NAMES: Final = ("x" * 300, "x\0y", "/".join(["y" * 200] * 30))


@pytest.mark.parametrize("name", NAMES)
def test_no_name_makes_a_helper_raise(name: str) -> None:
    assert not is_file(name)
    assert not is_folder(name)
    assert not may_be_there(name)


LONG: Final = "x" * 300
COMMANDS: Final[tuple[tuple[str, ...], ...]] = (
    ("page", "--folder", LONG, "--no-browser"),
    ("oin", "lookup", "00000001003214345000", "--snapshot", LONG, "--offline"),
    ("trust", "show", LONG),
    ("cert", "show", LONG),
    ("cert", "receive", LONG, "--key", LONG),
    ("csr", "create", "--out-dir", LONG, "--batch", LONG),
    ("export", "pem", LONG, "--out", LONG),
    ("init", LONG, "--out", LONG),
    ("scan", LONG, "--data", LONG),
    ("test-pki", "list", "--pki", LONG),
    ("test-pki", "create", LONG),
    ("test-pki", "broken", LONG),
)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_name_that_no_file_can_have_is_answered(run: Command, tmp_path: Path, words: tuple[str, ...]) -> None:
    ran = run("--lang", "en", *words)
    assert ran.code in {1, 2}
    assert "did not foresee" not in ran.told, ran.told
