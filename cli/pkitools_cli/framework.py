"""What every command shares: lazy loading, help in two languages, and one way for errors to reach people.

Commands are declared with :class:`Command`, whose help texts are keys of :mod:`pkitools_cli.i18n`.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import Any

import click

from pkitools_cli.i18n import lookup, set_language


def _translated(text: str | None) -> str | None:
    return (lookup(text) or text) if text else text


class _TranslatedHelp(click.Command):
    """Help whose texts are looked up when shown."""

    def get_short_help_str(self, limit: int = 80) -> str:
        text = _translated(self.help) or ""
        return text.split("\n", 1)[0].rstrip(".")[:limit]

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        text = _translated(self.help)
        if text:
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(text)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for param in self.get_params(ctx):
            if isinstance(param, click.Option):
                param.help = _translated(param.help)
        super().format_options(ctx, formatter)


class Command(_TranslatedHelp):
    """A command with translated help."""


class Group(_TranslatedHelp, click.Group):
    """A group whose subcommands are loaded when named, so that ``oin check`` does not pay for ``cert check``.

    Args:
        lazy: command name → ``module:attribute``.
    """

    command_class = Command

    def __init__(self, *args: Any, lazy: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lazy = dict(lazy or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order they were declared."""
        return [*self._lazy, *(name for name in self.commands if name not in self._lazy)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, imported now if it is lazy."""
        target = self._lazy.get(cmd_name)
        if target is None:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = target.partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their short help, without click's alphabetical sorting."""
        rows: list[tuple[str, str]] = []
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if command is not None and not command.hidden:
                rows.append((name, command.get_short_help_str()))
        if rows:
            with formatter.section(lookup("cli.main.commands") or "Commands"):
                formatter.write_dl(rows)


def language_from(arguments: Sequence[str]) -> None:
    """Set the language before click parses, so that its own complaints and help come in it as well."""
    chosen = None
    for position, argument in enumerate(arguments):
        if argument == "--lang" and position + 1 < len(arguments):
            chosen = arguments[position + 1]
        elif argument.startswith("--lang="):
            chosen = argument.partition("=")[2]
    set_language(chosen)
