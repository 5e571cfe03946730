"""What a command costs before and beside its work, counted and not timed: modules, files, classes, what is compiled.

The bounds have little room on purpose. Where one is passed, look at what was added (the message names the modules) and
ask whether this command needs it; only then write the new number here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest

from pkitools.messages import LANGUAGES
from pkitools_cli.framework import Group
from pkitools_cli.i18n import lookup, speaking
from pkitools_cli.main import cli
from pkitools_test_pki.pki import build
from tests.support.cases import in_one_test
from tests.support.command import Command, every_command
from tests.support.keys import SHARED_KEYS
from tests.support.requests import pooled_key, request
from tools.tables import write

MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
OIN = "00000003520354760000"

# what a child does: what is counted is counted from before the first import of ours
CHILD = """
import json, sys
import click
if "x509" in sys.argv[1]:
    import cryptography.x509
before = set(sys.modules)
opened, written, compiled = [], [], []
def watch(event, given):
    if event == "open" and isinstance(given[0], str):
        opened.append(given[0])
sys.addaudithook(watch)
import pkitools.frozen as frozen
declared = []
plain_parts, plain_run = frozen._parts_of, frozen._run
def parts(cls, **given):
    declared.append(cls.__qualname__)
    return plain_parts(cls, **given)
def run(text, name):
    written.append(text)
    return plain_run(text, name)
frozen._parts_of, frozen._run = parts, run
import re
plain_compile = re._compiler.compile
def compile(source, flags=0):
    compiled.append(str(source))
    return plain_compile(source, flags)
re._compiler.compile = compile
said, result = sys.argv[1], 0
if said.startswith("import "):
    exec(said.partition(": ")[2])
else:
    from pkitools_cli.main import main
    try:
        main(sys.argv[3:])
    except SystemExit as ended:
        result = ended.code
modules = sorted(set(sys.modules) - before)
files = [f for f in opened if not f.endswith((".py", ".pyc")) and "/__pycache__" not in f]
with open(sys.argv[2], "w") as file:
    json.dump({"code": result, "modules": modules, "files": files, "declared": declared, "written": written,
        "compiled": compiled}, file)
"""


@dataclass(frozen=True)
class Cost:
    """What a child needed."""

    code: int
    modules: list[str]
    files: list[str]
    declared: list[str]
    written: list[str]
    compiled: list[str]

    @property
    def ours(self) -> list[str]:
        return [name for name in self.modules if name.partition(".")[0].startswith("pkitools")]

    @property
    def data(self) -> list[str]:
        return sorted({Path(name).name for name in self.files if name.endswith((".table", ".toml"))})


def cost(tmp_path: Path, said: str, *arguments: object, complete: str | None = None) -> Cost:
    result = tmp_path / "cost.json"
    environment = {**os.environ, "PKITOOLS_LANG": "en"}
    if complete is not None:
        words = f"pkitools {complete}"
        environment |= {"_PKITOOLS_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    command = [sys.executable, "-c", CHILD, said, str(result), *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.exists(), done.stderr
    return Cost(**json.loads(result.read_text()))


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of G4 with its chain, its root and three CRLs, a test PKI and a request; and the tables."""
    write()
    target = tmp_path_factory.mktemp("cold")
    pki = build("g4-tls", moment=MOMENT, keys=SHARED_KEYS)
    issued = pki.issue("g4-tls", dns=["koppeling.voorbeeld.nl"])
    (target / "leaf.pem").write_bytes(issued.pem)
    (target / "chain.pem").write_bytes(issued.chain_pem)
    (target / "root.pem").write_bytes(issued.root.pem)
    (target / "crl").mkdir()
    for number, authority in enumerate(pki):
        (target / "crl" / f"{number}.crl").write_bytes(authority.crl())
    (target / "request.csr").write_bytes(request())
    (target / "plain.key").write_bytes(pooled_key().pem(None))
    (target / "plain.key").chmod(0o600)
    return target


HEAVY = {"cryptography", "asn1crypto", "dataclasses", "tomllib", "json", "email", "importlib.metadata", "inspect"}


def roots(cost: Cost) -> set[str]:
    return {name for name in cost.modules if "." not in name} | ({"importlib.metadata"} & {*cost.modules})


GROUPS = [name for name, lazy in cli.listed.items() if lazy.target.endswith(":group")]  # type: ignore[attr-defined]  # it is ours


@pytest.mark.slow
@pytest.mark.parametrize(("given", "most"), [("", 18), *((name, 20) for name in GROUPS)])
def test_help_imports_no_command_and_no_dependency(folder: Path, tmp_path: Path, given: str, most: int) -> None:
    found = cost(tmp_path, "help", *given.split(), "--help")
    assert found.code == 0
    commands = [name for name in found.ours if name.startswith("pkitools_cli.commands.")]
    assert set(commands) <= {f"pkitools_cli.commands.{given.replace('-', '_')}"}
    assert not roots(found) & HEAVY
    assert len(found.ours) <= most, found.ours


@pytest.mark.slow
@pytest.mark.parametrize("words", ["", "c", "cert ", "cert s", "test-pki "])
def test_completion_imports_no_command_and_no_dependency(folder: Path, tmp_path: Path, words: str) -> None:
    found = cost(tmp_path, "complete", complete=words)
    group = words.partition(" ")[0].replace("-", "_") if " " in words else ""
    commands = [name for name in found.ours if name.startswith("pkitools_cli.commands.")]
    assert set(commands) <= {f"pkitools_cli.commands.{group}"}
    assert not roots(found) & HEAVY


def group_of(path: tuple[str, ...]) -> Group:
    found: click.Command | None = cli
    for name in path:
        assert isinstance(found, Group)
        found = found.get_command(click.Context(found), name)
    assert isinstance(found, Group)
    return found


@in_one_test
@pytest.mark.parametrize("path", [path for path in every_command() if path])
def test_what_a_group_says_of_a_command_is_what_the_command_says_of_itself(path: tuple[str, ...]) -> None:
    group = group_of(path[:-1])
    command = group.get_command(click.Context(group), path[-1])
    assert command is not None
    assert not command.hidden
    listed = group.listed[path[-1]]
    assert listed.help == command.help
    for language in LANGUAGES:
        with speaking(language):
            assert listed.short_help == command.get_short_help_str()
            assert listed.short_help
            assert lookup(listed.help, language)


def test_completion_says_what_the_help_says(run: Command) -> None:
    context = click.Context(cli)
    told = {item.value: item.help for item in cli.shell_complete(context, "")}
    assert told == {name: group_of(()).listed[name].short_help for name in cli.list_commands(context)}
    assert [item.value for item in cli.shell_complete(context, "te")] == ["test-pki"]
    assert "--lang" in [item.value for item in cli.shell_complete(context, "--")]


@dataclass(frozen=True)
class Bound:
    """The most that a command may need: modules of ours, of all, files with data, classes, texts, expressions."""

    ours: int
    all: int
    data: int
    declared: int
    written: int
    compiled: int


CASES: dict[str, tuple[str, tuple[object, ...], Bound]] = {
    "version": ("version", ("--version",), Bound(17, 20, 0, 6, 0, 0)),
    "oin check": ("oin", ("oin", "check", OIN), Bound(51, 56, 12, 28, 1, 4)),
    "cert show": ("show", ("cert", "show", "leaf.pem"), Bound(118, 143, 13, 73, 7, 17)),
    "cert check": (
        "x509",
        (
            *("cert", "check", "leaf.pem", "-e", "preproduction", "--chain", "chain.pem", "--trust", "root.pem"),
            *("--crl", "crl", "--for", "digikoppeling", "--moment", "2026-11-22T12:00:00Z", "--offline"),
        ),
        Bound(219, 234, 33, 150, 18, 33),
    ),
    "import pkitools.check": ("import x509: import pkitools; pkitools.check", (), Bound(180, 190, 4, 131, 8, 0)),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_a_command_needs_no_more_than_it_did(folder: Path, tmp_path: Path, name: str) -> None:
    said, given, bound = CASES[name]
    here = [folder / word if (folder / str(word)).exists() and "/" not in str(word) else word for word in given]
    found = cost(tmp_path, said, *here)
    counted = Bound(
        len(found.ours),
        len(found.modules),
        len(found.data),
        len(found.declared),
        len(found.written),
        len(found.compiled),
    )
    assert found.code == 0
    for part in ("ours", "all", "data", "declared", "written", "compiled"):
        has, most = getattr(counted, part), getattr(bound, part)
        assert has <= most, (part, getattr(found, {"all": "modules"}.get(part, part)))
        assert has >= most * 0.8 - 3, f"{part}: {has} of {most}: write the new number here"
    assert "tomllib" not in found.modules
    assert "dataclasses" not in found.modules
    assert "cryptography.hazmat.primitives.serialization" not in found.modules  # OpenSSH, and all ciphers


ENDING = """
import atexit, gc, json, sys
seen = {}
def ended():  # registered first, so called last
    print(json.dumps({**seen, "to look through": len(gc.get_objects())}))
atexit.register(ended)
def searches():
    return sum(generation["collections"] for generation in gc.get_stats())
before, threshold = [], gc.get_threshold()
set_threshold = gc.set_threshold
def set_and_count(*given):
    set_threshold(*given)
    before.append(searches())
gc.set_threshold = set_and_count
sys.argv = ["pkitools", "--version"]
try:
    %s
except SystemExit:
    seen = {"searches": [searches() - at for at in before], "as before": gc.get_threshold() == threshold}
"""


def ended(began: str) -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-c", ENDING % began], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_nobody_looks_for_garbage_in_a_process_that_ends() -> None:
    found = ended("from pkitools_cli.__main__ import run; run()")
    assert found["searches"] == [0]
    assert found["to look through"] < 1000  # of thirteen thousand


def test_who_calls_main_keeps_its_own_search_for_garbage() -> None:
    """The process is somebody else's: its threshold stays, and at its end all is there to be looked through."""
    found = ended("from pkitools_cli.main import main; main()")
    assert found["as before"]
    assert found["to look through"] > 5000


@pytest.mark.slow
def test_only_the_system_that_is_asked_for_is_read(folder: Path, tmp_path: Path) -> None:
    said, given, _ = CASES["cert check"]
    found = cost(tmp_path, said, *(folder / w if (folder / str(w)).exists() else w for w in given))
    read = [Path(name) for name in found.files if "/systems/data/" in name]
    assert {path.stem for path in read} == {"digikoppeling"}


@pytest.mark.slow
def test_what_an_own_key_or_another_form_needs_is_imported_for_those(folder: Path, tmp_path: Path) -> None:
    said, given, _ = CASES["cert check"]
    here: list[Any] = [folder / w if (folder / str(w)).exists() else w for w in given]
    plain = cost(tmp_path, said, *here)
    spared = {
        "pkitools.containers.pkcs12",
        "pkitools.containers.saml_entities",
        "pkitools.containers.json_text",
        "pkitools.requests.keys",
        "pkitools.rules.own.data",
        "pkitools.rules.own.installed",
        "pkitools.toml_text",
        "textwrap",
        "pkitools.fetching.fetcher",
        "pkitools.fetching.cache",
        "pkitools.validation.engines.full",
        "email.parser",
        "importlib.metadata",
        "concurrent.futures",
        "logging",
        "pickle",
        "json",
        "asn1crypto",
    }
    assert not spared & {*plain.modules}
    with_key = cost(tmp_path, said, *here, "--key", folder / "plain.key")
    assert "pkitools.requests.keys" in with_key.modules
