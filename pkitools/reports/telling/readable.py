"""Operands as people read them: a name by its common name, a moment as a day, a code as words.

Data keeps them whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from pkitools.messages import Language, fault_in_words, message, template
from pkitools.messages.days import at_time, day, days_left
from pkitools.text import DayText, NameText, pattern

if TYPE_CHECKING:
    from pkitools.x509.above import AboveRole

# as pkitools.text writes moments, and as the data of hierarchies do
_MOMENT: Final = pattern(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2}):[0-9]{2}(?:\.[0-9]+)?(?:Z| UTC))?")
_SHORT_MONTHS: Final = {"maart": "mrt"}  # where three letters are not the first three
# which words stand for the value of an operand with this name
_WORDS: Final = {"reason": "crl_reason", "code": "attempt", "crl_fault": "crl_fault", "role_above": "above"}


def readable(params: Mapping[str, object], language: Language, moment: datetime | None = None) -> dict[str, object]:
    """Return the operands of a message for people.

    Args:
        params: as an outcome has them.
        language: ``nl`` or ``en``.
        moment: when was judged: what happens on that day is told with its time.
    """
    return {name: _operand(name, value, language, moment) for name, value in params.items()}


def _operand(name: str, value: object, language: Language, moment: datetime | None) -> object:
    if isinstance(value, (NameText, DayText)):
        return value.short if isinstance(value, NameText) else value.told(lambda each: day(each, language))
    if name in _WORDS and (word := template(f"report.{_WORDS[name]}.{str(value).lower()}", language).get("title")):
        return word
    if name == "code" and str(value).startswith("http-"):
        return fault_in_words(str(value), "", language)
    found = _MOMENT.fullmatch(value) if isinstance(value, str) and value[:4].isdigit() else None
    if found is None:
        return value
    try:
        told = date.fromisoformat(found[1])
    except ValueError:  # it has the form of a date and is none
        return value
    time = found[2] if moment is not None and told == moment.date() else None
    return f"{day(told, language)}{at_time(time, language)}"


def reason_words(reason: str, language: Language) -> str:
    """Return why something was revoked, a CRLReason of RFC 5280, in words: ``sleutel gecompromitteerd``."""
    return str(_operand("reason", reason, language, None))


def short_day(when: date, language: Language) -> str:
    """Return a day for a narrow column: ``14 mei 2027``, its month in three letters."""
    number, month, year = day(when, language).split()
    return f"{number} {_SHORT_MONTHS.get(month, month[:3])} {year}"


def role_above(role: AboveRole, language: Language) -> str:
    """Return what an authority above a certificate is to it, in words: ``de uitgever``."""
    return str(_operand("role_above", role.value, language, None))


def number_of(count: int) -> str:
    """Return the form a word has after this number: ``none``, ``one`` or ``many``."""
    return {0: "none", 1: "one"}.get(count, "many")


def validity(
    start: datetime, end: datetime, moment: datetime, language: Language, *, works_until: datetime | None = None
) -> str:
    """Return until when something is valid, and how long that is: ``geldig t/m 14 mei 2027 (nog 169 dagen)``.

    Args:
        start, end: both included, aware.
        moment: seen from when, aware.
        language: ``nl`` or ``en``.
        works_until: the end that counts, aware, where what stands above it may end first.
    """
    if works_until is not None and works_until < end and start <= moment <= end:
        word = "works" if moment <= works_until else "works_no_more"
        told = day_and_distance(works_until, moment, language)
        return message(f"report.validity.{word}", {"day": told}, language).title
    if moment < start:
        time = f"{start.astimezone(UTC):%H:%M}" if start.date() == moment.date() else None
        return message("report.validity.from", {"day": day(start, language) + at_time(time, language)}, language).title
    word = "until" if moment <= end else "ended"
    return message(f"report.validity.{word}", {"day": day_and_distance(end, moment, language)}, language).title


def day_and_distance(end: datetime, moment: datetime, language: Language) -> str:
    """Return a day and how far off it is: ``14 mei 2027 (nog 169 dagen)``."""
    way = "left" if moment <= end else "ago"
    is_today = end.astimezone(UTC).date() == moment.astimezone(UTC).date()
    days = 0 if is_today else abs(days_left(end, moment))
    distance = message(f"report.distance.{way}.{number_of(days)}", {"days": days}, language).title
    return f"{day(end, language)} ({distance})"
