"""What to do, in the words of the command line: with the options and commands no sentence of the library names.

The sentences are ``messages/<language>/remedies.toml``, by the code of the library's message and with its operands.
What people read comes through here; JSON carries the library's own sentences.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pkitools.messages import Language, Message, Remedy, Texts, error_sentence, filled, message
from pkitools.text import shown
from pkitools_cli.i18n import language, lookup, tr

if TYPE_CHECKING:
    from pkitools.errors import PkitoolsError


def remedy_text(remedy: Remedy, chosen: Language) -> str | None:
    """Return the sentence of the command line for a remedy; ``None`` where the library's will do."""
    text = lookup(f"cli.remedies.{remedy.code}", chosen)
    return None if text is None else filled(text, remedy.params)


def told(code: str, params: Mapping[str, object], texts: Texts | None = None) -> Message:
    """Return the message of ``code`` in the language in force."""
    return message(code, params, language(), remedy_text, texts)


def error_line(error: PkitoolsError) -> str:
    """Return what is wrong and what to do, in the language in force; the file it is about is always named."""
    sentence = error_sentence(error, language(), remedy_text)
    if not error.file or shown(error.file) in sentence:
        return sentence
    return tr("cli.inputs.failed", file=shown(error.file), why=sentence)
