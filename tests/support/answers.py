"""What a command printed, taken apart: its answers, and every command it names, held to those there are."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence

import click

from pkitools.messages import LANGUAGES
from pkitools.reports.text import word_of
from pkitools_cli.main import cli

VERDICTS = tuple(
    word_of("verdict", value, tongue) for tongue in LANGUAGES for value in ("passed", "failed", "indeterminate")
)
FOR = ("for", "voor")


def answers(out: str) -> list[list[str]]:
    """Return of each certificate the lines from its verdict to the details: a blank line, or the next verdict."""
    found: list[list[str]] = []
    inside = False
    for line in out.splitlines():
        if is_verdict(line):
            found.append([])
            inside = True
        elif not line:
            inside = False
        if inside:
            found[-1].append(line)
    return found


def is_verdict(line: str) -> bool:
    """Whether an answer begins here: with a verdict, and in parentheses what is to be known beside it."""
    return any(re.match(rf"{verdict}( \([^()]+\))? {word} ", line) for verdict in VERDICTS for word in FOR)


def commands(out: str) -> Iterator[list[str]]:
    """Yield each command that stands on lines of its own, below a colon, as the words a shell would hand over."""
    lines = iter(out.splitlines())
    before = ""
    for line in lines:
        before, introduced = line, before.endswith(":")
        # a sentence that happens to be broken before a command's name ends as a sentence
        if not (introduced and line.strip().startswith("pkitools ")) or line.endswith("."):
            continue
        whole = line
        while whole.endswith(" \\"):
            whole = whole[:-1] + next(lines).strip()
        yield shlex.split(whole)


def parse(words: Sequence[str]) -> click.Context:
    """Parse a command as it would be run; nothing runs.

    Raises:
        click.UsageError: there is no such command or option, or something is missing or wrong.
    """
    program, *rest = words
    assert program == "pkitools"
    command: click.Command = cli
    context = click.Context(cli, info_name="pkitools")
    while isinstance(command, click.Group):
        name, *rest = rest or ["?"]
        found = command.get_command(context, name)
        if found is None:
            raise click.UsageError(f"no command {name}")
        if isinstance(found, click.Group):
            context = click.Context(found, parent=context, info_name=name)
        command = found
    return command.make_context(command.name, rest, parent=context)
