"""The rules: one module per source document, one function per requirement, and :func:`lint`, which asks them all."""

from typing import TYPE_CHECKING, Any

from pkitools.rules.issuers import find_issuer
from pkitools.rules.linting import Role, lint, role_of
from pkitools.rules.profile import detect_profile

if TYPE_CHECKING:
    from pkitools.rules.own import OwnData, installed_data, read_data

__all__ = ["OwnData", "Role", "detect_profile", "find_issuer", "installed_data", "lint", "read_data", "role_of"]


def __getattr__(name: str) -> Any:
    if name not in {"OwnData", "installed_data", "read_data"}:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pkitools.rules import own  # of who has facts of his own

    return getattr(own, name)
