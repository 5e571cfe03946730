"""What the TSP asks of a request, as far as it says. Nothing it does not say is held against a request."""

from __future__ import annotations

import re
from typing import Final

from pkitools.findings import Rule, Severity
from pkitools.profiles import ATTRIBUTE_OIDS, TSP, Acceptance, Presence, Profile, trial
from pkitools.requests import rules
from pkitools.requests.case import MET, Answer, Case, Fault, Question
from pkitools.x509.oids import SUBJECT_SERIAL_NUMBER

_OIN_LENGTH: Final = 20


def known(case: Case) -> Answer:
    """The TSP says what it asks, and says so for this generation of certificates."""
    if case.tsp is None:
        return None
    if case.tsp.is_unknown or _is_dated(case.tsp, case.profile):
        return [Fault({"tsp": case.tsp.title}, "", "", case.tsp.basis)]
    return MET


def _is_dated(tsp: TSP, profile: Profile | None) -> bool:
    return tsp.predates_g4 and profile is not None and profile.generation == "G4"


def _weight(tsp: TSP, profile: Profile | None) -> Severity | None:
    """Return how much a page written before G4 weighs for a G4 request: it says what was, not what is."""
    return Severity.NOTICE if _is_dated(tsp, profile) else None


def key_size(case: Case) -> Answer:
    """The key has a size the TSP names."""
    tsp, key = case.tsp, case.facts.public_key
    if tsp is None or not tsp.key_sizes or key.algorithm != "RSA":
        return None
    if key.bits in tsp.key_sizes:
        return MET
    operands = {"tsp": tsp.title, "key": key.label, "sizes": ", ".join(map(str, tsp.key_sizes))}
    return [Fault(operands, "publicKey", key.label, tsp.basis, _weight(tsp, case.profile))]


def signature(case: Case) -> Answer:
    """The TSP says that it takes this kind of signature."""
    tsp = case.tsp
    if tsp is None or case.facts.public_key.algorithm != "RSA":
        return None
    pss = case.facts.signature_algorithm.name == "RSASSA-PSS"
    answer = tsp.pss if pss else tsp.pkcs1
    if answer is Acceptance.ACCEPTED:
        return MET
    name = "RSASSA-PSS" if pss else "PKCS#1 v1.5"
    severity = Severity.WARNING if answer is Acceptance.REFUSED else None
    return [Fault({"tsp": tsp.title, "signature": name}, "signatureAlgorithm", name, tsp.basis, severity)]


def hash_function(case: Case) -> Answer:
    """The TSP names the hash of the signature."""
    tsp, algorithm = case.tsp, case.facts.signature_algorithm
    pss = algorithm.name == "RSASSA-PSS"
    if tsp is None or not tsp.hashes or (pss and tsp.pss is not Acceptance.ACCEPTED):
        return None
    if algorithm.hash in tsp.hashes:
        return MET
    operands = {"tsp": tsp.title, "hash": algorithm.hash or "?", "hashes": ", ".join(tsp.hashes)}
    return [Fault(operands, "signatureAlgorithm", algorithm.name, tsp.basis, _weight(tsp, case.profile))]


def subject(case: Case) -> Answer:
    """The subject has what the TSP asks for and the profile does not forbid."""
    tsp = case.tsp
    if tsp is None or not tsp.subject_required:
        return None
    found = {attribute.oid for attribute in case.facts.subject}
    return (
        Fault({"tsp": tsp.title, "attribute": name}, f"subject.{name}", "", tsp.basis, _weight(tsp, case.profile))
        for name in tsp.subject_required
        if ATTRIBUTE_OIDS[name] not in found and _permitted(name, case.profile)
    )


def _permitted(name: str, profile: Profile | None) -> bool:
    rule = profile.subject.attribute(name) if profile else None
    return profile is None or (rule is not None and rule.presence is not Presence.FORBIDDEN)


def oin(case: Case) -> Answer:
    """The TSP takes the OIN from the request; else it has to be given on the order form as well."""
    tsp = case.tsp
    if tsp is None or (case.profile is not None and case.profile.serial_number != "oin"):
        return None
    return MET if tsp.oin == "request" else [Fault({"tsp": tsp.title}, "", "", tsp.basis)]


def trial_prefix(case: Case) -> Answer:
    """The names in a TRIAL request begin with TRIAL."""
    if case.tsp is None or not case.tsp.trial:
        return None
    rule = trial()
    return (
        Fault({"attribute": a.name, "value": a.value, "prefix": rule.name_prefix}, f"subject.{a.name}", a.value)
        for a in case.facts.subject
        if a.name in rule.prefixed and not a.value.startswith(rule.name_prefix)
    )


def trial_oin(case: Case) -> Answer:
    """The OIN in a TRIAL request has the narrower form its schema asks."""
    if case.tsp is None or not case.tsp.trial:
        return None
    pattern = trial().serial_number_pattern
    return (
        Fault({"oin": a.value, "pattern": pattern}, "subject.serialNumber", a.value)
        for a in case.facts.subject.attributes(SUBJECT_SERIAL_NUMBER)
        if len(a.value) == _OIN_LENGTH and not re.fullmatch(pattern, a.value)
    )


QUESTIONS: Final[tuple[tuple[Rule, Question], ...]] = (
    (rules.TSP_KNOWN, known),
    (rules.TSP_KEY_SIZE, key_size),
    (rules.TSP_SIGNATURE, signature),
    (rules.TSP_HASH, hash_function),
    (rules.TSP_SUBJECT, subject),
    (rules.TSP_OIN, oin),
    (rules.TRIAL_PREFIX, trial_prefix),
    (rules.TRIAL_OIN, trial_oin),
)
