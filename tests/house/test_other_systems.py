"""Without what only POSIX has: every module is imported, and every command answers as it does elsewhere."""

from __future__ import annotations

import ast
import json
import os
import pkgutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

import pkitools
import pkitools_cli
from pkitools_test_pki.keys import small_keys
from pkitools_test_pki.pki import build
from tests.support import other_system
from tests.support.requests import request

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SYSTEMS = {"windows": (other_system.WINDOWS, True), "bare": (other_system.EVERYTHING, False)}
MOMENT = datetime(2027, 3, 1, tzinfo=UTC)

PRELUDE = """
import contextlib, importlib, io, json, os, sys
from tests.support import other_system
other_system.take_away({names!r}, msvcrt={msvcrt!r})

def run(*arguments):
    from pkitools_cli.main import main
    out, err = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main(arguments)
    except SystemExit as ended:
        return ended.code, out.getvalue(), err.getvalue()
"""

COMMANDS = (
    "oin check 00000003273229750000",
    "cert show leaf.pem",
    "cert show leaf.chain.pem --json",
    "cert check leaf.pem --chain leaf.chain.pem --trust trust.pem -e preproduction --offline --for digid-machtigen",
    "cert check leaf.pem --chain leaf.chain.pem --trust trust.pem -e production --offline --revocation off --json",
    "cert check absent.pem -e production --offline",
    "cert check folder -e production --offline",
    "cert lint leaf.pem -e preproduction",
    "csr check request.csr --profile g4-tls -e production",
    "rules list",
    "rules explain advice.key.weak",
    "systems list",
    "systems show digid-machtigen",
    "trust list",
    "trust show g4-tls",
)


def child(folder: Path, program: str, names: tuple[str, ...] = (), msvcrt: bool = False) -> str:
    text = PRELUDE.format(names=names, msvcrt=msvcrt) + f"os.chdir({str(folder)!r})\n" + program
    command = [sys.executable, "-B", "-W", "error::DeprecationWarning", "-c", text]
    kept = {name: os.environ[name] for name in ("PYTHONPYCACHEPREFIX",) if name in os.environ}  # else each compiles all
    environment = {"PATH": "/usr/bin:/bin", "PKITOOLS_LANG": "en", "SECRET": "geheim", **kept}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(params=SYSTEMS)
def system(request: pytest.FixtureRequest) -> tuple[tuple[str, ...], bool]:
    return SYSTEMS[request.param]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    pki = build("g4-tls", moment=MOMENT, keys=small_keys)
    pki.issue("g4-tls").write(folder / "leaf")
    (folder / "trust.pem").write_bytes(pki.trust_pem())
    (folder / "request.csr").write_bytes(request())
    (folder / "folder").mkdir()
    return folder


def modules() -> list[str]:
    packages = (pkitools, pkitools_cli)
    found = [info.name for p in packages for info in pkgutil.walk_packages(p.__path__, f"{p.__name__}.")]
    return sorted(name for name in found if not name.endswith(".__main__"))


def test_every_module_is_imported(tmp_path: Path, system: tuple[tuple[str, ...], bool]) -> None:
    assert len(modules()) > 150
    child(tmp_path, f"for name in {modules()!r}:\n    importlib.import_module(name)\n", *system)


def test_what_only_some_systems_have_is_named_in_one_module() -> None:
    """Also where no test comes by."""
    absent = {*other_system.MODULES, *other_system.OS, "msvcrt", "dir_fd", "src_dir_fd", "dst_dir_fd"}
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for package in (pkitools, pkitools_cli)
        for path in Path(package.__path__[0]).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in names_in(node)
        if name in absent
    }
    assert found
    assert {line.partition(":")[0] for line in found} == {"pkitools/files/platform.py"}


def names_in(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [str(node.module)]
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
        return [node.attr]
    return [str(node.arg)] if isinstance(node, ast.keyword) else []


@pytest.fixture(scope="module")
def answers(files: Path) -> list[object]:
    return told(files)


def told(files: Path, names: tuple[str, ...] = (), msvcrt: bool = False) -> list[object]:
    lines = [[*line.split(), *moment(line)] for line in COMMANDS]
    program = f"print(json.dumps([run(*arguments) for arguments in {lines!r}]))"
    found: list[object] = json.loads(child(files, program, names, msvcrt))
    return found


def moment(line: str) -> tuple[str, ...]:
    return ("--moment", f"{MOMENT:%Y-%m-%d}") if line.startswith(("cert", "trust")) else ()


def test_every_command_answers_as_it_does_on_posix(
    files: Path, answers: list[object], system: tuple[tuple[str, ...], bool]
) -> None:
    assert told(files, *system) == answers
    assert {answer[0] for answer in answers if isinstance(answer, list)} == {0, 1, 10}


CREATE = """
quick = ("--key-type", "rsa:3072")
create = "csr create --oin 00000003273229750000 --organization Voorbeeld --common-name a.example.nl --dns a.example.nl"
create = (*create.split(), *"--profile g4-tls -e production --passphrase-env SECRET --out x".split(), *quick)
code, out, err = run(*create)
assert code == 0 and "decided by the folder" in err and os.getcwd() in err, err
assert sorted(os.listdir(".")) == ["x.csr", "x.key"], os.listdir(".")
key = open("x.key", "rb").read()
assert key.startswith(b"-----BEGIN ENCRYPTED") and b"\\r" not in key
code, out, err = run(*create)
assert code == 1 and "exists" in err, err
assert open("x.key", "rb").read() == key
code, out, err = run("--lang", "nl", *create, "--force")
assert code == 0 and "bepaalt de map" in err and os.getcwd() in err, err
assert open("x.key.bak-1", "rb").read() == key != open("x.key", "rb").read()
code, out, err = run("csr", "check", "x.csr", "--key", "x.key", "--passphrase-env", "SECRET")
assert code == 0 and not err, (out, err)
open("b.toml", "w").write('[[request]]\\nname = "b"\\noin = "00000003273229750000"\\norganization = "Voorbeeld"\\n'
    'profile = "g4-tls"\\nenvironment = "production"\\ncommon_name = "b.nl"\\ndns = ["b.nl"]\\n')
code, out, err = run("csr", "create", "--from", "b.toml", "--out-dir", "out", "--no-passphrase", *quick)
there = sorted(name for name in os.listdir("out") if name != ".lock")  # where no folder can be locked, a file is
assert code == 0 and there == ["b.csr", "b.key", "manifest.json"], err
assert not [name for name in os.listdir(".") if name.endswith(".partial")]
"""


def test_a_key_and_request_are_made_and_the_folder_is_named(
    tmp_path: Path, system: tuple[tuple[str, ...], bool]
) -> None:
    child(tmp_path, CREATE, *system)


TEST_PKI = """
for language, words in (("en", "needs a POSIX system"), ("nl", "heeft een POSIX-systeem nodig")):
    for verb in ("create pki --fast", "issue pki --out x", "list pki", "serve pki", "broken --out b", "verify pki"):
        code, out, err = run("--lang", language, "test-pki", *verb.split())
        assert code == 1 and words in err and "Traceback" not in err and err.count("\\n") <= 2, (verb, code, err)
code, out, err = run("test-pki", "--help")
assert code == 0 and "create" in out
assert os.listdir(".") == []
"""


def test_the_test_pki_says_in_a_sentence_that_it_needs_posix(
    tmp_path: Path, system: tuple[tuple[str, ...], bool]
) -> None:
    child(tmp_path, TEST_PKI, *system)
