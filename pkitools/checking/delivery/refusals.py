"""Which programs do not read what pkitools does: tried, and kept as data with the version and the day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pkitools.containers.text_forms import TextForm
from pkitools.frozen import dataclass
from pkitools.package_data import read_toml

if TYPE_CHECKING:
    from pkitools.containers.protection import Protection


@dataclass(frozen=True, slots=True)
class Program:
    """One program that was tried: as people know it, and the day."""

    key: str
    name: str
    version: str
    tried: date

    @property
    def label(self) -> str:
        """Name and version."""
        return f"{self.name} {self.version}"


@dataclass(frozen=True, slots=True)
class _OfKeystore:
    part: str
    name: str
    scheme: str
    refused_by: tuple[Program, ...]


@dataclass(frozen=True, slots=True)
class Refusals:
    """All that was tried.

    Args:
        programs: by key.
        text: who does not read a form of text.
        keystore: who does not open a keystore, by what protects it.
    """

    programs: Mapping[str, Program]
    text: Mapping[TextForm, tuple[Program, ...]]
    keystore: tuple[_OfKeystore, ...]

    def of_protection(self, part: str, protection: Protection) -> tuple[Program, ...]:
        """Return who does not open a keystore with this cipher or MAC (``part``)."""
        for row in self.keystore:
            if (row.part, row.name) == (part, protection.cipher) and protection.derivation.startswith(row.scheme):
                return row.refused_by
        return ()


@cache
def refusals() -> Refusals:
    """Return the data, read once."""
    data = read_toml(str(__package__), "data/refusals.toml")
    programs = {row["key"]: Program(**row) for row in data["program"]}

    def named(row: Mapping[str, Any]) -> tuple[Program, ...]:
        return tuple(programs[key] for key in row["refused_by"])

    text = {TextForm(row["form"]): named(row) for row in data["text"]}
    keystore = tuple(_OfKeystore(row["part"], row["name"], row["scheme"], named(row)) for row in data["keystore"])
    return Refusals(MappingProxyType(programs), MappingProxyType(text), keystore)
