"""Signature schemes and keys: which are strong enough, and which the fast engine takes.

Bounds: RSA from 2048 bits (PKIoverheid Programme of Requirements; ETSI TS 119 312) to 16384, SHA-2, the NIST curves.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from pkitools.limits import MAX_RSA_BITS
from pkitools.x509 import der as asn1
from pkitools.x509.der import DERError
from pkitools.x509.keys import read_public_key, read_signature_algorithm, usual_rsa_bits
from pkitools.x509.model import PublicKey, SignatureAlgorithm
from pkitools.x509.native_key import load_public_key
from pkitools.x509.oids import RSASSA_PSS, STRONG_HASHES

MIN_RSA_BITS: Final = 2048
_MAX_RSA_EXPONENT: Final = 1 << 64  # OpenSSL's bound for large keys: verification cost grows with it
_STRONG_CURVES: Final = frozenset({"P-256", "P-384", "P-521"})
_HASH_OCTETS: Final = {"sha256": 32, "sha384": 48, "sha512": 64}
# RFC 8017, RFC 5758: RSA PKCS #1 v1.5 and ECDSA with SHA-256, SHA-384, SHA-512
_FAST: Final = frozenset(
    {
        "1.2.840.113549.1.1.11",
        "1.2.840.113549.1.1.12",
        "1.2.840.113549.1.1.13",
        "1.2.840.10045.4.3.2",
        "1.2.840.10045.4.3.3",
        "1.2.840.10045.4.3.4",
    }
)
_EDWARDS: Final = frozenset({"1.3.101.112", "1.3.101.113"})


@lru_cache(maxsize=64)
def signature_scheme(algorithm: bytes) -> SignatureAlgorithm:
    """Return the scheme of a DER-encoded AlgorithmIdentifier; what cannot be read has its OID and no hash."""
    return read_signature_algorithm(algorithm, asn1.root(algorithm, asn1.SEQUENCE), _ignore)


@lru_cache(maxsize=512)
def public_key(spki: bytes) -> PublicKey | None:
    """Return what a DER-encoded SubjectPublicKeyInfo holds, or ``None`` when it cannot be read."""
    try:
        return read_public_key(spki, asn1.root(spki, asn1.SEQUENCE), _ignore)
    except DERError:
        return None


def _ignore(_problem: str) -> None:
    """What is odd about a key or scheme shows in the empty fields."""


@lru_cache(maxsize=64)
def weak_scheme(algorithm: bytes) -> str:
    """Return why a signature scheme is not strong enough, or an empty string."""
    scheme = signature_scheme(algorithm)
    if scheme.oid in _EDWARDS or scheme.hash in STRONG_HASHES:
        strange = scheme.mgf_hash is not None and scheme.mgf_hash != scheme.hash
        return f"{scheme.name}, mask {scheme.mgf_hash}" if strange else ""
    return scheme.name if scheme.hash is None else f"{scheme.name} ({scheme.hash})"


def weak_key(spki: bytes) -> str:
    """Return why a public key is not strong enough, or an empty string."""
    return "" if usual_rsa_bits(spki) else _weakness(spki)  # nothing that is asked below is wrong with a usual one


@lru_cache(maxsize=512)
def _weakness(spki: bytes) -> str:
    key = public_key(spki)
    if key is None:
        return "?"
    if fault := _fault(spki):
        return f"{key.label}, {fault}"
    if key.algorithm in {"RSA", "RSASSA-PSS"}:
        exponent = key.exponent or 0
        strong = MIN_RSA_BITS <= (key.bits or 0) <= MAX_RSA_BITS and exponent % 2 and 3 <= exponent < _MAX_RSA_EXPONENT
    elif key.algorithm == "EC":
        strong = key.curve in _STRONG_CURVES
    else:
        strong = key.algorithm in {"Ed25519", "Ed448"}
    return "" if strong else key.label


def _fault(spki: bytes) -> str:
    """Return why it is no key at all, such as a point that does not lie on its curve, or an empty string."""
    try:
        key = load_public_key(spki)
    except UnsupportedAlgorithm:
        return ""  # of a kind that is named by its own words
    except (ValueError, TypeError, KeyError):
        return "invalid"
    # NIST SP 800-56B: a modulus is the product of two large primes, which is odd
    even = isinstance(key, RSAPublicKey) and key.public_numbers().n % 2 == 0
    return "even modulus" if even else ""


@lru_cache(maxsize=64)
def fast_scheme(algorithm: bytes) -> bool:
    """Whether ``cryptography.x509.verification`` checks this signature scheme: of RSASSA-PSS only salt = hash."""
    scheme = signature_scheme(algorithm)
    if scheme.oid == RSASSA_PSS:
        salt = _HASH_OCTETS.get(scheme.hash or "")
        return salt is not None and scheme.salt_length == salt and scheme.mgf_hash == scheme.hash
    return scheme.oid in _FAST


@lru_cache(maxsize=512)
def fast_key(spki: bytes) -> bool:
    """Whether ``cryptography.x509.verification`` takes this key of an authority."""
    key = public_key(spki)
    if key is None:
        return False
    return (key.algorithm == "RSA" and (key.bits or 0) >= MIN_RSA_BITS) or key.curve in _STRONG_CURVES
