"""The systems that come with pkitools, one file each under ``data/``. Adding a system is adding a file."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from pkitools.arguments import text
from pkitools.errors import InvalidValueError
from pkitools.systems.model import System
from pkitools.systems.reading import read_system
from pkitools.systems.unread import unread_systems


@cache
def systems() -> tuple[System, ...]:
    """Return every system, by name."""
    folder = files(__package__).joinpath("data")
    descriptions = [entry.read_text(encoding="utf-8") for entry in folder.iterdir() if entry.name.endswith(".toml")]
    return tuple(sorted((read_system(each) for each in descriptions), key=lambda system: system.name))


def get_system(name: str) -> System:
    """Return the system of this name.

    Raises:
        InvalidValueError: ``systems.error.unknown``; ``systems.error.unread`` of one that nobody could describe.
    """
    for system in systems():
        if system.name == text(name, "system"):
            return system
    for other in unread_systems():
        if other.name == name:
            raise InvalidValueError("systems.error.unread", title=other.title, owner=other.owner)
    raise InvalidValueError("systems.error.unknown", name=name, known=", ".join(s.name for s in systems()))
