"""Systems that people ask about and whose requirements nobody could read: listed, lest they seem forgotten.

No certificate is judged for them: there is nothing to judge it by.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any, cast

from pkitools.frozen import dataclass
from pkitools.package_data import read_toml


@dataclass(frozen=True, slots=True)
class UnreadSystem:
    """A system of which no public text was found that says which certificate it asks.

    Args:
        name: how it would be named: ``iwlz``.
        title: how people name it.
        owner: whom to ask.
        looked: the day a text was last looked for.
    """

    name: str
    title: str
    owner: str
    looked: date


@cache
def unread_systems() -> tuple[UnreadSystem, ...]:
    """Return every such system, by name."""
    data: dict[str, Any] = read_toml(__package__, "unread.toml")
    looked = cast("date", data.pop("looked"))
    return tuple(UnreadSystem(name, entry["title"], entry["owner"], looked) for name, entry in sorted(data.items()))
