"""The sentences: title, message and remedy of every rule code and error code, in Dutch and English.

They live in ``messages/<language>/<first part of the code>.toml``::

    ["oin.rsin.eleven_test"]
    title = "The RSIN fails the eleven-test"
    message = "{rsin} is not an RSIN: a digit is wrong or two are swapped."
    remedy = "Compare the OIN with the one in the OIN register."

``tests/test_messages.py`` checks that every code has both languages, with the same placeholders, and that each renders.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal, get_args

from pkitools.package_data import read_toml
from pkitools.text import shown

if TYPE_CHECKING:
    from pkitools.errors import PkitoolsError
    from pkitools.findings import Outcome

Language = Literal["nl", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


@dataclass(frozen=True, slots=True)
class Message:
    """One message, rendered: no placeholder left, every operand printable."""

    title: str
    message: str
    remedy: str


class _Operands(dict[str, str]):
    """Operands for ``format_map``: a missing one shows as a question mark rather than hide the whole message."""

    def __missing__(self, key: str) -> str:
        return "?"


@cache
def catalogue(language: Language, namespace: str) -> Mapping[str, Mapping[str, str]]:
    """Return code → {title, message, remedy} of one namespace, as written in its file (templates)."""
    try:
        return read_toml(__name__, f"{language}/{namespace}.toml")
    except FileNotFoundError:
        return {}


def template(code: str, language: Language) -> Mapping[str, str]:
    """Return the templates of ``code``, or an empty mapping when it has none."""
    return catalogue(language, code.partition(".")[0]).get(code, {})


def message(code: str, params: Mapping[str, object], language: Language) -> Message:
    """Return the message of ``code``; a code without one shows as itself."""
    entry = template(code, language)
    operands = _Operands({name: shown(value) for name, value in params.items()})
    texts = (entry.get(part, "").format_map(operands) for part in ("title", "message", "remedy"))
    title, text, remedy = texts
    return Message(title or code, text, remedy)


def outcome_message(outcome: Outcome, language: Language) -> Message:
    """Return the message of one outcome."""
    return message(outcome.rule.code, outcome.params, language)


def error_sentence(error: PkitoolsError, language: Language) -> str:
    """Return the one sentence of an error: what is wrong and what to do."""
    text = message(error.code, error.params, language)
    what = text.message or text.title
    if text.remedy and what[-1:] not in {".", "!", "?"}:  # it ends with a value
        what += "."
    return " ".join(part for part in (what, text.remedy) if part)
