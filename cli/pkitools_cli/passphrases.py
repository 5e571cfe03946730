"""Where a passphrase comes from: a file, an environment variable or a prompt; never the value of an option."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any, Final, TypeVar

import click

from pkitools.errors import SecretError
from pkitools.files import is_private, read_bytes
from pkitools_cli.i18n import tr
from pkitools_cli.output import complain, complain_once

F = TypeVar("F", bound=Callable[..., Any])

_MAX_BYTES: Final = 4096


def passphrase_options(command: F) -> F:
    """Add ``--passphrase-file`` and ``--passphrase-env``; they arrive as ``passphrase_file`` and ``passphrase_env``."""
    command = click.option("--passphrase-env", metavar="NAME", help="cli.passphrases.env")(command)
    return click.option("--passphrase-file", metavar="FILE", help="cli.passphrases.file")(command)


def given_passphrase(passphrase_file: str | None, passphrase_env: str | None) -> bytes | None:
    """Return the passphrase of the options, or ``None`` when neither is used.

    Raises:
        UsageError: both are used, or the variable is not set.
        SecretError: the passphrase is empty, or the file has more lines than one.
    """
    if passphrase_file is not None and passphrase_env is not None:
        raise click.UsageError(tr("cli.passphrases.one"))
    if passphrase_file is not None:
        return _not_empty(_from_file(passphrase_file), passphrase_file)
    if passphrase_env is not None:
        value = os.environ.get(passphrase_env)
        if value is None:
            raise click.UsageError(tr("cli.passphrases.unset", name=passphrase_env))
        return _not_empty(os.fsencode(value), passphrase_env)  # its bytes as they were: os.environb is not everywhere
    return None


def _from_file(path: str) -> bytes:
    if not is_private(path):
        complain_once(tr("cli.passphrases.readable", name=path))
    content = read_bytes(path, limit=_MAX_BYTES)
    line = content.removesuffix(b"\n").removesuffix(b"\r")
    if b"\n" in line:  # which of them is meant is not known, and a key that is locked with both opens with neither
        raise SecretError("sources.error.passphrase_lines", name=path)
    return line


def _not_empty(passphrase: bytes, name: str) -> bytes:
    if not passphrase:
        raise SecretError("sources.error.passphrase_empty", name=name)
    return passphrase


def can_ask() -> bool:
    """Return whether somebody is there to answer a prompt."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def asked_passphrase(name: str) -> bytes:
    """Ask for the passphrase of ``name`` on the terminal, without showing it."""
    return _asked(tr("cli.passphrases.prompt", name=name)).encode()


def asked_new_passphrase(prompt: str, again: str) -> bytes:
    """Ask for a passphrase to be, twice and until both are the same.

    Args:
        prompt: what to ask first.
        again: what to ask then.
    """
    while True:
        answer = _asked(prompt)
        if _asked(again) == answer:
            return answer.encode()
        complain(tr("cli.passphrases.differ"))


def _asked(prompt: str) -> str:
    answer: str = click.prompt(prompt, hide_input=True, err=True)  # without its own words, which are English
    return answer
