"""A text → the errors in it that we know. In bounded time, whatever the text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from pkitools.arguments import text as argument
from pkitools.documents import cite
from pkitools.explanations.model import ErrorText, Explained, Explanation, Recognised, Words
from pkitools.limits import MAX_ERROR_TEXT
from pkitools.messages import LANGUAGES
from pkitools.package_data import read_toml
from pkitools.text import pattern

_ALERT: Final = pattern(
    r"\b(?:alert|fatal error)(?: (?:number|code)(?: is)?| description)?[ :=(]{1,3}(?P<number>[0-9]{1,3})\b"
)
"""``SSL alert number 48``, ``the TLS protocol defined fatal error code is 40``, ``TLS alert 42``: of plain text."""

_STATUS: Final = pattern(r"(?<![0-9.])[0-9]{3}\.[0-9]{1,2}(?![0-9]|\.[0-9])")
"""``403.16``, and no part of a version or an address."""


def explain(text: str) -> Explained:
    """Return the errors that a text holds, such as a line of a log, or a whole log.

    Args:
        text: of another program. Of one longer than :data:`~pkitools.limits.MAX_ERROR_TEXT` the beginning is read.

    Raises:
        InvalidValueError: it is no text.
    """
    given = argument(text, "text")
    plain = _plain(given[:MAX_ERROR_TEXT])
    found = sorted((*_found(plain), *_alerts(plain), *_statuses(plain)), key=lambda at: at[0])
    first = {recognised.explanation: recognised for _, recognised in reversed(found)}
    each = [first[explanation] for explanation in dict.fromkeys(at.explanation for _, at in found)]
    precise = [one for one in each if not one.explanation.is_general]
    return Explained(tuple(precise or each), len(given) <= MAX_ERROR_TEXT)


def _found(text: str) -> Iterator[tuple[int, Recognised]]:
    """Yield each error text that is in the text, and where; what the longest took is not found by a shorter one."""
    for plain, recognised in _by_length():
        at = text.find(plain)
        if at >= 0:
            text = text.replace(plain, "\0" * len(plain))
            yield at, recognised


def _alerts(text: str) -> Iterator[tuple[int, Recognised]]:
    """Yield what the number of an alert of TLS means, as OpenSSL, Windows and dumps of a connection give it."""
    known = _by_alert()
    for given in _ALERT.finditer(text):
        recognised = known.get(int(given["number"]))
        if recognised is not None:
            yield given.start(), recognised


def _statuses(text: str) -> Iterator[tuple[int, Recognised]]:
    """Yield what the number of an error page of IIS means; the number alone, without its part, says nothing."""
    known = _by_status()
    for given in _STATUS.finditer(text):
        if given[0] in known:
            yield given.start(), known[given[0]]


@cache
def _by_status() -> Mapping[str, Recognised]:
    source = cite("iis-errors")
    return {number: _recognised(each, ErrorText(number, source)) for each in explanations() for number in each.statuses}


@cache
def _by_alert() -> Mapping[int, Recognised]:
    source = cite("rfc-8446", "6.2")
    return {
        number: _recognised(each, ErrorText(f"TLS alert {number}", source))
        for each in explanations()
        for number in each.alerts
    }


def _plain(text: str) -> str:
    """Return the text as texts are compared: in small letters, underscores and dashes as spaces, one at a time."""
    return re.sub(r"[\s_-]+", " ", text).lower()


@cache
def _by_length() -> tuple[tuple[str, Recognised], ...]:
    known = [(_plain(text.text), _recognised(each, text)) for each in explanations() for text in each.texts]
    return tuple(sorted(known, key=lambda one: -len(one[0])))


def _recognised(explanation: Explanation, text: ErrorText) -> Recognised:
    """Return what was recognised, with who shows that very text, as far as its document says so."""
    alone = _programs()
    own = alone.get(text.source.key)
    if own is None:
        # what only documents of one program have in this explanation is not shown by others
        of_others = {name for each in explanation.texts for name in alone.get(each.source.key, ())}
        own = tuple(name for name in explanation.programs if name not in of_others) or explanation.programs
    return Recognised(explanation, text, own)


@cache
def _programs() -> Mapping[str, tuple[str, ...]]:
    data = read_toml(str(__package__), "data/programs.toml")
    return MappingProxyType({document: tuple(names) for document, names in data.items()})


@cache
def explanations() -> tuple[Explanation, ...]:
    """Return every explanation there is."""
    data = read_toml(str(__package__), "data/explanations.toml")
    return tuple(_explanation(code, table) for code, table in data.items())


def _explanation(code: str, table: Mapping[str, Any]) -> Explanation:
    return Explanation(
        code,
        tuple(table["programs"]),
        tuple(ErrorText(text, cite(document)) for document, texts in table["texts"].items() for text in texts),
        MappingProxyType({language: _words(table[language]) for language in LANGUAGES}),
        table.get("general", False),
        tuple(table.get("alerts", ())),
        tuple(table.get("statuses", ())),
    )


def _words(table: Mapping[str, Any]) -> Words:
    return Words(table["meaning"], tuple(table["causes"]), tuple(table["actions"]))
