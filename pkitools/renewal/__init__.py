"""What replacing a certificate asks: by the next one, and by one of G4.

:func:`compare_certificates` holds an old certificate against the new one: what changed, what is wrong with that, and
who must be told what (:func:`counterparts`). :func:`plan_migration` says for a certificate which one of G4 replaces it,
by which dates, and what breaks (:func:`migration_facts`). :func:`try_readiness` asks a peer. Each name is
imported when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pkitools.renewal.changes import Change, Part, changes_between
    from pkitools.renewal.difference import Notice, RenewalDifference, compare_certificates
    from pkitools.renewal.migration import (
        BindingDate,
        Breakage,
        DateKind,
        MigrationFacts,
        MigrationPlan,
        MigrationState,
        Replacement,
        SystemStance,
        WorkStep,
        migration_facts,
        plan_migration,
    )
    from pkitools.renewal.parties import Counterpart, Phase, counterparts
    from pkitools.renewal.pss import Readiness, try_readiness
    from pkitools.renewal.selection import certificates_of, one_certificate

__all__ = [
    "BindingDate",
    "Breakage",
    "Change",
    "Counterpart",
    "DateKind",
    "MigrationFacts",
    "MigrationPlan",
    "MigrationState",
    "Notice",
    "Part",
    "Phase",
    "Readiness",
    "RenewalDifference",
    "Replacement",
    "SystemStance",
    "WorkStep",
    "certificates_of",
    "changes_between",
    "compare_certificates",
    "counterparts",
    "migration_facts",
    "one_certificate",
    "plan_migration",
    "try_readiness",
]

_MODULES: Final = {
    "BindingDate": "migration",
    "Breakage": "migration",
    "Change": "changes",
    "Counterpart": "parties",
    "DateKind": "migration",
    "MigrationFacts": "migration",
    "MigrationPlan": "migration",
    "MigrationState": "migration",
    "Notice": "difference",
    "Part": "changes",
    "Phase": "parties",
    "Readiness": "pss",
    "RenewalDifference": "difference",
    "Replacement": "migration",
    "SystemStance": "migration",
    "WorkStep": "migration",
    "certificates_of": "selection",
    "changes_between": "changes",
    "compare_certificates": "difference",
    "counterparts": "parties",
    "migration_facts": "migration",
    "one_certificate": "selection",
    "plan_migration": "migration",
    "try_readiness": "pss",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
