"""Facts of one's own on the command line: the folder of ``--data`` or ``PKITOOLS_DATA``, and what packages bring.

Only the command line reads the variable; the library is handed what was read. It is read once a run, and only by the
commands that ask it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import click

from pkitools.errors import FileError, InvalidValueError
from pkitools_cli.framework import DATA_VARIABLE, data_folder_given
from pkitools_cli.remedies import MAY_BE_LEFT_OUT

if TYPE_CHECKING:
    from pkitools.profiles import TSP
    from pkitools.rules import OwnData
    from pkitools.systems import System

_READ: Final = "pkitools_cli.own_data"


def refuse_no_folder(ctx: click.Context) -> None:
    """Refuse a folder that is none, also where the command asks nothing of it: who named it thinks that it is used.

    Raises:
        FileError: there is no such folder.
    """
    folder = _named(ctx) or ""
    if not os.path.isdir(folder):  # noqa: PTH112  pathlib takes time to import
        raise FileError("rules.error.own_folder", name=folder)


def given_data() -> OwnData | None:
    """Return what was added to what we know; ``None`` where nothing was.

    Raises:
        FileError, InputError, InvalidValueError: the folder cannot be used at all.
    """
    ctx = click.get_current_context(silent=True)
    if ctx is None:  # an answer that is told after its command has ended
        return _read(os.environ.get(DATA_VARIABLE) or None)
    if _READ not in ctx.meta:
        ctx.meta[_READ] = _read(_named(ctx))
    found: OwnData | None = ctx.meta[_READ]
    return found


def _named(ctx: click.Context) -> str | None:
    """Return the folder that the option names, else the variable; only an empty option names a folder (none)."""
    given = data_folder_given(ctx)
    return given if given is not None else os.environ.get(DATA_VARIABLE) or None


def _read(folder: str | None) -> OwnData | None:
    from pkitools.rules.own.presence import may_be_there

    if folder is None and not may_be_there():
        return None
    from pkitools.rules.own import OwnData, installed_data, read_data  # most have neither

    found = (OwnData() if folder is None else read_data(folder)) + installed_data()
    return None if found.is_empty else found


def unusable(kind: str) -> tuple[str, ...]:
    """Return a sentence for each file of a kind that could not be used; a list of that kind leaves out what it has."""
    from pkitools_cli.remedies import error_line

    data = given_data()
    return () if data is None else tuple(map(error_line, data.unusable(kind)))


def refused_for(system: str) -> tuple[str, ...]:
    """Return a sentence for each file that would have described a system of this name and could not be used."""
    from pkitools_cli.remedies import error_line

    data = given_data()
    return () if data is None else tuple(map(error_line, data.unusable_for(system)))


def system_named(name: str) -> System:
    """Return a system, one's own or ours.

    Raises:
        InvalidValueError: there is none of this name, or its file could not be used.
    """
    from pkitools.systems import get_system

    data = given_data()
    return get_system(name) if data is None else data.system(name)


def systems_named(names: Iterable[str]) -> list[System]:
    """Return the systems, but for those whose own file could not be used: of them nothing can be told.

    Raises:
        InvalidValueError: there is none of one of the names.
    """
    data = given_data()
    return [system_named(name) for name in names if data is None or not data.cannot_tell(name)]


def own_roots() -> list[bytes]:
    """Return the roots of one's own, and what stands in their files between, as DER.

    A file that cannot be used is told. Packages bring none: without a folder nothing is loaded.
    """
    ctx = click.get_current_context(silent=True)
    data = given_data() if ctx is not None and _named(ctx) else None
    if data is None:
        return []
    from pkitools_cli.output import complain

    for sentence in unusable("trust"):
        complain(sentence)
    return [*(anchor.der for anchor in data.trust.anchors), *data.trust.intermediates]


def told_unusable(names: Iterable[str]) -> bool:
    """Say of each file that would have described one of the systems and cannot be used what is wrong with it.

    Returns:
        Whether there is one: then what was asked of its system is not known.
    """
    from pkitools_cli.output import complain

    refused = [sentence for name in dict.fromkeys(names) for sentence in refused_for(name)]
    for sentence in refused:
        complain(sentence)
    return bool(refused)


def every_system() -> list[System]:
    """Return the systems, ours and one's own, in the order of their titles."""
    from pkitools.systems import systems

    data = given_data()
    found = {system.name: system for system in (*systems(), *(data.systems if data else ()))}
    return sorted(found.values(), key=lambda system: system.title.casefold())


def titles(names: Iterable[str]) -> list[str]:
    """Return what people call the systems; of one that cannot be told of, its name."""
    data = given_data()
    return [name if data is not None and data.cannot_tell(name) else system_named(name).title for name in names]


def refuse_unknown(systems: Iterable[str]) -> None:
    """Refuse a name of a system that nobody knows, in a command that judges for no system as well: it says so.

    Raises:
        InvalidValueError: one is such a name.
    """
    try:
        titles(systems)
    except InvalidValueError as error:
        raise InvalidValueError(error.code, **error.params, **{MAY_BE_LEFT_OUT: True}) from None


def tsp_named(name: str) -> TSP:
    """Return a TSP, one's own or ours.

    Raises:
        InvalidValueError: there is none of this name, or the file with TSPs could not be used.
    """
    from pkitools.profiles import get_tsp

    data = given_data()
    return get_tsp(name) if data is None else data.tsp(name)
