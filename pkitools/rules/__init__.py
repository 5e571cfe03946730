"""The rules: one module per source document, one function per requirement, and :func:`lint`, which asks them all."""

from pkitools.rules.issuers import find_issuer
from pkitools.rules.linting import Role, lint, role_of
from pkitools.rules.own import OwnData, installed_data, read_data
from pkitools.rules.profile import detect_profile

__all__ = ["OwnData", "Role", "detect_profile", "find_issuer", "installed_data", "lint", "read_data", "role_of"]
