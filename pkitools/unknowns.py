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
        title: of a system of which nothing else is known, how people name it; empty of everything else.
        owner: whom to ask about it.
        told: where it stands that it is the owner's; empty where that is said of general knowledge.
    """

    key: str
    about: Mapping[str, str]
    settled: Mapping[str, str]
    looked: date
    hierarchies: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    tsps: tuple[str, ...] = ()
    title: str = ""
    owner: str = ""
    told: str = ""


@cache
def unknowns() -> tuple[Unknown, ...]:
    """Return everything that is not known, in the order of the data."""
    data = read_toml("pkitools", "unknowns.toml")
    of_a_system = data.pop("undescribed")
    return tuple(_system(key, t, of_a_system) if "title" in t else _read(key, t) for key, t in data.items())


def unread_systems() -> tuple[Unknown, ...]:
    """Return the systems of which no public text was found that says which certificate they ask, by name.

    They are listed, lest they seem forgotten. No certificate is judged for them: there is nothing to judge it by.
    """
    return tuple(sorted((each for each in unknowns() if each.title), key=lambda each: each.key))


def _read(key: str, table: Mapping[str, Any]) -> Unknown:
    waiting: dict[str, Any] = {
        name: tuple(table.get(name, ())) for name in ("hierarchies", "systems", "documents", "tsps")
    }
    about = Frozen({"nl": table["nl"], "en": table["en"]})
    return Unknown(key, about, Frozen(table["settled"]), table["looked"], **waiting)


def _system(key: str, table: Mapping[str, Any], texts: Mapping[str, Any]) -> Unknown:
    names = {"title": table["title"], "owner": table["owner"]}
    told = table.get("told", "")
    said = texts if told else texts["untold"]
    about = Frozen({language: said[language].format(**names) for language in ("nl", "en")})
    settled = Frozen({language: text.format(**names) for language, text in said["settled"].items()})
    return Unknown(key, about, settled, table["looked"], systems=(key,), told=told, **names)
