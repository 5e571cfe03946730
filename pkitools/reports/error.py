"""Errors as data: ``docs/schemas/error-v1.json``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pkitools.errors import PkitoolsError
from pkitools.frozen import dataclass
from pkitools.messages import LANGUAGES, Language, error_sentence


@dataclass(frozen=True, slots=True)
class ToldError:
    """One error, said in every language.

    Args:
        code: which it is.
        sentences: what is wrong and what to do, by language.
        file: the file it is about, as it was named; empty where it is about none.
        position: the part of the file it is about, from 1; ``None`` where it is about the whole.
        passed_over: the file lay in a folder and holds nothing of what was asked for: nothing is missing.
    """

    code: str
    sentences: Mapping[Language, str]
    file: str = ""
    position: int | None = None
    passed_over: bool = False

    @classmethod
    def of(
        cls, error: PkitoolsError, *, file: str = "", position: int | None = None, passed_over: bool = False
    ) -> ToldError:
        """Return an error of the library with its sentences; ``file`` where the error itself names none."""
        sentences: dict[Language, str] = {language: error_sentence(error, language) for language in LANGUAGES}
        return cls(error.code, sentences, error.file or file, position, passed_over)


def error_document(errors: Sequence[ToldError], exit_code: int) -> dict[str, object]:
    """Return the whole document: what is wrong, first what decides, and all of it in ``errors``.

    Args:
        errors: at least one; of several files, one for each.
        exit_code: what the program ends with.
    """
    return {
        "schema": "pkitools.error/v1",
        "exit_code": exit_code,
        "code": errors[0].code,
        "file": errors[0].file or None,
        **_sentences(errors[0]),
        "errors": [error_entry(error) for error in errors],
    }


def error_entry(error: ToldError) -> dict[str, object]:
    """Return one error as data."""
    return {
        "code": error.code,
        "file": error.file or None,
        "position": error.position,
        "passed_over": error.passed_over,
        **_sentences(error),
    }


def _sentences(error: ToldError) -> dict[str, str]:
    return dict(error.sentences.items())
