"""The blanks of the commands that are told, such as ``LOCALITY``: what their reader is to fill in.

Whoever pastes such a command as it stands gives one for a value. They are refused where something is made, and found in
what was made of them elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Final, Protocol

from pkitools.messages import LANGUAGES, Language, catalogue

_FILE: Final = "blank"


class _Attribute(Protocol):
    """What an attribute of a subject is: a short name and a value."""

    @property
    def name(self) -> str: ...

    @property
    def value(self) -> str: ...


def blank(name: str, language: Language) -> str:
    """Return the blank of this name, such as ``LOCALITY`` of ``locality``.

    Raises:
        KeyError: there is none.
    """
    return catalogue(language, _FILE)[f"blank.{name}"]["title"]


@cache
def _blanks() -> frozenset[str]:
    return frozenset(each["title"] for language in LANGUAGES for each in catalogue(language, _FILE).values())


def is_blank(value: str) -> bool:
    """Return whether a value is a blank that was not filled in, of any language.

    >>> is_blank("PLAATS"), is_blank("Utrecht")
    (True, False)
    """
    # no C=NL, and no KvK number: of most certificates no blank is loaded
    return len(value) > 2 and value.isupper() and not value[-1].isdigit() and value in _blanks()


def blanks_in(subject: Iterable[_Attribute]) -> list[str]:
    """Return the attributes of a subject that are a blank, each as ``L=PLAATS``."""
    return [f"{each.name}={each.value}" for each in subject if is_blank(each.value)]
