"""The step that comes next, with the user's own files, systems and numbers filled in.

A command is a list of words, never a string: it is quoted where it is shown, and the tests parse each with click. The
sentences are ``messages/<language>/now.toml``; one that ends with ``{name}`` is followed by that command.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

import click

from pkitools.messages import filled
from pkitools.text import instant, visible
from pkitools_cli.i18n import lookup, tr
from pkitools_cli.lines import columns, command_rows, next_step, wrapped

Words = tuple[str, ...]
Commands = Mapping[str, Callable[[], Words | None]]

_COMMAND: Final = re.compile(r":? ?\{(\w+)\}$")
_MOST_ROWS: Final = 4  # of a command; what is longer is no help
_MOST_NAMES: Final = 4
_TRIAL: Final = "TRIAL "  # issuing a test certificate puts it in front of names


@dataclass(frozen=True, slots=True)
class Step:
    """What to do next.

    Args:
        sentence: in the language in force; ends with a colon when a command follows.
        words: the command, without ``pkitools``.
    """

    sentence: str
    words: Words | None = None

    def told(self) -> list[str]:
        """Return it as lines with their label."""
        return next_step(self.sentence, self.words)

    def rows(self, first: str, indent: str) -> list[str]:
        """Return it as lines, of the sentence at most two, of the command four: what is longer is left out."""
        if self.words is None:
            return wrapped(self.sentence, indent, first, most=2)
        if not fits(self.words):
            return wrapped(f"{self.sentence.removesuffix(':')}.", indent, first, most=2)
        return [*wrapped(self.sentence, indent, first, most=2), *command_rows(self.words, indent)]


def step(key: str, params: Mapping[str, object], commands: Commands) -> Step | None:
    """Return the step ``cli.now.<key>``; ``None`` when there is no such sentence.

    Args:
        key: of the sentence: a command and what came of it, or the code of a finding.
        params: operands of the sentence.
        commands: makes each command that a sentence may end with; ``None`` where this run has nothing to fill it with.
    """
    text = lookup(f"cli.now.{key}")
    if text is None:
        return None
    ending = _COMMAND.search(text)
    if ending is None:
        return Step(filled(text, params))
    sentence = filled(text[: ending.start()], params)
    words = commands[ending[1]]()
    return Step(f"{sentence}.") if words is None or not _is_plain(words) else Step(f"{sentence}:", words)


def fits(words: Sequence[str]) -> bool:
    """Return whether a command takes no more rows of the terminal than leave room for the rest of an answer."""
    rows = command_rows(words, " " * 10)
    return sum(-(-len(row) // columns()) for row in rows) <= _MOST_ROWS  # a word wider than the terminal takes several


def _is_plain(words: Sequence[str]) -> bool:
    """Return whether a command is shown as it is: one with an escape in it would not be what was meant."""
    return all(visible(word) == word for word in words)


def _shortened(words: Words, optional: Sequence[Words]) -> Words:
    """Return a command with as many of the optional parts as fit: who runs it is asked for what is not there."""
    for part in optional:
        if _is_plain(part) and fits((*words, *part)):
            words = (*words, *part)
    return words


def request_command(
    *,
    environment: str | None = None,
    profile: str | None = None,
    oin: str | None = None,
    organization: str | None = None,
    common_name: str | None = None,
    dns: Sequence[str] = (),
) -> Words:
    """Return the command that makes a key and a request with what is known.

    The names are left out where there are so many that the command would not show them all.
    """
    names: list[Words] = []
    if common_name and len(dns) <= _MOST_NAMES:
        others = dns if set(dns) != {common_name.removeprefix(_TRIAL)} else ()
        given = (word for name in others for word in ("--dns", name))
        names = [("--common-name", common_name.removeprefix(_TRIAL), *given)]
    known = (("--profile", profile), ("-e", environment), ("--oin", oin))
    needed: list[Words] = [(option, value) for option, value in known if value]
    if organization:
        needed.append(("--organization", organization.removeprefix(_TRIAL)))
    return _shortened(("csr", "create"), [*needed, *names, ("--out", tr("cli.now.out"))])


def again(files: Sequence[str], *more: str, without: frozenset[str] = frozenset()) -> Words:
    """Return the command that runs, as it was given, for these files.

    Args:
        files: in the place of those it was given.
        more: options to add.
        without: names of parameters to leave out.
    """
    ctx = click.get_current_context()
    path = ctx.command_path.split()[1:]
    given = [
        word
        for param in ctx.command.params
        if isinstance(param, click.Option) and param.name not in without and _was_given(ctx, param)
        for word in _option(param, ctx.params[param.name or ""])
    ]
    return (*path, *files, *given, *more)


def _was_given(ctx: click.Context, param: click.Option) -> bool:
    name = param.name or ""
    return name in ctx.params and ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE


def _option(param: click.Option, value: object) -> list[str]:
    name = min(param.opts, key=len)
    if param.is_flag:
        return [name]
    values = value if param.multiple and isinstance(value, tuple) else (value,)
    return [word for each in values for word in (name, _typed(each))]


def _typed(value: object) -> str:
    """Return a value as it can be typed again."""
    if isinstance(value, tuple):
        return "=".join(_typed(part) for part in value)
    if isinstance(value, Enum):
        return str(value.value) if isinstance(value.value, str) else value.name.lower()
    return instant(value) if isinstance(value, datetime) else str(value)
