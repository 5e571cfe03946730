"""``pkitools explain``: what an error text of another program means here, and what to do."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from typing import Final

import click

from pkitools.explanations import Explained, Recognised, explain
from pkitools.limits import MAX_ERROR_TEXT
from pkitools.messages import LANGUAGES
from pkitools.reports import explain_document
from pkitools.text import pattern
from pkitools_cli.exit_codes import ExitCode
from pkitools_cli.framework import Command
from pkitools_cli.i18n import language, lookup, tr
from pkitools_cli.lines import command_rows, wrapped
from pkitools_cli.options import STANDARD_INPUT
from pkitools_cli.reply import Line, Reply

_CODE: Final = pattern(r"[a-z0-9_]+(?:\.[a-z0-9_]+){2,}")
_MOST_LOOKED_AT: Final = 10_000  # an answer of pkitools about one certificate is shorter
_MOST_TOLD: Final = 5  # a whole log may hold them all, and nobody reads thirty


@click.command("explain", cls=Command, help="cli.explain.help")
@click.argument("words", metavar="TEXT...", nargs=-1, required=True)
def command(*, words: tuple[str, ...]) -> Reply[Explained]:
    """Explain a text, or what is on standard input for ``-``."""
    text = _standard_input() if words == (STANDARD_INPUT,) else " ".join(words)
    explained = explain(text)
    if explained.found:
        return Reply(explained, document=_document, text=_text, code=ExitCode.PASSED)
    own = _own_code(text)
    return Reply(explained, document=_document, text=lambda one: _unknown(one, own), code=ExitCode.COULD_NOT)


def _document(explained: Explained) -> dict[str, object]:
    """Return the document, with the commands that each explanation names."""
    return explain_document(explained, lambda one: {"commands": _commands(one.code)})


def _commands(code: str) -> dict[str, list[str]]:
    return {tongue: (lookup(f"cli.explain.do.{code}", tongue) or "").splitlines() for tongue in LANGUAGES}


def _standard_input() -> str:
    # a character takes at most four bytes; one more character tells that there was more
    return sys.stdin.buffer.read(4 * (MAX_ERROR_TEXT + 1)).decode("utf-8", "replace")


def _own_code(text: str) -> str | None:
    """Return the first code of a rule of ours in a text: what people copy from an answer of pkitools itself."""
    from pkitools.rulebook import all_rules  # whoever has an error text of another program needs none of it

    codes = {rule.code for rule in all_rules()}
    return next((word for word in _CODE.findall(text[:_MOST_LOOKED_AT]) if word in codes), None)


def _unknown(explained: Explained, own: str | None) -> Iterator[Line | str]:
    yield Line(tr("cli.explain.unknown") if own is None else tr("cli.explain.own", code=own), aside=True)
    yield from _cut(explained)


def _cut(explained: Explained) -> Iterator[Line]:
    if not explained.is_whole:
        yield Line(tr("cli.explain.cut", count=MAX_ERROR_TEXT), aside=True)


def _text(explained: Explained) -> Iterator[Line | str]:
    for position, one in enumerate(explained.found[:_MOST_TOLD]):
        if position:
            yield ""
        yield from _told(one)
    if len(explained.found) > _MOST_TOLD:
        yield ""
        yield tr("cli.explain.more", count=len(explained.found) - _MOST_TOLD)
    yield from _cut(explained)


def _told(one: Recognised) -> Iterator[Line | str]:
    """Yield one explanation. What is recognised is shown as our data have it: nothing that was given is."""
    explanation, document = one.explanation, one.text.source.document
    words = explanation.words[language()]
    heading = tr("cli.explain.recognised", text=one.text.text, programs=", ".join(one.programs))
    yield from (Line(row, bold=True) for row in wrapped(heading, "  ", ""))
    yield from wrapped(words.meaning, "  ")
    yield f"  {tr('cli.explain.causes')}"
    for cause in words.causes:
        yield from wrapped(cause, "    ", first="  - ")
    yield f"  {tr('cli.explain.actions')}"
    for action in words.actions:
        yield from wrapped(action, "    ", first="  - ")
    for line in _commands(explanation.code)[language()]:
        yield from command_rows(shlex.split(line)[1:], "    ")
    yield from wrapped(tr("cli.explain.source", title=document.title[language()], day=document.read), "  ")
