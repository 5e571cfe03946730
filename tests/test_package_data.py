"""A table is what its TOML says, or it is not used."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkitools import package_data
from pkitools.package_data import read_toml, table_mark
from tools.tables import PACKAGES, PARSERS, ROOT, sources, table_of, write

pytestmark = pytest.mark.slow

NAMES = [str(path.relative_to(ROOT)) for path in sources()]
VALUES = st.recursive(
    st.text() | st.integers() | st.booleans() | st.floats(allow_nan=False) | st.dates() | st.just(datetime.now(UTC)),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
)


def read_by(text: str, table: bytes, monkeypatch: pytest.MonkeyPatch) -> object:
    """Return what is read of a package that holds a TOML file with this text, and a table beside it."""
    held = {"x.toml": text.encode(), "x.table": table}
    monkeypatch.setattr(package_data, "_read", lambda _, path: held[path])
    return read_toml("held", "x.toml")


def test_every_table_says_what_its_toml_says(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(NAMES) > 150
    assert "pkitools/trust/data/catalogue.json" in NAMES
    for name in NAMES:
        text, kind = (ROOT / name).read_text(encoding="utf-8"), Path(name).suffix
        table, said = table_of(text.encode(), kind), PARSERS[kind](text)
        with monkeypatch.context() as patched:
            patched.setattr(tomllib, "loads", None)  # it is the table that is read
            patched.setattr(json, "loads", None)
            assert repr(read_by(text, table, patched)) == repr(said), name


@given(value=VALUES)
def test_whatever_toml_can_say_a_table_says_alike_or_is_refused_when_it_is_made(value: object) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tomllib, "loads", lambda _: {"key": value})
        try:
            table = table_of(b"text")
        except TypeError:
            assert "datetime" in repr(value)  # a fraction of a second
            return
        patched.setattr(tomllib, "loads", None)
        assert repr(read_by("text", table, patched)) == repr({"key": value})


@pytest.mark.parametrize("value", ["12:00:00", "2026-11-22T12:00:00", "2026-11-22T12:00:00+01:00"])
def test_a_time_that_a_table_cannot_hold_is_refused_when_it_is_made(value: str) -> None:
    with pytest.raises(TypeError):
        table_of(f"key = {value}".encode())


def test_a_day_and_a_moment_are_what_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "day = 2026-11-22\nmoment = 2026-11-22T12:00:01Z\nmany = [[2026-11-22]]"
    found = read_by(text, table_of(text.encode()), monkeypatch)
    moment = datetime(2026, 11, 22, 12, 0, 1, tzinfo=UTC)
    assert found == {"day": date(2026, 11, 22), "moment": moment, "many": [[date(2026, 11, 22)]]}


def test_json_is_read_with_and_without_its_table(monkeypatch: pytest.MonkeyPatch) -> None:
    text = b'{"key": null, "list": [1]}'
    for table in (table_of(text, ".json"), b""):
        held = {"x.json": text, "x.table": table}
        monkeypatch.setattr(package_data, "_read", lambda _, path, held=held: held[path])
        assert package_data.read_json("held", "x.json") == {"key": None, "list": [1]}


def test_a_table_of_another_text_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_by("key = 2", table_of(b"key = 1"), monkeypatch) == {"key": 2}


def test_a_table_that_is_damaged_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "key = 1\nday = 2026-11-22\nlist = ['a', 'b']"
    whole = table_of(text.encode())
    for length in range(len(whole)):
        assert read_by(text, whole[:length], monkeypatch) == tomllib.loads(text)
    for other in (b"N", b"?", b"(\x01\x00\x00\x00i\x01\x00\x00\x00", b""):
        assert read_by(text, table_mark(text.encode()) + other, monkeypatch) == tomllib.loads(text)


def test_a_table_is_the_same_whatever_python_made_it() -> None:
    assert table_of(b"key = 1").hex() == "00000007f0fd2653022802000000467b75030000006b6579690100000030"


def test_what_is_not_there_is_not_there() -> None:
    with pytest.raises(FileNotFoundError):
        read_toml("pkitools", "none.toml")


def test_tables_are_written_beside_each_toml_and_go_with_it(tmp_path: Path) -> None:
    for package in PACKAGES:
        (tmp_path / package).mkdir(parents=True)
    source = tmp_path / "pkitools" / "one.toml"
    source.write_text("key = 1")
    (tmp_path / "pkitools" / "gone.table").write_bytes(b"")
    assert write(tmp_path) == [source.with_suffix(".table")]
    assert sorted(path.name for path in (tmp_path / "pkitools").iterdir()) == ["one.table", "one.toml"]
    source.write_text("key = 2")
    write(tmp_path)
    assert source.with_suffix(".table").read_bytes() == table_of(b"key = 2")


@pytest.mark.parametrize("table", [True, False])
def test_data_of_a_package_in_a_zip_file_are_read_with_and_without_a_table(tmp_path: Path, table: bool) -> None:
    with zipfile.ZipFile(tmp_path / "held.zip", "w") as archive:
        archive.writestr("held/__init__.py", "")
        archive.writestr("held/data/x.toml", "key = 1")
        if table:
            archive.writestr("held/data/x.table", table_of(b"key = 1"))
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'held.zip')!r})\n"
        "import held\n"
        "from pkitools.package_data import read_toml\n"
        "assert read_toml('held', 'data/x.toml') == {'key': 1}\n"
        f"assert ('tomllib' in sys.modules) is {not table}\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
