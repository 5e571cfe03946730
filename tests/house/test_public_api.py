"""What the library promises stands on its own: no type of a dependency in a public signature, but for two doors."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import sys
import types
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

import pytest

import pkitools
from tests.support.cases import in_one_test
from tools.rooms import modules

DEPENDENCIES = (
    "cryptography",
    "asn1crypto",
    "pyhanko_certvalidator",
    "click",
    "cheroot",
    "yaml",
    "publicsuffixlist",
    "signxml",
    "lxml",
    "jinja2",
    "markupsafe",
)
DOORS = {
    "pkitools.requests.PrivateKey.native": "for those who sign with the key themselves",
    "pkitools.requests.PrivateKey.__init__": "the field above",
    "pkitools.validation.VerifiedPath.native": "for those who go on with the certificates themselves",
}
"""Where a type of a dependency is handed out on purpose, and why."""

ROOMS = [
    info.name
    for info in pkgutil.walk_packages(pkitools.__path__, "pkitools.")
    if info.ispkg and hasattr(importlib.import_module(info.name), "__all__")
]


@cache
def namespace(module: types.ModuleType) -> dict[str, Any]:
    """The names of a module, also those it imports for annotations only."""
    names: dict[str, Any] = {}
    for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            origin = importlib.import_module(node.module)
            for alias in node.names:
                if not hasattr(origin, alias.name):  # a module of a package
                    importlib.import_module(f"{node.module}.{alias.name}")
                names[alias.asname or alias.name] = getattr(origin, alias.name)
    return {**names, **vars(module)}


def annotations(item: Any) -> dict[str, Any]:
    names = namespace(sys.modules[item.__module__])
    # without local names of its own, a class would take its fields for the types they share a name with
    return get_type_hints(item, globalns=names, localns=names)


def members(name: str, item: Any) -> Iterator[tuple[str, Any]]:
    """The annotations of a public function, or of a class, its fields, methods and properties."""
    if inspect.isfunction(item):
        yield from ((name, hint) for hint in annotations(item).values())
    elif inspect.isclass(item):
        yield from ((f"{name}.{field}", hint) for field, hint in annotations(item).items() if field[0] != "_")
        assert item.__init__  # of a dataclass it is written when it is asked for
        for attribute, value in vars(item).items():
            function = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
            function = getattr(function, "func", function)  # a cached property
            if inspect.isfunction(function) and (attribute[0] != "_" or attribute == "__init__"):
                yield from ((f"{name}.{attribute}", hint) for hint in annotations(function).values())


def leaks(room: str) -> set[str]:
    module = importlib.import_module(room)
    public = [member for name in module.__all__ for member in members(f"{room}.{name}", getattr(module, name))]
    return {name for name, hint in public if any(f"{dependency}." in repr(hint) for dependency in DEPENDENCIES)}


@in_one_test
@pytest.mark.parametrize("room", ROOMS)
def test_no_public_signature_names_a_type_of_a_dependency(room: str) -> None:
    assert leaks(room) <= set(DOORS)


def test_every_door_is_there() -> None:
    assert set().union(*map(leaks, ROOMS)) == set(DOORS)


@in_one_test
@pytest.mark.parametrize("room", ROOMS)
def test_every_public_function_says_what_it_does(room: str) -> None:
    module = importlib.import_module(room)
    public = {name: getattr(module, name) for name in module.__all__}
    silent = [
        name
        for name, item in public.items()
        if (inspect.isfunction(item) or inspect.isclass(item)) and not item.__doc__
    ]
    assert not silent


def test_no_name_is_given_to_two_public_things() -> None:
    """Who reads a name in the code of another knows what it is, whichever room it came from."""
    held: dict[str, dict[int, str]] = {}
    for room in ROOMS:
        module = importlib.import_module(room)
        for name in module.__all__:
            held.setdefault(name, {})[id(getattr(module, name))] = room
    assert not {name: sorted(rooms.values()) for name, rooms in held.items() if len(rooms) > 1}


@pytest.mark.parametrize("folder", ["pkitools", "cli", "tests"])
def test_when_certificates_end_is_asked_in_one_way(folder: str) -> None:
    """``Expiry.of`` adds what follows each certificate: made without it, tests would hold what nobody gets."""
    made = [path.name for path in modules(folder) if re.search(r"\bExpiry\(", path.read_text(encoding="utf-8"))]
    assert made == []
