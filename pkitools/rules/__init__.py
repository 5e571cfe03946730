"""The rules: one module per source document, one function per requirement, and :func:`lint`, which asks them all."""

from pkitools.rules.lint import Role, lint
from pkitools.rules.profile import detect_profile

__all__ = ["Role", "detect_profile", "lint"]
