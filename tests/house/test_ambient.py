"""No shell decides what the tests find: what the packages read of the environment is set aside before the first one."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator

from tests.conftest import AMBIENT
from tools.rooms import ROOT

NO_NAMES = {"C", "POSIX"}  # values of a locale


def test_what_the_packages_read_of_the_environment_is_set_aside() -> None:
    read = {name for text in sources() for name in names_read(ast.parse(text))} - NO_NAMES
    assert {"PKITOOLS_LANG", "PKITOOLS_OFFLINE", "PKITOOLS_PKCS11_MODULE", "COLUMNS", "HTTP_PROXY", "DISPLAY"} <= read
    assert read - {*AMBIENT, "LANG"} == set(), "tests/conftest.py sets these aside, so that no shell decides a test"


def test_one_width_and_one_language_hold_unless_a_test_sets_another() -> None:
    assert {name for name in AMBIENT if name in os.environ} == set()
    assert os.environ["LANG"] == "C.UTF-8"


def sources() -> Iterator[str]:
    """The modules that may ask."""
    for folder in ("pkitools", "cli/pkitools_cli", "test_pki/pkitools_test_pki"):
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            if any(sign in text for sign in ("os.environ", "envvar", "PKITOOLS_")):
                yield text


def names_read(module: ast.Module) -> Iterator[str]:
    """The names in capitals in a function that asks the environment, those of click, and all that begin with ours."""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef) and "os.environ" in ast.unparse(node):
            yield from (text for text in texts(node) if text.isupper() and text.replace("_", "").isalpha())
        if isinstance(node, ast.keyword) and node.arg == "envvar":
            yield from texts(node)
    yield from (text for text in texts(module) if text.startswith("PKITOOLS_") and text.replace("_", "").isalnum())


def texts(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value
