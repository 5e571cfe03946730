"""The data files that come with the packages. They are our own: a mistake in one is a bug, and raises as such."""

from __future__ import annotations

import marshal
import sys
from datetime import UTC, date, datetime
from datetime import time as clock
from importlib.util import source_hash
from pkgutil import get_data  # a fraction of the time importlib.resources takes to import; reads from a zip file too
from typing import Any, Final


def read_text(package: str, path: str) -> str:
    """Return a text file of a package; ``path`` counts from its folder, with slashes.

    Raises:
        FileNotFoundError: there is no such file.
    """
    data = get_data(package, path)
    if data is None:
        raise FileNotFoundError(path)
    return data.decode("utf-8")


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
    """Return a TOML file of a package, parsed anew: who asks often keeps what is made of it.

    The table beside it (``tools/tables.py``) is read instead, where there is one that was made of this very text: that
    takes a fiftieth of the time.

    Raises:
        FileNotFoundError: there is no such file.
    """
    source = get_data(package, path)
    if source is None:
        raise FileNotFoundError(path)
    found: dict[str, Any] | None = _table(package, path, source_hash(source))
    if found is not None:
        return found
    import tomllib  # a user needs it for no command: what was installed has its tables

    return tomllib.loads(source.decode("utf-8"))


def _table(package: str, path: str, made_of: bytes) -> Any:
    """Return what the table beside a file says; ``None`` where it is not there, damaged or of another text."""
    try:
        table = get_data(package, f"{path.removesuffix('.toml')}.table") or b""
        return _whole(marshal.loads(table[len(made_of) :])) if table.startswith(made_of) else None  # noqa: S302  our own
    except (OSError, ValueError, EOFError, TypeError):
        return None


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
