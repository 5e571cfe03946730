"""The G4 TRIAL profiles, twice: what binds a TRIAL certificate, and what it says about one of production.

The profiles are the only published schema of G4. In the TRIAL arc (41) they are the law: ``trial.*``, an ERROR. Their
publisher calls them indicative of production, so for the production arc (44) the same requirement is ``g4.*``, our
inference and a WARNING. What is certain for production stands in :mod:`pkitools.rules.por`.

The values are data: :mod:`pkitools.profiles`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

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
from pkitools.profiles import ATTRIBUTE_OIDS, Presence, Profile
from pkitools.profiles.conformance import Departure, Requirement
from pkitools.rules.context import RuleContext
from pkitools.rules.engine import Check, RuleBook, Scope, Statement, rsa_at_least
from pkitools.x509.keys import key_identifier
from pkitools.x509.oids import QC_STATEMENTS

_SCHEMA = cite("g4-trial-profiles")

TRIAL = RuleBook("trial", _SCHEMA)
G4 = RuleBook("g4", _SCHEMA)

_OPERANDS: Final = ("minimum", "maximum", "wanted", "prefix")  # what messages tell beside the values found
_SEMANTICS: Final = "1.3.6.1.5.5.7.11.2"


def _is_of_schema(profile: Profile) -> bool:
    return profile.generation == "G4" and profile.serial_number == "oin"  # UZI certificates follow CIBG's own


def _has_names(profile: Profile) -> bool:
    return _is_of_schema(profile) and profile.san.presence is not Presence.FORBIDDEN


def _has_no_names(profile: Profile) -> bool:
    return _is_of_schema(profile) and profile.san.presence is Presence.FORBIDDEN


def _has_semantics(profile: Profile) -> bool:
    return _is_of_schema(profile) and _SEMANTICS in dict(profile.qc_statements.statements)


def _has_statements(profile: Profile) -> bool:
    return _is_of_schema(profile) and bool(dict(profile.qc_statements.statements).keys() - {_SEMANTICS})


def _both(slug: str, says: Statement = _is_of_schema) -> Callable[[Check], Check]:
    """Declare a requirement for the TRIAL arc as an ERROR and, inferred, for the production arc as a WARNING."""
    production = Scope(kinds=("end_entity",), families=("g4",), says=says)

    def declare(check: Check) -> Check:
        _trial(slug, says)(check)
        return G4.rule(slug, Severity.WARNING, certainty=Certainty.INFERRED, scope=production)(check)

    return declare


def _trial(slug: str, says: Statement = _is_of_schema, severity: Severity = Severity.ERROR) -> Callable[[Check], Check]:
    scope = Scope(kinds=("end_entity",), families=("trial",), says=says)
    return TRIAL.rule(slug, severity, certainty=Certainty.OFFICIAL, scope=scope)


# --- what the profile says, held to it by pkitools.profiles.conformance ----------------------------------------------


def _fits(
    *requirements: Requirement,
    path: str,
    show: str | Callable[[Departure], str] = "",
    only: Callable[[Departure], bool] = lambda departure: True,
    about: str = "",
) -> Check:
    """Return the check that holds a certificate to requirements of its profile.

    Args:
        requirements: of which a departure violates the rule.
        path: where the evidence stands.
        show: what a departure shows, or the operand it shows; default its value.
        only: leaves out the departures that are another rule's.
        about: name of the one subject attribute the rule is about; without it the rule does not apply.
    """
    shown = show if callable(show) else lambda departure: str(departure.operands.get(show, departure.value))

    def check(at: RuleContext) -> Answer:
        if about and ATTRIBUTE_OIDS[about] not in at.values_by_type:
            return NOT_APPLICABLE
        answer: Answer = NOT_APPLICABLE
        found: list[Departure] = []
        for requirement in requirements:
            departed = at.departures(requirement)
            if departed is not None:
                answer = MET
                found += departed
        if found:
            found = [each for each in found if only(each) and about in {"", each.operands.get("attribute")}]
        if len(found) == 1:
            return violated(path, shown(found[0]), **_told(found[0]))
        return met_if_none(path, map(shown, found), **_told(found[0])) if found else answer

    return check


def _told(departure: Departure) -> dict[str, Any]:
    return {name: departure.operands[name] for name in _OPERANDS if name in departure.operands}


def _fault(word: str) -> Callable[[Departure], bool]:
    return lambda departure: departure.operands["fault"] == word


def _address(departure: Departure) -> bool:
    return departure.operands["kind"] == "ip"  # certain for production as well: por.g4.san_no_address


def _semantics(departure: Departure) -> bool:
    return departure.operands["oid"] == _SEMANTICS


_R: Final = Requirement
_DNS: Final = "subjectAltName.dNSName"
_ORGANIZATION: Final = "organizationIdentifier"

_both("subject.attributes")(_fits(_R.SUBJECT_ALLOWED, path="subject", show="attribute"))
_both("subject.required")(_fits(_R.SUBJECT_REQUIRED, path="subject", show="attribute"))
_both("subject.once")(_fits(_R.SUBJECT_ONCE, path="subject", show="attribute"))
_both("subject.common_name_length")(_fits(_R.SUBJECT_LENGTH, path="subject.CN", about="CN"))
_both("subject.organization_length")(_fits(_R.SUBJECT_LENGTH, path="subject.O", about="O"))
_both("subject.organization_identifier")(_fits(_R.SUBJECT_FORM, path=f"subject.{_ORGANIZATION}", about=_ORGANIZATION))
_trial("subject.serial_number")(_fits(_R.TRIAL_SERIAL_NUMBER, path="subject.serialNumber"))
_trial("subject.prefix")(
    _fits(_R.TRIAL_PREFIX, path="subject", show=lambda each: f"{each.operands['attribute']}={each.value}")
)
_both("san.count", _has_names)(_fits(_R.SAN_PRESENT, _R.SAN_COUNT, path="subjectAltName", show="count"))
_both("san.only_dns", _has_names)(
    _fits(
        _R.SAN_KINDS,
        path="subjectAltName",
        show=lambda each: f"{each.operands['kind']}:{each.value}",
        only=lambda each: not _address(each),
    )
)
_both("san.two_labels", _has_names)(_fits(_R.SAN_NAME, path=_DNS, only=_fault("single_label")))
_both("san.no_wildcard", _has_names)(_fits(_R.SAN_WILDCARD, path=_DNS))
_both("san.no_onion", _has_names)(_fits(_R.SAN_NAME, path=_DNS, only=_fault("onion")))
_both("san.absent", _has_no_names)(_fits(_R.SAN_ABSENT, path="subjectAltName"))
_both("usage.key_usage")(_fits(_R.KEY_USAGE, path="keyUsage"))
_both("usage.key_usage_critical")(_fits(_R.KEY_USAGE_CRITICAL, path="keyUsage.critical"))
_both("usage.extended_key_usage")(_fits(_R.EXTENDED_KEY_USAGE, path="extendedKeyUsage"))
_both("usage.extended_key_usage_not_critical")(
    _fits(_R.EXTENDED_KEY_USAGE_NOT_CRITICAL, path="extendedKeyUsage.critical")
)
_both("policies.required")(_fits(_R.POLICIES, path="certificatePolicies"))
_both("qc_statements.semantics", _has_semantics)(
    _fits(_R.QC_STATEMENTS, path="qcStatements.qcSyntax-v2", only=_semantics)
)
_both("qc_statements.seal", _has_statements)(
    _fits(
        _R.QC_STATEMENTS,
        path="qcStatements",
        show=lambda each: QC_STATEMENTS.get(str(each.operands["oid"]), str(each.operands["oid"])),
        only=lambda each: not _semantics(each),
    )
)
_both("key.exponent")(_fits(_R.KEY_EXPONENT, path="subjectPublicKeyInfo"))


# --- what the schema says of every profile ---------------------------------------------------------------------------


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
    wanted = key_identifier(at.facts.public_key.spki)
    if wanted is None:
        return NotChecked("undecodable", "subjectPublicKeyInfo")
    return met_if(identifier == wanted, "subjectKeyIdentifier", identifier, wanted=wanted)


@_trial("key.size")
def _key_size(at: RuleContext) -> Answer:
    return rsa_at_least(at, 3072)  # the schema's own number: the profile's minimum is that of production


@_both("serial.octets")
def _serial_octets(at: RuleContext) -> Answer:
    # 159 random bits: shorter than 17 octets once in two billion certificates
    number = at.facts.serial_number
    return met_if(number.bit_length() > 128, "serialNumber", f"{number:x}")


@_trial("validity.usual", severity=Severity.INFO)
def _usual_validity(at: RuleContext) -> Answer:
    usual = at.held_to.validity.trial_days
    return (
        NOT_APPLICABLE
        if usual is None
        else met_if(at.lifetime.days <= usual, "validity", at.lifetime.days, usual=usual)
    )
