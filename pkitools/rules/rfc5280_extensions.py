"""RFC 5280: the extensions of a certificate (section 4.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pkitools.documents import Source, cite
from pkitools.findings import (
    MET,
    NOT_APPLICABLE,
    Answer,
    Basis,
    Certainty,
    NotChecked,
    Severity,
    met_if,
    met_if_none,
    violated,
)
from pkitools.rules.context import RuleContext
from pkitools.rules.engine import CA, END_ENTITY, EVERYTHING, RuleBook, Scope
from pkitools.rules.names import is_dns_name, is_email, is_uri
from pkitools.x509.der import BIT_STRING, DERError, bit_string, root
from pkitools.x509.oids import (
    ANY_EXTENDED_KEY_USAGE,
    CLIENT_AUTH,
    EMAIL_PROTECTION,
    EXTENSIONS,
    KEY_USAGE,
    NAME_CONSTRAINTS,
    OCSP_NO_CHECK,
    OCSP_SIGNING,
    PRECERTIFICATE_POISON,
    SERVER_AUTH,
    TIME_STAMPING,
)
from pkitools.x509.purposes import purpose_names

BOOK = RuleBook("rfc5280", cite("rfc-5280"))

_RFC_1034 = cite("rfc-1034")
_X690 = cite("x-690")
_WEB_CA: Final = Basis(cite("cabf-tls-br", "7.1.2.10.8"), Certainty.STANDARD)

_ERROR, _WARNING, _NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE


# --- criticality: slug, extension, must it be critical, severity, section, whom --------------------------------------

_CRITICALITY: Final = (
    ("basic_constraints.critical", "2.5.29.19", True, _ERROR, "4.2.1.9", CA),
    ("key_usage.critical", "2.5.29.15", True, _WARNING, "4.2.1.3", EVERYTHING),
    ("policy_mappings.critical", "2.5.29.33", True, _WARNING, "4.2.1.5", CA),
    ("policy_constraints.critical", "2.5.29.36", True, _ERROR, "4.2.1.11", CA),
    ("inhibit_any_policy.critical", "2.5.29.54", True, _ERROR, "4.2.1.14", CA),
    ("authority_key_identifier.not_critical", "2.5.29.35", False, _ERROR, "4.2.1.1", EVERYTHING),
    ("subject_key_identifier.not_critical", "2.5.29.14", False, _ERROR, "4.2.1.2", EVERYTHING),
    ("authority_information_access.not_critical", "1.3.6.1.5.5.7.1.1", False, _ERROR, "4.2.2.1", EVERYTHING),
    ("crl_distribution_points.not_critical", "2.5.29.31", False, _WARNING, "4.2.1.13", EVERYTHING),
    ("issuer_alternative_name.not_critical", "2.5.29.18", False, _WARNING, "4.2.1.7", EVERYTHING),
)


def _declare_criticality(row: tuple[str, str, bool, Severity, str, Scope]) -> None:
    slug, oid, must, severity, section, scope = row
    path = EXTENSIONS[oid]

    @BOOK.rule(slug, severity, section, scope=scope)
    def check(at: RuleContext) -> Answer:
        critical = at.critical.get(oid)
        if critical is None:
            return NOT_APPLICABLE
        return MET if critical is must else violated(f"{path}.critical", str(critical).lower())


for _row in _CRITICALITY:
    _declare_criticality(_row)


@BOOK.rule("name_constraints.critical", _ERROR, "4.2.1.10", scope=CA)
def _name_constraints_critical(at: RuleContext) -> Answer:
    critical = at.critical.get(NAME_CONSTRAINTS)
    if critical is None:
        return NOT_APPLICABLE
    # the one exception the CA/Browser Forum makes of RFC 5280: authorities of web servers MAY do without
    basis, severity = (_WEB_CA, _NOTICE) if SERVER_AUTH in at.purposes else (None, None)
    return met_if(critical, "nameConstraints.critical", "false", basis=basis, severity=severity)


# --- extensions ------------------------------------------------------------------------------------------------------

_PROCESSED: Final = frozenset(
    {f"2.5.29.{n}" for n in (9, 14, 15, 16, 17, 18, 19, 30, 31, 32, 33, 35, 36, 37, 46, 54)}
    | {f"1.3.6.1.5.5.7.1.{n}" for n in (1, 3, 11, 24)}
    | {OCSP_NO_CHECK}
)


@BOOK.rule("extensions.unknown_critical", _ERROR, "4.2")
def _unknown_critical(at: RuleContext) -> Answer:
    # the poison of a precertificate is known for what it is: rfc6962.precertificate.poison
    known = _PROCESSED | {PRECERTIFICATE_POISON}
    return met_if_none("extensions", [oid for oid, critical in at.critical.items() if critical and oid not in known])


@BOOK.rule("basic_constraints.end_entity", _ERROR, "4.2.1.9", scope=END_ENTITY)
def _end_entity_is_no_ca(at: RuleContext) -> Answer:
    # a self-signed certificate made by hand is often marked CA and is nobody's issuer
    if at.self_issued:
        return NOT_APPLICABLE
    return met_if(not at.facts.is_ca, "basicConstraints.cA", "TRUE")


@BOOK.rule("basic_constraints.present_on_ca", _ERROR, "4.2.1.9", scope=CA)
def _ca_has_basic_constraints(at: RuleContext) -> Answer:
    return met_if(at.facts.is_ca, "basicConstraints.cA", "FALSE" if at.facts.basic_constraints else "")


@BOOK.rule("basic_constraints.path_length", _ERROR, "4.2.1.9")
def _path_length_only_on_ca(at: RuleContext) -> Answer:
    constraints = at.facts.basic_constraints
    if constraints is None or constraints.path_length is None:
        return NOT_APPLICABLE
    signs = at.facts.key_usage is None or "keyCertSign" in at.facts.key_usage
    good = constraints.ca and signs and constraints.path_length >= 0
    return met_if(good, "basicConstraints.pathLenConstraint", constraints.path_length)


@BOOK.rule("key_usage.present_on_ca", _ERROR, "4.2.1.3", scope=CA)
def _ca_has_key_usage(at: RuleContext) -> Answer:
    return met_if(at.facts.key_usage is not None, "keyUsage", "")


@BOOK.rule("key_usage.cert_sign_on_ca", _ERROR, "4.2.1.3", scope=CA)
def _ca_may_sign(at: RuleContext) -> Answer:
    if at.facts.key_usage is None:
        return NOT_APPLICABLE
    return met_if("keyCertSign" in at.key_usage, "keyUsage", ", ".join(sorted(at.key_usage)))


@BOOK.rule("key_usage.cert_sign_needs_ca", _ERROR, "4.2.1.3")
def _cert_sign_needs_ca(at: RuleContext) -> Answer:
    if "keyCertSign" not in at.key_usage:
        return NOT_APPLICABLE
    return met_if(at.facts.is_ca, "keyUsage", "keyCertSign")


@BOOK.rule("key_usage.not_empty", _ERROR, "4.2.1.3")
def _key_usage_not_empty(at: RuleContext) -> Answer:
    if at.facts.key_usage is None:
        return NOT_APPLICABLE
    return met_if(bool(at.facts.key_usage), "keyUsage", "")


_AGREEMENT: Final = frozenset({"keyAgreement", "encipherOnly", "decipherOnly"})
_ENCIPHERMENT: Final = frozenset({"keyEncipherment", "dataEncipherment"})

# The first two say what a key MAY have, so that the rest is a WARNING (RFC 8813 made it a MUST NOT for EC keys); the
# others say what it MUST NOT have, or is for alone.
_UNFIT_USAGE: Final = (
    ("suits_key", _WARNING, cite("rfc-3279"), "2.3.1", {"RSA": _AGREEMENT}),
    ("suits_early_ec_key", _WARNING, cite("rfc-5480"), "section 3", {"EC": _ENCIPHERMENT}),
    ("suits_pss_key", _ERROR, cite("rfc-4055"), "1.2", {"RSASSA-PSS": _AGREEMENT | _ENCIPHERMENT}),
    ("suits_ec_key", _ERROR, cite("rfc-8813"), "section 3", {"EC": _ENCIPHERMENT}),
    (
        "suits_edwards_key",
        _ERROR,
        cite("rfc-9295"),
        "3",
        {"Ed25519": _AGREEMENT | _ENCIPHERMENT, "Ed448": _AGREEMENT | _ENCIPHERMENT},
    ),
)


def _declare_unfit(
    slug: str, severity: Severity, source: Source, section: str, unfit: Mapping[str, frozenset[str]]
) -> None:
    @BOOK.rule(f"key_usage.{slug}", severity, section, source=source)
    def check(at: RuleContext) -> Answer:
        algorithm = at.facts.public_key.algorithm
        if algorithm not in unfit or not at.key_usage:
            return NOT_APPLICABLE
        return met_if_none("keyUsage", sorted(at.key_usage & unfit[algorithm]), key=algorithm)


for _unfit in _UNFIT_USAGE:
    _declare_unfit(*_unfit)


@BOOK.rule("subject_key_identifier.present_on_ca", _ERROR, "4.2.1.2", scope=CA)
def _ca_has_subject_key_identifier(at: RuleContext) -> Answer:
    return met_if(at.facts.subject_key_identifier is not None, "subjectKeyIdentifier", "")


@BOOK.rule("subject_key_identifier.present", _WARNING, "4.2.1.2", scope=END_ENTITY)
def _has_subject_key_identifier(at: RuleContext) -> Answer:
    if at.is_of_web_pki:
        return NOT_APPLICABLE  # there it is NOT RECOMMENDED: CA/Browser Forum 7.1.2.7.6
    return met_if(at.facts.subject_key_identifier is not None, "subjectKeyIdentifier", "")


@BOOK.rule("authority_key_identifier.present", _ERROR, "4.2.1.1")
def _has_authority_key_identifier(at: RuleContext) -> Answer:
    if at.self_issued:
        return NOT_APPLICABLE
    return met_if(at.facts.authority_key_identifier is not None, "authorityKeyIdentifier", "")


@BOOK.rule("authority_key_identifier.matches_issuer", _WARNING, "4.2.1.1")
def _authority_key_identifier_matches(at: RuleContext) -> Answer:
    # WARNING for a MUST: path validation (section 6) does not use it, and one file alone has no issuer to compare with
    mine = at.facts.authority_key_identifier
    if mine is None or at.self_issued:
        return NOT_APPLICABLE
    if at.issuer is None:
        return NotChecked("no_issuer")
    theirs = at.issuer.subject_key_identifier
    return met_if(theirs in {mine, None}, "authorityKeyIdentifier", mine, issuer=theirs)


@BOOK.rule("extended_key_usage.not_empty", _ERROR, "4.2.1.12")
def _extended_key_usage_not_empty(at: RuleContext) -> Answer:
    if at.facts.extended_key_usage is None:
        return NOT_APPLICABLE
    return met_if(bool(at.facts.extended_key_usage), "extendedKeyUsage", "")


@BOOK.rule("extended_key_usage.connects", _ERROR, "4.2.1.12", scope=END_ENTITY)
def _purposes_to_connect(at: RuleContext) -> Answer:
    """It may be used for the purposes it names alone: where what the connection asks is none of them, it is refused."""
    taken = at.purposes_taken
    if not at.purposes or not taken:
        return NOT_APPLICABLE
    if not taken.isdisjoint(at.purposes):
        return MET
    needed = " / ".join(purpose_names(oid for oid in (CLIENT_AUTH, SERVER_AUTH) if oid in taken))
    return violated("extendedKeyUsage", ", ".join(purpose_names(at.purposes)), needed=needed)


@BOOK.rule("extended_key_usage.any_not_critical", _WARNING, "4.2.1.12")
def _any_purpose_not_critical(at: RuleContext) -> Answer:
    if ANY_EXTENDED_KEY_USAGE not in at.purposes:
        return NOT_APPLICABLE
    return met_if(not at.critical.get("2.5.29.37"), "extendedKeyUsage.critical", "true")


_SIGNING: Final = frozenset({"digitalSignature", "nonRepudiation"})
_USAGE_FOR: Final = {  # 4.2.1.12: key usages that may be consistent with each purpose
    SERVER_AUTH: frozenset({"digitalSignature", "keyEncipherment", "keyAgreement"}),
    CLIENT_AUTH: frozenset({"digitalSignature", "keyAgreement"}),
    "1.3.6.1.5.5.7.3.3": frozenset({"digitalSignature"}),
    EMAIL_PROTECTION: _SIGNING | {"keyEncipherment", "keyAgreement"},
    TIME_STAMPING: _SIGNING,
    OCSP_SIGNING: _SIGNING,
}


@BOOK.rule("key_usage.trailing_zero_bits", _WARNING, "11.2.2", source=_X690)
def _no_trailing_zero_bits(at: RuleContext) -> Answer:
    found = at.facts.extension(KEY_USAGE)
    if found is None or at.facts.key_usage is None:
        return NOT_APPLICABLE
    value = found.value
    try:
        octets, unused = bit_string(value, root(value, BIT_STRING))
    except DERError:
        return NOT_APPLICABLE  # extensions.decodable says so
    return met_if(not octets or bool(octets[-1] >> unused & 1), "keyUsage", value.hex())


@BOOK.rule("extended_key_usage.consistent", _WARNING, "4.2.1.12", scope=END_ENTITY)
def _purposes_consistent(at: RuleContext) -> Answer:
    if not at.purposes or not at.key_usage:
        return NOT_APPLICABLE
    return met_if_none(
        "extendedKeyUsage",
        purpose_names(oid for oid in at.purposes if oid in _USAGE_FOR and not at.key_usage & _USAGE_FOR[oid]),
        usage=", ".join(sorted(at.key_usage)),
    )


@BOOK.rule("subject_alternative_name.not_empty", _ERROR, "4.2.1.6")
def _alternative_name_not_empty(at: RuleContext) -> Answer:
    if at.facts.subject_alternative_name is None:
        return NOT_APPLICABLE
    return met_if(bool(at.facts.subject_alternative_name), "subjectAltName", "")


@BOOK.rule("subject_alternative_name.not_critical", _WARNING, "4.2.1.6")
def _alternative_name_not_critical(at: RuleContext) -> Answer:
    critical = at.critical.get("2.5.29.17")
    if critical is None or not at.subject:
        return NOT_APPLICABLE
    return met_if(not critical, "subjectAltName.critical", "true")


def _names_of_kind(at: RuleContext, kind: str) -> list[str]:
    return [name.value for name in at.facts.subject_alternative_name or () if name.kind == kind]


@BOOK.rule("subject_alternative_name.dns_syntax", _ERROR, "4.2.1.6")
def _dns_syntax(at: RuleContext) -> Answer:
    if not at.dns_names:
        return NOT_APPLICABLE
    return met_if_none("subjectAltName.dNSName", [name for name in at.dns_names if not is_dns_name(name)])


@BOOK.rule("subject_alternative_name.dns_length", _ERROR, "3.1", source=_RFC_1034)
def _dns_length(at: RuleContext) -> Answer:
    if not at.dns_names:
        return NOT_APPLICABLE
    return met_if_none(
        "subjectAltName.dNSName",
        [name for name in at.dns_names if len(name) > 253 or any(len(label) > 63 for label in name.split("."))],
    )


@BOOK.rule("subject_alternative_name.uri_syntax", _ERROR, "4.2.1.6")
def _uri_syntax(at: RuleContext) -> Answer:
    uris = _names_of_kind(at, "uri")
    return met_if_none("subjectAltName.URI", [uri for uri in uris if not is_uri(uri)]) if uris else NOT_APPLICABLE


@BOOK.rule("subject_alternative_name.email_syntax", _ERROR, "4.2.1.6")
def _email_syntax(at: RuleContext) -> Answer:
    emails = _names_of_kind(at, "email")
    return met_if_none("subjectAltName.email", [e for e in emails if not is_email(e)]) if emails else NOT_APPLICABLE


@BOOK.rule("certificate_policies.not_empty", _ERROR, "4.2.1.4")
def _policies_not_empty(at: RuleContext) -> Answer:
    if at.facts.certificate_policies is None:
        return NOT_APPLICABLE
    return met_if(bool(at.policies), "certificatePolicies", "")


@BOOK.rule("certificate_policies.duplicates", _ERROR, "4.2.1.4")
def _policies_once(at: RuleContext) -> Answer:
    if not at.policies:
        return NOT_APPLICABLE
    twice = [oid for oid in dict.fromkeys(at.policies) if at.policies.count(oid) > 1]
    return met_if_none("certificatePolicies", twice)


@BOOK.rule("certificate_policies.user_notice_length", _NOTICE, "4.2.1.4")
def _user_notice_length(at: RuleContext) -> Answer:
    # NOTICE for a MUST of the issuer: the same section asks readers to put up with longer ones
    notices = [text for policy in at.facts.certificate_policies or () for text in policy.user_notices]
    if not notices:
        return NOT_APPLICABLE
    return met_if_none("certificatePolicies.userNotice", [str(len(text)) for text in notices if len(text) > 200])


@BOOK.rule("crl_distribution_points.named", _ERROR, "4.2.1.13")
def _points_named(at: RuleContext) -> Answer:
    points = at.facts.crl_distribution_points
    if points is None:
        return NOT_APPLICABLE
    bare = [str(n) for n, point in enumerate(points, 1) if not (point.uris or point.other_names or point.crl_issuer)]
    return met_if_none("cRLDistributionPoints", bare)


@BOOK.rule("crl_distribution_points.not_empty", _ERROR, "4.2.1.13")
def _points_not_empty(at: RuleContext) -> Answer:
    points = at.facts.crl_distribution_points
    return NOT_APPLICABLE if points is None else met_if(bool(points), "cRLDistributionPoints", "")


@BOOK.rule("crl_distribution_points.uri_syntax", _ERROR, "4.2.1.13")
def _point_uris(at: RuleContext) -> Answer:
    uris = at.facts.crl_uris
    return met_if_none("cRLDistributionPoints", [u for u in uris if not is_uri(u)]) if uris else NOT_APPLICABLE


@BOOK.rule("name_constraints.only_on_ca", _ERROR, "4.2.1.10", scope=END_ENTITY)
def _name_constraints_only_on_ca(at: RuleContext) -> Answer:
    return met_if("2.5.29.30" not in at.critical, "nameConstraints", "")
