"""Modules as in a program that has read nothing yet."""

from __future__ import annotations

import sys

import pytest


def forget(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Take modules whose name begins so away for this test: afterwards each is what it was, for its package as well."""
    for name in [name for name in sys.modules if name.startswith(names)]:
        package, _, own = name.rpartition(".")
        if own in vars(sys.modules.get(package, object)):
            # to read a module puts it in its package, where another of its name would stay
            monkeypatch.setattr(sys.modules[package], own, sys.modules[name])
        monkeypatch.delitem(sys.modules, name)
