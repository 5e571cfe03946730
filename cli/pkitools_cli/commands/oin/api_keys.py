"""Where an API key comes from: a file or an environment variable; never the value of an option."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, Final, TypeVar

import click

from pkitools.errors import SecretError
from pkitools.files import is_private, read_bytes
from pkitools_cli.i18n import tr
from pkitools_cli.output import complain

F = TypeVar("F", bound=Callable[..., Any])

_MAX_BYTES: Final = 4096


def api_key_options(command: F) -> F:
    """Add ``--api-key-file`` and ``--api-key-env``; they arrive as ``api_key_file`` and ``api_key_env``."""
    command = click.option("--api-key-env", metavar="NAME", help="cli.oin.lookup.api_key_env")(command)
    return click.option("--api-key-file", metavar="FILE", help="cli.oin.lookup.api_key_file")(command)


def given_api_key(file: str | None, variable: str | None) -> str | None:
    """Return the API key of the options, or ``None`` when neither is used.

    Raises:
        UsageError: both are used, or the variable is not set.
        SecretError: what is there is no key.
    """
    if file is not None and variable is not None:
        raise click.UsageError(tr("cli.oin.lookup.one_key"))
    if file is not None:
        if not is_private(file):
            complain(tr("cli.oin.lookup.key_readable", name=file))
        return _key(read_bytes(file, limit=_MAX_BYTES).decode("latin-1"), file)
    if variable is None:
        return None
    if variable not in os.environ:
        raise click.UsageError(tr("cli.passphrases.unset", name=variable))
    return _key(os.environ[variable], variable)


def _key(text: str, name: str) -> str:
    key = text.removeprefix("\ufeff").strip()
    if not key or not key.isascii() or not key.isprintable():
        raise SecretError("oin_register.error.key_form", name=name)
    return key
