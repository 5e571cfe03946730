"""All rules of all rooms, for ``rules list`` and for the tests that hold each of them to its messages and vectors."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Final

from pkitools.findings import Rule

# every module that declares rules exports RULES: tuple[Rule, ...]
_MODULES: Final[tuple[str, ...]] = (
    "pkitools.oin.rules",
    "pkitools.x509.subject_oin",
    "pkitools.systems.rules",
    "pkitools.requests.rules",
    "pkitools.check.environment",
)


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return every rule, sorted by code."""
    found = [rule for name in _MODULES for rule in importlib.import_module(name).RULES]
    return tuple(sorted(found, key=lambda rule: rule.code))
