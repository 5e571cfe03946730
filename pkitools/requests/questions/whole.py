"""The request as a whole: its structure and its signature."""

from __future__ import annotations

from typing import Final

from cryptography import x509

from pkitools.containers.guard import attempt
from pkitools.findings import Rule
from pkitools.limits import MAX_LISTED, MAX_RSA_BITS
from pkitools.requests import rules
from pkitools.requests.case import MET, Answer, Case, Fault, Question
from pkitools.requests.reading import CHALLENGE_PASSWORD
from pkitools.x509.oids import EXTENSIONS

_STRONG_HASHES: Final = frozenset({"sha256", "sha384", "sha512", "sha3-256", "sha3-384", "sha3-512"})
_EXPECTED_EXTENSIONS: Final = frozenset({"2.5.29.17", "2.5.29.19", "2.5.29.14"})  # SAN, basicConstraints, key id


def decodable(case: Case) -> Answer:
    """Everything in the request could be read."""
    return (Fault({"problem": problem}, "request", problem) for problem in case.facts.problems)


def signature_valid(case: Case) -> Answer:
    """The request is signed with the key it asks a certificate for: proof that the sender has it."""
    if (case.facts.public_key.bits or 0) > MAX_RSA_BITS:
        return [Fault()]
    # what cannot be verified proves nothing
    return MET if attempt(lambda: _verifies(case.facts.der)) else [Fault()]


def _verifies(der: bytes) -> bool:
    try:
        return x509.load_der_x509_csr(der).is_signature_valid
    except x509.InvalidVersion:
        return False


def signature_hash(case: Case) -> Answer:
    """SHA-256 or stronger."""
    algorithm = case.facts.signature_algorithm
    if algorithm.hash in _STRONG_HASHES or algorithm.name in {"Ed25519", "Ed448"}:
        return MET
    return [Fault({"algorithm": algorithm.name, "hash": algorithm.hash or "?"}, "signatureAlgorithm", algorithm.name)]


def signature_scheme(case: Case) -> Answer:
    """The kind of signature that is usual for the profile."""
    if case.profile is None or case.facts.public_key.algorithm != "RSA":
        return None
    pss = case.facts.signature_algorithm.name == "RSASSA-PSS"
    usual = case.profile.signature.request
    if pss == usual.startswith("pss"):
        return MET
    name = case.facts.signature_algorithm.name
    operands = {"algorithm": name, "usual": _scheme(usual), "profile": case.profile.name}
    return [Fault(operands, "signatureAlgorithm", name, case.profile.signature.basis)]


def _scheme(name: str) -> str:
    return "RSASSA-PSS (SHA-512)" if name.startswith("pss") else "PKCS#1 v1.5 (SHA-256)"


def pss_parameters(case: Case) -> Answer:
    """RSASSA-PSS as PKIoverheid G4 uses it: SHA-512, MGF1 with SHA-512, 64 octets of salt."""
    algorithm = case.facts.signature_algorithm
    if algorithm.name != "RSASSA-PSS":
        return None
    found = (algorithm.hash, algorithm.mgf_hash, algorithm.salt_length, algorithm.trailer_field)
    if found == ("sha512", "sha512", 64, 1):
        return MET
    operands = {"hash": algorithm.hash, "mgf_hash": algorithm.mgf_hash, "salt": algorithm.salt_length}
    return [Fault(operands, "signatureAlgorithm", str(found))]


def challenge_password(case: Case) -> Answer:
    """No challengePassword: it would be a secret in plain text."""
    return [Fault({}, "attributes")] if CHALLENGE_PASSWORD in case.facts.attributes else MET


def asks_ca(case: Case) -> Answer:
    """The request does not ask to become a CA."""
    return [Fault({}, "basicConstraints", "CA:TRUE")] if case.facts.asks_ca else MET


def extensions(case: Case) -> Answer:
    """No extensions beyond the names: the TSP sets the others by the profile."""
    found = [e.oid for e in case.facts.extensions if e.oid not in _EXPECTED_EXTENSIONS]
    listed = ", ".join(EXTENSIONS.get(oid, oid) for oid in found[:MAX_LISTED])
    return [Fault({"extensions": listed}, "extensionRequest", listed)] if found else MET


QUESTIONS: Final[tuple[tuple[Rule, Question], ...]] = (
    (rules.DECODABLE, decodable),
    (rules.SIGNATURE_VALID, signature_valid),
    (rules.SIGNATURE_HASH, signature_hash),
    (rules.SIGNATURE_SCHEME, signature_scheme),
    (rules.SIGNATURE_PSS, pss_parameters),
    (rules.CHALLENGE, challenge_password),
    (rules.ASKS_CA, asks_ca),
    (rules.EXTENSIONS, extensions),
)
