"""A rule that exists is listed, explained, messaged and vectored, in whichever module it is made."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pkitools.rulebook import all_rules, find_rule
from pkitools.rules.books import BOOKS, ENTRIES

EVERY_RULE_MADE = """
import importlib, pkgutil, sys
import pkitools
from pkitools.findings import Rule

checked, made = Rule.__post_init__, set()

def noted(rule):
    checked(rule)
    made.add(rule.code)

Rule.__post_init__ = noted
if len(sys.argv) > 1:
    importlib.import_module("pkitools.rules").__path__.append(sys.argv[1])
for module in pkgutil.walk_packages(pkitools.__path__, "pkitools."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
from pkitools.rulebook import all_rules
print(*sorted(made - {rule.code for rule in all_rules()}))
"""
"""Says of which rules that any module makes as it is imported the register does not know."""

FORGOTTEN = """
from pkitools.documents import cite
from pkitools.findings import Severity, met_if
from pkitools.rules import plan
from pkitools.rules.engine import RuleBook

BOOK = RuleBook("forgotten", cite("rfc-5280"))

@BOOK.rule("serial.seven", Severity.ERROR)
def seven(at):
    return met_if(at.facts.serial_number == 7, "serialNumber", at.facts.serial_number)

plan.ENTRIES = (*plan.ENTRIES, *BOOK.entries)
"""
"""A book that lint asks and that the register has not heard of."""


def unlisted(*arguments: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", EVERY_RULE_MADE, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.slow
def test_every_rule_any_module_makes_is_in_the_register() -> None:
    assert not unlisted()


@pytest.mark.slow
def test_a_book_that_is_asked_and_not_listed_is_found(tmp_path: Path) -> None:
    (tmp_path / "forgotten.py").write_text(FORGOTTEN, encoding="utf-8")
    assert unlisted(str(tmp_path)) == ["forgotten.serial.seven"]


def test_what_lint_asks_is_what_the_register_lists() -> None:
    listed = {rule.code: rule for rule in all_rules()}
    assert [entry.rule for entry in ENTRIES] == [rule for book in BOOKS for rule in book.rules]
    assert all(listed[entry.rule.code] is entry.rule for entry in ENTRIES)


def test_a_code_is_given_once_and_finds_its_rule() -> None:
    codes = [rule.code for rule in all_rules()]
    assert len(codes) == len(set(codes)) > 400
    assert codes == sorted(codes)
    assert all(find_rule(rule.code) is rule for rule in all_rules())


def test_every_code_names_its_source_its_topic_and_what_it_asks() -> None:
    assert [rule.code for rule in all_rules() if len(rule.code.split(".")) < 3] == []
