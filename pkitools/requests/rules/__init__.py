"""The rules ``csr check`` judges a request by: a module for each of its parts, a rule beside its check.

What a request departs in from its profile is found by :mod:`pkitools.profiles.conformance`; here it gets its code.
"""

from __future__ import annotations

from typing import Final

from pkitools.findings import Rule
from pkitools.requests.rules import key, names, oin, organization, subject, tsp, whole
from pkitools.requests.rules.context import Check

ENTRIES: Final[tuple[tuple[Rule, Check], ...]] = tuple(
    entry for part in (whole, subject, oin, organization, key, names, tsp) for entry in part.PART.entries
)
"""Every rule with its check, in the order of a report."""

RULES: Final[tuple[Rule, ...]] = tuple(rule for rule, _ in ENTRIES)
