"""``import pkitools``: free, whole, and the same whatever was imported before."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import pkitools

ROOT = Path(__file__).parents[2]
STABLE = [
    "OIN",
    "Environment",
    "Severity",
    "Verdict",
    "check",
    "check_file",
    "lint",
    "read_source",
    "read_certificate",
    "read_crl",
    "validate_path",
    "check_revocation",
    "Revocation",
    "RevocationPolicy",
    "TrustStore",
    "get_system",
    "read_system",
    "plan_request",
    "check_request",
    "report_text",
    "report_document",
    "PkitoolsError",
]


def run(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_it_imports_nothing_else() -> None:
    loaded = run("import pkitools, sys; print(*sorted(m for m in sys.modules if m.partition('.')[0] == 'pkitools'))")
    assert loaded.split() == ["pkitools", "pkitools._version"]
    heavy = run("import pkitools, sys; print(*({'cryptography', 'asn1crypto', 'click', 'tomllib'} & set(sys.modules)))")
    assert not heavy.strip()


def test_an_oin_does_not_pay_for_cryptography() -> None:
    program = "import pkitools, sys; pkitools.OIN.parse('00000003273229750000'); print('cryptography' in sys.modules)"
    assert run(program).strip() == "False"


@pytest.mark.slow
def test_every_name_is_what_it_says_after_every_room_was_imported() -> None:
    """A room must not take the place of a function of its name."""
    program = """
import importlib, pkgutil, types
import pkitools
for info in pkgutil.walk_packages(pkitools.__path__, "pkitools."):
    if not info.name.endswith("__main__"):
        importlib.import_module(info.name)
for name in pkitools.__all__:
    found = getattr(pkitools, name)
    assert not isinstance(found, types.ModuleType), name
    if name != "__version__":
        assert found.__name__ == name, (name, found)
print("ok")
"""
    assert run(program).strip() == "ok"


@pytest.mark.slow
def test_no_module_is_shadowed_by_a_function_of_its_name() -> None:
    program = """
import importlib, pkgutil, types
for package in ("pkitools", "pkitools_cli", "pkitools_test_pki"):
    top = importlib.import_module(package)
    names = [i.name for i in pkgutil.walk_packages(top.__path__, package + ".") if not i.name.endswith("__main__")]
    for name in names:
        importlib.import_module(name)
    for name in names:
        parent, _, leaf = name.rpartition(".")
        if not isinstance(getattr(importlib.import_module(parent), leaf), types.ModuleType):
            print(name)
"""
    assert not run(program).split()


def test_the_names_promised_are_there() -> None:
    assert set(STABLE) <= set(pkitools.__all__)
    assert dir(pkitools) == sorted(pkitools.__all__)


def test_what_the_type_checker_sees_is_what_is_imported() -> None:
    text = (ROOT / "pkitools" / "__init__.py").read_text(encoding="utf-8")
    block = text.partition("if TYPE_CHECKING:\n")[2].partition("\n\n")[0]
    seen = {
        name: room
        for room, names in re.findall(r"from pkitools\.(\w+) import (\([^)]*\)|[^\n]*)", block)
        for name in re.findall(r"\w+", names)
    }
    assert seen == pkitools._ROOM_OF
    assert {*seen, "__version__"} == set(pkitools.__all__)


def test_every_result_is_one_line_in_a_log() -> None:
    from tests.house.test_arguments import GOOD, public

    calls = ("check", "check_file", "check_revocation", "lint", "plan_request", "read_certificate", "read_request")
    for name in (*calls, "read_source", "read_system", "validate_path"):
        shown = repr(public()[name](**GOOD[name]()))
        assert len(shown) < 400, name
        assert "\n" not in shown, name
