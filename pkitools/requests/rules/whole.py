"""The request as a whole: its structure and its signature."""

from __future__ import annotations

from typing import Final

from pkitools.documents import cite
from pkitools.findings import (
    MET,
    NOT_APPLICABLE,
    Answer,
    Answers,
    Basis,
    Certainty,
    NotChecked,
    Severity,
    Violated,
    met_if,
    violated,
)
from pkitools.limits import MAX_LISTED
from pkitools.requests.reading import CHALLENGE_PASSWORD, RequestFacts
from pkitools.requests.rules.context import RequestContext, RequestRules
from pkitools.x509.der import DERError
from pkitools.x509.oids import EXTENSIONS, STRONG_HASHES
from pkitools.x509.reader import SignedParts, signed_parts
from pkitools.x509.signatures import signed_with

_PKCS10: Final = cite("rfc-2986", "4.1-4.2")
_RFC5280: Final = cite("rfc-5280", "4.1.2, 4.2")
_KPN: Final = cite("kpn-csr")
_TRIAL: Final = cite("g4-trial-profiles")
_OWN: Final = cite("pkitools")
_ERROR, _WARNING, _NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE
_OFFICIAL, _ADVICE = Certainty.OFFICIAL, Certainty.ADVICE

_EXPECTED_EXTENSIONS: Final = frozenset({"2.5.29.17", "2.5.29.19", "2.5.29.14"})  # SAN, basicConstraints, key id

PART: Final = RequestRules()


@PART.rule("csr.structure.decodable", _ERROR, _PKCS10)
def decodable(context: RequestContext) -> Answers:
    """Everything in the request could be read."""
    return (violated("request", problem, problem=problem) for problem in context.facts.problems)


@PART.rule("csr.signature.valid", _ERROR, _PKCS10)
def signature_valid(context: RequestContext) -> Answers:
    """The request is signed with the key it asks a certificate for: proof that the sender has it."""
    return signed_by_its_key(context.facts)


def signed_by_its_key(facts: RequestFacts) -> Answer:
    """Return whether a request is signed with its own key."""
    parts = _parts(facts.der)
    if parts is None:
        return Violated()
    holds = signed_with(facts.public_key.spki, parts.algorithm, parts.signed, parts.signature)
    if holds is None:
        return NotChecked("signature_not_verifiable", detail=facts.signature_algorithm.name)
    return MET if holds else Violated()


def _parts(der: bytes) -> SignedParts | None:
    try:
        return signed_parts(der)
    except DERError:  # no signature of any scheme has unused bits
        return None


@PART.rule("csr.signature.hash", _ERROR, _KPN, _OFFICIAL)
def signature_hash(context: RequestContext) -> Answers:
    """SHA-256 or stronger: KPN says so. Of another it is inferred: none that names hashes names a weaker one."""
    algorithm = context.facts.signature_algorithm
    strong = algorithm.hash in STRONG_HASHES or algorithm.name in {"Ed25519", "Ed448"}
    name, tsp = algorithm.name, context.tsp
    basis = None if tsp is not None and tsp.basis.source.key == _KPN.key else Basis(_KPN, Certainty.INFERRED)
    return met_if(strong, "signatureAlgorithm", name, basis=basis, algorithm=name, hash=algorithm.hash or "?")


@PART.rule("csr.signature.scheme", _NOTICE, _TRIAL, _OFFICIAL)
def signature_scheme(context: RequestContext) -> Answers:
    """The kind of signature that is usual for the profile."""
    if context.profile is None or context.facts.public_key.algorithm != "RSA":
        return NOT_APPLICABLE
    name, rule = context.facts.signature_algorithm.name, context.profile.signature
    as_usual = (name == "RSASSA-PSS") == rule.request.startswith("pss")
    return met_if(
        as_usual,
        "signatureAlgorithm",
        name,
        basis=rule.basis.held_to(trial=context.tsp is not None and context.tsp.trial),
        algorithm=name,
        usual=_scheme(rule.request),
        profile=context.profile.name,
    )


def _scheme(name: str) -> str:
    return "RSASSA-PSS (SHA-512)" if name.startswith("pss") else "PKCS#1 v1.5 (SHA-256)"


@PART.rule("csr.signature.pss_parameters", _WARNING, _TRIAL, _OFFICIAL)
def pss_parameters(context: RequestContext) -> Answers:
    """RSASSA-PSS as PKIoverheid G4 uses it: SHA-512, MGF1 with SHA-512, 64 octets of salt."""
    algorithm = context.facts.signature_algorithm
    if algorithm.name != "RSASSA-PSS":
        return NOT_APPLICABLE
    found = (algorithm.hash, algorithm.mgf_hash, algorithm.salt_length, algorithm.trailer_field)
    return met_if(
        found == ("sha512", "sha512", 64, 1),
        "signatureAlgorithm",
        found,
        hash=algorithm.hash,
        mgf_hash=algorithm.mgf_hash,
        salt=algorithm.salt_length,
    )


@PART.rule("csr.structure.challenge_password", _WARNING, _OWN, _ADVICE)
def challenge_password(context: RequestContext) -> Answers:
    """No challengePassword: it would be a secret in plain text."""
    return met_if(CHALLENGE_PASSWORD not in context.facts.attributes, "attributes", "")


@PART.rule("csr.structure.ca", _ERROR, _RFC5280)
def asks_ca(context: RequestContext) -> Answers:
    """The request does not ask to become a CA."""
    return met_if(not context.facts.asks_ca, "basicConstraints", "CA:TRUE")


@PART.rule("csr.structure.extensions", _NOTICE, _OWN, _ADVICE)
def extensions(context: RequestContext) -> Answers:
    """No extensions beyond the names: the TSP sets the others by the profile."""
    found = [e.oid for e in context.facts.extensions if e.oid not in _EXPECTED_EXTENSIONS]
    listed = ", ".join(EXTENSIONS.get(oid, oid) for oid in found[:MAX_LISTED])
    return met_if(not found, "extensionRequest", listed, extensions=listed)
