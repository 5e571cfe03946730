"""The data files that come with the packages. They are our own: a mistake in one is a bug, and raises as such."""

from __future__ import annotations

import sys
from pkgutil import get_data  # a fraction of the time importlib.resources takes to import; reads from a zip file too
from typing import Any


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

    Raises:
        FileNotFoundError: there is no such file.
    """
    import tomllib  # pkitools --version needs no data, and is there sooner without

    return tomllib.loads(read_text(package, path))
