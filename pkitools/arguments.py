"""What a caller hands in, made what the library means: text becomes the member of an enumeration, or is refused.

An enumeration of text is equal to its text (``"production" == Environment.PRODUCTION``), so text is what people give;
and the rooms compare with ``is``, so text that slipped through would be judged by the weaker rule. Every public
function and value therefore passes what it is given through here first. Wrong text and wrong types raise
:class:`~pkitools.errors.InvalidValueError`, which names the parameter and lists what it may be.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from enum import Enum, IntEnum
from functools import cache
from math import isnan
from types import MappingProxyType
from typing import Any, Final, TypeVar

from pkitools.errors import InvalidValueError

E = TypeVar("E", bound=Enum)
S = TypeVar("S", bound=str)
T = TypeVar("T")


def choice(kind: type[E], given: E | str, parameter: str) -> E:
    """Return the member of an enumeration that was given, itself or by its text.

    The text of an enumeration of numbers is the name of a member in lower case: ``"warning"``. An enumeration that
    knows other texts for its members (:class:`~pkitools.environment.Environment`) is asked for those.

    Raises:
        InvalidValueError: it is neither; the error lists the texts there are.
    """
    if isinstance(given, kind):
        return given
    known: Mapping[str, E] = _texts(kind)
    if type(given) is str:
        if given in known:
            return known[given]
        with suppress(ValueError):
            return kind(given)
    raise InvalidValueError("arguments.error.choice", parameter=parameter, given=_shown(given), known=", ".join(known))


def one_of(known: Iterable[S], given: object, parameter: str) -> S:
    """Return the one of a few texts that was given.

    Raises:
        InvalidValueError: it is none of them; the error lists them.
    """
    texts = tuple(known)
    for each in texts:
        if type(given) is str and given == each:
            return each
    raise InvalidValueError("arguments.error.choice", parameter=parameter, given=_shown(given), known=", ".join(texts))


def optional_choice(kind: type[E], given: E | str | None, parameter: str) -> E | None:
    """Return as :func:`choice` does, and ``None`` for what was not given."""
    return None if given is None else choice(kind, given, parameter)


def aware(given: datetime, parameter: str = "moment") -> datetime:
    """Return a moment in UTC; it must know its offset.

    Raises:
        InvalidValueError: it is no :class:`~datetime.datetime`, a naive one, or in no year that there is in UTC.
    """
    if not isinstance(given, datetime):
        raise InvalidValueError("arguments.error.moment_type", parameter=parameter, given=_shown(given))
    if given.utcoffset() is None:
        raise InvalidValueError("arguments.error.moment_naive", parameter=parameter, given=given.isoformat())
    try:
        return given if given.tzinfo is UTC else given.astimezone(UTC)
    except OverflowError:
        raise InvalidValueError("arguments.error.moment_range", parameter=parameter, given=given.isoformat()) from None


def day(given: object, parameter: str) -> date:
    """Return a day.

    Raises:
        InvalidValueError: it is no :class:`~datetime.date`; a moment is none, since its day hangs on the time zone.
    """
    if isinstance(given, date) and not isinstance(given, datetime):
        return given
    raise wrong_type(parameter, given, "date")


def optional_day(given: object, parameter: str) -> date | None:
    """Return as :func:`day` does, and ``None`` for what was not given."""
    return None if given is None else day(given, parameter)


def text(given: str, parameter: str) -> str:
    """Return a text.

    Raises:
        InvalidValueError: it is none; bytes are none either, since nobody knows their encoding.
    """
    if isinstance(given, str):
        return given
    raise InvalidValueError("arguments.error.text", parameter=parameter, given=_shown(given))


def of_type(given: object, kind: type[T], parameter: str) -> T:
    """Return a value of one type.

    Raises:
        InvalidValueError: it is of another.
    """
    if isinstance(given, kind):
        return given
    raise wrong_type(parameter, given, kind.__name__)


def mapping(given: object, parameter: str) -> Mapping[Any, Any]:
    """Return a mapping; what is in it is for who asked to look at.

    Raises:
        InvalidValueError: it is none.
    """
    if isinstance(given, Mapping):
        return given
    raise wrong_type(parameter, given, "Mapping")


def optional(given: object, kind: type[T], parameter: str) -> T | None:
    """Return as :func:`of_type` does, and ``None`` for what was not given."""
    return None if given is None else of_type(given, kind, parameter)


def seconds(given: object, parameter: str = "seconds") -> float:
    """Return a number of seconds.

    Raises:
        InvalidValueError: it is no number.
    """
    if isinstance(given, (int, float)) and not isinstance(given, bool) and not isnan(given):
        return given
    raise InvalidValueError("arguments.error.seconds", parameter=parameter, given=_shown(given))


def whole(given: object, parameter: str, *, most: int | None = None) -> int:
    """Return a whole number that is not below zero.

    Raises:
        InvalidValueError: it is none, or more than ``most``.
    """
    if not isinstance(given, int) or isinstance(given, bool) or given < 0:
        raise wrong_type(parameter, given, "int")
    if most is not None and given > most:
        raise InvalidValueError("arguments.error.choice", parameter=parameter, given=str(given), known=f"0-{most}")
    return given


def each_of(given: object, one: type | tuple[type, ...], parameter: str) -> tuple[Any, ...]:
    """Return one or several as :func:`several` does, each of one of the types.

    Raises:
        InvalidValueError: it is neither, or holds something of another type.
    """
    found = several(given, one, parameter)
    for each in found:
        if not isinstance(each, one):
            wanted = one if isinstance(one, tuple) else (one,)
            raise wrong_type(parameter, each, ", ".join(kind.__name__ for kind in wanted))
    return found


def function(given: T, parameter: str) -> T:
    """Return what can be called.

    Raises:
        InvalidValueError: it cannot.
    """
    if callable(given):
        return given
    raise wrong_type(parameter, given, "Callable")


def octets(given: bytes | bytearray | memoryview, parameter: str) -> bytes:
    """Return bytes.

    Raises:
        InvalidValueError: it is none; a number is none either, though Python would make that many zeros of it.
    """
    if isinstance(given, (bytes, bytearray, memoryview)):
        return bytes(given)
    # its type only: it may be a passphrase
    raise InvalidValueError("arguments.error.bytes", parameter=parameter, given=type(given).__name__)


def several(given: object, one: type | tuple[type, ...], parameter: str) -> tuple[Any, ...]:
    """Return one or several as a tuple: of ``"digid"`` one name, and not five letters.

    Args:
        given: one, or an iterable of them.
        one: the types of one that are iterable themselves, or are no iterable at all.
        parameter: its name, for the error.

    Raises:
        InvalidValueError: it is neither.
    """
    if isinstance(given, (tuple, list)):  # what it nearly always is: asked first, because a protocol is slow to ask
        return tuple(given)
    if isinstance(given, one):
        return (given,)
    if isinstance(given, Iterable) and not isinstance(given, (str, bytes, bytearray, memoryview, Mapping)):
        return tuple(given)
    raise InvalidValueError("arguments.error.several", parameter=parameter, given=_shown(given))


def named(given: str, known: Mapping[str, Sequence[str]]) -> str | None:
    """Return the name that was meant: itself, or what people call it, whatever the capitals, spaces and dashes.

    >>> named("DigiD Machtigen", {"digid": ["DigiD"], "digid-machtigen": ["DigiD Machtigen"]})
    'digid-machtigen'

    Args:
        given: what was typed.
        known: each name with what people call it.

    Returns:
        The name; ``None`` when no name is meant, or more than one.
    """
    meant = all_named(given, known)
    return meant[0] if len(meant) == 1 else None


def all_named(given: str, known: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return every name that may be meant: the one that is written so, else all that are called so.

    Args:
        given, known: as for :func:`named`.
    """
    if given in known:
        return (given,)
    return tuple(name for name, titles in known.items() if any(same_name(given, each) for each in (name, *titles)))


def same_name(one: str, other: str) -> bool:
    """Return whether two texts are one name, whatever the capitals, spaces and dashes; no text is nobody's name."""
    bare = _bare(one)
    return bool(bare) and bare == _bare(other)


def near(given: str, known: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return the names that were perhaps meant, at most three, the likeliest first.

    Args:
        given: what was typed.
        known: each name with what people call it.
    """
    from difflib import get_close_matches  # only what is wrong pays for it

    wanted = _bare(given)[:_MOST_SHOWN]
    bare = {_bare(each): name for name, titles in reversed(list(known.items())) for each in (*titles, name)}
    close = get_close_matches(wanted, bare, n=6, cutoff=0.65)
    parts = [each for each in bare if len(wanted) >= _LEAST_PART and (wanted in each or each in wanted)]
    return tuple(dict.fromkeys(bare[each] for each in (*close, *sorted(parts))))[:3]


_UNSEEN: Final = frozenset({"Mn", "Me", "Cc", "Cf", "Zs", "Zl", "Zp", "Pd"})  # accents, control, format, spaces, dashes


def _bare(name: str) -> str:
    """Return a name in small letters, without accents, spaces, dashes, dots, brackets, and what is not seen at all."""
    tidy = unicodedata.normalize("NFKD", name[:_MOST_SHOWN]).casefold()
    return "".join(sign for sign in tidy if sign not in "_.()/" and unicodedata.category(sign) not in _UNSEEN)


def wrong_type(parameter: str, given: object, wanted: str) -> InvalidValueError:
    """Return the error for a value of a wrong type.

    Args:
        parameter: its name.
        given: the value.
        wanted: names of the types it may have.
    """
    return InvalidValueError("arguments.error.type", parameter=parameter, given=type(given).__name__, wanted=wanted)


@cache  # going over the members of an enumeration is slow, and each check asks
def _texts(kind: type[Enum]) -> Mapping[str, Any]:
    if issubclass(kind, IntEnum):
        return MappingProxyType({member.name.lower(): member for member in kind})
    return MappingProxyType({str(member.value): member for member in kind})


def _shown(given: object) -> str:
    """Return short text as it is, and of anything else its type: what was given may be long, or secret."""
    if isinstance(given, str) and len(given) <= _MOST_SHOWN:
        return given
    return type(given).__name__


_MOST_SHOWN = 60
_LEAST_PART = 3  # of fewer letters every name has some
