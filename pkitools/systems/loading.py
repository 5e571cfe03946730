"""The systems that come with pkitools, one file each under ``data/``. Adding a system is adding a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Final

from pkitools.arguments import named, near, text
from pkitools.errors import InvalidValueError
from pkitools.package_data import file_names, read_toml
from pkitools.systems.model import System
from pkitools.systems.reading import system_of

UNKNOWN_SYSTEM: Final = frozenset({"systems.error.unknown", "systems.error.unknown_near", "systems.error.several"})
"""The codes of :func:`unknown_system`."""


@cache
def systems() -> tuple[System, ...]:
    """Return every system, by name."""
    names = [name.removesuffix(".toml") for name in file_names(str(__package__), "data") if name.endswith(".toml")]
    return tuple(map(_described, sorted(names)))


@cache
def _described(name: str) -> System:
    """Return the system whose file has this name, which is its own.

    Raises:
        OSError: there is no such file.
    """
    return system_of(read_toml(str(__package__), f"data/{name}.toml"))


def get_system(name: str) -> System:
    """Return the system of this name, or that people call so: ``digid-machtigen``, ``DigiD Machtigen``.

    Raises:
        InvalidValueError: ``systems.error.unknown``, or ``unknown_near`` with what was perhaps meant; ``several`` for
            more than one name in one text; ``systems.error.unread`` of one that nobody could describe,
            or ``unread_perhaps`` where whose it is is not known for sure either.
    """
    asked = text(name, "system")
    if re.fullmatch("[a-z0-9-]+", asked):  # most likely its name: the others are not read for it
        with suppress(OSError):
            return _described(asked)
    found = named(asked, _names())
    for system in systems():
        if system.name == found:
            return system
    from pkitools.unknowns import unread_systems  # most are asked for by their name

    for other in unread_systems():
        if other.key == found:
            slug = "unread" if other.told else "unread_perhaps"
            raise InvalidValueError(f"systems.error.{slug}", title=other.title, owner=other.owner)
    raise unknown_system(name)


def known_system(name: str) -> System | None:
    """Return the system of exactly this name; ``None`` where there is none."""
    return next((system for system in systems() if system.name == name), None)


@cache
def _names() -> Mapping[str, Sequence[str]]:
    """Return what each system is called, also those that nobody could describe."""
    from pkitools.unknowns import unread_systems

    described = {system.name: (system.title,) for system in systems()}
    return {**described, **{other.key: (other.title,) for other in unread_systems()}}


def unknown_system(name: str, others: Iterable[System] = ()) -> InvalidValueError:
    """Return what there is to say of a name that no system has: what was perhaps meant, and which there are.

    Args:
        name: the name.
        others: systems that there are beside ours.
    """
    more = {system.name: (system.title,) for system in others}
    names = {**_names(), **more}
    known = ", ".join((*(system.name for system in systems()), *more))
    parts = [named(part, names) for part in re.split("[,;+]", name)]
    if len(parts) > 1 and None not in parts:
        return InvalidValueError("systems.error.several", name=name, parts=", ".join(filter(None, parts)))
    if meant := near(name, names):
        return InvalidValueError("systems.error.unknown_near", name=name, near=", ".join(meant), known=known)
    return InvalidValueError("systems.error.unknown", name=name, known=known)
