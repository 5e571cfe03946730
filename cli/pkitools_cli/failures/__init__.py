"""What ended a command before its answer, told as an answer is: in the form that was asked for.

Loaded only when something went wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import click

from pkitools.errors import PkitoolsError
from pkitools.messages import LANGUAGES
from pkitools.reports import ToldError, error_document
from pkitools.text import visible
from pkitools_cli.exit_codes import ExitCode, MonitorCode, of_error
from pkitools_cli.failures import usage
from pkitools_cli.i18n import language, speaking, tr
from pkitools_cli.remedies import error_line
from pkitools_cli.reply import Line, Reply

_MOST_OF_LINE: Final = 400  # of what monitoring shows and keeps


def reply_to(error: BaseException) -> Reply[Sequence[ToldError]]:
    """Return what is told of an exception: what is wrong, and what to do."""
    match error:
        case PkitoolsError():
            parts: Sequence[PkitoolsError] = getattr(error, "errors", (error,))
            lines = [*map(error_line, parts), *getattr(error, "then", ())]
            return _reply([ToldError.of(part) for part in parts], lines, of_error(error))
        case click.exceptions.NoArgsIsHelpError():
            return _said("cli.main.no_verb", lambda: usage.sentence(error), error.format_message().split("\n"))
        case click.ClickException():
            return _said(usage.code(error), lambda: usage.sentence(error), _with_help(error))
        case click.Abort() | KeyboardInterrupt():
            return _said("cli.main.aborted", lambda: tr("cli.main.aborted"), code=ExitCode.COULD_NOT)
    operands = {"kind": type(error).__name__, "detail": str(error)}
    return _said("cli.main.bug", lambda: tr("cli.main.bug", **operands), code=ExitCode.COULD_NOT)


def monitor_line(error: BaseException) -> str:
    """Return the line of a monitoring plugin that could not answer; nothing in it begins performance data."""
    told = reply_to(error).value[0].sentences[language()]
    return f"PKITOOLS {MonitorCode.UNKNOWN.name} - {visible(' '.join(told.split()), _MOST_OF_LINE).replace('|', '/')}"


def _said(
    key: str, sentence: Callable[[], str], lines: Sequence[str] | None = None, code: ExitCode = ExitCode.USAGE
) -> Reply[Sequence[ToldError]]:
    sentences = {}
    for tongue in LANGUAGES:
        with speaking(tongue):
            sentences[tongue] = str(sentence())
    return _reply([ToldError(key, sentences)], [sentence()] if lines is None else lines, code)


def _reply(
    errors: Sequence[ToldError], lines: Sequence[str] | Iterator[str], code: ExitCode
) -> Reply[Sequence[ToldError]]:
    aside = [Line(line, aside=True) for line in lines]
    return Reply(errors, document=lambda value: error_document(value, int(code)), text=lambda _: aside, code=code)


def _with_help(error: click.ClickException) -> list[str]:
    context = getattr(error, "ctx", None)
    lines = [usage.sentence(error)]
    return lines if context is None else [*lines, tr("cli.main.try_help", command=context.command_path)]
