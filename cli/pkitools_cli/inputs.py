"""Read what the command line names: files of any kind, and ``-`` for standard input."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pkitools.containers import Contents, read_source
from pkitools.errors import InputError, LimitError, PkitoolsError, SecretError
from pkitools.files import read_bytes
from pkitools.limits import MAX_INPUT_BYTES
from pkitools.text import size_text
from pkitools_cli.i18n import tr
from pkitools_cli.passphrases import asked_passphrase, can_ask

STANDARD_INPUT: Final = "-"


@dataclass(frozen=True, slots=True)
class Failure:
    """An input that could not be used, and why."""

    name: str
    error: PkitoolsError


def read_input(name: str, passphrase: bytes | None = None) -> Contents:
    """Return what a file, or standard input for ``-``, holds.

    A keystore that needs a passphrase nobody gave asks for it, when there is a terminal to ask on.
    """
    if name == STANDARD_INPUT:
        shown, data = tr("cli.inputs.stdin"), _standard_input()
    else:
        shown, data = name, read_bytes(name)
    try:
        return read_source(data, shown, passphrase=passphrase)
    except SecretError:
        if passphrase is not None or not can_ask():
            raise
        return read_source(data, shown, passphrase=asked_passphrase(shown))


def read_inputs(names: Sequence[str], passphrase: bytes | None = None) -> Iterator[Contents | Failure]:
    """Yield each input in turn; one that cannot be used does not keep the others from being read."""
    for name in names:
        try:
            yield read_input(name, passphrase)
        except PkitoolsError as error:
            yield Failure(name, error)


def _standard_input() -> bytes:
    data = sys.stdin.buffer.read(MAX_INPUT_BYTES + 1)
    if len(data) > MAX_INPUT_BYTES:
        raise LimitError("files.error.too_large", name=tr("cli.inputs.stdin"), limit=size_text(MAX_INPUT_BYTES))
    if not data:
        raise InputError("files.error.empty", name=tr("cli.inputs.stdin"))
    return data
