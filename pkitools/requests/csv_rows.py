"""Requests from a CSV file, as a spreadsheet writes it: a row each, under the names of the fields of a request.

Excel separates by semicolons where commas are decimal, begins a file with a mark of its encoding, and takes leading
zeros off numbers. The first two are read; the last is told, with what the number was, and never mended in silence.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pkitools.errors import InputError, InvalidValueError
from pkitools.text import pattern

_ZIP: Final = b"PK\x03\x04"
_OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_SEPARATORS: Final = ";,\t"
_SAID: Final = pattern(r"\s*sep=([;,\t])\s*", re.IGNORECASE)
"""A first line by which a program tells Excel what stands between the cells: no row of the table."""

_LISTS: Final = frozenset({"dns"})
_WIDTHS: Final = {"oin": 20, "kvk": 8}
_AS_FORMULA: Final = pattern(r'="(.*)"', re.DOTALL)
_SCIENTIFIC: Final = pattern(r"[0-9](?:[.,][0-9]+)?[eE][+]?[0-9]{1,3}")


def looks_like_csv(data: bytes) -> bool:
    """Return whether these bytes begin as a table does: TOML has a bracket, a comment or an equals sign there."""
    text = data[:4096].lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\0", b"")
    first = next((line for line in text.splitlines() if line.strip()), b"")
    if _SAID.fullmatch(first.decode("latin-1")):
        return True
    first = first.strip()
    return not first.startswith((b"[", b"#")) and b"=" not in first and any(s.encode() in first for s in _SEPARATORS)


def is_workbook(data: bytes) -> bool:
    """Return whether these bytes are the workbook of a spreadsheet, of which a table is saved as CSV first."""
    if data.startswith(_ZIP):
        return b"xl/workbook." in data or b"opendocument.spreadsheet" in data[:200]
    return data.startswith(_OLE) and "Workbook".encode("utf-16-le") in data


def read_csv_rows(data: bytes, file: str) -> list[dict[str, Any]]:
    """Return the rows of a table: name of the field → text, or texts where there may be several. No empty cells.

    Args:
        data: the file.
        file: what to call it in an error.

    Raises:
        InputError: it is no table, has no row, or is of an unknown encoding; a column has no name or that of another.
    """
    lines = list(csv_lines(_text(data, file), file))
    if not lines:
        raise InputError("requests.error.csv_form", name=file)
    names = [field_name(cell) for cell in lines[0][1]]
    _refuse_names(names, file)
    if len(lines) == 1:
        raise InputError("requests.error.csv_no_rows", name=file)
    return [_row(names, cells, line, file) for line, cells in lines[1:]]


def field_name(text: str) -> str:
    """Return the name of a field as it is known, written with hyphens, spaces or capitals: ``common_name``."""
    return re.sub("[ _-]+", "_", text.strip().lower())


def _text(data: bytes, file: str) -> str:
    encodings = ("utf-16",) if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError("requests.error.csv_encoding", name=file)


def csv_lines(text: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each row that has any, with the line it begins on; not the first that says what separates.

    Args:
        text: the table.
        file: what to call it in an error.

    Raises:
        InputError: a row cannot be read, so that nothing is known of those behind it either.
    """
    first = next((line for line in text.splitlines() if line.strip()), "")
    said = _SAID.fullmatch(first)
    separator = said[1] if said else max(_SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    is_said = said is not None
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error:
            raise InputError("requests.error.csv_line", name=file, line=line) from None
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            if not is_said:
                yield line, cells
            is_said = False


def _refuse_names(names: Sequence[str], file: str) -> None:
    doubles = [name for name in names if names.count(name) > 1 and name]
    if doubles:
        raise InputError("requests.error.csv_column_twice", name=file, column=doubles[0])
    if "name" not in names:
        raise InputError("requests.error.csv_form", name=file)


def _row(names: Sequence[str], cells: Sequence[str], line: int, file: str) -> dict[str, Any]:
    values = [_cell(cell) for cell in cells]
    if any(values[len(names) :]) or any(value and not name for name, value in zip(names, values, strict=False)):
        raise InputError("requests.error.csv_cells", name=file, line=line)
    return {name: _value(name, value) for name, value in zip(names, values, strict=False) if name and value}


def _cell(text: str) -> str:
    """Return what a cell says: ``="000"`` and ``'000`` are how people keep the zeros of a number."""
    text = text.strip()
    formula = _AS_FORMULA.fullmatch(text)
    return (formula[1] if formula else text.removeprefix("'")).strip()


def _value(name: str, text: str) -> str | tuple[str, ...]:
    return tuple(re.split(r"[\s,|;]+", text)) if name in _LISTS else text


def lost_zeros(values: Mapping[str, Any]) -> Iterator[InvalidValueError]:
    """Yield of each number that a spreadsheet took digits off what it was, where that can be told."""
    for field, text in _numbers(values):
        width = _WIDTHS[field]
        if _SCIENTIFIC.fullmatch(text):
            yield InvalidValueError("requests.error.batch_scientific", field=field, value=text)
        elif re.fullmatch("[0-9]+", text) and width // 2 <= len(text) < width:
            whole = text.zfill(width)
            yield InvalidValueError("requests.error.batch_zeros", field=field, value=text, width=width, whole=whole)


def _numbers(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from ((field, values[field]) for field in _WIDTHS if isinstance(values.get(field), str))
