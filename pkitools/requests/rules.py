"""The rules ``csr check`` judges a request by. What each asks: :mod:`pkitools.requests.checks`.

Where a profile or a TSP says something, its own source and certainty replace those given here, and what is inferred or
a third party's word weighs no more than a WARNING.
"""

from __future__ import annotations

from typing import Final

from pkitools.documents import cite
from pkitools.findings import Certainty, Rule, Severity

_PKCS10: Final = cite("rfc-2986", "4.1-4.2")
_RFC5280: Final = cite("rfc-5280", "4.1.2, 4.2")
_TRIAL: Final = cite("g4-trial-profiles")
_PKI001: Final = cite("digikoppeling-security", "PKI001")
_STELSEL: Final = cite("oin-stelsel", "6")
_PVE: Final = cite("digikoppeling-certificates", "ch. 10")
_MIGRATION: Final = cite("g4-migration", "p. 4-5")
_ETSI: Final = cite("etsi-en-319-412-1", "5.1.4")
_DEVELOPER: Final = cite("developer-overheid", "PKIoverheid, OIN in het CSR")
_TSP: Final = cite("tsp-published")
_OWN: Final = cite("pkitools")

_ERROR, _WARNING, _NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE
_OFFICIAL, _ADVICE = Certainty.OFFICIAL, Certainty.ADVICE

SIGNATURE_VALID: Final = Rule("csr.signature.valid", _ERROR, _PKCS10)
SIGNATURE_HASH: Final = Rule("csr.signature.hash", _ERROR, _PVE, _OFFICIAL)
SIGNATURE_SCHEME: Final = Rule("csr.signature.scheme", _NOTICE, _TRIAL, _OFFICIAL)
SIGNATURE_PSS: Final = Rule("csr.signature.pss_parameters", _WARNING, _TRIAL, _OFFICIAL)

DECODABLE: Final = Rule("csr.structure.decodable", _ERROR, _PKCS10)
CHALLENGE: Final = Rule("csr.structure.challenge_password", _WARNING, _OWN, _ADVICE)
ASKS_CA: Final = Rule("csr.structure.ca", _ERROR, _RFC5280)
EXTENSIONS: Final = Rule("csr.structure.extensions", _NOTICE, _OWN, _ADVICE)

REQUIRED: Final = Rule("csr.subject.required", _ERROR, _TRIAL, _OFFICIAL)
NOT_ALLOWED: Final = Rule("csr.subject.not_allowed", _ERROR, _TRIAL, _OFFICIAL)
DISCOURAGED: Final = Rule("csr.subject.discouraged", _NOTICE, _PVE, _OFFICIAL)
REPEATED: Final = Rule("csr.subject.repeated", _ERROR, _TRIAL, _OFFICIAL)
LENGTH: Final = Rule("csr.subject.length", _ERROR, _TRIAL, _OFFICIAL)
FORM: Final = Rule("csr.subject.form", _ERROR, _TRIAL, _OFFICIAL)
STRING_TYPE: Final = Rule("csr.subject.string_type", _WARNING, _RFC5280)
TEXT: Final = Rule("csr.subject.text", _WARNING, _OWN, _ADVICE)

OIN_MISSING: Final = Rule("csr.oin.missing", _WARNING, _DEVELOPER, _OFFICIAL)
OIN_AMBIGUOUS: Final = Rule("csr.oin.ambiguous", _ERROR, _PKI001)
OIN_INVALID: Final = Rule("csr.oin.invalid", _ERROR, _STELSEL)
OIN_ENCODING: Final = Rule("csr.oin.encoding", _ERROR, _PKI001)
OIN_MISPLACED: Final = Rule("csr.oin.misplaced", _WARNING, _PKI001)
OIN_ORGANIZATION: Final = Rule("csr.oin.organization_identifier", _WARNING, _ETSI)

KEY_ALGORITHM: Final = Rule("csr.key.algorithm", _ERROR, cite("st-saml", "spec/requirements.md"))
KEY_SIZE: Final = Rule("csr.key.size", _ERROR, _MIGRATION, _OFFICIAL)
KEY_RECOMMENDED: Final = Rule("csr.key.recommended_size", _WARNING, _MIGRATION, Certainty.INFERRED)
KEY_EXPONENT: Final = Rule("csr.key.exponent", _ERROR, _TRIAL, _OFFICIAL)
KEY_MATCH: Final = Rule("csr.key.match", _ERROR, _PKCS10)

SAN_REQUIRED: Final = Rule("csr.san.required", _ERROR, _TRIAL, _OFFICIAL)
SAN_FORBIDDEN: Final = Rule("csr.san.forbidden", _ERROR, _TRIAL, _OFFICIAL)
SAN_KIND: Final = Rule("csr.san.kind", _ERROR, _TRIAL, _OFFICIAL)
SAN_COUNT: Final = Rule("csr.san.count", _ERROR, _TRIAL, _OFFICIAL)
SAN_NAME: Final = Rule("csr.san.name", _ERROR, _TRIAL, _OFFICIAL)
SAN_WILDCARD: Final = Rule("csr.san.wildcard", _ERROR, _TRIAL, _OFFICIAL)
SAN_WILDCARD_UNKNOWN: Final = Rule("csr.san.wildcard_unknown", _NOTICE, _OWN, _ADVICE)
SAN_LOCALHOST: Final = Rule("csr.san.localhost", _ERROR, _TRIAL, _OFFICIAL)
SAN_COMMON_NAME: Final = Rule("csr.san.common_name", _WARNING, _PVE, _OFFICIAL)

TSP_KNOWN: Final = Rule("csr.tsp.known", _NOTICE, _OWN, _ADVICE)
TSP_KEY_SIZE: Final = Rule("csr.tsp.key_size", _WARNING, _TSP, Certainty.THIRD_PARTY)
TSP_SIGNATURE: Final = Rule("csr.tsp.signature", _NOTICE, _TSP, Certainty.THIRD_PARTY)
TSP_HASH: Final = Rule("csr.tsp.hash", _WARNING, _TSP, Certainty.THIRD_PARTY)
TSP_SUBJECT: Final = Rule("csr.tsp.subject", _WARNING, _TSP, Certainty.THIRD_PARTY)
TSP_OIN: Final = Rule("csr.tsp.oin", _NOTICE, _TSP, Certainty.THIRD_PARTY)
TRIAL_PREFIX: Final = Rule("csr.trial.prefix", _ERROR, _TRIAL, _OFFICIAL)
TRIAL_OIN: Final = Rule("csr.trial.oin", _ERROR, _TRIAL, _OFFICIAL)

RULES: Final[tuple[Rule, ...]] = tuple(value for value in list(globals().values()) if isinstance(value, Rule))
