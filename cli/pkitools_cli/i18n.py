"""Dutch or English: which, and the interface's own words.

The words of command ``oin check`` live in ``messages/<language>/oin.toml``. Every help text in the code is a key
(``cli.oin.check.help``), translated when shown.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache

from pkitools.messages import LANGUAGES, Language, message
from pkitools.package_data import read_toml
from pkitools.text import abbreviated, introduced, is_introducing, visible

_current: list[Language] = ["en"]
_asked: list[Language | None] = [None]
_spoken: ContextVar[Language | None] = ContextVar("spoken", default=None)  # here and now: each thread has its own
_known: list[bool] = [False]  # TSP was introduced in what was told so far


def language() -> Language:
    """Return the language in force."""
    return _spoken.get() or _current[0]


def language_asked() -> Language | None:
    """Return the language that ``--lang`` or PKITOOLS_LANG asked for; ``None`` where it follows from the locale."""
    return _asked[0]


def set_language(chosen: str | None) -> None:
    """Choose: ``--lang``, else PKITOOLS_LANG, else the locale, else English. Nothing was told in it yet."""
    _known[0] = False
    stated = (chosen, os.environ.get("PKITOOLS_LANG"))
    _asked[0] = next((code for wish in stated if (code := (wish or "")[:2].lower()) in LANGUAGES), None)
    wishes = (
        *stated,
        *(os.environ.get(v) for v in ("LC_ALL", "LC_MESSAGES", "LANG")),
    )
    for wish in wishes:
        code = (wish or "")[:2].lower()
        if code in LANGUAGES:
            _current[0] = code
            return
        if wish and wish is not chosen and wish not in {"C", "POSIX", "C.UTF-8"}:
            break  # a locale in another language: English, not the next variable
    _current[0] = "en"


@cache
def _texts(chosen: Language, file: str) -> Mapping[str, str]:
    try:
        texts: Mapping[str, str] = read_toml("pkitools_cli", f"messages/{chosen}/{file}.toml")
    except FileNotFoundError:
        return {}
    return {key: introduced(text, chosen) for key, text in texts.items()}


def lookup(key: str, chosen: Language | None = None) -> str | None:
    """Return the raw text of ``cli.<file>.<rest>``, or ``None`` when there is none."""
    parts = key.split(".", 2)
    if len(parts) < 3 or parts[0] != "cli":
        return None
    return _texts(chosen or language(), parts[1]).get(parts[2])


class Sentence(str):
    """A text that knows what it was made of, so that it can be said in the other language as well.

    Args:
        text: in the language in force when it was made.
        key: of the interface's words.
        operands: what was filled in.
    """

    __slots__ = ("key", "operands")

    def __new__(cls, text: str, key: str, operands: Mapping[str, object]) -> Sentence:
        """Make it."""
        made = super().__new__(cls, text)
        made.key, made.operands = key, operands
        return made

    key: str
    operands: Mapping[str, object]


def tr(key: str, **operands: object) -> str:
    """Return the text of ``key`` in the language in force, operands made printable; an unknown key shows as itself.

    It is a :class:`Sentence`.
    """
    text = lookup(key)
    if text is None:
        return Sentence(key, key, operands)
    if operands:
        text = text.format_map({name: visible(_written(value)) for name, value in operands.items()})
    return Sentence(text, key, operands)


def blank(name: str) -> str:
    """Return what stands in a command for what its reader fills in, in the language in force.

    Args:
        name: of :mod:`pkitools.messages.blanks`.
    """
    from pkitools.messages import blanks  # few commands have any

    return blanks.blank(name, language())


def form_of(count: int) -> str:
    """Return the end of the key of what is said of so many: ``_one`` of one, else nothing.

    >>> f"cli.scan.unclaimed{form_of(1)}", f"cli.scan.unclaimed{form_of(2)}"
    ('cli.scan.unclaimed_one', 'cli.scan.unclaimed')
    """
    return "_one" if count == 1 else ""


def _written(value: object) -> str:
    """Return an operand as people write it: a day, and not a date of a program."""
    if not isinstance(value, date):
        return str(value)
    from pkitools.messages.days import day  # most texts have none

    return day(value, language())


def again(text: str) -> str:
    """Return a text in the language now in force; one that does not know its key stays as it is."""
    if not isinstance(text, Sentence):
        return text
    operands = {name: again(value) if isinstance(value, str) else value for name, value in text.operands.items()}
    return tr(text.key, **operands)


@contextmanager
def speaking(chosen: Language) -> Iterator[None]:
    """Say what is said inside in this language."""
    before = _spoken.set(chosen)
    try:
        yield
    finally:
        _spoken.reset(before)


def once(text: str) -> str:
    """Return a text that is told now: an abbreviation that was introduced above it is not introduced again."""
    told = abbreviated(text, known=_known[0])
    _known[0] = _known[0] or is_introducing(text)
    return told


def report_word(kind: str, value: str) -> str:
    """Return the library's word for a severity, a verdict or a certainty, in the language in force."""
    return message(f"report.{kind}.{value.lower()}", {}, language()).title
