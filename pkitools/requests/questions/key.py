"""The public key of a request."""

from __future__ import annotations

from typing import Final

from pkitools.findings import Rule
from pkitools.requests import rules
from pkitools.requests.case import MET, Answer, Case, Fault, Question

_LEAST_BITS: Final = 2048  # what any PKIoverheid profile ever asked


def key_algorithm(case: Case) -> Answer:
    """An RSA key: no PKIoverheid profile takes another."""
    key = case.facts.public_key
    curves = case.profile.key.curves if case.profile else ()
    if key.algorithm == "RSA" or (key.curve and key.curve in curves):
        return MET
    basis = case.profile.key.algorithm_basis if case.profile else None
    return [Fault({"key": key.label}, "publicKey", key.label, basis)]


def key_size(case: Case) -> Answer:
    """Not smaller than the profile asks; without a profile, than any ever asked."""
    key = case.facts.public_key
    if key.algorithm not in {"RSA", "RSASSA-PSS"}:
        return None
    minimum = case.profile.key.minimum_bits if case.profile else _LEAST_BITS
    if (key.bits or 0) >= minimum:
        return MET
    basis = case.profile.key.size_basis if case.profile else None
    return [Fault({"key": key.label, "minimum": minimum}, "publicKey", key.label, basis)]


def key_recommended(case: Case) -> Answer:
    """Of a size that is sure to be accepted, where the minimum is not certain."""
    key = case.facts.public_key
    if case.profile is None or key.algorithm != "RSA" or (key.bits or 0) < case.profile.key.minimum_bits:
        return None
    recommended = case.profile.key.recommended_bits
    if (key.bits or 0) >= recommended:
        return MET
    return [Fault({"key": key.label}, "publicKey", key.label, case.profile.key.recommended_basis)]


def key_exponent(case: Case) -> Answer:
    """The public exponent is 65537; G1 certificates may have a larger odd one."""
    exponent = case.facts.public_key.exponent
    if exponent is None:
        return None
    larger = case.profile is not None and case.profile.generation == "G1"
    if exponent == 65537 or (larger and exponent > 65537 and exponent % 2):
        return MET
    return [Fault({"exponent": exponent}, "publicKey", str(exponent))]


def key_match(case: Case) -> Answer:
    """The key given is the one the request asks a certificate for."""
    if case.key is None:
        return None
    return MET if case.key.spki_sha256 == case.facts.public_key.spki_sha256 else [Fault({"key": case.key.label})]


QUESTIONS: Final[tuple[tuple[Rule, Question], ...]] = (
    (rules.KEY_ALGORITHM, key_algorithm),
    (rules.KEY_SIZE, key_size),
    (rules.KEY_RECOMMENDED, key_recommended),
    (rules.KEY_EXPONENT, key_exponent),
    (rules.KEY_MATCH, key_match),
)
