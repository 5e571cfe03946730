"""The rules of path validation: what :func:`pkitools.validation.validate_path` considers, one outcome each."""

from __future__ import annotations

from typing import Final

from pkitools.documents import cite
from pkitools.findings import Certainty, Rule, Severity, Source

_BOOK: Final[list[Rule]] = []


def _rule(
    slug: str,
    severity: Severity,
    source: Source,
    certainty: Certainty = Certainty.STANDARD,
    *,
    of_content: bool = False,
) -> Rule:
    """Return a rule, in its place in :data:`RULES`."""
    rule = Rule(f"path.{slug}", severity, source, certainty, of_content=of_content)
    _BOOK.append(rule)
    return rule


def _must(slug: str, section: str, number: int = 5280, *, of_content: bool = False) -> Rule:
    return _rule(slug, Severity.ERROR, cite(f"rfc-{number}", section), of_content=of_content)


def _own(slug: str, severity: Severity = Severity.ERROR) -> Rule:
    return _rule(slug, severity, cite("pkitools"), Certainty.ADVICE)


def _etsi(slug: str, document: str, section: str, *, of_content: bool = False) -> Rule:
    return _rule(slug, Severity.ERROR, cite(f"etsi-{document}", section), of_content=of_content)


def _cabf(slug: str, section: str) -> Rule:
    return _rule(f"strict.{slug}", Severity.ERROR, cite("cabf-tls-br", section))


ANCHOR_FOUND: Final = _must("anchor.found", "6.1")
LOOK_ALIKE: Final = _must("anchor.look_alike", "6.1.1 (d)")
ANCHOR_IN_SCOPE: Final = _own("anchor.in_scope")
ENCODING: Final = _must("certificate.encoding", "4.1, 4.2")
SERIAL_NUMBER: Final = _rule("certificate.serial_number", Severity.WARNING, cite("rfc-5280", "4.1.2.2"))
SIGNATURE: Final = _must("signature.valid", "6.1.3 (a)(1)")
SIGNATURE_ALGORITHM: Final = _etsi("signature.algorithm", "ts-119-312", "6", of_content=True)
KEY_STRENGTH: Final = _etsi("key.strength", "ts-119-312", "8", of_content=True)
EXPIRED: Final = _must("validity.expired", "6.1.3 (a)(2)", of_content=True)
NOT_YET_VALID: Final = _must("validity.not_yet_valid", "6.1.3 (a)(2)")
CA_FLAG: Final = _must("basic_constraints.ca", "6.1.4 (k)")
PATH_LENGTH: Final = _must("basic_constraints.path_length", "6.1.4 (l), (m)")
KEY_CERT_SIGN: Final = _must("key_usage.key_cert_sign", "6.1.4 (n)")
EKU_AUTHORITY: Final = _own("extended_key_usage.authority")  # RFC 5280 says it of no authority; programs hold to it
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

PLAIN_RULES: Final[tuple[Rule, ...]] = tuple(_BOOK)
"""What is considered of every path."""

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

STRICT_RULES: Final[tuple[Rule, ...]] = tuple(_BOOK[len(PLAIN_RULES) :])
"""What is considered besides with ``strict``."""

RULES: Final[tuple[Rule, ...]] = tuple(_BOOK)
"""All of them, in the order of a report."""

# When every path fails, one of them is shown: the one with the failure that stands nearest to the top of this list.
# At the top stands what the holder of the certificate can do something about, at the bottom what only others can.
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
