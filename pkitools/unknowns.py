"""What is not known: looked for and not found, each thing once, with what would settle it and what waits for it.

An answer that says "unknown" is one of these. They are data, ``unknowns.toml``: a list of what to ask.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from pkitools.frozen import Frozen, dataclass
from pkitools.package_data import read_toml


@dataclass(frozen=True, slots=True)
class Unknown:
    """One thing that is not known.

    Args:
        key: its name.
        about: what is not known, by language (``nl``, ``en``), as a sentence.
        settled: what would settle it, by language.
        looked: the day it was last looked for.
        hierarchies: names of hierarchies that wait for it.
        systems: names of connected systems that do.
        documents: keys of documents that do.
        tsps: names of TSPs that do.
    """

    key: str
    about: Mapping[str, str]
    settled: Mapping[str, str]
    looked: date
    hierarchies: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    tsps: tuple[str, ...] = ()


@cache
def unknowns() -> tuple[Unknown, ...]:
    """Return everything that is not known, in the order of the data."""
    return tuple(_read(key, table) for key, table in read_toml("pkitools", "unknowns.toml").items())


def _read(key: str, table: Mapping[str, Any]) -> Unknown:
    waiting = {name: tuple(table.get(name, ())) for name in ("hierarchies", "systems", "documents", "tsps")}
    about = Frozen({"nl": table["nl"], "en": table["en"]})
    return Unknown(key, about, Frozen(table["settled"]), table["looked"], **waiting)
