"""The sentence of one outcome or error, for whoever renders them one by one."""

from __future__ import annotations

from pkitools import messages
from pkitools.arguments import one_of
from pkitools.errors import PkitoolsError
from pkitools.findings import Outcome
from pkitools.messages import LANGUAGES, Language, Message, RemedyText


def language_of(given: str) -> Language:
    """Return one of the languages there are.

    Raises:
        InvalidValueError: it is none.
    """
    return one_of(LANGUAGES, given, "language")


def outcome_message(outcome: Outcome, language: Language | str, remedy_text: RemedyText | None = None) -> Message:
    """Return title, message and remedy of one outcome.

    Args:
        outcome: one of a report.
        language: ``nl`` or ``en``.
        remedy_text: the program's own remedies, shown instead of the library's where it has one.

    Raises:
        InvalidValueError: there is no such language.
    """
    return messages.outcome_message(outcome, language_of(language), remedy_text)


def error_sentence(error: PkitoolsError, language: Language | str, remedy_text: RemedyText | None = None) -> str:
    """Return the one sentence of an error: what is wrong and what to do.

    Args:
        error: any error of pkitools.
        language: ``nl`` or ``en``.
        remedy_text: the program's own remedies, shown instead of the library's where it has one.

    Raises:
        InvalidValueError: there is no such language.
    """
    return messages.error_sentence(error, language_of(language), remedy_text)
