"""The rules: one module per source document, one function per requirement, and :func:`lint`, which asks them all."""

from pkitools.rules.issuers import find_issuer
from pkitools.rules.linting import Role, lint, role_of
from pkitools.rules.profile import detect_profile

__all__ = ["Role", "detect_profile", "find_issuer", "lint", "role_of"]
