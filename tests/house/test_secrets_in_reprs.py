"""What is secret stands in no repr: a log, a traceback or a debugger shows those of whatever is at hand."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pkitools
import pkitools_cli
import pkitools_test_pki

SECRET = frozenset({"passphrase", "passphrases", "password", "passwords", "secret", "secrets", "pin", "headers"})
"""Words in the name of a field that holds one; among the headers of a request is an API key."""
ABOUT = frozenset({"file", "env", "has", "no"})
"""Words that make it something about a secret."""
MARK = "hunter2"


def modules() -> Iterator[Any]:
    for root in (pkitools, pkitools_cli, pkitools_test_pki):
        yield root
        for found in pkgutil.walk_packages(root.__path__, f"{root.__name__}."):
            if not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def secret_fields() -> Iterator[tuple[type[Any], dataclasses.Field[Any]]]:
    kinds = {
        each
        for module in modules()
        for each in vars(module).values()
        if isinstance(each, type) and dataclasses.is_dataclass(each) and each.__module__ == module.__name__
    }
    for kind in kinds:
        for field in dataclasses.fields(kind):
            words = set(field.name.split("_"))
            if words & SECRET and not words & ABOUT and field.type not in {"bool", bool}:
                yield kind, field


def repr_of(kind: type[Any], name: str) -> str:
    """Return the repr of an object that holds nothing but a secret."""
    made = object.__new__(kind)
    for field in dataclasses.fields(kind):
        object.__setattr__(made, field.name, MARK if field.name == name else None)
    return repr(made)


def test_no_repr_shows_a_secret() -> None:
    found = list(secret_fields())
    assert len(found) > 5
    shown = [f"{kind.__module__}.{kind.__name__}.{one.name}" for kind, one in found if MARK in repr_of(kind, one.name)]
    assert sorted(shown) == []
