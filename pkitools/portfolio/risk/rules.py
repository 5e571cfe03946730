"""What is asked of all that was found together: of one certificate alone none of it can be told.

Most is our own advice. That a key is new is of the Programme of Requirements, what a system takes is of that system,
that the change to G4 has to be prepared is of Logius, and that one looks at what hangs on an authority is of the BIO.
"""

from __future__ import annotations

from typing import Final

from pkitools.documents import Source, cite
from pkitools.findings import Certainty, Rule, Severity

_OWN: Final = cite("pkitools")
_MIGRATION: Final = cite("g4-migration", "p. 4")


def _rule(slug: str, severity: Severity, source: Source = _OWN, certainty: Certainty = Certainty.ADVICE) -> Rule:
    return Rule(f"risk.{slug}", severity, source, certainty)


KEY_ENVIRONMENTS: Final = _rule("key.two_environments", Severity.WARNING)
KEY_ORGANIZATIONS: Final = _rule("key.two_organizations", Severity.WARNING)
KEY_RENEWED: Final = _rule("key.renewed", Severity.NOTICE, cite("por", "chapter 7"), Certainty.OFFICIAL)
KEY_READABLE: Final = _rule("key.readable", Severity.WARNING)
KEY_MISFIT: Final = _rule("key.misfit", Severity.WARNING)
NAME_TWICE: Final = _rule("name.twice", Severity.NOTICE)
BOTH_ENVIRONMENTS: Final = _rule("certificate.two_environments", Severity.WARNING)
WRONG_ENVIRONMENT: Final = _rule("certificate.wrong_environment", Severity.WARNING)
SYSTEM_MAXIMUM: Final = _rule("system.maximum", Severity.WARNING)
SYSTEM_UNIQUE_NAME: Final = _rule("system.unique_name", Severity.WARNING)
AUTHORITY_ENDS: Final = _rule(
    "authority.ends", Severity.WARNING, cite("bio2", "8.24.05"), Certainty.INFERRED
)  # our reading: to change in time, one has to know that it ends
G4_CERTIFICATES: Final = _rule("g4.certificates", Severity.NOTICE, _MIGRATION, Certainty.OFFICIAL)
G4_TRUST: Final = _rule("g4.trust", Severity.NOTICE, _MIGRATION, Certainty.OFFICIAL)  # who only calls needs none

RULES: Final = (
    KEY_ENVIRONMENTS,
    KEY_ORGANIZATIONS,
    KEY_RENEWED,
    KEY_READABLE,
    KEY_MISFIT,
    NAME_TWICE,
    BOTH_ENVIRONMENTS,
    WRONG_ENVIRONMENT,
    SYSTEM_MAXIMUM,
    SYSTEM_UNIQUE_NAME,
    AUTHORITY_ENDS,
    G4_CERTIFICATES,
    G4_TRUST,
)
