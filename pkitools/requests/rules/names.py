"""The subjectAltName, held to the profile."""

from __future__ import annotations

from typing import Final

from pkitools.documents import cite
from pkitools.findings import Certainty, Severity
from pkitools.profiles.conformance import Requirement
from pkitools.requests.rules.context import RequestRules

_TRIAL: Final = cite("g4-trial-profiles")
_OWN: Final = cite("pkitools")
_ERROR, _WARNING, _NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE
_OFFICIAL, _ADVICE = Certainty.OFFICIAL, Certainty.ADVICE

PART: Final = RequestRules()

PART.profile_rule("csr.san.required", _ERROR, _TRIAL, _OFFICIAL, Requirement.SAN_PRESENT)
PART.profile_rule("csr.san.forbidden", _ERROR, _TRIAL, _OFFICIAL, Requirement.SAN_ABSENT)
PART.profile_rule("csr.san.kind", _ERROR, _TRIAL, _OFFICIAL, Requirement.SAN_KINDS)
PART.profile_rule("csr.san.count", _ERROR, _TRIAL, _OFFICIAL, Requirement.SAN_COUNT)
PART.profile_rule("csr.san.name", _ERROR, _TRIAL, _OFFICIAL, Requirement.SAN_NAME)
PART.profile_rule("csr.san.wildcard", _ERROR, _TRIAL, _OFFICIAL, Requirement.SAN_WILDCARD)
PART.profile_rule("csr.san.wildcard_unknown", _NOTICE, _OWN, _ADVICE, Requirement.SAN_WILDCARD_UNKNOWN)
PART.profile_rule("csr.san.localhost", _ERROR, _TRIAL, _OFFICIAL, Requirement.SAN_LOCALHOST)
PART.profile_rule("csr.san.common_name", _WARNING, _OWN, _ADVICE, Requirement.SAN_COMMON_NAME)
