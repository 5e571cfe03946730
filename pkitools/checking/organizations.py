"""Are two names of an organisation the same, as far as a register and a person may spell it differently?"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Final

from pkitools.profiles import trial
from pkitools.text import pattern

# legal forms of the Netherlands and its neighbours, as they stand when dots and spaces between letters are gone; each
# with the abbreviation it is known by
_FORMS: Final = {
    "besloten vennootschap met beperkte aansprakelijkheid": "bv",
    "besloten vennootschap": "bv",
    "naamloze vennootschap": "nv",
    "vennootschap onder firma": "vof",
    "commanditaire vennootschap": "cv",
    "cooperatieve vereniging": "cooperatie",
    "cooperatie": "cooperatie",
    "stichting": "stichting",
    "vereniging": "vereniging",
    "maatschap": "maatschap",
    "bv": "bv",
    "nv": "nv",
    "vof": "vof",
    "cv": "cv",
    "ua": "ua",
    "ba": "ba",
    "wa": "wa",
    "gmbh": "gmbh",
    "ltd": "ltd",
    "limited": "ltd",
    "plc": "plc",
    "inc": "inc",
    "bvba": "bvba",
    "sa": "sa",
    "ag": "ag",
}
_FORM: Final = pattern(rf"\b(?:{'|'.join(sorted(_FORMS, key=len, reverse=True))})\b")
_SINGLE_LETTERS: Final = pattern(r"\b(?:[a-z][. ]{1,2}){1,4}[a-z]\b\.?")
_MAX: Final = 1000
_WORDS: Final = {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "&": " en "}


class Likeness(StrEnum):
    """How alike two names of an organisation are."""

    SAME = "same"
    SPELLING = "spelling"  # the same but for capitals, accents, punctuation, the legal form, or TRIAL in front
    DIFFERENT = "different"


def likeness(one: str, other: str) -> Likeness:
    """Return how alike two names are.

    A legal form that only one of them has is a difference in spelling; another legal form is another organisation.
    The test CAs of G4 put TRIAL in front of the name.
    """
    if one.strip() == other.strip():
        return Likeness.SAME
    (name, forms), (other_name, other_forms) = _parts(one), _parts(other)
    if name == other_name and name and (forms == other_forms or not forms or not other_forms):
        return Likeness.SPELLING
    return Likeness.DIFFERENT


def _parts(name: str) -> tuple[str, frozenset[str]]:
    """Return a name without accents, capitals, punctuation and legal forms, and those legal forms."""
    text = name[:_MAX].casefold()
    for letter, plain in _WORDS.items():
        text = text.replace(letter, plain)
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    text = _SINGLE_LETTERS.sub(lambda found: re.sub(r"[. ]", "", found[0]), text)
    text = trial().bare(" ".join(re.sub(r"[^\w]+", " ", text).split()))
    forms = frozenset(_FORMS[form] for form in _FORM.findall(text))
    bare = " ".join(_FORM.sub(" ", text).split())
    return (bare, forms) if bare else (text, frozenset())
