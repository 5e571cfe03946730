"""Why the dependencies have the floors they have."""

from __future__ import annotations

import json
import pkgutil
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import pkitools
import pkitools_cli
import pkitools_test_pki
from tests.support.shared import shared

ROOT = Path(__file__).parents[2]
CASE = "pathological::pathological-chain-same-subject-same-key"
PROGRAM = """
import json, sys
from datetime import datetime
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError
case = json.load(sys.stdin)
load = lambda pem: x509.load_pem_x509_certificate(pem.encode())
verifier = (PolicyBuilder().store(Store([load(c) for c in case["trusted_certs"]]))
    .time(datetime.fromisoformat(case["validation_time"]).replace(tzinfo=None))
    .build_server_verifier(x509.DNSName(case["expected_peer_name"]["value"])))
try:
    verifier.verify(load(case["peer_certificate"]), [load(c) for c in case["untrusted_intermediates"]])
except VerificationError:
    print("refused")
"""


def test_cryptography_is_required_at_a_version_that_does_not_hang() -> None:
    """46.0.7 to 48.0.1 hang on a hundred certificates with one name and one key; 49 stops at 100 signatures."""
    requirements = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    assert "cryptography>=49" in requirements
    cases = json.loads(shared("conformance/limbo.json").read_text(encoding="utf-8"))["testcases"]
    case = next(case for case in cases if case["id"] == CASE)
    case["validation_time"] = case["validation_time"] or "2026-01-01T00:00:00+00:00"
    # the time-out is the difference between refusing and hanging, not a measure of speed
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=json.dumps(case), text=True, capture_output=True, timeout=60, check=False
    )
    assert done.stdout.strip() == "refused", done.stderr


def test_the_certvalidator_we_use_is_the_maintained_fork() -> None:
    requirements = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    assert any(line.startswith("pyhanko-certvalidator") for line in requirements)
    assert not any(line.startswith("certvalidator") for line in requirements)


ADAPTERS = {"pkitools.validation.engines.full", "pkitools.revocation.full_engine"}
"""What is there to speak to the full engine."""

SAMPLE, INSIDE = "PrivateG1_lab.api.mijniconnect.nl_20251009", "2026-11-22"


def with_what_they_need(*names: str) -> set[str]:
    found, todo = set[str](), list(names)
    while todo:
        name = todo.pop().lower().replace("_", "-")
        if name not in found:
            found.add(name)
            needed = map(Requirement, requires(name) or ())
            todo += [each.name for each in needed if each.marker is None or each.marker.evaluate({"extra": ""})]
    return found


def only_for_the_full_engine() -> set[str]:
    """The import names of what is installed for certvalidator alone: aiohttp, oscrypto and a dozen more."""
    only = with_what_they_need("pyhanko-certvalidator") - with_what_they_need("cryptography", "asn1crypto", "click")
    modules = packages_distributions()
    return {module for module, names in modules.items() if {name.lower().replace("_", "-") for name in names} <= only}


def loaded(program: str) -> set[str]:
    """Return what a program, in an interpreter of its own, has imported of it."""
    program += "\nimport json, sys; sys.__stdout__.write(json.dumps(sorted({m.split('.')[0] for m in sys.modules})))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {*json.loads(done.stdout)} & only_for_the_full_engine()


@pytest.mark.slow
def test_there_is_something_to_keep_out() -> None:
    assert {"pyhanko_certvalidator", "aiohttp", "oscrypto", "multidict", "yarl"} <= only_for_the_full_engine()
    assert {"pyhanko_certvalidator", "uritools"} <= loaded("import pkitools.validation.engines.full")


@pytest.mark.slow
def test_importing_pkitools_loads_nothing_of_the_full_engine() -> None:
    """Fourteen packages of the nineteen are there for it alone; who only imports must not pay for them."""
    packages: Iterable[pkgutil.ModuleInfo] = (
        info
        for package in (pkitools, pkitools_cli, pkitools_test_pki)
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    )
    names = [info.name for info in packages if not info.name.endswith(".__main__") and info.name not in ADAPTERS]
    assert len(names) > 200
    assert not loaded(f"import importlib\nfor name in {names!r}: importlib.import_module(name)")


CHECK = """
from datetime import UTC, datetime
from pathlib import Path
from pkitools.checking import check, end_entity_first
from pkitools.containers import read_source
from pkitools.environment import Environment
leaf, *rest = end_entity_first(read_source(Path({chain!r}).read_bytes(), "chain").certificates)
moment = datetime.fromisoformat({moment!r}).replace(tzinfo=UTC)
result = check(leaf, moment=moment, environment=Environment.PRODUCTION, intermediates=rest)
assert result.path is not None
"""
COMMAND = """
import contextlib, io
from pkitools_cli.main import main
out = io.StringIO()
with contextlib.suppress(SystemExit), contextlib.redirect_stdout(out):
    main(["cert", "check", {chain!r}, "-e", "production", "--offline", "--moment", {moment!r}])
assert "lab.api.mijniconnect.nl" in out.getvalue()
"""


@pytest.mark.slow
@pytest.mark.parametrize("program", [CHECK, COMMAND], ids=["library", "command"])
def test_a_sound_certificate_is_judged_without_the_full_engine(program: str) -> None:
    chain = str(shared("samples/certificates") / f"{SAMPLE}.chain.pem")
    assert not loaded(program.format(chain=chain, moment=INSIDE))


COMPRESSORS = {"bz2", "lzma", "shutil", "tempfile", "zipfile"}


@pytest.mark.parametrize(
    ("words", "absent"),
    [
        (["oin", "check", "00000003273229750000"], {*COMPRESSORS, "pkitools.oin.entity_ids"}),
        (["oin", "derive", "--kvk", "27322975"], COMPRESSORS),
        (["cert", "show", "{leaf}"], {*COMPRESSORS, "pkitools.explanations"}),
        (
            ["cert", "check", "{leaf}", "-e", "production", "--revocation", "off", "--offline"],
            {"pkitools.explanations"},
        ),
    ],
    ids=lambda given: " ".join(given[:2]) if isinstance(given, list) else "",
)
def test_a_command_loads_nothing_that_it_does_not_use(words: list[str], absent: set[str]) -> None:
    """Each took milliseconds of every run: a width of the terminal, a list of files, explanations that nobody asked."""
    leaf = str(shared("samples/certificates") / f"{SAMPLE}.chain.pem")
    words = [word.replace("{leaf}", leaf) for word in words]
    program = f"""
import sys
from pkitools_cli.main import main
try:
    main({words!r})
except SystemExit:
    print(*sorted({absent!r} & sys.modules.keys()), "loaded", file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1:] == ["loaded"], done.stderr


def test_every_dataclass_is_declared_the_cheap_way() -> None:
    """The standard library compiles six methods of a dataclass when it is imported; pkitools.frozen none."""
    sources = (ROOT / "pkitools", ROOT / "cli", ROOT / "test_pki")
    texts = {path: path.read_text(encoding="utf-8") for source in sources for path in source.rglob("*.py")}
    mine = {ROOT / "pkitools" / "frozen.py", ROOT / "pkitools" / "rulebook.py"}  # the one door, and a walk over fields
    assert {path for path, text in texts.items() if re.search(r"^(from|import) dataclasses\b", text, re.M)} <= mine
    assert not {path for path, text in texts.items() if re.search(r"^\w+(: [^=]+)? = re\.compile\(", text, re.M)}
