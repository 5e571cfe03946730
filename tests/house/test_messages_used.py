"""No message nobody shows: every code belongs to a rule, to an error that is raised, or to a word that is looked up."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, nodes

from pkitools.exports import export_forms
from pkitools.findings.asking import CRASHED
from pkitools.messages import LANGUAGES
from pkitools.profiles import profiles
from pkitools.rulebook import all_rules
from pkitools_cli.i18n import lookup

ROOT = Path(__file__).parents[2]
SOURCES = ("pkitools", "cli/pkitools_cli", "test_pki/pkitools_test_pki")


@cache
def telling() -> Mapping[Path, list[Any]]:
    """Every node of the code that may name a message, by its file: each is parsed once for all the tests."""
    kinds = ast.Constant, ast.Name, ast.JoinedStr, ast.Call, ast.ImportFrom
    return {
        path: [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, kinds)]
        for source in SOURCES
        for path in (ROOT / source).rglob("*.py")
    }


def under(source: str) -> Iterator[tuple[Path, Any]]:
    """The nodes of all files of a folder, each with its file."""
    return ((path, node) for path, found in telling().items() if ROOT / source in path.parents for node in found)


@cache
def texts() -> tuple[frozenset[str], frozenset[str]]:
    """Every string in the code, and every f-string as a pattern with a group for each part that is computed.

    The fixed parts of an f-string count as strings too: a problem is told as ``f"malformed_name:{where}"``.
    """
    fixed: set[str] = set()
    patterns: set[str] = set()
    fixed.update(profile.name for profile in profiles())  # the data names them, the code does not
    fixed.update(form.note for form in export_forms())
    of_templates = set(words_of_templates())
    fixed.update(of_templates)
    patterns.update(
        f"{re.escape(start)}(.+)" for word in of_templates if word.endswith(".") for start in (word, f"pages.{word}")
    )
    for node in (node for found in telling().values() for node in found):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            # a code is in lower case, also where a severity's or an attribute's name fills it
            fixed.update((node.value, node.value.partition(":")[0].lower()))
        elif isinstance(node, ast.Name):  # the members of an enumeration without texts
            fixed.add(node.id.lower())
        elif isinstance(node, ast.JoinedStr):
            parts = [re.escape(v.value) if isinstance(v, ast.Constant) else "(.+)" for v in node.values]
            patterns.add("".join(parts))
    return frozenset(fixed), frozenset(pattern for pattern in patterns if re.match(r"[a-z0-9_]+\\\.", pattern))


def words_of_templates() -> Iterator[str]:
    """Every string in an expression of a template: what a page asks for by name."""
    for source in SOURCES:
        for path in (ROOT / source).rglob("templates/*.html"):
            for node in Environment().parse(path.read_text(encoding="utf-8")).find_all(nodes.Const):
                if isinstance(node.value, str):
                    yield node.value


@cache
def codes() -> frozenset[str]:
    files = (ROOT / "pkitools" / "messages" / "en").glob("*.toml")
    return frozenset(code for path in files for code in tomllib.loads(path.read_text(encoding="utf-8")))


def is_named(code: str) -> bool:
    """The code stands in the source, whole or as an f-string and what fills it."""
    fixed, patterns = texts()
    matches = (re.fullmatch(pattern, code) for pattern in patterns)
    return code in fixed or any(match and set(match.groups()) <= fixed for match in matches)


@pytest.mark.slow
def test_every_message_is_shown_somewhere() -> None:
    rules = {rule.code for rule in all_rules()} | {f"profiles.{profile.name}" for profile in profiles()}
    # tests/cli/test_fault_words.py holds these to what is said while fetching, both ways
    of_faults = {code for code in codes() if code.startswith("fetching.fault.http-")}
    assert not sorted(code for code in codes() - rules - of_faults if not is_named(code))


@pytest.mark.slow
def test_every_remedy_of_the_command_line_is_of_a_message_that_is_shown() -> None:
    rules = {rule.code for rule in all_rules()}
    for language in LANGUAGES:
        path = ROOT / "cli" / "pkitools_cli" / "messages" / language / "remedies.toml"
        remedies = tomllib.loads(path.read_text(encoding="utf-8"))
        assert "system.entity_id.given" in remedies
        # of a message in another way, for want of an operand: without_operand
        of = {code: code.rpartition(".without_")[0] or code for code in remedies}
        assert not sorted(code for code, of in of.items() if of not in codes() or not (of in rules or is_named(of)))


def test_people_at_a_terminal_get_the_command_lines_remedies() -> None:
    """What renders a message with its remedy is called with the command line's own, but for JSON and for a page."""
    renderers = {"error_sentence", "outcome_message", "report_text"}
    users = {
        path.name
        for path, node in under("cli/pkitools_cli")
        if isinstance(node, ast.ImportFrom) and renderers & {alias.name for alias in node.names}
        if ROOT / "cli" / "pkitools_cli" / "page" not in path.parents  # whose readers have no terminal
    }
    assert users == {
        "remedies.py",
        "show_text.py",  # shows no remedy: it describes
    }


def test_every_word_of_the_interface_that_is_asked_for_is_there() -> None:
    """One that is not is told as its key, to people: a page did so of the days that have passed."""
    of_templates = {each for each in words_of_templates() if re.fullmatch(r"cli\.[a-z_]+\.[a-z0-9_.]*[a-z0-9]", each)}
    asked = of_templates | set(_words_translated())
    assert {"cli.page.check.optional", "cli.scan.written"} <= asked
    assert not sorted(key for key in asked for language in LANGUAGES if lookup(key, language) is None)


@pytest.mark.slow
def test_every_word_of_the_interface_is_asked_for() -> None:
    """As a whole, as an f-string makes it, or as the label of a row, which stands apart from what labels begin with."""
    fixed, _ = texts()
    made = set(_made())

    def is_made(key: str) -> bool:
        return key in fixed or any(re.fullmatch(pattern, key) for pattern in made)

    def is_asked(key: str) -> bool:
        head, _, tail = key.rpartition(".")
        return is_made(key) or (is_made(head) and tail in fixed)

    unasked = [
        f"cli.{path.stem}.{key}"
        for path in (ROOT / "cli" / "pkitools_cli" / "messages" / "en").glob("*.toml")
        if path.stem not in {"metavars", "now", "remedies"}  # tests of their own hold these
        for key in tomllib.loads(path.read_text(encoding="utf-8"))
        if not is_asked(f"cli.{path.stem}.{key}") and not is_asked(key)
    ]
    assert not unasked


def _made() -> Iterator[str]:
    """Every key that the code or a template makes of a beginning of at least two parts and what fills it."""
    for node in (node for source in SOURCES for _, node in under(source)):
        if isinstance(node, ast.JoinedStr):
            parts = [re.escape(v.value) if isinstance(v, ast.Constant) else "(.*)" for v in node.values]
            if re.match(r"(?:cli\\\.)?[a-z0-9_]+\\\.", parts[0]) and parts[0] != r"cli\.":
                yield "".join(parts)
    yield from (f"{re.escape(word)}(.+)" for word in words_of_templates() if re.match(r"cli\.[a-z_]+\.", word))


def _words_translated() -> Iterator[str]:
    """Every key that the code gives to ``tr`` as it is."""
    for _, node in under("cli/pkitools_cli"):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "tr":
            yield from (one.value for one in node.args[:1] if isinstance(one, ast.Constant))


def test_every_error_raised_has_a_message() -> None:
    fixed, _ = texts()
    raised = {text for text in fixed if re.fullmatch(r"[a-z0-9_]+\.error\.[a-z0-9_]+(?<!_)", text)}
    assert not sorted(raised - codes())


def test_every_error_computed_has_a_message_with_its_beginning() -> None:
    _, patterns = texts()
    computed = {pattern for pattern in patterns if r"\.error\." in pattern}
    assert computed
    assert not sorted(pattern for pattern in computed if not any(re.fullmatch(pattern, code) for code in codes()))


@pytest.mark.slow
def test_every_reason_for_not_checking_has_a_sentence() -> None:
    reasons = {CRASHED} | {
        keyword.value.value
        for _, node in under("pkitools")
        if isinstance(node, ast.Call)
        for keyword in (*node.keywords, *(ast.keyword("reason", a) for a in node.args[:1] if is_not_checked(node)))
        if keyword.arg == "reason" and isinstance(keyword.value, ast.Constant)
        # an engine's own words are no code
        if re.fullmatch(r"[a-z_]+", keyword.value.value)
    }
    assert {"no_path", "no_issuer"} <= reasons
    assert not sorted(reason for reason in reasons if f"report.reason.{reason}" not in codes())


def is_not_checked(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == "NotChecked"
