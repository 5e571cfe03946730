"""What a user installs: exactly three import packages, their data, and the licence."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
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


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_and_data_file_is_in_the_wheel(package: str, wheel_names: set[str]) -> None:
    folder = PACKAGES[package] / package
    files = {
        str(path.relative_to(PACKAGES[package]))
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert files <= wheel_names
    assert f"{package}/py.typed" in wheel_names
    assert {name for name in wheel_names if name.startswith(f"{package}/")} == files


def test_the_wheel_holds_no_private_key_and_no_test(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        for name in wheel.namelist():
            assert not name.startswith("tests/")
            if not name.endswith(".py"):
                assert b"PRIVATE KEY-----\n" not in wheel.read(name), name


def test_the_source_distribution_can_be_tested_from(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    assert {"LICENSE", "README.md", "pyproject.toml", "Makefile", "tests/house/test_packaging.py"} <= names


def test_the_licence_is_the_one_named() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == "EUPL-1.2"
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
