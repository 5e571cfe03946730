"""Read the key that the command line names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pkitools.errors import InputError, PkitoolsError, SecretError
from pkitools.files import is_private, read_bytes
from pkitools_cli.i18n import tr
from pkitools_cli.inputs import about_input
from pkitools_cli.output import complain_once
from pkitools_cli.passphrases import asked_passphrase, can_ask

if TYPE_CHECKING:
    from pkitools.requests import PrivateKey
    from pkitools.x509 import PublicKey


def read_key(path: str, passphrase: bytes | None) -> PrivateKey:
    """Return the private key in a file, asking for its passphrase when it needs one and somebody is there.

    Raises:
        PkitoolsError: unreadable, not a key, or encrypted without a passphrase.
    """
    from pkitools.requests.keys import MAX_KEY_FILE_BYTES, load_key

    with about_input(path):
        data = read_bytes(path, limit=MAX_KEY_FILE_BYTES)
        try:
            key = load_key(data, path, passphrase=passphrase)
        except SecretError:
            if passphrase is not None or not can_ask():
                raise
            key = load_key(data, path, passphrase=asked_passphrase(path))
        except InputError as error:
            raise _swapped(error, path) or error from None
    if not is_private(path):  # of what turned out to be a key: anybody may read a certificate
        complain_once(tr("cli.csr.key_readable", name=path))
    return key


def read_either_key(path: str, passphrase: bytes | None) -> PrivateKey | PublicKey:
    """Return the key in a file to compare with: a private one, see :func:`read_key`, or a public one by itself."""
    from pkitools.checking.expectation import public_key_alone
    from pkitools.requests.keys import MAX_KEY_FILE_BYTES

    with about_input(path):
        alone = public_key_alone(read_bytes(path, limit=MAX_KEY_FILE_BYTES), path)
    return read_key(path, passphrase) if alone is None else alone


def _swapped(error: InputError, path: str) -> InputError | None:
    """Return that another of the files that were given is the key, where the one given as the key is something else."""
    if error.code != "requests.error.no_key":
        return None
    ctx = click.get_current_context(silent=True)
    values = ctx.params.values() if ctx is not None else ()
    names = [name for value in values for name in (value if isinstance(value, tuple) else (value,))]
    found = next((name for name in names if isinstance(name, str) and name != path and _is_key(name)), None)
    return InputError("requests.error.key_swapped", **{**error.params, "other": found}) if found else None


def _is_key(name: str) -> bool:
    from pkitools.requests.keys import MAX_KEY_FILE_BYTES

    try:
        return b"PRIVATE KEY-----" in read_bytes(name, limit=MAX_KEY_FILE_BYTES)
    except PkitoolsError:
        return False
