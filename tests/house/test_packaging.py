"""What a user installs: exactly three import packages, their data, and the licence."""

from __future__ import annotations

import email
import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from pkitools.errors import InvalidValueError
from pkitools.reports import read_schema, schema_names
from tools.tables import table_of

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SCHEMAS = ROOT / "docs" / "schemas"
TEMPLATES = ROOT / "docs" / "templates"
PACKAGES = {"pkitools": ROOT, "pkitools_cli": ROOT / "cli", "pkitools_test_pki": ROOT / "test_pki"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(target)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return target


@pytest.fixture(scope="module")
def wheel_names(built: Path) -> set[str]:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        return set(wheel.namelist())


@pytest.mark.slow
def test_the_top_level_of_the_wheel_is_three_packages_and_its_metadata(wheel_names: set[str]) -> None:
    top = {name.split("/")[0] for name in wheel_names}
    assert {name for name in top if not name.endswith(".dist-info")} == set(PACKAGES)
    assert len(top) == len(PACKAGES) + 1


@pytest.mark.slow
@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_and_data_file_is_in_the_wheel(package: str, wheel_names: set[str]) -> None:
    folder = PACKAGES[package] / package
    files = {
        str(path.relative_to(PACKAGES[package]))
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    if package == "pkitools":
        files |= {f"pkitools/schemas/{path.name}" for path in SCHEMAS.iterdir()}
        files |= {f"pkitools/templates/{path.name}" for path in TEMPLATES.iterdir()}
    assert files <= wheel_names
    assert f"{package}/py.typed" in wheel_names
    assert {name for name in wheel_names if name.startswith(f"{package}/")} == files


@pytest.mark.slow
def test_every_toml_of_the_wheel_has_its_table_which_is_used_in_a_zip_file_too(built: Path, tmp_path: Path) -> None:
    wheel = next(built.glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        sources = [name for name in archive.namelist() if name.endswith(".toml") and "/templates/" not in name]
        assert len(sources) > 150
        for name in sources:
            assert archive.read(f"{name.removesuffix('.toml')}.table") == table_of(archive.read(name)), name
        catalogue = archive.read("pkitools/trust/data/catalogue.json")
        assert archive.read("pkitools/trust/data/catalogue.table") == table_of(catalogue, ".json")
    program = (
        "import sys, pkitools.systems as s, pkitools.documents as d, pkitools_cli.i18n as i\n"
        f"assert s.__file__.startswith({str(wheel)!r}) and 'tomllib' not in sys.modules\n"
        "assert s.get_system('digid').title and len(s.systems()) > 10 and d.documents() and i.tr('cli.main.help')\n"
        "assert 'tomllib' not in sys.modules\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(wheel)}
    subprocess.run([sys.executable, "-c", program], check=True, cwd=tmp_path, env=environment)


@pytest.mark.slow
def test_the_wheel_holds_no_private_key_and_no_test(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        for name in wheel.namelist():
            assert not name.startswith("tests/")
            if not name.endswith(".py"):
                assert b"PRIVATE KEY-----\n" not in wheel.read(name), name


@pytest.mark.slow
def test_the_source_distribution_can_be_tested_from(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    papers = {"LICENSE", "README.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md", "pyproject.toml", "Makefile"}
    assert papers <= names
    assert {"tests/house/test_packaging.py", "tools/make_venv.sh", "docs/schemas/report-v1.json"} <= names


@pytest.mark.slow
def test_what_the_package_says_of_itself_is_known(built: Path) -> None:
    """No address or account is made up: what is not known is left out."""
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        said = email.message_from_bytes(wheel.read(name))
    assert (said["Name"], said["Author"]) == ("pkitools-nl", "pkitools contributors")
    assert not {"Home-page", "Project-URL", "Author-email", "Maintainer-email"} & {*said.keys()}
    requirements = [str(line) for line in said.get_all("Requires-Dist") or ()]
    assert not [line for line in requirements if line.startswith("pkitools") and not line.startswith("pkitools-nl")]


def test_every_python_that_is_named_is_tested_where_it_is_found() -> None:
    said = {line.rpartition(" ")[2] for line in PROJECT["classifiers"] if line.startswith("Programming Language")}
    (loop,) = (line for line in (ROOT / ".ci" / "run").read_text().splitlines() if line.startswith("for version in"))
    assert said == {"3.11", *loop.removeprefix("for version in ").removesuffix("; do").split()}


@pytest.mark.slow
@pytest.mark.parametrize("pattern", ["*.whl", "*.tar.gz"])
def test_it_runs_where_it_was_installed(built: Path, tmp_path: Path, pattern: str) -> None:
    """In an environment of its own, from another folder; only the dependencies are borrowed."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    programs = tmp_path / "venv" / "bin"
    packages = next((tmp_path / "venv" / "lib").glob("python*/site-packages"))
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "--quiet", "--python", str(programs / "python")]
    install = [
        *pip,
        "install",
        "--no-index",
        "--no-deps",
        "--no-build-isolation",
        "--no-compile",
        str(next(built.glob(pattern))),
    ]
    subprocess.run(install, check=True, cwd=tmp_path, env={**os.environ, "PIP_CONFIG_FILE": os.devnull})

    def run(*command: str) -> str:
        done = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True, env={"PATH": ""})
        return done.stdout

    python = str(programs / "python")
    assert run(str(programs / "pkitools"), "--version") == run(python, "-m", "pkitools_cli", "--version")
    assert "PASSED" in run(str(programs / "pkitools"), "oin", "check", "00000003273229750000")
    program = (
        "import json, pkitools.reports as r; print(json.dumps([r.__file__, *map(r.read_schema, r.schema_names())]))"
    )
    file, *schemas = json.loads(run(python, "-c", program))
    assert Path(file).is_relative_to(packages)
    assert len(schemas) == len(list(SCHEMAS.iterdir()))


def test_every_schema_has_the_identifier_of_its_file() -> None:
    for name in schema_names():
        thing, _, version = name.rpartition("-v")
        assert read_schema(name)["$id"] == f"urn:pkitools:schema:{thing}:v{version}"
        assert read_schema(f"urn:pkitools:schema:{thing}:v{version}") == read_schema(name)
    with pytest.raises(InvalidValueError) as caught:
        read_schema("../pyproject")
    assert "cert-check-v1" in str(caught.value)


def test_the_licence_is_the_one_named() -> None:
    assert PROJECT["license"] == "EUPL-1.2"
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
