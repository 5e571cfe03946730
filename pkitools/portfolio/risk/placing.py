"""For what the certificates at a place are, where nobody stated it: what the folders are called."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Final

from pkitools.arguments import each_of
from pkitools.environment import Environment
from pkitools.portfolio.risk.model import CertificateUse, Uses
from pkitools.portfolio.where import same_place
from pkitools.text import pattern

_WORD: Final = pattern(r"[a-z0-9]+")
_WORDS: Final = {
    **dict.fromkeys(("prod", "prd", "productie", "production"), Environment.PRODUCTION),
    **dict.fromkeys(
        (
            "preprod",
            "preprd",
            "preproductie",
            "preproduction",
            "acc",
            "acceptatie",
            "acceptance",
            "acpt",
            "test",
            "tst",
        ),
        Environment.PREPRODUCTION,
    ),
}


def by_folder(asked: Iterable[str]) -> Uses:
    """Return what folders say by their names. The folder that all was looked for in says nothing: it holds all.

    Args:
        asked: the places as they were given.

    Raises:
        InvalidValueError: they are no names.
    """
    base = _base(each_of(asked, str, "asked"))

    def uses(name: str) -> Sequence[CertificateUse]:
        found = next(filter(None, map(_use, reversed(_below(base, name)))), None)
        return () if found is None else (found,)

    return uses


def _base(asked: Iterable[str]) -> PurePath:
    folders = [same_place(each) for each in asked]
    try:
        return PurePath(os.path.commonpath(folders)) if folders else PurePath()
    except ValueError:  # on another drive
        return PurePath()


def _below(base: PurePath, name: str) -> Sequence[str]:
    path = PurePath(same_place(name))
    return path.relative_to(base).parts[:-1] if path.is_relative_to(base) else ()


def _use(folder: str) -> CertificateUse | None:
    words = _WORD.findall(folder.lower())
    found = {_WORDS[word] for word in (*words, "".join(words)) if word in _WORDS}
    # "pre-prod" has the word of the other in it
    if {"pre", "non", "niet"} & set(words) and found:
        found = {Environment.PREPRODUCTION}
    return CertificateUse(found.pop(), None, folder, is_stated=False) if len(found) == 1 else None
