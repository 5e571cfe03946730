"""Make text from outside safe to show.

A certificate's issuer decides what its fields contain: escape sequences that rewrite a terminal, line breaks that forge
a log line, bidirectional controls that turn ``gpj.exe`` around. Everything shown to people passes :func:`visible`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Self

from pkitools.limits import MAX_LISTED, MAX_MESSAGE_VALUE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date, datetime

# Cc control, Cf format (bidi and zero-width), Cs surrogate, Co private use, Cn unassigned, Zl/Zp line separators.
_UNSAFE_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_COUNT: Final = 14  # characters, of the count of what is left out
_MAX_COMBINING_RUN: Final = 4  # more marks on one character than any orthography has: they climb over other lines


def visible(text: str, limit: int | None = None) -> str:
    r"""Return ``text`` with every character that acts instead of shows replaced by its escape.

    >>> visible("a\x1b[31mb\u202ec")
    'a\\x1b[31mb\\u202ec'

    Args:
        text: anything, lone surrogates included.
        limit: longest result in characters of input; the rest is counted, not shown. ``None`` shows all.
    """
    begin = text if limit is None else text[:limit]
    if not (begin.isascii() and begin.isprintable()):
        begin = "".join(_escaped(begin))
    return begin if limit is None else begin + _rest(text, limit)


def cut(text: str, limit: int) -> str:
    """Return ``text``, of which no more than ``limit`` characters are left; the rest is counted, not shown."""
    return text[:limit] + _rest(text, limit)


def joined(names: Sequence[str], most: int = MAX_LISTED, between: str = ", ") -> str:
    """Return names beside each other, of which no more than ``most`` are left; the rest is counted, not shown."""
    more = f" … (+{len(names) - most})" if len(names) > most else ""
    return between.join(names[:most]) + more


def few(names: Sequence[str], most: int = 3, between: str = "; ", *, ends: bool = False) -> str:
    """Return the first of many names, visible, and how many more there are: short enough to be an operand as it is.

    An operand that is too long is cut by its characters, and what is counted as left out would be no names.

    Args:
        names: all of them.
        most: how many are left.
        between: what stands between them.
        ends: keep the end of a name that is too long, which is where names of files differ.
    """
    shown_of = names[:most]
    room = (MAX_MESSAGE_VALUE - _COUNT) // max(len(shown_of), 1) - len(between)
    return joined([*(_short(name, room, ends=ends) for name in shown_of), *names[most:]], most, between)


def end_of(name: str, most: int) -> str:
    """Return the end of a name, visible and of no more than ``most`` characters: there names of files differ.

    >>> end_of("/etc/pki/a.pem", 8)
    '…i/a.pem'
    """
    told = visible(name[-most:])
    return told if len(told) <= most and len(name) <= most else f"…{told[len(told) + 1 - most :]}"


def _short(name: str, most: int, *, ends: bool) -> str:
    if ends:
        return end_of(name, most)
    told = visible(name[:most])
    return told if len(told) <= most and len(name) <= most else f"{told[: most - 1]}…"


def _rest(text: str, limit: int) -> str:
    return f"… (+{len(text) - limit})" if len(text) > limit else ""


def _escaped(text: str) -> list[str]:
    from unicodedata import category  # most of what is shown is ASCII

    out: list[str] = []
    run = 0
    for char in text:
        if char != " " and char.isspace():  # the odd spaces pass for a plain one: show which it is
            out.append(_escape(char))
            continue
        kind = category(char)
        run = run + 1 if kind in {"Mn", "Me"} else 0
        unsafe = kind in _UNSAFE_CATEGORIES or run > _MAX_COMBINING_RUN
        out.append(_escape(char) if unsafe else char)
    return out


def _escape(char: str) -> str:
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


class _Pattern:
    """A regular expression that is compiled when it is first used.

    Args:
        source, flags: as of :func:`re.compile`.
    """

    _given: tuple[Any, int] = ("", 0)

    def __init__(self, source: str | bytes, flags: int = 0) -> None:
        self._given = source, flags

    def __getattr__(self, name: str) -> Any:
        value = getattr(re.compile(*self._given), name)
        setattr(self, name, value)  # asked once: from then on an attribute like any other
        return value


if TYPE_CHECKING:
    pattern = re.compile
else:
    pattern = _Pattern
"""A regular expression, which costs nothing until it is used: a command declares a hundred and uses a few."""


_TSP: Final = pattern(r"(?<![\w(])TSP('s)?(?![-\w])(?! CA)( \()?")


def introduced(text: str, language: str) -> str:
    """Return a Dutch text with what TSP means before its first TSP: each may be the first that somebody reads.

    >>> introduced("Vraag de TSP om een nieuw certificaat.", "nl")
    'Vraag de certificaatverstrekker (TSP) om een nieuw certificaat.'
    """
    if language != "nl" or "TSP" not in text or "certificaatverstrekker" in text.partition("TSP")[0]:
        return text
    return _TSP.sub(_in_full, text, count=1)


def _in_full(found: re.Match[str]) -> str:
    plural, bracket = found.groups()
    word = "certificaatverstrekkers (TSP's" if plural else "certificaatverstrekker (TSP"
    return f"{word}: " if bracket else f"{word})"


_INTRODUCTION: Final = pattern(r"certificaatverstrekkers? \(TSP('s)?(\)|: )")


def abbreviated(text: str, *, known: bool = False) -> str:
    """Return a text for one reading, in which only the first TSP is introduced: who reads on knows it by then.

    >>> abbreviated("Vraag uw certificaatverstrekker (TSP). De certificaatverstrekker (TSP) weet het.")
    'Vraag uw certificaatverstrekker (TSP). De TSP weet het.'

    Args:
        text: made of texts that were each :func:`introduced`.
        known: it was introduced before, above the text.
    """
    if "(TSP" not in text:
        return text
    first = None if known else _INTRODUCTION.search(text)
    at = first.end() if first else 0
    return text[:at] + _INTRODUCTION.sub(_in_short, text[at:])


def is_introducing(text: str) -> bool:
    """Return whether a text says what TSP means."""
    return "(TSP" in text and _INTRODUCTION.search(text) is not None


def _in_short(found: re.Match[str]) -> str:
    plural, end = found.groups()
    return f"TSP{plural or ''}{'' if end == ')' else ' ('}"


def size_text(count: int) -> str:
    """Return a number of bytes as people write a limit.

    >>> size_text(64 * 1024 * 1024)
    '64 MB'
    """
    for size, unit in ((1 << 20, "MB"), (1 << 10, "kB")):
        if count >= size:
            return f"{count // size} {unit}"
    return f"{count} bytes"


def shown(value: object) -> str:
    """Return one operand of a message: its text, made :func:`visible` and cut to a readable length."""
    return visible(str(value), MAX_MESSAGE_VALUE)


class NameText(str):
    """A distinguished name in full, which knows the short form that a sentence for people has room for.

    Args:
        full: the whole name; as a string it is no more than this.
        short: its common name, else its organisation.
    """

    short: str

    def __new__(cls, full: str, short: str | None = None) -> Self:
        """Make one; without a short form the whole name serves."""
        made = super().__new__(cls, full)
        made.short = short or full
        return made

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (str(self), self.short)  # results are sent between processes


class DayText(str):
    """A text with days in it, as data has them, which knows where they are: a sentence for people has them in words.

    Args:
        parts: texts and days; as a string it is those after one another, the days in ISO 8601.
    """

    parts: tuple[str | date, ...]

    def __new__(cls, parts: Iterable[str | date]) -> Self:
        """Make one."""
        every = tuple(parts)
        made = super().__new__(cls, "".join(map(str, every)))
        made.parts = every
        return made

    def told(self, tell: Callable[[date], str]) -> str:
        """Return the text with each day as somebody tells it."""
        return "".join(each if isinstance(each, str) else tell(each) for each in self.parts)

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.parts,)  # results are sent between processes


def for_people(moment: datetime) -> str:
    """Return an aware UTC moment as people read it.

    >>> from datetime import UTC, datetime
    >>> for_people(datetime(2026, 11, 22, 12, tzinfo=UTC))
    '2026-11-22 12:00:00 UTC'
    """
    return f"{moment.year:04}-{moment:%m-%d %H:%M:%S} UTC"  # %Y writes the year 26 with two digits


def instant(moment: datetime) -> str:
    """Return an aware UTC moment as RFC 3339 writes it.

    >>> from datetime import UTC, datetime
    >>> instant(datetime(2026, 11, 22, 12, tzinfo=UTC))
    '2026-11-22T12:00:00Z'
    """
    return moment.isoformat().replace("+00:00", "Z")
