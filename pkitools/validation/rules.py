"""The rules of path validation: what :func:`pkitools.validation.validate_path` considers, one outcome each."""

from __future__ import annotations

from typing import Final

from pkitools.documents import cite
from pkitools.findings import Certainty, Rule, Severity, Source


def _rfc(number: int, section: str) -> Source:
    return cite(f"rfc-{number}", section)


def _must(slug: str, section: str, number: int = 5280) -> Rule:
    return Rule(f"path.{slug}", Severity.ERROR, _rfc(number, section))


def _own(slug: str, severity: Severity = Severity.ERROR) -> Rule:
    return Rule(f"path.{slug}", severity, cite("pkitools"), Certainty.ADVICE)


ANCHOR_FOUND: Final = _must("anchor.found", "6.1")
LOOK_ALIKE: Final = _must("anchor.look_alike", "6.1.1 (d)")
ANCHOR_IN_SCOPE: Final = _own("anchor.in_scope")
ENCODING: Final = _must("certificate.encoding", "4.1, 4.2")
SERIAL_NUMBER: Final = Rule("path.certificate.serial_number", Severity.WARNING, _rfc(5280, "4.1.2.2"))
SIGNATURE: Final = _must("signature.valid", "6.1.3 (a)(1)")
SIGNATURE_ALGORITHM: Final = Rule(
    "path.signature.algorithm",
    Severity.ERROR,
    cite("etsi-ts-119-312", "6"),
)
KEY_STRENGTH: Final = Rule(
    "path.key.strength",
    Severity.ERROR,
    cite("etsi-ts-119-312", "8"),
)
EXPIRED: Final = _must("validity.expired", "6.1.3 (a)(2)")
NOT_YET_VALID: Final = _must("validity.not_yet_valid", "6.1.3 (a)(2)")
CA_FLAG: Final = _must("basic_constraints.ca", "6.1.4 (k)")
PATH_LENGTH: Final = _must("basic_constraints.path_length", "6.1.4 (l), (m)")
KEY_CERT_SIGN: Final = _must("key_usage.key_cert_sign", "6.1.4 (n)")
EKU_AUTHORITY: Final = Rule(
    "path.extended_key_usage.authority",
    Severity.ERROR,
    cite("etsi-en-319-412-2", "4.3.10"),
)
EKU_PURPOSE: Final = _must("extended_key_usage.purpose", "4.2.1.12")
NAME_CONSTRAINTS_RULE: Final = _must("name_constraints.names", "6.1.3 (b), (c)")
NAME_CONSTRAINTS_PLACE: Final = _must("name_constraints.place", "4.2.1.10")
UNKNOWN_CRITICAL: Final = _must("extension.unknown_critical", "6.1.4 (o), 6.1.5 (f)")
POLICY: Final = _must("policy.acceptable", "6.1.5 (g)")
HOST: Final = _must("host.name", "6", 9525)
BUDGET: Final = _own("budget.exceeded")
ENGINE: Final = _own("engine.refused")
AGREEMENT: Final = _own("engine.agreement")
UNREADABLE: Final = _own("input.unreadable", Severity.NOTICE)

PLAIN_RULES: Final = (
    ANCHOR_FOUND,
    LOOK_ALIKE,
    ANCHOR_IN_SCOPE,
    ENCODING,
    SERIAL_NUMBER,
    SIGNATURE,
    SIGNATURE_ALGORITHM,
    KEY_STRENGTH,
    EXPIRED,
    NOT_YET_VALID,
    CA_FLAG,
    PATH_LENGTH,
    KEY_CERT_SIGN,
    EKU_AUTHORITY,
    EKU_PURPOSE,
    NAME_CONSTRAINTS_RULE,
    NAME_CONSTRAINTS_PLACE,
    UNKNOWN_CRITICAL,
    POLICY,
    HOST,
    BUDGET,
    ENGINE,
    AGREEMENT,
    UNREADABLE,
)

_CABF: Final = "https://cabforum.org/working-groups/server/baseline-requirements/requirements/"


def _cabf(slug: str, section: str) -> Rule:
    source = cite("cabf-tls-br", section)
    return Rule(f"path.strict.{slug}", Severity.ERROR, source)


STRICT_SAN: Final = _cabf("subject_alternative_name", "7.1.2.7.12")
STRICT_COMMON_NAME: Final = _cabf("common_name", "7.1.4.3")
STRICT_EKU: Final = _cabf("extended_key_usage", "7.1.2.7.10")
STRICT_END_ENTITY: Final = _cabf("end_entity", "7.1.2.7.8")
STRICT_KEY_SIZE: Final = _cabf("key_size", "6.1.5")
STRICT_PUBLIC_SUFFIX: Final = _cabf("public_suffix", "3.2.2.6")
STRICT_AKI: Final = _must("strict.authority_key_identifier", "4.2.1.1")
STRICT_SKI: Final = _must("strict.subject_key_identifier", "4.2.1.2")
STRICT_CRITICALITY: Final = _must("strict.criticality", "4.2.1")
STRICT_SERIAL: Final = _must("strict.serial_number", "4.1.2.2")
STRICT_TIMES: Final = _must("strict.time_encoding", "4.1.2.5")
STRICT_AIA: Final = _must("strict.authority_information_access", "4.2.2.1")
STRICT_CRL_NUMBER: Final = _must("strict.crl_number", "5.2.3")

STRICT_RULES: Final = (
    STRICT_SAN,
    STRICT_COMMON_NAME,
    STRICT_EKU,
    STRICT_END_ENTITY,
    STRICT_KEY_SIZE,
    STRICT_PUBLIC_SUFFIX,
    STRICT_AKI,
    STRICT_SKI,
    STRICT_CRITICALITY,
    STRICT_SERIAL,
    STRICT_TIMES,
    STRICT_AIA,
    STRICT_CRL_NUMBER,
)

RULES: Final[tuple[Rule, ...]] = (*PLAIN_RULES, *STRICT_RULES)

# Of several paths that all fail, the one shown is that whose first failure stands highest here: what the holder of the
# certificate can act on comes before what only somebody else can.
_ACTIONABLE: Final = (
    EXPIRED,
    NOT_YET_VALID,
    ANCHOR_IN_SCOPE,
    EKU_PURPOSE,
    HOST,
    *STRICT_RULES,
    POLICY,
    NAME_CONSTRAINTS_RULE,
    NAME_CONSTRAINTS_PLACE,
    PATH_LENGTH,
    CA_FLAG,
    KEY_CERT_SIGN,
    EKU_AUTHORITY,
    KEY_STRENGTH,
    SIGNATURE_ALGORITHM,
    UNKNOWN_CRITICAL,
    ENCODING,
    AGREEMENT,
    ENGINE,
    LOOK_ALIKE,
    SIGNATURE,
    BUDGET,
    ANCHOR_FOUND,
)
RANK: Final = {rule.code: place for place, rule in enumerate(_ACTIONABLE)}
