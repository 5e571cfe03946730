"""The one error family. Nothing a dependency raises leaves the library.

An error carries a code and its operands, no sentence: the sentences, in Dutch and English, are the entries
``<room>.error.<slug>`` of :mod:`pkitools.messages`. ``str(error)`` is the English one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pkitools.messages import Remedy


class PkitoolsError(Exception):
    """Base of every error pkitools raises.

    Args:
        code: names the message, such as ``files.error.empty``.
        params: the operands the message shows. Values are made printable when rendered, never before.
    """

    file: str = ""
    """The file it is about, where whoever read it said so: see :func:`about_file`. Not every message shows it."""

    def __init__(self, code: str, /, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, object] = params

    @property
    def remedy(self) -> Remedy:
        """What to do about it, as a value."""
        from pkitools.messages import Remedy

        return Remedy(self.code, self.params)

    def __str__(self) -> str:
        from pkitools.messages import error_sentence

        return error_sentence(self, "en")


@contextmanager
def about_file(name: str) -> Iterator[None]:
    """Say of every error inside which file it is about; one that says it already keeps it.

    >>> with about_file("a.pem"):
    ...     raise InputError("files.error.empty", name="a.pem")
    Traceback (most recent call last):
    pkitools.errors.InputError: The file a.pem is empty. ...
    """
    try:
        yield
    except PkitoolsError as error:
        error.file = error.file or name
        raise


class InputError(PkitoolsError):
    """The bytes given are not what they should be: unreadable, malformed, or not of the kind asked for."""


class LimitError(InputError):
    """Input larger, deeper or more numerous than a limit of :mod:`pkitools.limits`."""


class InvalidValueError(PkitoolsError):
    """A value the caller chose breaks a rule: a wrong OIN, a name too long, an unknown profile."""


class SecretError(PkitoolsError):
    """A passphrase is missing, empty or wrong."""


class FileError(PkitoolsError):
    """A file could not be read or written, or stands in the way."""


class NetworkError(PkitoolsError):
    """Something that needed the network could not be asked."""


class StateError(PkitoolsError):
    """The state on disk of a test PKI does not allow what was asked."""


class MissingExtraError(StateError):
    """A package is not installed that an extra brings.

    Args:
        extra: its name.
        package: what was looked for in vain.
    """

    def __init__(self, extra: str, package: str) -> None:
        self.extra = extra
        super().__init__("extras.error.missing", extra=extra, package=package)


@contextmanager
def brought_by(extra: str) -> Iterator[None]:
    """Say of what cannot be imported inside which extra brings it.

    Args:
        extra: one of those in ``pyproject.toml``; ``tests/house/test_extras.py`` holds it to that.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        yield
    except ImportError as error:
        raise MissingExtraError(extra, error.name or "") from error
