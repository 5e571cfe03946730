"""One rule, one vector that violates it and one that meets it.

A module of this package for every room with rules defines ``VECTORS``. ``tests/test_vectors.py`` runs them all, and
turns red for a rule without a vector and for a vector without a rule.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pkitools.findings import Report


@dataclass(frozen=True, slots=True)
class Vector:
    """What shows that a rule works.

    Args:
        code: the rule.
        violates: makes a report in which the rule is VIOLATED.
        meets: makes a report in which the rule is MET.
    """

    code: str
    violates: Callable[[], Report]
    meets: Callable[[], Report]
