"""PKIoverheid's Programme of Requirements (PvE), as far as its text can be read, and Logius' announcements beside it.

The full text of version 5 was not at hand: what comes from Logius' guide to certificates (which quotes the PvE), its
presentations and its minutes is OFFICIAL, what was only seen in certificates is OBSERVED and never an ERROR.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pkitools.documents import cite
from pkitools.findings import (
    MET,
    NOT_APPLICABLE,
    Answer,
    Basis,
    Certainty,
    Evidence,
    NotChecked,
    Severity,
    Violated,
    met_if,
    met_if_none,
)
from pkitools.messages import NOTHING
from pkitools.profiles import ATTRIBUTE_OIDS, Presence, Profile, tsps
from pkitools.rules.context import ARC, ORGANIZATION_VALIDATED, RuleContext, legacy_validity, parse_oin
from pkitools.rules.engine import END_ENTITY, RuleBook, Scope, rsa_at_least
from pkitools.rules.names import looks_like_host
from pkitools.x509.holder import Holder
from pkitools.x509.oids import ANY_EXTENDED_KEY_USAGE
from pkitools.x509.purposes import purpose_names

_GUIDE = cite("digikoppeling-certificates", "chapter 10")  # which quotes part 3b of it, on certificates of services
_MIGRATION = cite("g4-migration", "p. 4-5")
_MINUTES = cite("to-2026-06-18")
_OIN_IN_CERTIFICATE = cite("oin-in-certificates")
_SEEN = cite("g1-certificates")
_SEEN_CA = cite("g4-ca-certificates")
_POR = cite("por")
_RFC_5280 = cite("rfc-5280")
_README = cite("g4-trial-readme")
_TRIAL = cite("g4-trial-profiles")
_ST_SAML = cite("st-saml", "requirements")

BOOK = RuleBook("por", _GUIDE)

_ERROR, _WARNING, _NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE
_OFFICIAL, _OBSERVED, _INFERRED = Certainty.OFFICIAL, Certainty.OBSERVED, Certainty.INFERRED

_LEGACY: Final = Scope(kinds=("end_entity",), families=("legacy_services",))


def _is_g1(profile: Profile) -> bool:
    return profile.generation == "G1"


def _has_names_of_g4(profile: Profile) -> bool:
    return profile.generation == "G4" and profile.san.presence is not Presence.FORBIDDEN


_G1: Final = Scope(kinds=("end_entity",), says=_is_g1)
_G4: Final = Scope(kinds=("end_entity",), families=("g4",))
_OURS: Final = Scope(kinds=("end_entity",), families=("trial", "g4", "legacy_services", "legacy_other"))
# not of TRIAL: a test PKI may take short keys to be quick
_G4_CA: Final = Scope(kinds=("ca",), families=("g4",))


# --- subject: PKIoverheid services and servers of G1, G2 and G3 -----------------------------------------------------


def _declare_required(slug: str, attribute: str, severity: Severity) -> None:
    oid = ATTRIBUTE_OIDS[attribute]

    @BOOK.rule(slug, severity, certainty=_OFFICIAL, scope=_LEGACY)
    def check(at: RuleContext) -> Answer:
        return met_if(oid in at.values_by_type, f"subject.{attribute}", "")


_declare_required("subject.country", "C", _ERROR)
_declare_required("subject.common_name", "CN", _ERROR)
_declare_required("subject.organization", "O", _ERROR)
# a MUST of later versions of the PvE: see data/in_force.toml
_declare_required("subject.organization_identifier", "organizationIdentifier", _NOTICE)


# NOTICE for a SHOULD NOT; no more than told where all of it is what a TSP asks: its customer cannot leave that out
@BOOK.rule("subject.discouraged", _NOTICE, certainty=_OFFICIAL, scope=_LEGACY)
def _discouraged(at: RuleContext) -> Answer:
    if ORGANIZATION_VALIDATED in at.policies:
        return NOT_APPLICABLE  # of the web's organisations one of ST and L is a MUST: CA/Browser Forum 7.1.2.7.4
    found = [name for name in ("ST", "L", "postalAddress") if at.values(ATTRIBUTE_OIDS[name])]
    if not found:
        return MET
    asking = {tsp.title: names for tsp in tsps() if (names := [name for name in found if name in tsp.subject_required])}
    is_asked = all(any(name in names for names in asking.values()) for name in found)
    told = ", ".join(f"{title} ({', '.join(names)})" for title, names in asking.items())
    return Violated(
        tuple(Evidence("subject", name) for name in found),
        {"value": ", ".join(found), "asked": told or NOTHING},
        severity=Severity.INFO if is_asked else None,
    )


# before G4 a WARNING: the minutes forbid it, and OIN-Stelsel 3.0.1 (appendix C, of 2026) still calls it optional
@BOOK.rule("subject.organizational_unit", _ERROR, certainty=_OFFICIAL, scope=_OURS, source=_MINUTES)
def _organizational_unit(at: RuleContext) -> Answer:
    basis = Basis(_MINUTES, _INFERRED) if at.family.startswith("legacy") else None
    return met_if_none("subject.OU", at.values("2.5.4.11"), basis=basis)


_ALLOWED: Final = frozenset(
    ATTRIBUTE_OIDS[name] for name in ("C", "CN", "O", "OU", "ST", "L", "postalAddress", "serialNumber")
) | {ATTRIBUTE_OIDS["organizationIdentifier"]}


# what is quoted is about services (part 3b); of servers (part 3h) the text could not be read
@BOOK.rule("subject.other_attributes", _WARNING, certainty=_INFERRED, scope=_LEGACY)
def _other_attributes(at: RuleContext) -> Answer:
    return met_if_none("subject", [attribute.name for attribute in at.subject if attribute.oid not in _ALLOWED])


@BOOK.rule("subject.serial_number_of_twenty", _ERROR, certainty=_OFFICIAL, scope=_OURS, source=_OIN_IN_CERTIFICATE)
def _serial_number_of_twenty(at: RuleContext) -> Answer:
    twenty = [value for value in at.values("2.5.4.5") if len(value) == 20]
    if not twenty:
        return NOT_APPLICABLE
    return met_if_none("subject.serialNumber", [value for value in twenty if parse_oin(value) is None])


# --- certificate: G1, G2 and G3 --------------------------------------------------------------------------------------


# WARNING for a MUST: one in 256 numbers of 64 random bits is shorter than eight octets
@BOOK.rule("serial.random", _WARNING, "7.1-pkio173", certainty=_OFFICIAL, scope=_OURS, source=_POR)
def _serial_random(at: RuleContext) -> Answer:
    return met_if(at.facts.serial_number.bit_length() > 56, "serialNumber", f"{at.facts.serial_number:x}")


@BOOK.rule("g1.signature", _ERROR, "chapter 2, chapter 10", certainty=_OFFICIAL, scope=_LEGACY)
def _g1_signature(at: RuleContext) -> Answer:
    algorithm = at.facts.signature_algorithm
    return met_if(algorithm.name == "sha256WithRSAEncryption", "signatureAlgorithm", algorithm.name)


# WARNING: a guide, and about certificates for Digikoppeling; the Programme of Requirements (part 3h) could not be read
@BOOK.rule("g1.key_usage", _WARNING, "chapter 4", certainty=_OFFICIAL, scope=_G1)
def _g1_key_usage(at: RuleContext) -> Answer:
    return met_if(at.key_usage == at.held_to.usage.key_usage, "keyUsage", ", ".join(sorted(at.key_usage)))


@BOOK.rule("g1.key_usage_critical", _WARNING, "chapter 4", certainty=_OFFICIAL, scope=_G1)
def _g1_key_usage_critical(at: RuleContext) -> Answer:
    critical = at.critical.get("2.5.29.15")
    return NOT_APPLICABLE if critical is None else met_if(critical, "keyUsage.critical", "false")


@BOOK.rule("g1.extended_key_usage", _WARNING, certainty=_OBSERVED, scope=_G1, source=_SEEN)
def _g1_extended_key_usage(at: RuleContext) -> Answer:
    missing = [oid for oid in at.held_to.usage.extended_key_usage if oid not in at.purposes]
    return met_if_none("extendedKeyUsage", purpose_names(missing))


@BOOK.rule("g1.policy", _WARNING, "7.1-pkio182", certainty=_OFFICIAL, scope=_G1, source=_POR)
def _g1_policy(at: RuleContext) -> Answer:
    return met_if(at.held_to.policies.production[-1] in at.policies, "certificatePolicies", ", ".join(at.policies))


@BOOK.rule("g1.practice_statement", _NOTICE, certainty=_OBSERVED, scope=_G1, source=_SEEN)
def _g1_practice_statement(at: RuleContext) -> Answer:
    return met_if(any(p.cps_uris for p in at.facts.certificate_policies or ()), "certificatePolicies.cPSuri", "")


@BOOK.rule("g1.common_name_in_san", _WARNING, certainty=_OBSERVED, scope=_G1, source=_SEEN)
def _g1_common_name_in_san(at: RuleContext) -> Answer:
    hosts = [value for value in at.values("2.5.4.3") if looks_like_host(value)]
    if not hosts:
        return NOT_APPLICABLE
    listed = {name.lower() for name in at.dns_names}
    return met_if_none("subject.CN", [host for host in hosts if host.lower() not in listed])


@BOOK.rule("g1.validity", _WARNING, certainty=_OFFICIAL, scope=_LEGACY, source=_MIGRATION)
def _g1_validity(at: RuleContext) -> Answer:
    # WARNING for a MUST: the announcement names months, not days
    limit = legacy_validity().max_days(at.issued.date())
    return met_if(at.lifetime.days <= limit, "validity", at.lifetime.days, limit=limit)


@BOOK.rule("g1.latest_end", _ERROR, certainty=_OFFICIAL, scope=_LEGACY, source=_MIGRATION)
def _g1_latest_end(at: RuleContext) -> Answer:
    end, latest = at.facts.not_after.date(), legacy_validity().latest_end
    return met_if(latest is None or end <= latest, "validity.notAfter", end, limit=latest)


# --- keys, all generations -------------------------------------------------------------------------------------------


@BOOK.rule(
    "key.rsa",
    _ERROR,
    certainty=_OFFICIAL,
    scope=Scope(families=("trial", "g4", "legacy_services", "legacy_other")),
    source=_ST_SAML,
)
def _rsa_only(at: RuleContext) -> Answer:
    key = at.facts.public_key
    return met_if(key.algorithm == "RSA", "subjectPublicKeyInfo", key.label)


@BOOK.rule("key.size_2048", _ERROR, certainty=_OFFICIAL, scope=_OURS, source=_MIGRATION)
def _key_of_2048(at: RuleContext) -> Answer:
    return rsa_at_least(at, 2048)


@BOOK.rule("key.size_g4", _ERROR, certainty=_OFFICIAL, scope=_G4, source=_MIGRATION)
def _key_size_g4(at: RuleContext) -> Answer:
    return rsa_at_least(at, 3001)


# whether the announcement binds the hierarchies that are ending as well is not said
@BOOK.rule("key.size_g1", _NOTICE, certainty=_INFERRED, scope=_LEGACY, source=_MIGRATION)
def _key_size_g1(at: RuleContext) -> Answer:
    return rsa_at_least(at, 3001)


@BOOK.rule("key.size_ca", _ERROR, certainty=_OFFICIAL, scope=_G4_CA, source=_MIGRATION)
def _ca_key_size(at: RuleContext) -> Answer:
    return rsa_at_least(at, 4096)


# WARNING: a guide asks it, and KPN; FSC foresees a renewal that keeps the key
@BOOK.rule("key.renewed", _WARNING, "chapter 7", certainty=_OFFICIAL, scope=_OURS)
def _key_renewed(at: RuleContext) -> Answer:
    mine = at.facts
    same = [
        other.sha256
        for other in at.others
        if other.public_key.spki_sha256 == mine.public_key.spki_sha256
        and other.sha256 != mine.sha256
        and other.subject.der == mine.subject.der
    ]
    return met_if_none("subjectPublicKeyInfo", same) if at.others else NOT_APPLICABLE


# --- G4 --------------------------------------------------------------------------------------------------------------


# WARNING: the announcement names years, and no days
@BOOK.rule("g4.validity", _WARNING, certainty=_OFFICIAL, scope=_G4, source=_MIGRATION)
def _g4_validity(at: RuleContext) -> Answer:
    days, limit = at.lifetime.days, 1096
    return met_if(days <= limit, "validity", days, limit=limit)


@BOOK.rule("g4.signature", _ERROR, certainty=_OFFICIAL, scope=Scope(families=("trial", "g4")), source=_TRIAL)
def _g4_signature(at: RuleContext) -> Answer:
    algorithm = at.facts.signature_algorithm
    seen = (algorithm.name, algorithm.hash, algorithm.mgf_hash, algorithm.salt_length, algorithm.trailer_field)
    text = f"{algorithm.name} {algorithm.hash or ''} {algorithm.salt_length or ''}".strip()
    return met_if(seen == ("RSASSA-PSS", "sha512", "sha512", 64, 1), "signatureAlgorithm", text)


_G4_TLS: Final = Scope(kinds=("end_entity",), families=("trial", "g4"), says=_has_names_of_g4)


@BOOK.rule("g4.san_no_address", _ERROR, certainty=_OFFICIAL, scope=_G4_TLS, source=_MIGRATION)
def _no_addresses(at: RuleContext) -> Answer:
    names = at.facts.subject_alternative_name or ()
    basis = Basis(_README, _OFFICIAL) if at.family == "trial" else None
    return met_if_none("subjectAltName.iPAddress", [name.value for name in names if name.kind == "ip"], basis=basis)


@BOOK.rule(
    "g4.san_no_localhost",
    _WARNING,
    certainty=_INFERRED,
    scope=Scope(kinds=("end_entity",), families=("g4",), says=_has_names_of_g4),
    source=_README,
)
def _no_localhost(at: RuleContext) -> Answer:
    return met_if_none("subjectAltName.dNSName", [name for name in at.dns_names if name.lower() == "localhost"])


def _ours(oids: Iterable[str]) -> list[str]:
    return [oid for oid in oids if oid.startswith(ARC)]


@BOOK.rule("policy.present", _WARNING, "7.1-pkio182", certainty=_OFFICIAL, scope=END_ENTITY, source=_POR)
def _policy_present(at: RuleContext) -> Answer:
    # without an issuer of PKIoverheid at hand nothing says that the certificate claims to be one of it
    if at.holder.is_of_the_tsp or at.issuer is None or not _ours(p.oid for p in at.issuer.certificate_policies or ()):
        return NOT_APPLICABLE
    return met_if(bool(_ours(at.policies)), "certificatePolicies", ", ".join(at.policies))


@BOOK.rule("issuer.policies", _WARNING, "4.2.1.4", certainty=Certainty.STANDARD, scope=_OURS, source=_RFC_5280)
def _policies_within_issuer(at: RuleContext) -> Answer:
    """The policies of an authority limit those of the paths through it; ours are looked at, others do no harm."""
    if at.issuer is None:
        return NotChecked("no_issuer")
    allowed = [policy.oid for policy in at.issuer.certificate_policies or ()]
    if not _ours(allowed):
        return NOT_APPLICABLE  # a root, or one that allows any
    return met_if_none("certificatePolicies", [oid for oid in _ours(at.policies) if oid not in allowed])


@BOOK.rule("issuer.purposes", _WARNING, certainty=_INFERRED, scope=_OURS, source=_SEEN_CA)
def _purposes_within_issuer(at: RuleContext) -> Answer:
    if at.holder is Holder.OCSP_RESPONDER:
        return NOT_APPLICABLE  # RFC 6960 4.2.2.2: whom an authority lets answer for it, whatever else it issues
    if at.issuer is None:
        return NotChecked("no_issuer")
    allowed = at.issuer.extended_key_usage
    if allowed is None or ANY_EXTENDED_KEY_USAGE in allowed:
        return NOT_APPLICABLE
    return met_if_none("extendedKeyUsage", purpose_names(oid for oid in at.purposes if oid not in allowed))
