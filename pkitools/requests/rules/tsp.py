"""What the TSP asks of a request, as far as it says. Nothing it does not say is held against a request."""

from __future__ import annotations

from typing import Final

from pkitools.documents import cite
from pkitools.environment import Environment
from pkitools.findings import MET, NOT_APPLICABLE, Answers, Certainty, Evidence, Severity, Violated, met_if, violated
from pkitools.profiles import ATTRIBUTE_OIDS, TSP, Acceptance, Presence, Profile, tsps
from pkitools.profiles.conformance import Requirement
from pkitools.profiles.dns_names import is_internal
from pkitools.requests.rules.context import RequestContext, RequestRules

_TSP: Final = cite("tsp-published")
_TRIAL: Final = cite("g4-trial-profiles")
_README: Final = cite("g4-trial-readme")
_OWN: Final = cite("pkitools")
_ERROR, _WARNING, _NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE
_OFFICIAL: Final = Certainty.OFFICIAL

PART: Final = RequestRules()


@PART.rule("csr.tsp.known", _NOTICE, _OWN, Certainty.ADVICE)
def known(context: RequestContext) -> Answers:
    """The TSP says what it asks, and says so for this generation of certificates."""
    tsp = context.tsp
    if tsp is None:
        return NOT_APPLICABLE
    if tsp.is_unknown or _is_dated(tsp, context.profile):
        return Violated(params={"tsp": tsp.title}, basis=tsp.basis)
    return MET


@PART.rule("csr.tsp.own", _NOTICE, _OWN, Certainty.ADVICE)
def own(context: RequestContext) -> Answers:
    """What is asked of the TSP is what we know of it, and nothing that somebody put in its place."""
    tsp = context.tsp
    ours = next((each for each in tsps() if tsp is not None and each.name == tsp.name), None)
    if tsp is None or ours is None:
        return NOT_APPLICABLE
    return MET if tsp == ours else Violated(params={"tsp": tsp.title}, basis=tsp.basis)


def _is_dated(tsp: TSP, profile: Profile | None) -> bool:
    return tsp.predates_g4 and profile is not None and profile.generation == "G4"


def _weight(tsp: TSP, profile: Profile | None) -> Severity | None:
    """Return how much a page written before G4 weighs for a G4 request: it says what was, not what is."""
    return Severity.NOTICE if _is_dated(tsp, profile) else None


@PART.rule("csr.tsp.key_size", _WARNING, _TSP, _OFFICIAL)
def key_size(context: RequestContext) -> Answers:
    """The key has a size the TSP names."""
    tsp, key = context.tsp, context.facts.public_key
    if tsp is None or not tsp.key_sizes or key.algorithm != "RSA":
        return NOT_APPLICABLE
    return met_if(
        key.bits in tsp.key_sizes,
        "publicKey",
        key.label,
        basis=tsp.basis,
        severity=_weight(tsp, context.profile),
        tsp=tsp.title,
        key=key.label,
        sizes=", ".join(map(str, tsp.key_sizes)),
    )


@PART.rule("csr.tsp.signature", _NOTICE, _TSP, _OFFICIAL)
def signature(context: RequestContext) -> Answers:
    """The TSP says something of this kind of signature."""
    return _signature(context, Acceptance.UNKNOWN)


@PART.rule("csr.tsp.signature_refused", _WARNING, _TSP, _OFFICIAL)
def signature_refused(context: RequestContext) -> Answers:
    """The TSP does not say that it refuses this kind of signature."""
    return _signature(context, Acceptance.REFUSED)


def _signature(context: RequestContext, bad: Acceptance) -> Answers:
    tsp = context.tsp
    if tsp is None or context.facts.public_key.algorithm != "RSA":
        return NOT_APPLICABLE
    pss = context.facts.signature_algorithm.name == "RSASSA-PSS"
    said = tsp.pss if pss else tsp.pkcs1
    name = "RSASSA-PSS" if pss else "PKCS#1 v1.5"
    if said not in {bad, Acceptance.ACCEPTED}:
        return NOT_APPLICABLE
    return met_if(said is not bad, "signatureAlgorithm", name, basis=tsp.basis, tsp=tsp.title, signature=name)


@PART.rule("csr.tsp.hash", _WARNING, _TSP, _OFFICIAL)
def hash_function(context: RequestContext) -> Answers:
    """The TSP names the hash of the signature."""
    tsp, algorithm = context.tsp, context.facts.signature_algorithm
    pss = algorithm.name == "RSASSA-PSS"
    if tsp is None or not tsp.hashes or (pss and tsp.pss is not Acceptance.ACCEPTED):
        return NOT_APPLICABLE
    return met_if(
        algorithm.hash in tsp.hashes,
        "signatureAlgorithm",
        algorithm.name,
        basis=tsp.basis,
        severity=_weight(tsp, context.profile),
        tsp=tsp.title,
        hash=algorithm.hash or "?",
        hashes=", ".join(tsp.hashes),
    )


@PART.rule("csr.tsp.subject", _WARNING, _TSP, _OFFICIAL)
def subject(context: RequestContext) -> Answers:
    """The subject has what the TSP asks for and the profile does not forbid."""
    tsp, profile = context.tsp, context.profile
    if tsp is None or not tsp.subject_required:
        return NOT_APPLICABLE
    found = {attribute.oid for attribute in context.facts.subject}
    lacking = [name for name in tsp.subject_required if ATTRIBUTE_OIDS[name] not in found and _permitted(name, profile)]
    if not lacking:
        return MET
    evidence = tuple(Evidence(f"subject.{name}", "") for name in lacking)
    # told together: who makes the request again with one of them is not to make it a third time
    params = {"tsp": tsp.title, "attribute": ", ".join(lacking)}
    return Violated(evidence, params, tsp.basis, _weight(tsp, profile))


def _permitted(name: str, profile: Profile | None) -> bool:
    rule = profile.subject.attribute(name) if profile else None
    return profile is None or (rule is not None and rule.presence is not Presence.FORBIDDEN)


@PART.rule("csr.trial.production", _ERROR, _README, _OFFICIAL)
def production(context: RequestContext) -> Answers:
    """Who issues test certificates only is not asked for one of production."""
    tsp, where = context.tsp, context.environment
    if tsp is None or not tsp.trial or where is None:
        return NOT_APPLICABLE
    return Violated(params={"tsp": tsp.title}) if where is Environment.PRODUCTION else MET


@PART.rule("csr.tsp.domain", _WARNING, _TSP, Certainty.INFERRED)
def domain(context: RequestContext) -> Answers:
    """Each name is of a domain of which the TSP can check whose it is."""
    tsp, names = context.tsp, context.facts.dns_names
    if tsp is None or tsp.domain_check is None or not names:
        return NOT_APPLICABLE
    return (
        violated("subjectAltName.dNSName", name, basis=tsp.domain_check, tsp=tsp.title)
        for name in names
        if "." in name and is_internal(name)  # a name of one label: csr.san.name
    )


@PART.rule("csr.tsp.oin", _NOTICE, _TSP, _OFFICIAL)
def oin(context: RequestContext) -> Answers:
    """The TSP takes the OIN from the request; else it has to be given on the order form as well."""
    tsp = context.tsp
    if tsp is None or (context.profile is not None and context.profile.serial_number != "oin"):
        return NOT_APPLICABLE
    return MET if tsp.oin == "request" else Violated(params={"tsp": tsp.title}, basis=tsp.basis)


PART.profile_rule("csr.trial.prefix", _ERROR, _TRIAL, _OFFICIAL, Requirement.TRIAL_PREFIX)
PART.profile_rule("csr.trial.oin", _ERROR, _TRIAL, _OFFICIAL, Requirement.TRIAL_SERIAL_NUMBER)
