"""All rules of all rooms, for ``rules list`` and for the tests that hold each of them to its messages and vectors."""

from __future__ import annotations

import difflib
from functools import cache

from pkitools.checking import environment, file_check
from pkitools.errors import InvalidValueError
from pkitools.findings import Rule
from pkitools.oin import id_rules, number_rules
from pkitools.requests import rules as requests
from pkitools.revocation import rules as revocation
from pkitools.rules import books
from pkitools.systems import rules as systems
from pkitools.validation import rules as path
from pkitools.x509 import subject_oin


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return every rule, sorted by code."""
    rooms = (number_rules, id_rules, subject_oin, systems, requests, books, environment, path, revocation, file_check)
    return tuple(sorted((rule for room in rooms for rule in room.RULES), key=lambda rule: rule.code))


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
