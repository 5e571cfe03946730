"""The public key of a request: held to the profile, and to the private key that should belong to it."""

from __future__ import annotations

from typing import Final

from pkitools.documents import cite
from pkitools.findings import MET, NOT_APPLICABLE, Answers, Certainty, Severity, Violated
from pkitools.profiles.conformance import Requirement
from pkitools.requests.rules.context import RequestContext, RequestRules
from pkitools.x509.keys import is_same_key

_MIGRATION: Final = cite("g4-migration", "p. 4-5")
_ST_SAML: Final = cite("st-saml", "requirements")
_TRIAL: Final = cite("g4-trial-profiles")
_PKCS10: Final = cite("rfc-2986", "4.1-4.2")
_ERROR, _WARNING = Severity.ERROR, Severity.WARNING
_STANDARD, _OFFICIAL, _INFERRED = Certainty.STANDARD, Certainty.OFFICIAL, Certainty.INFERRED

PART: Final = RequestRules()

PART.profile_rule("csr.key.algorithm", _ERROR, _ST_SAML, _STANDARD, Requirement.KEY_ALGORITHM)
PART.profile_rule("csr.key.size", _ERROR, _MIGRATION, _OFFICIAL, Requirement.KEY_SIZE)
PART.profile_rule("csr.key.recommended_size", _WARNING, _MIGRATION, _INFERRED, Requirement.KEY_RECOMMENDED)
PART.profile_rule("csr.key.exponent", _ERROR, _TRIAL, _OFFICIAL, Requirement.KEY_EXPONENT)


@PART.rule("csr.key.match", _ERROR, _PKCS10)
def key_match(context: RequestContext) -> Answers:
    """The key given is the one the request asks a certificate for."""
    if context.key is None:
        return NOT_APPLICABLE
    return MET if is_same_key(context.key, context.facts.public_key) else Violated(params={"key": context.key.label})
