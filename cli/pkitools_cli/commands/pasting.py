"""A command whose files have names that begin with a dash, made such that each is taken for what it is.

Loaded only where there is such a name: it asks the command itself which of its options take a value.
"""

from __future__ import annotations

from collections.abc import Sequence

import click

from pkitools_cli.framework import names_files
from pkitools_cli.lines import is_dashed


def with_names_apart(words: Sequence[str]) -> tuple[str, ...]:
    """Return a command with its files called by their folder, and what else begins with a dash behind ``--``.

    Args:
        words: the command, without ``pkitools``.
    """
    command, at = _command(words)
    if isinstance(command, click.Group):
        return tuple(words)  # no command that takes files
    options, rest = _apart(command, words[at:])
    arguments = [param for param in command.params if isinstance(param, click.Argument)]
    if any(map(is_dashed, rest)) and all(map(names_files, arguments)):
        rest = [f"./{word}" if is_dashed(word) else word for word in rest]
    if any(map(is_dashed, rest)):
        return (*words[:at], *options, "--", *rest)
    return (*words[:at], *rest, *options)


def _command(words: Sequence[str]) -> tuple[click.Command, int]:
    """Return the command that is named, and by how many words."""
    from pkitools_cli.main import cli  # which needs the lines of this package

    command: click.Command = cli
    at = 0
    while isinstance(command, click.Group) and at < len(words):
        found = command.get_command(click.Context(command), words[at])
        if found is None:
            break
        command, at = found, at + 1
    return command, at


def _apart(command: click.Command, words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the options with their values, and the rest."""
    takes = {
        name: not (param.is_flag or param.count)
        for param in command.get_params(click.Context(command))
        if isinstance(param, click.Option)
        for name in (*param.opts, *param.secondary_opts)
    }
    takes["--data"] = True
    options: list[str] = []
    rest: list[str] = []
    left = iter(words)
    for word in left:
        if word in takes:
            options += [word, *([next(left, "")] if takes[word] else [])]
        elif word != "--":
            rest.append(word)
    return options, rest
