"""Which defects there are. A function becomes one by the decorator :func:`defect`."""

from __future__ import annotations

import difflib
import importlib
import inspect
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from pkitools.errors import InvalidValueError
from pkitools.package_data import read_toml
from pkitools_test_pki.defects.model import Build, Context, Defect, Layer

TOPICS: Final = (
    "validity",
    "oin",
    "names",
    "san",
    "extensions",
    "policies",
    "fields",
    "keys",
    "signatures",
    "chain",
    "revocation",
    "environment",
)
"""The modules that hold the defects, in the order of the catalogue."""

_REGISTERED: Final[dict[str, Defect]] = {}


def defect(*codes: str, context: Context | None = None, refused: bool = True) -> Callable[[Build], Build]:
    """Declare a defect: the function's name is its name, its docstring the description.

    Args:
        *codes: the rules it must violate, see :class:`Defect`.
        context: in which use; by default preproduction, for no system in particular.
        refused: whether ``cert check`` refuses it; else it warns.
    """

    def declare(make: Build) -> Build:
        name = make.__name__.replace("_", "-")
        if name in _REGISTERED:
            raise ValueError(f"two defects are called {name}")
        text = " ".join((inspect.getdoc(make) or "").split())
        topic = make.__module__.rpartition(".")[2]
        _REGISTERED[name] = Defect(name, topic, text, frozenset(codes), context or Context(), make, refused)
        return make

    return declare


@cache
def defects() -> tuple[Defect, ...]:
    """Return the catalogue, by topic."""
    for topic in TOPICS:
        importlib.import_module(f"pkitools_test_pki.defects.{topic}")
    return tuple(sorted(_REGISTERED.values(), key=lambda found: TOPICS.index(found.topic)))


def get_defect(name: str) -> Defect:
    """Return a defect by its name.

    Raises:
        InvalidValueError: there is none; the error names those that look like it.
    """
    known = {found.name: found for found in defects()}
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name.replace("_", "-").lower(), known, n=3, cutoff=0.4)
    raise InvalidValueError("test_pki.error.defect", name=name, near=", ".join(near) or "–")


@cache
def dutch_descriptions() -> dict[str, str]:
    """Return name → description in Dutch."""
    return {str(name): str(description) for name, description in _data("defects_nl.toml").items()}


@cache
def layers() -> tuple[dict[str, Layer], dict[str, Layer]]:
    """Return topic → where its defects are noticed first, and name → the same for those noticed elsewhere."""
    found = _data("defect_layers.toml")
    topics, named = ({str(key): Layer(value) for key, value in found[part].items()} for part in ("topics", "defects"))
    return topics, named


def _data(name: str) -> dict[str, Any]:
    return read_toml("pkitools_test_pki", f"data/{name}")
