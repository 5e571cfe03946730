"""Vectors of rules about certificates: the good certificate of a profile, and the one with a single deviation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pkitools.findings import Report
from pkitools.rules import lint
from pkitools.x509 import CertificateFacts
from tests.support.certificates import MOMENT, Change, made
from tests.vectors import Vector

Made = Callable[[], CertificateFacts]


def report(base: str, *changes: Change, path: Made | None = None, others: Made | None = None, **asked: Any) -> Report:
    """Lint the certificate; a rule that crashes fails the test."""
    facts = made(base, *changes)
    given: dict[str, Any] = {"moment": MOMENT, "raise_crashes": True, **asked}
    if path is not None:
        given["path"] = (facts, path())
    if others is not None:
        given["others"] = (facts, others())
    return lint(facts, **given)


def pair(
    code: str,
    base: str,
    *changes: Change,
    meets: Sequence[Change] = (),
    meets_base: str = "",
    meets_with: dict[str, Any] | None = None,
    **asked: Any,
) -> Vector:
    """Make the vector of one rule.

    Args:
        code: the rule.
        base: whose good certificate, see :func:`tests.support.certificates.made`.
        changes: make it violate the rule.
        meets: make it meet the rule, where the good certificate as it stands does not.
        meets_base: another profile's certificate for that.
        meets_with: other arguments of ``lint`` for that.
        asked: arguments of ``lint``; ``path`` and ``others`` are functions that make the other certificate.
    """
    return Vector(
        code,
        lambda: report(base, *changes, **asked),
        lambda: report(meets_base or base, *meets, **{**asked, **(meets_with or {})}),
    )
