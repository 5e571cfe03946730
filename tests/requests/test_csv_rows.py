"""A table of requests, as Excel and others write it: the same rows, whatever separates them and however encoded."""

from __future__ import annotations

from itertools import product

import pytest

from pkitools.errors import InputError
from pkitools.messages import LANGUAGES, error_sentence
from pkitools.requests import BatchError, read_batch
from tests.support.cases import in_one_test

DEFAULTS = {"profile": "g4-tls", "environment": "production", "organization": "Gemeente Voorbeeld"}
OIN = "00000003273229750000"
HEAD = ("name", "common-name", "dns", "oin")
ROWS = (("api", "api.example.nl", "api.example.nl www.example.nl", OIN), ("web", "web.example.nl", "", OIN))


def table(
    separator: str = ";", end: str = "\r\n", head: tuple[str, ...] = HEAD, rows: tuple[tuple[str, ...], ...] = ROWS
) -> str:
    return "".join(f"{separator.join(row)}{end}" for row in (head, *rows))


def read(data: bytes) -> list[tuple[str, tuple[str, ...], str | None]]:
    items = read_batch(data, "t.csv", DEFAULTS)
    return [(item.name, item.plan.dns_names, item.plan.subject.get("serialNumber")) for item in items]


WANTED = [("api", ("api.example.nl", "www.example.nl"), OIN), ("web", ("web.example.nl",), OIN)]
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "utf-16")
HEADS = (HEAD, ("Name", "Common Name", "DNS", "OIN"), ("name", "common_name", "dns", "oin"))


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_table_says_the_same_in_every_form(encoding: str) -> None:
    for separator, end, head in product(";,\t", ("\r\n", "\n", "\r\n;;;\r\n\r\n"), HEADS):
        text = table(separator, end.replace(";", separator), head)
        assert read(text.encode(encoding)) == WANTED, (separator, end, head)
        said = f"sep={separator}\r\n{text}"  # as programs begin that make tables for Excel
        assert read(said.encode(encoding)) == WANTED, said


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_letters_with_accents_are_read_in_every_encoding(encoding: str) -> None:
    text = table(head=(*HEAD, "organization"), rows=tuple((*row, "Súdwest-Fryslân") for row in ROWS))
    items = read_batch(text.encode(encoding), "t.csv", DEFAULTS)
    assert {item.plan.subject.get("O") for item in items} == {"Súdwest-Fryslân"}


@in_one_test
@pytest.mark.parametrize("cell", [f'="{OIN}"', f"'{OIN}", f'"{OIN}"', f" {OIN} ", f'"=""{OIN}"""'])
def test_what_keeps_the_zeros_of_a_number_is_taken_off(cell: str) -> None:
    rows = tuple((*row[:3], cell) for row in ROWS)
    assert read(table(rows=rows).encode()) == WANTED


@in_one_test
@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("oin", "3273229750000", "batch_zeros"),
        ("oin", "03273229750000", "batch_zeros"),
        ("oin", "3,27323E+12", "batch_scientific"),
        ("oin", "3.27323E+12", "batch_scientific"),
        ("kvk", "7322975", "batch_zeros"),
        ("colour", "red", "batch_field"),
    ],
)
def test_what_a_spreadsheet_lost_is_told_of_the_row_and_never_mended(column: str, value: str, code: str) -> None:
    head = (*HEAD[:3], column) if column == "oin" else (*HEAD, column)
    rows = tuple((*row[: len(head) - 1], value) for row in ROWS)
    with pytest.raises(BatchError) as refused:
        read(table(head=head, rows=rows).encode())
    assert [(name, error.code) for name, error in refused.value.faults] == [
        (n, f"requests.error.{code}") for n in ("api", "web")
    ]
    for _, error in refused.value.faults:
        assert all(len(error_sentence(error, language)) > 20 for language in LANGUAGES)


@in_one_test
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("common_name;dns\na.example.nl;\n", "csv_form"),
        ("name;name\na;b\n", "csv_column_twice"),
        ("name;common_name\na;b;c\n", "csv_cells"),
        ('name;common_name\n"a;b\n', "csv_line"),
        ('name;common_name\n"a"x;b\n', "csv_line"),
    ],
)
def test_what_is_no_table_is_refused_with_its_line(text: str, code: str) -> None:
    with pytest.raises(InputError) as refused:
        read(text.encode())
    assert refused.value.code == f"requests.error.{code}"


def test_bytes_of_no_encoding_are_refused() -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read(b"name;common_name\n\x81\x8d;b\n")


def test_names_with_hyphens_are_fields_in_toml_as_well() -> None:
    text = '[[request]]\nname = "a"\ncommon-name = "a.example.nl"\noin = "00000003273229750000"\n'
    assert [name for name, _, _ in read(text.encode())] == ["a"]
