"""Where the register is asked and in which form it answers: the data beside it."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from pkitools.documents import Source, cite
from pkitools.findings import Certainty
from pkitools.frozen import dataclass
from pkitools.package_data import read_toml


@dataclass(frozen=True, slots=True)
class RegisterPlace:
    """One way to ask the OIN register.

    Args:
        name: short name: ``api``, ``public``.
        form: ``hal``, a documented API that searches, or ``pages``, a list that is gone through.
        url: where it is.
        page_size: records on a page, when nobody says.
        certainty: how well known it is.
        read: the day it was put together.
        note: language → what to know about it.
        key_header: the header of an API key; empty where none is asked.
        source: where the standard says so; ``None`` where it does not.
    """

    name: str
    form: str
    url: str
    page_size: int
    certainty: Certainty
    read: date
    note: dict[str, str]
    key_header: str = ""
    source: Source | None = None


@cache
def register_places() -> tuple[RegisterPlace, ...]:
    """Return the ways to ask the register, the documented one first."""
    return tuple(_place(dict(row)) for row in read_toml(str(__package__), "data/registers.toml")["register"])


def _place(row: dict[str, Any]) -> RegisterPlace:
    document, section = row.pop("document", None), row.pop("section", "")
    source = cite(document, section) if document else None
    return RegisterPlace(**{**row, "certainty": Certainty(row["certainty"]), "source": source})
