"""The prefix table is whole, and the code knows no prefix of its own."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from pkitools.findings import Certainty
from pkitools.messages import LANGUAGES
from pkitools.oin import prefix_table
from pkitools.oin.prefixes import Prefix, row_of
from tests.support.cases import in_one_test

ROWS = list(prefix_table().prefixes.values())


def test_the_table_says_where_it_comes_from() -> None:
    document = prefix_table().source.document
    assert document.title["nl"] == "OIN-Stelsel"
    assert document.version
    assert document.url.startswith("https://")
    assert isinstance(document.read, date)
    assert all(source.document.title for source in prefix_table().examples.values())


def test_it_holds_the_prefixes_of_the_scheme() -> None:
    status = {row.prefix: row.status for row in ROWS}
    assert {p for p, s in status.items() if s == "assigned"} == {f"{n:08d}" for n in (1, 2, 3, 4, 6, 7, 8, 9, 10)}
    assert status["00000005"] == "unassigned"
    assert status["00000099"] == "test"


@in_one_test
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.register)
def test_a_row_is_complete(row: Prefix) -> None:
    assert re.fullmatch("[0-9]{8}", row.prefix)
    assert re.fullmatch("[a-z_]+", row.register)
    assert row.status in {"assigned", "unassigned", "proposed", "test"}
    assert row.registered in {"special", "always", "issued", "never", "unknown"}
    # of what is not adopted nobody has said where it is looked up
    assert (row.registered == "unknown") == (row.status == "proposed")
    assert (row.certainty is Certainty.STANDARD) == (row.status != "proposed")
    assert not row.forms or row.shape.certainty not in {Certainty.THIRD_PARTY, Certainty.ADVICE}
    for texts in (row.number, row.name, row.about):
        assert set(texts) == set(LANGUAGES)
        assert all(texts.values())
    for form in row.forms:
        assert form.length in {8, 9}
        assert len(form.suffix) + form.length == 12
        re.compile(form.pattern)
    assert bool(row.forms) == (row.status in {"assigned", "proposed"})
    assert row_of(row.register) is row


def test_registers_and_prefixes_are_unique() -> None:
    rows = tomllib.loads(files("pkitools.oin").joinpath("data", "prefixes.toml").read_text())["prefix"]
    for key in ("prefix", "register"):
        assert len({row[key] for row in rows}) == len(rows)


def test_no_prefix_is_written_in_the_code() -> None:
    folder = Path(str(files("pkitools.oin")))
    for path in folder.glob("*.py"):
        code = re.sub(r'"""[\s\S]*?"""', "", path.read_text(encoding="utf-8"))
        assert not re.search(r"0000[0-9]{4}", code), path.name
