"""All rules of all rooms, for ``rules list`` and for the tests that hold each of them to its messages and vectors."""

from __future__ import annotations

import difflib
import importlib
from functools import cache
from typing import Final

from pkitools.errors import InvalidValueError
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
    "pkitools.checking.environment",
    "pkitools.validation.rules",
    "pkitools.revocation.rules",
)


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return every rule, sorted by code."""
    found = [rule for name in _MODULES for rule in importlib.import_module(name).RULES]
    return tuple(sorted(found, key=lambda rule: rule.code))


def find_rule(code: str) -> Rule:
    """Return the rule with this code.

    Raises:
        InvalidValueError: no rule has it; the error names codes that look like it.
    """
    rules = {rule.code: rule for rule in all_rules()}
    if code in rules:
        return rules[code]
    near = difflib.get_close_matches(code, rules, n=3, cutoff=0.5) or [c for c in rules if code and code in c][:3]
    slug = "unknown_near" if near else "unknown"
    raise InvalidValueError(f"rules.error.{slug}", code=code, near=", ".join(near))
