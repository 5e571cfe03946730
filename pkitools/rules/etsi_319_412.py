"""ETSI EN 319 412: certificate profiles, parts 1 (common structures), 2 and 3 (persons), 5 (qcStatements).

Part 1 binds who claims its semantics; parts 2 and 3 who claims an ETSI policy (NCP, NCP+, QCP); part 5 who claims to
be qualified. A certificate that claims nothing is not judged.

Of parts 1 and 2 a newer version is in force that was not read: what the older one demands is a WARNING.
"""

from __future__ import annotations

from typing import Final

from pkitools.documents import cite
from pkitools.findings import NOT_APPLICABLE, Answer, Severity, met_if, met_if_none
from pkitools.rules.context import RuleContext
from pkitools.rules.engine import END_ENTITY, RuleBook
from pkitools.text import pattern
from pkitools.x509.holder import Holder
from pkitools.x509.oids import ATTRIBUTE_OIDS, ORGANIZATION_IDENTIFIER

_PART_1 = cite("etsi-en-319-412-1")
_PART_2 = cite("etsi-en-319-412-2")
_PART_3 = cite("etsi-en-319-412-3")
_PART_5 = cite("etsi-en-319-412-5")

BOOK = RuleBook("etsi", _PART_1)
_ERROR, _WARNING = Severity.ERROR, Severity.WARNING

_SEMANTICS: Final = "1.3.6.1.5.5.7.11.2"
_LEGAL: Final = frozenset({"0.4.0.194121.1.2", "0.4.0.194121.1.4"})
_QCP_WEB: Final = frozenset(f"0.4.0.194112.1.{n}" for n in (4, 5, 6))  # QEVCP-w, QNCP-w, QNCP-w-gen
_TYPE_WEB: Final = "0.4.0.1862.1.6.3"
_QCP_SEAL: Final = frozenset({"0.4.0.194112.1.1", "0.4.0.194112.1.3"})
_QCP_DEVICE: Final = frozenset({"0.4.0.194112.1.2", "0.4.0.194112.1.3"})
_COMPLIANCE, _SSCD, _PDS, _TYPE = (f"0.4.0.1862.1.{n}" for n in (1, 4, 5, 6))
_VALIDITY_ASSURED: Final = "0.4.0.194121.2.1"  # too short-lived to be revoked, says its issuer
_ETSI_POLICIES: Final = ("0.4.0.2042.1.", "0.4.0.194112.1.")

# three letters of a scheme, or two of a country and a colon for a national one, then country, hyphen, reference
_IDENTIFIER: Final = pattern(r"(?:VAT|NTR|PSD|LEI|[A-Z]{2}:)([A-Z]{2})-.+")


def _claims_legal(at: RuleContext) -> bool:
    return not _LEGAL.isdisjoint(at.qc_values.get(_SEMANTICS, ()))


def _claims_etsi(at: RuleContext) -> bool:
    return any(oid.startswith(_ETSI_POLICIES) for oid in at.policies)


def _is_of_website(at: RuleContext) -> bool:
    """Part 4 is about those of websites: what it takes from the others is the subject, and not the key usage."""
    return not _QCP_WEB.isdisjoint(at.policies) or at.qc_values.get(_TYPE) == (_TYPE_WEB,)


def _is_legal_person(at: RuleContext) -> bool:
    return _claims_legal(at) or not _QCP_SEAL.isdisjoint(at.policies)


# --- part 1 ----------------------------------------------------------------------------------------------------------


@BOOK.rule("semantics.needs_identifier", _WARNING, "5.1.4", scope=END_ENTITY)
def _semantics_need_identifier(at: RuleContext) -> Answer:
    if not _claims_legal(at):
        return NOT_APPLICABLE
    return met_if(at.organization_identifier is not None, "subject.organizationIdentifier", "")


@BOOK.rule("semantics.identifier_form", _WARNING, "5.1.4", scope=END_ENTITY)
def _identifier_form(at: RuleContext) -> Answer:
    if not _claims_legal(at) or at.organization_identifier is None:
        return NOT_APPLICABLE
    values = at.values(ORGANIZATION_IDENTIFIER)
    return met_if_none(
        "subject.organizationIdentifier", [value for value in values if not _IDENTIFIER.fullmatch(value)]
    )


_COUNTRY_OF_VAT: Final = {"EL": "GR", "XI": "GB"}  # Greece and Northern Ireland go by other letters (2006/112/EC 215)


@BOOK.rule("semantics.identifier_country", _WARNING, "5.1.4", scope=END_ENTITY)
def _identifier_country(at: RuleContext) -> Answer:
    found = _IDENTIFIER.fullmatch(at.organization_identifier or "")
    countries = at.values("2.5.4.6")
    if found is None or not countries or found[1] in {"XG", "EU"}:  # XG: worldwide, as an LEI is; EU: the VAT scheme
        return NOT_APPLICABLE
    return met_if(
        _COUNTRY_OF_VAT.get(found[1], found[1]) in countries,
        "subject.organizationIdentifier",
        at.organization_identifier,
        country=countries[0],
    )


# --- part 2 ----------------------------------------------------------------------------------------------------------


@BOOK.rule("ca_issuers.present", _WARNING, "4.4.1", scope=END_ENTITY, source=_PART_2)
def _ca_issuers(at: RuleContext) -> Answer:
    if not _claims_etsi(at) or at.self_issued:
        return NOT_APPLICABLE
    uris = at.facts.ca_issuers_uris
    web = [uri for uri in uris if uri.startswith(("http://", "https://"))]
    return met_if(bool(web), "authorityInfoAccess.caIssuers", ", ".join(uris))


@BOOK.rule("revocation.present", _WARNING, "4.3.11", scope=END_ENTITY, source=_PART_2)
def _revocation(at: RuleContext) -> Answer:
    if not _claims_etsi(at) or at.self_issued or at.holder is Holder.OCSP_RESPONDER or _VALIDITY_ASSURED in at.critical:
        return NOT_APPLICABLE
    return met_if(bool(at.facts.crl_uris or at.facts.ocsp_uris), "cRLDistributionPoints", "")


@BOOK.rule("crl_distribution_points.not_critical", _WARNING, "4.3.11", scope=END_ENTITY, source=_PART_2)
def _points_not_critical(at: RuleContext) -> Answer:
    critical = at.critical.get("2.5.29.31")
    if critical is None or not _claims_etsi(at):
        return NOT_APPLICABLE
    return met_if(not critical, "cRLDistributionPoints.critical", "true")


@BOOK.rule("extended_key_usage.not_critical", _WARNING, "4.3.10", scope=END_ENTITY, source=_PART_2)
def _purposes_not_critical(at: RuleContext) -> Answer:
    critical = at.critical.get("2.5.29.37")
    if critical is None or not _claims_etsi(at) or at.holder is Holder.TIME_STAMPING_UNIT:
        return NOT_APPLICABLE  # of time stamping RFC 3161 2.3 asks the contrary
    return met_if(not critical, "extendedKeyUsage.critical", "true")


@BOOK.rule("key_usage.commitment", _WARNING, "4.3.2", scope=END_ENTITY, source=_PART_2)
def _commitment(at: RuleContext) -> Answer:
    if _is_of_website(at) or not (_COMPLIANCE in at.qc_values or _claims_qualified(at)):
        return NOT_APPLICABLE
    return met_if("nonRepudiation" in at.key_usage, "keyUsage", ", ".join(sorted(at.key_usage)))


@BOOK.rule("key_usage.commitment_only", _WARNING, "4.3.2", scope=END_ENTITY, source=_PART_2)
def _commitment_only(at: RuleContext) -> Answer:
    if "nonRepudiation" not in at.key_usage or not _claims_etsi(at) or _is_of_website(at):
        return NOT_APPLICABLE
    return met_if_none("keyUsage", sorted(at.key_usage - {"nonRepudiation"}))


# --- part 3 ----------------------------------------------------------------------------------------------------------

_LEGAL_SUBJECT: Final = {name: ATTRIBUTE_OIDS[name] for name in ("C", "O", "organizationIdentifier", "CN")}


@BOOK.rule("legal_person.subject", _ERROR, "4.2.1", scope=END_ENTITY, source=_PART_3)
def _legal_subject(at: RuleContext) -> Answer:
    if not _is_legal_person(at):
        return NOT_APPLICABLE
    return met_if_none("subject", [name for name, oid in _LEGAL_SUBJECT.items() if oid not in at.values_by_type])


@BOOK.rule("legal_person.subject_once", _ERROR, "4.2.1", scope=END_ENTITY, source=_PART_3)
def _legal_subject_once(at: RuleContext) -> Answer:
    if not _is_legal_person(at):
        return NOT_APPLICABLE
    types = [attribute.oid for attribute in at.subject]
    return met_if_none("subject", [name for name, oid in _LEGAL_SUBJECT.items() if types.count(oid) > 1])


@BOOK.rule("legal_person.identifier_differs", _ERROR, "4.2.1", scope=END_ENTITY, source=_PART_3)
def _identifier_differs(at: RuleContext) -> Answer:
    names, identifier = at.values("2.5.4.10"), at.organization_identifier
    if not _is_legal_person(at) or identifier is None or not names:
        return NOT_APPLICABLE
    return met_if(identifier.casefold() != names[0].casefold(), "subject.organizationIdentifier", identifier)


# --- part 5 ----------------------------------------------------------------------------------------------------------


@BOOK.rule("qc_statements.not_critical", _ERROR, "4.1", source=_PART_5)
def _not_critical(at: RuleContext) -> Answer:
    critical = at.critical.get("1.3.6.1.5.5.7.1.3")
    return NOT_APPLICABLE if critical is None else met_if(not critical, "qcStatements.critical", "true")


def _claims_qualified(at: RuleContext) -> bool:
    return any(oid.startswith("0.4.0.194112.1.") for oid in at.policies)


@BOOK.rule("qc_statements.compliance", _ERROR, "5, 4.2.1", scope=END_ENTITY, source=_PART_5)
def _compliance(at: RuleContext) -> Answer:
    if not _claims_qualified(at):
        return NOT_APPLICABLE
    return met_if(_COMPLIANCE in at.qc_values, "qcStatements", "")


@BOOK.rule("qc_statements.device", _ERROR, "5, 4.2.2", scope=END_ENTITY, source=_PART_5)
def _device(at: RuleContext) -> Answer:
    if _QCP_DEVICE.isdisjoint(at.policies):
        return NOT_APPLICABLE
    return met_if(_SSCD in at.qc_values, "qcStatements", "")


@BOOK.rule("qc_statements.type_seal", _ERROR, "5, 4.2.3", scope=END_ENTITY, source=_PART_5)
def _type_seal(at: RuleContext) -> Answer:
    if _QCP_SEAL.isdisjoint(at.policies):
        return NOT_APPLICABLE
    values = at.qc_values.get(_TYPE, ())
    return met_if("0.4.0.1862.1.6.2" in values, "qcStatements.qcType", ", ".join(values))


@BOOK.rule("qc_statements.disclosure", _ERROR, "5, table 2", scope=END_ENTITY, source=_PART_5)
def _disclosure(at: RuleContext) -> Answer:
    # the statement itself may be left out; one that is there points to a text in English, whatever else it points to
    if _COMPLIANCE not in at.qc_values or _PDS not in at.qc_values:
        return NOT_APPLICABLE
    languages = [value for value in at.qc_values[_PDS] if ":" not in value]
    return met_if("en" in map(str.lower, languages), "qcStatements.qcPDS", ", ".join(languages))


@BOOK.rule("qc_statements.disclosure_https", _ERROR, "4.3.4", scope=END_ENTITY, source=_PART_5)
def _disclosure_https(at: RuleContext) -> Answer:
    addresses = [value for value in at.qc_values.get(_PDS, ()) if ":" in value]
    if not addresses:
        return NOT_APPLICABLE
    return met_if_none("qcStatements.qcPDS", [value for value in addresses if not value.startswith("https://")])
