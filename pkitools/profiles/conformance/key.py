"""The public key."""

from __future__ import annotations

from typing import Final

from pkitools.findings import Basis
from pkitools.profiles.conformance.model import SCHEMA, Departure, Found, Looks, Particulars, Requirement
from pkitools.profiles.model import Profile
from pkitools.x509.model import PublicKey

_LEAST_BITS: Final = 2048  # what any PKIoverheid profile ever asked

PART: Final = Looks()


def _key(key: PublicKey, profile: Profile | None, basis: Basis | None, **operands: object) -> Departure:
    name = profile.name if profile else ""
    return Departure("publicKey", key.label, {"key": key.label, "profile": name, **operands}, basis)


@PART.of_any(Requirement.KEY_ALGORITHM)
def _key_algorithm(profile: Profile | None, of: Particulars) -> Found:
    rule, key = profile.key if profile else None, of.key
    if key is None:
        return None
    if key.algorithm == (rule.algorithm if rule else "RSA") or (rule and key.curve in rule.curves):
        return ()
    minimum = rule.minimum_bits if rule else _LEAST_BITS
    return [_key(key, profile, rule.algorithm_basis if rule else None, minimum=minimum)]


@PART.of_any(Requirement.KEY_SIZE)
def _key_size(profile: Profile | None, of: Particulars) -> Found:
    rule, key = profile.key if profile else None, of.key
    if key is None or key.algorithm not in {"RSA", "RSASSA-PSS"}:
        return None
    minimum = rule.minimum_bits if rule else _LEAST_BITS
    bits = key.bits or 0
    basis = rule.size_basis if rule else None
    return [_key(key, profile, basis, bits=bits, minimum=minimum)] if bits < minimum else ()


@PART.of_profile(Requirement.KEY_RECOMMENDED)
def _key_recommended(profile: Profile, of: Particulars) -> Found:
    rule, key = profile.key, of.key
    if key is None or key.algorithm != "RSA" or (key.bits or 0) < rule.minimum_bits:
        return None  # too small has its own requirement
    return [_key(key, profile, rule.recommended_basis)] if (key.bits or 0) < rule.recommended_bits else ()


@PART.of_any(Requirement.KEY_EXPONENT)
def _key_exponent(profile: Profile | None, of: Particulars) -> Found:
    exponent = of.key.exponent if of.key else None
    if exponent is None:
        return None
    larger = profile is not None and profile.generation == "G1"  # G1 certificates may have a larger odd one
    if exponent == 65537 or (larger and exponent > 65537 and exponent % 2):
        return ()
    return [Departure("publicKey", str(exponent), {"exponent": exponent}, SCHEMA)]
