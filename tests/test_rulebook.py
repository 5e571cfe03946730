"""A rule that exists is listed: what lint asks, what a module declares, and what the data make."""

from __future__ import annotations

import importlib
import json
import pkgutil
import subprocess
import sys

import pytest

import pkitools.rules
from pkitools.rulebook import all_rules
from pkitools.rules.books import BOOKS
from pkitools.rules.engine import RuleBook

# every module is imported and every rule of data made; then whatever Rule there is in memory has its code listed
_PROGRAM = """
import gc, importlib, json, pkgutil
import pkitools
names = [m.name for m in pkgutil.walk_packages(pkitools.__path__, "pkitools.")]
modules = [importlib.import_module(name) for name in names if not name.endswith(".__main__")]
listed = [getattr(module, "RULES", ()) for module in modules]
from pkitools.findings import Rule
from pkitools.rulebook import all_rules
known = {rule.code for rule in all_rules()}
made = {found.code for found in gc.get_objects() if type(found) is Rule}
print(json.dumps({"modules": len(modules), "made": len(made), "unlisted": sorted(made - known)}))
"""


@pytest.mark.slow
def test_no_rule_exists_that_is_not_listed() -> None:
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert found["modules"] > 100
    assert found["made"] >= len(all_rules())
    assert found["unlisted"] == []


def test_every_rule_book_is_asked_by_lint() -> None:
    modules = [
        importlib.import_module(f"pkitools.rules.{m.name}") for m in pkgutil.iter_modules(pkitools.rules.__path__)
    ]
    books = {id(value): value for module in modules for value in vars(module).values() if isinstance(value, RuleBook)}
    assert set(books) == {id(book) for book in BOOKS}
    assert len(BOOKS) == len({id(book) for book in BOOKS})


def test_no_code_is_listed_twice() -> None:
    codes = [rule.code for rule in all_rules()]
    assert len(codes) == len(set(codes))
