"""TOML from outside costs no more than its size says."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

import pkitools
import pkitools_cli
import pkitools_test_pki
from pkitools.checking.expectation import read_expectation
from pkitools.errors import InputError, LimitError
from pkitools.limits import MAX_TOML_BYTES, MAX_TOML_KEY_PARTS, MAX_TOML_LINE
from pkitools.requests import read_batch
from pkitools.systems import read_system
from pkitools.toml_text import read_foreign_toml
from tests.support.cases import in_one_test
from tests.support.effort import bounded

PARTS = {"bare": "a", "spaced": " a ", "quoted": '"a"', "escaped": r'"\""', "literal": "'a'", "empty": '""'}


@in_one_test
@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
@pytest.mark.parametrize("form", ["{} = 1", "[{}]", "[[{}]]", "x = {{{} = 1}}", 'x = ["""\n""", {{{} = 1}}, "z"]'])
def test_a_long_key_is_refused_wherever_it_stands(part: str, form: str) -> None:
    text = form.format(".".join([part] * 3000))
    with bounded(0.5), pytest.raises(LimitError) as refused:
        read_foreign_toml(text, "f")
    assert refused.value.code in {"files.error.toml_key", "files.error.toml_line"}


def test_the_line_is_named() -> None:
    with pytest.raises(LimitError, match="Line 3"):
        read_foreign_toml("a = 1\nb = 2\n" + ".".join("c" * (MAX_TOML_KEY_PARTS + 1)) + " = 3\n", "f")
    with pytest.raises(LimitError, match="Line 2"):
        read_foreign_toml(f'a = 1\nb = "{"x" * MAX_TOML_LINE}"\n', "f")


def test_what_is_just_allowed_is_read() -> None:
    key = ".".join("c" * MAX_TOML_KEY_PARTS)
    assert "c" in read_foreign_toml(f"{key} = 3", "f")
    assert read_foreign_toml(f'b = "{"x" * (MAX_TOML_LINE - 6)}"', "f")
    with pytest.raises(LimitError):
        read_foreign_toml(" " * (MAX_TOML_BYTES + 1), "f")


@in_one_test
@pytest.mark.slow
@pytest.mark.parametrize(
    "line",
    [
        ".".join(["a"] * MAX_TOML_KEY_PARTS) + "{0}=1\n",
        ".".join(['"' + "a" * 65 + '"'] * 240) + ".a{0}=1\n",
        '"' + r"\"" * 8000 + '{0}"=1\n',
        "'" * 16_000 + "{0}\n",
        "a" * 16_000 + "{0}\n",
    ],
)
def test_a_whole_file_of_the_worst_lines_takes_no_time(line: str) -> None:
    text = "".join(line.format(number) for number in range(MAX_TOML_BYTES // (len(line) + 6)))
    with bounded(3):
        try:
            read_foreign_toml(text, "f")
        except InputError:
            return


def test_both_doors_use_it() -> None:
    text = ".".join(["a"] * 3000) + " = 1"
    with bounded(0.5):
        with pytest.raises(LimitError):
            read_batch(text.encode(), "f")
        with pytest.raises(LimitError):
            read_system(text)


@pytest.mark.parametrize("package", [pkitools, pkitools_cli, pkitools_test_pki], ids=lambda package: package.__name__)
def test_nothing_else_reads_toml_but_what_comes_with_the_package(package: ModuleType) -> None:
    assert package.__file__ is not None
    folder = Path(package.__file__).parent
    readers = {
        path.relative_to(folder).as_posix() for path in folder.rglob("*.py") if "tomllib.load" in path.read_text()
    }
    assert readers <= OF_ITS_OWN, "TOML from outside goes through read_foreign_toml"


OF_ITS_OWN = {
    "toml_text.py",
    "package_data.py",
    "profiles/loading.py",  # entries to be of its own file
    "i18n.py",
    "server/pages.py",
    "faults/__init__.py",
    "defects/registry.py",
    "g4_trial/trial_yaml.py",
}


def test_what_is_expected_is_behind_the_limits(tmp_path: Path) -> None:
    (tmp_path / "e.toml").write_text(".".join("a" * 3000) + ' = "x"\n')
    with pytest.raises(LimitError, match=r"e\.toml") as refused:
        read_expectation(tmp_path / "e.toml")
    assert refused.value.code == "files.error.toml_key"
