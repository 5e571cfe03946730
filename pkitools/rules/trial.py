"""The G4 TRIAL profiles, twice: what binds a TRIAL certificate, and what it says about one of production.

The profiles are the only published schema of G4. In the TRIAL arc (41) they are the law: ``trial.*``, an ERROR. Their
publisher calls them indicative of production, so for the production arc (44) the same requirement is ``g4.*``, our
inference and a WARNING. What is certain for production stands in :mod:`pkitools.rules.por`.

The values are data: :mod:`pkitools.profiles`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Final

from pkitools.documents import cite
from pkitools.findings import (
    MET,
    NOT_APPLICABLE,
    Answer,
    Certainty,
    NotChecked,
    Severity,
    met_if,
    met_if_none,
    violated,
)
from pkitools.profiles import ATTRIBUTE_OIDS, AttributeRule, Presence, Profile, trial
from pkitools.rules.context import RuleContext
from pkitools.rules.engine import Check, RuleBook, Scope
from pkitools.x509.der import SEQUENCE, DERError, bit_string, children, root
from pkitools.x509.oids import EXTENDED_KEY_USAGES, QC_STATEMENTS

_SCHEMA = cite("g4-trial-profiles", "profiles/")

TRIAL = RuleBook("trial", _SCHEMA)
G4 = RuleBook("g4", _SCHEMA)

_TLS: Final = ("g4-tls",)
_OTHERS: Final = ("g4-authentication", "g4-authenticity", "g4-confidentiality", "g4-seal")
_PROFILES: Final = _TLS + _OTHERS


def _both(slug: str, names: tuple[str, ...] = _PROFILES) -> Callable[[Check], Check]:
    """Declare a requirement for the TRIAL arc as an ERROR and, inferred, for the production arc as a WARNING."""
    production = Scope(kinds=("end_entity",), families=("g4",), profiles=names)

    def declare(check: Check) -> Check:
        _trial(slug, names)(check)
        return G4.rule(slug, Severity.WARNING, certainty=Certainty.INFERRED, scope=production)(check)

    return declare


def _trial(
    slug: str, names: tuple[str, ...] = _PROFILES, severity: Severity = Severity.ERROR
) -> Callable[[Check], Check]:
    scope = Scope(kinds=("end_entity",), families=("trial",), profiles=names)
    return TRIAL.rule(slug, severity, certainty=Certainty.OFFICIAL, scope=scope)


def _profile(at: RuleContext) -> Profile:
    assert at.profile is not None  # every scope here names profiles
    return at.profile


# --- subject ---------------------------------------------------------------------------------------------------------


@_both("subject.attributes")
def _attributes(at: RuleContext) -> Answer:
    listed = {rule.oid for rule in _profile(at).subject.attributes}
    return met_if_none("subject", [attribute.name for attribute in at.subject if attribute.oid not in listed])


@_both("subject.required")
def _required(at: RuleContext) -> Answer:
    names = _profile(at).subject.names(Presence.REQUIRED)
    return met_if_none("subject", [name for name in names if ATTRIBUTE_OIDS[name] not in at.values_by_type])


@_both("subject.once")
def _once(at: RuleContext) -> Answer:
    listed = {rule.oid: rule.name for rule in _profile(at).subject.attributes}
    return met_if_none(
        "subject", [listed[oid] for oid, values in at.values_by_type.items() if oid in listed and len(values) > 1]
    )


def _rule_of(at: RuleContext, name: str) -> AttributeRule:
    found = _profile(at).subject.attribute(name)
    assert found is not None  # tests hold the data to it
    return found


def _length(at: RuleContext, name: str) -> Answer:
    rule = _rule_of(at, name)
    values = at.values(rule.oid)
    if not values:
        return NOT_APPLICABLE
    bad = [value for value in values if not rule.minimum <= len(value) <= rule.maximum]
    return met_if_none(f"subject.{name}", bad, minimum=rule.minimum, maximum=rule.maximum)


@_both("subject.common_name_length")
def _common_name_length(at: RuleContext) -> Answer:
    return _length(at, "CN")


@_both("subject.organization_length")
def _organization_length(at: RuleContext) -> Answer:
    return _length(at, "O")


@_both("subject.organization_identifier")
def _organization_identifier(at: RuleContext) -> Answer:
    rule = _rule_of(at, "organizationIdentifier")
    values = at.values(rule.oid)
    if not values:
        return NOT_APPLICABLE
    return met_if_none("subject.organizationIdentifier", [value for value in values if not rule.fits_pattern(value)])


_OIN_OF_SCHEMA: Final = re.compile(trial().serial_number_pattern)


@_trial("subject.serial_number")
def _serial_number(at: RuleContext) -> Answer:
    twenty = [value for value in at.values("2.5.4.5") if len(value) == 20]
    if not twenty:
        return NOT_APPLICABLE
    return met_if_none("subject.serialNumber", [value for value in twenty if not _OIN_OF_SCHEMA.fullmatch(value)])


@_trial("subject.prefix")
def _prefix(at: RuleContext) -> Answer:
    rule = trial()
    return met_if_none(
        "subject",
        [
            f"{name}={value}"
            for name in rule.prefixed
            for value in at.values(ATTRIBUTE_OIDS[name])
            if not value.startswith(rule.name_prefix)
        ],
        prefix=rule.name_prefix.strip(),
    )


# --- subjectAltName --------------------------------------------------------------------------------------------------


@_both("san.count", _TLS)
def _san_count(at: RuleContext) -> Answer:
    rule = _profile(at).san
    count = len(at.dns_names)
    most = rule.maximum or count
    return met_if(rule.minimum <= count <= most, "subjectAltName", count, minimum=rule.minimum, maximum=most)


@_both("san.only_dns", _TLS)
def _san_only_dns(at: RuleContext) -> Answer:
    # addresses have their own rule, which is certain for production as well: por.g4.san_no_address
    kinds = _profile(at).san.kinds | {"ip"}
    names = at.facts.subject_alternative_name or ()
    return met_if_none("subjectAltName", [f"{name.kind}:{name.value}" for name in names if name.kind not in kinds])


@_both("san.two_labels", _TLS)
def _san_two_labels(at: RuleContext) -> Answer:
    # localhost may be in TRIAL; in production it has a rule of its own
    single = [name for name in at.dns_names if "." not in name and name.lower() != "localhost"]
    return met_if_none("subjectAltName.dNSName", single)


@_both("san.no_wildcard", _TLS)
def _san_no_wildcard(at: RuleContext) -> Answer:
    return met_if_none("subjectAltName.dNSName", [name for name in at.dns_names if "*" in name])


@_both("san.no_onion", _TLS)
def _san_no_onion(at: RuleContext) -> Answer:
    return met_if_none("subjectAltName.dNSName", [name for name in at.dns_names if name.lower().endswith(".onion")])


@_both("san.absent", _OTHERS)
def _san_absent(at: RuleContext) -> Answer:
    names = at.facts.subject_alternative_name
    if names is None:
        return MET
    return violated("subjectAltName", ", ".join(name.value for name in names[:10]))


# --- usage, policies, qcStatements -----------------------------------------------------------------------------------


@_both("usage.key_usage")
def _key_usage(at: RuleContext) -> Answer:
    wanted = _profile(at).usage.key_usage
    return met_if(at.key_usage == wanted, "keyUsage", ", ".join(sorted(at.key_usage)), wanted=", ".join(sorted(wanted)))


@_both("usage.key_usage_critical")
def _key_usage_critical(at: RuleContext) -> Answer:
    critical = at.critical.get("2.5.29.15")
    return NOT_APPLICABLE if critical is None else met_if(critical, "keyUsage.critical", "false")


@_both("usage.extended_key_usage")
def _extended_key_usage(at: RuleContext) -> Answer:
    wanted = _profile(at).usage.extended_key_usage
    return met_if(set(at.purposes) == set(wanted), "extendedKeyUsage", _purposes(at.purposes), wanted=_purposes(wanted))


def _purposes(oids: tuple[str, ...]) -> str:
    return ", ".join(EXTENDED_KEY_USAGES.get(oid, oid) for oid in oids)


@_both("usage.extended_key_usage_not_critical")
def _extended_key_usage_not_critical(at: RuleContext) -> Answer:
    critical = at.critical.get("2.5.29.37")
    return NOT_APPLICABLE if critical is None else met_if(not critical, "extendedKeyUsage.critical", "true")


@_both("policies.required")
def _policies(at: RuleContext) -> Answer:
    rule = _profile(at).policies
    wanted = rule.trial if at.family == "trial" else rule.production
    return met_if_none("certificatePolicies", [oid for oid in wanted if oid not in at.policies])


_SEMANTICS: Final = "1.3.6.1.5.5.7.11.2"


@_both("qc_statements.semantics")
def _semantics(at: RuleContext) -> Answer:
    values = at.qc_values.get(_SEMANTICS, ())
    return met_if("0.4.0.194121.1.2" in values, "qcStatements.qcSyntax-v2", ", ".join(values))


@_both("qc_statements.seal", ("g4-seal",))
def _seal_statements(at: RuleContext) -> Answer:
    return met_if_none(
        "qcStatements",
        [
            QC_STATEMENTS[oid]
            for oid, values in _profile(at).qc_statements.statements
            if oid != _SEMANTICS and (oid not in at.qc_values or not set(values) <= set(at.qc_values[oid]))
        ],
    )


# --- other extensions, key, number -----------------------------------------------------------------------------------


@_both("basic_constraints.present")
def _basic_constraints(at: RuleContext) -> Answer:
    good = at.critical.get("2.5.29.19") is True and not at.facts.is_ca
    return met_if(good, "basicConstraints", "" if at.facts.basic_constraints is None else "critical=false")


@_both("authority_information_access.ca_issuers")
def _ca_issuers(at: RuleContext) -> Answer:
    uris = at.facts.ca_issuers_uris
    return met_if(any(uri.startswith("http://") for uri in uris), "authorityInfoAccess.caIssuers", ", ".join(uris))


@_both("crl_distribution_points.one_http")
def _one_crl(at: RuleContext) -> Answer:
    uris = at.facts.crl_uris
    return met_if(len(uris) == 1 and uris[0].startswith("http://"), "cRLDistributionPoints", ", ".join(uris))


@_both("subject_key_identifier.method_1")
def _key_identifier(at: RuleContext) -> Answer:
    identifier = at.facts.subject_key_identifier
    if not identifier:
        return NOT_APPLICABLE
    spki = at.facts.public_key.spki
    try:
        bits, _ = bit_string(spki, children(spki, root(spki, SEQUENCE))[1])
    except (DERError, IndexError):
        return NotChecked("undecodable", "subjectPublicKeyInfo")
    wanted = hashlib.sha1(bits, usedforsecurity=False).hexdigest()
    return met_if(identifier == wanted, "subjectKeyIdentifier", identifier, wanted=wanted)


@_both("key.exponent")
def _exponent(at: RuleContext) -> Answer:
    exponent = at.facts.public_key.exponent
    return NOT_APPLICABLE if exponent is None else met_if(exponent == 65537, "subjectPublicKeyInfo", exponent)


@_trial("key.size")
def _key_size(at: RuleContext) -> Answer:
    key = at.facts.public_key
    if key.algorithm != "RSA" or key.bits is None:
        return NOT_APPLICABLE
    return met_if(key.bits >= 3072, "subjectPublicKeyInfo", key.bits, limit=3072)


@_both("serial.octets")
def _serial_octets(at: RuleContext) -> Answer:
    # 159 random bits: shorter than 17 octets once in two billion certificates
    number = at.facts.serial_number
    return met_if(number.bit_length() > 128, "serialNumber", f"{number:x}")


@_trial("validity.usual", severity=Severity.INFO)
def _usual_validity(at: RuleContext) -> Answer:
    usual = _profile(at).validity.trial_days
    return (
        NOT_APPLICABLE
        if usual is None
        else met_if(at.lifetime.days <= usual, "validity", at.lifetime.days, usual=usual)
    )


RULES = TRIAL.rules + G4.rules
