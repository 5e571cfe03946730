"""An extra is named for what it brings, and who lacks one is told which: by one sentence, through one door."""

from __future__ import annotations

import ast
import importlib
import socket
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import pkitools
from pkitools.errors import MissingExtraError, brought_by
from tests.support.command import Command
from tests.support.modules import forget

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SOURCES = ("pkitools", "cli/pkitools_cli", "test_pki/pkitools_test_pki")
DECLARED: dict[str, list[str]] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "optional-dependencies"
]
FOR_WORK = {"test", "dev"}


@cache
def doors() -> tuple[tuple[str, ast.With], ...]:
    return tuple(_doors())


def _doors() -> Iterator[tuple[str, ast.With]]:
    """Every extra that code asks for, with the statement that imports from it."""
    paths = (path for source in SOURCES for path in (ROOT / source).rglob("*.py"))
    nodes = (node for path in paths for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    for node in nodes:
        call = node.items[0].context_expr if isinstance(node, ast.With) else None
        if isinstance(node, ast.With) and isinstance(call, ast.Call) and ast.unparse(call.func) == "brought_by":
            assert isinstance(call.args[0], ast.Constant), "the name of the extra stands there"
            yield str(call.args[0].value), node


def test_every_door_leads_to_an_extra_that_is_there() -> None:
    named = {extra for extra, _ in doors()}
    assert {"serve", "g4-trial", "probe", "pkcs11", "metadata", "reports"} <= named <= set(DECLARED) - FOR_WORK


def test_a_door_holds_imports_and_nothing_else() -> None:
    """What is raised inside for another reason would be told as something to install."""
    for extra, door in doors():
        assert all(isinstance(line, ast.Import | ast.ImportFrom) for line in door.body), extra


def test_no_extra_brings_nothing() -> None:
    assert all(map(Requirement, DECLARED[name]) and DECLARED[name] for name in DECLARED)
    with_all = {extra for line in DECLARED["test"] for extra in Requirement(line).extras}
    assert with_all == set(DECLARED) - FOR_WORK, "the tests run with every extra"


@pytest.mark.parametrize(("language", "word"), [("nl", "Installeer het met"), ("en", "Install it with")])
@pytest.mark.parametrize("extra", sorted(set(DECLARED) - FOR_WORK))
def test_the_sentence_names_the_extra(extra: str, language: str, word: str) -> None:
    with pytest.raises(MissingExtraError) as missing, brought_by(extra):
        importlib.import_module("a_package_that_nobody_makes")
    told = pkitools.error_sentence(missing.value, "nl" if language == "nl" else "en")
    assert told.endswith(f"{word}: pip install 'pkitools-nl[{extra}]'")
    assert "a_package_that_nobody_makes" in told


@pytest.fixture
def listening() -> Iterator[tuple[str, int]]:
    """Where somebody takes a connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "package", "extra"),
    [
        (("test-pki", "serve", "{pki}"), "cheroot", "serve"),
        (("probe", "127.0.0.1:{port}", "--allow-net", "127.0.0.0/8"), "OpenSSL", "probe"),
        (("test-pki", "issue", "{pki}", "--enrolment", "{pki}", "--out", "{pki}/x"), "yaml", "g4-trial"),
        (("scan", "{pki}", "--dask", "tcp://127.0.0.1:{port}"), "distributed", "dask"),
        (("scan", "{pki}", "--report", "{pki}/out.ics"), "icalendar", "reports"),
        (("scan", "{pki}", "--report", "{pki}/out.html"), "jinja2", "reports"),
        (("cert", "check", "{pki}", "-e", "production", "--report", "{pki}/out.html"), "jinja2", "reports"),
    ],
)
def test_a_command_that_lacks_its_extra_says_which(
    words: tuple[str, ...],
    package: str,
    extra: str,
    tmp_path: Path,
    listening: tuple[str, int],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = Command(capsys, monkeypatch)
    assert run("test-pki", "create", tmp_path / "pki", "--fast").code == 0
    (tmp_path / "enrolment.yaml").write_text("profile: x\n", encoding="utf-8")
    monkeypatch.setitem(sys.modules, package, None)
    forget(
        monkeypatch, "pkitools.reports.pages", "pkitools.reports.portfolio.as_ics"
    )  # another test may have read them
    given = (word.replace("{pki}", str(tmp_path / "pki")).replace("{port}", str(listening[1])) for word in words)
    given = tuple(
        str(tmp_path / "enrolment.yaml") if before == "--enrolment" else word for before, word in pairs(given)
    )
    ran = run("--lang", "en", *given)
    assert ran.code == 1
    assert f"pip install 'pkitools-nl[{extra}]'" in ran.err


def pairs(words: Iterator[str]) -> Iterator[tuple[str, str]]:
    before = ""
    for word in words:
        yield before, word
        before = word
