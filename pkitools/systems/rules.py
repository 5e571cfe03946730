"""The rules a system's statements are checked by: one per topic, whatever the system.

An outcome carries the rule *as the system asks it*: with the document and certainty of the statement, and no more
severe than that source allows. The code stays the same.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from pkitools.documents import cite
from pkitools.findings import Certainty, Rule, Severity
from pkitools.frozen import replace
from pkitools.systems.model import Statement, System

_STATED: Final = cite("system-statement")
_ADVICE: Final = cite("pkitools")


def _asked(code: str, severity: Severity = Severity.ERROR) -> Rule:
    return Rule(f"system.{code}", severity, _STATED, Certainty.OFFICIAL)


def _held(code: str) -> Rule:
    """Return a rule about what the certificate itself holds."""
    return replace(_asked(code), of_content=True)


def _advised(code: str, severity: Severity) -> Rule:
    return Rule(f"system.{code}", severity, _ADVICE, Certainty.ADVICE)


HIERARCHY_ACCEPTED: Final = _asked("hierarchy.accepted")
HIERARCHY_DISCOURAGED: Final = _asked("hierarchy.discouraged", Severity.WARNING)
HIERARCHY_UNCONFIRMED: Final = _advised("hierarchy.unconfirmed", Severity.WARNING)
HIERARCHY_HEARD: Final = _advised("hierarchy.heard", Severity.NOTICE)
SELF_SIGNED_NOT_ALLOWED: Final = _asked("self_signed.not_allowed")
SELF_SIGNED_UNCONFIRMED: Final = _advised("self_signed.unconfirmed", Severity.WARNING)
SELF_SIGNED_PREPRODUCTION_ONLY: Final = _advised("self_signed.preproduction_only", Severity.NOTICE)

OIN_REQUIRED: Final = _held("oin.required")
OIN_EQUALS_ENTITY_ID: Final = _asked("oin.equals_entity_id")
REGISTRATION_SUPPLIER: Final = _asked("registration.supplier", Severity.NOTICE)
ENTITY_ID_SCHEME: Final = _asked("entity_id.scheme")
ENTITY_ID_ROLE: Final = _asked("entity_id.role", Severity.WARNING)
ENTITY_ID_GIVEN: Final = _advised("entity_id.given", Severity.NOTICE)
OIN_KVK_BASED: Final = _held("oin.kvk_based")
OIN_DIGITS_ONLY: Final = _held("oin.digits_only")
URA_IN_SAN: Final = _held("ura.in_san")
CLIENT_AUTH: Final = _held("eku.client_auth")
SERVER_AUTH: Final = _held("eku.server_auth")
SIGNING: Final = _held("key_usage.signing")
KEY_SIZE: Final = _held("key.rsa_size")
POLICY_EXPECTED: Final = _asked("policy.expected")
FQDN: Final = _held("san.fqdn")
NO_WILDCARD: Final = _held("san.no_wildcard")
SINGLE_DOMAIN: Final = _held("san.single_domain")
ORGANIZATION_NAME: Final = _held("subject.organization")

REUSE_SEPARATE: Final = _asked("reuse.separate_certificate")
REUSE_UNIQUE_NAME: Final = _asked("reuse.unique_name")
REUSE_MAXIMUM: Final = _asked("reuse.maximum")
REUSE_CERTIFICATE: Final = _advised("reuse.certificate_across_environments", Severity.NOTICE)
REUSE_KEY: Final = _advised("reuse.key_across_environments", Severity.WARNING)
REUSE_NAME: Final = _advised("reuse.name_across_environments", Severity.NOTICE)
REUSE_OIN: Final = _advised("reuse.oin_across_environments", Severity.NOTICE)
REUSE_SYSTEMS: Final = _advised("reuse.shared_between_systems", Severity.NOTICE)

RULES: Final = (
    HIERARCHY_ACCEPTED,
    HIERARCHY_DISCOURAGED,
    HIERARCHY_UNCONFIRMED,
    HIERARCHY_HEARD,
    SELF_SIGNED_NOT_ALLOWED,
    SELF_SIGNED_UNCONFIRMED,
    SELF_SIGNED_PREPRODUCTION_ONLY,
    REGISTRATION_SUPPLIER,
    OIN_REQUIRED,
    OIN_EQUALS_ENTITY_ID,
    ENTITY_ID_SCHEME,
    ENTITY_ID_ROLE,
    ENTITY_ID_GIVEN,
    OIN_KVK_BASED,
    OIN_DIGITS_ONLY,
    URA_IN_SAN,
    CLIENT_AUTH,
    SERVER_AUTH,
    SIGNING,
    KEY_SIZE,
    POLICY_EXPECTED,
    FQDN,
    NO_WILDCARD,
    SINGLE_DOMAIN,
    ORGANIZATION_NAME,
    REUSE_SEPARATE,
    REUSE_UNIQUE_NAME,
    REUSE_MAXIMUM,
    REUSE_CERTIFICATE,
    REUSE_KEY,
    REUSE_NAME,
    REUSE_OIN,
    REUSE_SYSTEMS,
)


@lru_cache(maxsize=1024)  # nine systems ask some 150 things
def as_asked(rule: Rule, statement: Statement, system: System) -> Rule:
    """Return the rule with the source and certainty of the statement, and its severity lowered to what that bears."""
    return replace(
        rule,
        source=statement.source,
        certainty=statement.certainty or rule.certainty,
        severity=min(rule.severity, statement.severity),
        applies_to=(system.name,),
    )
