"""Write the data in a form that loads fast beside their TOML or JSON: ``python -m tools.tables``.

These stay the source, and the only one in the repository. A table is written when a wheel is built or a checkout is
installed (``tools/build_hook.py``), and is used for as long as the text beside it is the one it was made of
(:func:`pkitools.package_data.read_toml`): a table can be missing or old, and never wrong.
"""

from __future__ import annotations

import json
import marshal
import os
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from pkitools.package_data import table_mark

ROOT: Final = Path(__file__).parents[1]
PACKAGES: Final = ("pkitools", "cli/pkitools_cli", "test_pki/pkitools_test_pki")
_MARSHAL: Final = 2  # read by every Python; later versions make the same value into other octets, by who else holds it


def sources(root: Path = ROOT) -> Iterator[Path]:
    """Yield every file of the packages that holds data."""
    for package in PACKAGES:
        for kind in PARSERS:
            yield from sorted((root / package).rglob(f"*{kind}"))


def table_of(source: bytes, kind: str = ".toml") -> bytes:
    """Return the table of a text: what it was made of, then what it says.

    Raises:
        TypeError: it says something that no table can hold: a time without a day, or of another zone than UTC.
    """
    said = _plain(PARSERS[kind](source.decode("utf-8")))
    return table_mark(source) + marshal.dumps((_has_days(said), said), _MARSHAL)


def _has_days(value: Any) -> bool:
    """Return whether something in a table is to be made a day or a moment when it is read: else nobody looks."""
    if isinstance(value, dict):
        return any(map(_has_days, value.values()))
    return isinstance(value, tuple) or (isinstance(value, list) and any(map(_has_days, value)))


def _toml(text: str) -> object:
    return tomllib.loads(text)


PARSERS: Final[dict[str, Callable[[str], object]]] = {".toml": _toml, ".json": json.loads}


def _plain(value: Any) -> Any:
    """Return a value of TOML as a table holds it: a day or a moment as a tuple, which nothing else of TOML is."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, datetime) and value.tzinfo == UTC and not value.microsecond:
        return tuple(value.timetuple()[:6])
    if type(value) is date:
        return tuple(value.timetuple()[:3])
    if not isinstance(value, (str, int, float)) and value is not None:
        raise TypeError(f"no table can hold {value!r}")
    return value


def write(root: Path = ROOT) -> list[Path]:
    """Write the tables of all packages in a checkout and return them; one whose TOML is gone is taken away."""
    wanted = {source.with_suffix(".table"): source for source in sources(root)}
    for package in PACKAGES:
        for old in (root / package).rglob("*.table"):
            if old not in wanted:
                old.unlink()
    for target, source in wanted.items():
        _write_one(target, table_of(source.read_bytes(), source.suffix))
    return list(wanted)


def _write_one(target: Path, table: bytes) -> None:
    if target.exists() and target.read_bytes() == table:
        return
    beside = target.with_name(f"{target.name}.{os.getpid()}")
    beside.write_bytes(table)
    beside.replace(target)  # who reads meanwhile reads the old one or the new one


if __name__ == "__main__":
    print(f"{len(write())} tables")
