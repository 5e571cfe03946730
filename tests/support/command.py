"""Run the command line in this process and keep what it printed."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import click
import pytest

from pkitools_cli.main import cli, main


@dataclass(frozen=True)
class Ran:
    """What one command did."""

    code: int
    out: str
    err: str

    def __iter__(self) -> Iterator[Any]:
        return iter((self.code, self.out, self.err))

    @property
    def told(self) -> str:
        """What it printed for people, whatever the width it was wrapped at."""
        return " ".join(self.out.split())

    @property
    def lines(self) -> list[str]:
        """The lines it printed for people."""
        return self.out.splitlines()

    @property
    def document(self) -> Any:
        """The JSON document it printed."""
        return json.loads(self.out)


class Command:
    """The fixture ``run`` of ``tests/cli``: call it with arguments."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys, self._monkeypatch = capsys, monkeypatch

    def __call__(self, *arguments: object, stdin: bytes = b"") -> Ran:
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        with pytest.raises(SystemExit) as stopped:
            main([str(argument) for argument in arguments])
        captured = self._capsys.readouterr()
        assert "Traceback" not in captured.err
        return Ran(int(str(stopped.value.code)), captured.out, captured.err)


def every_command(group: click.Group | None = None, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every command, groups and the root included."""
    group = group or cli
    context = click.Context(group)
    yield path
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from every_command(command, (*path, name))
        else:
            yield (*path, name)


def under(run: Command, *noun: str, after: tuple[str, ...] = ()) -> Any:
    """Return ``run`` for the commands of one noun: (code, out, err), in English unless ``lang`` says otherwise."""
    return lambda *given, lang="en", stdin=b"": tuple(run("--lang", lang, *noun, *given, *after, stdin=stdin))
