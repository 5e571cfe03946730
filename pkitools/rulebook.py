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
    "pkitools.rules.rfc5280",
    "pkitools.rules.rfc5280_extensions",
    "pkitools.rules.por",
    "pkitools.rules.trial",
    "pkitools.rules.uzi",
    "pkitools.rules.oin_stelsel",
    "pkitools.rules.digikoppeling",
    "pkitools.rules.st_saml",
    "pkitools.rules.etsi_319_412",
    "pkitools.rules.advice",
    "pkitools.check.environment",
    "pkitools.validation.rules",
)


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return every rule, sorted by code."""
    found = [rule for name in _MODULES for rule in importlib.import_module(name).RULES]
    return tuple(sorted(found, key=lambda rule: rule.code))
