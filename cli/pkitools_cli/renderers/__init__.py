"""The forms an answer is told in, a module each, and the one place where an answer is told.

A module ``renderers/<name>.py`` registers the form ``<name>`` when it is imported, which is when somebody asks for it;
nothing else has to know of it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any, Final, TextIO

from pkitools.frozen import dataclass
from pkitools_cli.exit_codes import ExitCode, MonitorCode
from pkitools_cli.output import complain
from pkitools_cli.reply import Reply

TEXT: Final = "text"
JSON: Final = "json"

_registered: dict[str, Renderer] = {}
_told: list[Reply[Any]] = []  # the answer of the command that runs, once there is one


@dataclass(frozen=True, slots=True)
class Renderer:
    """One form.

    Args:
        name: how it is asked for.
        write: writes an answer to a stream of text: standard output, or a file.
    """

    name: str
    write: Callable[[Reply[Any], TextIO], None]


def register(renderer: Renderer) -> None:
    """Make a form known, in the place of one with the same name."""
    _registered[renderer.name] = renderer


@cache
def _modules() -> frozenset[str]:
    try:
        with os.scandir(__path__[0]) as held:
            return frozenset(file.name.partition(".")[0] for file in held if file.name.endswith(".py")) - {"__init__"}
    except OSError:  # in a zip file
        from pkgutil import iter_modules

        return frozenset(module.name for module in iter_modules(__path__))


def names() -> tuple[str, ...]:
    """Return the names of all forms, sorted; none is imported for it."""
    return tuple(sorted({*_registered, *_modules()}))


def renderer(name: str) -> Renderer:
    """Return the form with this name.

    Raises:
        KeyError: there is none: what may be asked is :func:`names`.
    """
    if name not in _registered and name in names():
        import_module(f"{__name__}.{name}")
    return _registered[name]


def begin() -> None:
    """Begin anew: nothing was told yet."""
    _told.clear()


def has_told() -> bool:
    """Return whether there was an answer already: a document is never followed by another."""
    return bool(_told)


def tell(reply: Reply[Any], form: str) -> ExitCode | MonitorCode:
    """Write an answer to standard output in this form, its warnings to standard error, and return the exit code."""
    renderer(form).write(reply, sys.stdout)
    _told[:] = [reply]
    for warning in () if form == TEXT and reply.warnings_in_text else reply.warnings:
        complain(warning)
    return reply.exit_code()
