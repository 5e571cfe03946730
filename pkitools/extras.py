"""What is installed only for who asks for it: an extra of the distribution, named for what it brings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pkitools.errors import StateError


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
