"""Call ``cryptography`` on bytes from outside: what it cannot read gives ``None``, whatever it raises."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Final, TypeVar

T = TypeVar("T")

_PANIC: Final = "PanicException"  # of pyo3: a BaseException of a module nobody can import


def attempt(read: Callable[[], T]) -> T | None:
    """Return what ``read`` returns, or ``None`` when the input was too odd for it.

    Its warnings are about oddities we report ourselves (:mod:`pkitools.x509.problems`).
    """
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm

    odd = (
        ValueError,
        TypeError,
        KeyError,
        UnsupportedAlgorithm,
        x509.InvalidVersion,
        x509.DuplicateExtension,
        x509.UnsupportedGeneralNameType,
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return read()
    except odd:
        return None
    except BaseException as error:
        if type(error).__name__ == _PANIC:
            return None
        raise
