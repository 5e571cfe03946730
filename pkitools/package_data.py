"""The data files that come with the packages. They are our own: a mistake in one is a bug, and raises as such."""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from datetime import time as clock
from typing import Any, Final


def read_text(package: str, path: str) -> str:
    """Return a text file of a package that was imported; ``path`` counts from its folder, with slashes.

    Raises:
        FileNotFoundError: there is no such file.
    """
    return _read(package, path).decode("utf-8")


def _read(package: str, path: str) -> bytes:
    """Return a file of a package, also of one in a zip file: what ``pkgutil.get_data`` does, which imports a lot."""
    module = sys.modules[package]
    loader: Any = module.__spec__ and module.__spec__.loader
    folder = str(module.__file__).removesuffix("__init__.py")  # pathlib takes time to import as well
    try:
        data: bytes = loader.get_data(folder + path.replace("/", os.sep))
    except FileNotFoundError:
        raise
    except OSError:  # what a zip file says of one that is not in it
        raise FileNotFoundError(path) from None
    return data


def file_names(package: str, folder: str) -> list[str]:
    """Return what is in a folder of a package that was imported, in no order.

    Raises:
        OSError: there is no such folder.
    """
    from pathlib import Path  # few commands ask

    where = Path(sys.modules[package].__path__[0], folder)
    if where.is_dir():
        return [path.name for path in where.iterdir()]
    from importlib.resources import files  # of a zip file; it loads tempfile, shutil and three compressors

    return [entry.name for entry in files(package).joinpath(folder).iterdir()]


def read_toml(package: str, path: str) -> dict[str, Any]:
    """Return a TOML file of a package that was imported, parsed anew: who asks often keeps what is made of it.

    The table beside it (``tools/tables.py``) is read instead, where there is one that was made of this very text: that
    takes a fiftieth of the time.

    Raises:
        FileNotFoundError: there is no such file.
    """
    return _parsed(package, path, _toml)


def read_json(package: str, path: str) -> dict[str, Any]:
    """Return a JSON object of a package, as :func:`read_toml` does.

    Raises:
        FileNotFoundError: there is no such file.
    """
    return _parsed(package, path, _json)


def _toml(text: str) -> dict[str, Any]:
    import tomllib  # a user needs it for no command: what was installed has its tables

    return tomllib.loads(text)


def _json(text: str) -> dict[str, Any]:
    import json  # the same

    found: dict[str, Any] = json.loads(text)
    return found


def _parsed(package: str, path: str, parse: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    source = _read(package, path)
    found: dict[str, Any] | None = _table(package, path, table_mark(source))
    return parse(source.decode("utf-8")) if found is None else found


def _table(package: str, path: str, made_of: bytes) -> Any:
    """Return what the table beside a file says; ``None`` where it is not there, damaged or of another text."""
    try:
        table = _read(package, f"{path.rpartition('.')[0]}.table")
        if not table.startswith(made_of):
            return None
        has_days, said = marshal.loads(table[len(made_of) :])  # noqa: S302  our own
        return _whole(said) if has_days else said
    except (OSError, ValueError, EOFError, TypeError):
        return None


def table_mark(source: bytes) -> bytes:
    """Return how a table of this form begins that was made of this text: the same in every version of Python."""
    from binascii import crc32  # pkitools --version reads no data

    return len(source).to_bytes(4, "big") + crc32(source).to_bytes(4, "big") + _FORM


_FORM: Final = b"\x02"
"""Of a table: whether it says a day or a moment somewhere, and what it says. Of another form none is read."""


def _whole(value: Any) -> Any:
    """Return a value of a table with its days and moments, which it holds as tuples."""
    if type(value) is dict:
        for key, each in value.items():
            if type(each) in _HOLD:
                value[key] = _whole(each)
    elif type(value) is list:
        return [_whole(each) for each in value]
    elif type(value) is tuple:
        day, time = value[:3], value[3:]
        return datetime.combine(date(*day), clock(*time), UTC) if time else date(*day)
    return value


_HOLD: Final = frozenset({dict, list, tuple})
