"""Check one signature over bytes as they stand: no structure is encoded again, so a list of 53 MB costs one hash.

RSA (PKCS#1 v1.5 and RSASSA-PSS with any salt), ECDSA, Ed25519 and Ed448, with SHA-2 of 256 bits or more (ETSI TS
119 312): a CRL or OCSP response signed with SHA-1 proves nothing today, and no PKIoverheid hierarchy signs so.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, cast

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key

from pkitools.limits import MAX_RSA_BITS
from pkitools.x509.der import DERError
from pkitools.x509.keys import signature_algorithm_of
from pkitools.x509.model import SignatureAlgorithm

_HASHES: Final[dict[str | None, HashAlgorithm]] = {
    "sha256": SHA256(),
    "sha384": SHA384(),
    "sha512": SHA512(),
}
_UNREADABLE: Final = (ValueError, TypeError, KeyError, UnsupportedAlgorithm)
_MAX_SALT: Final = 2048


@lru_cache(maxsize=512)
def _public_key(spki: bytes) -> PublicKeyTypes | None:
    try:
        key = load_der_public_key(spki)
    except _UNREADABLE:
        return None
    if isinstance(key, rsa.RSAPublicKey) and key.key_size > MAX_RSA_BITS:
        return None
    return key


@lru_cache(maxsize=64)
def _algorithm(der: bytes) -> SignatureAlgorithm | None:
    problems: list[str] = []
    try:
        algorithm = signature_algorithm_of(der, problems.append)
    except DERError:
        return None
    return None if problems else algorithm


def signed_by(spki: bytes, algorithm: bytes, signed: bytes | memoryview, signature: bytes) -> bool:
    """Whether ``signature`` is that of this key over ``signed``. Never raises.

    Args:
        spki: DER SubjectPublicKeyInfo of the one who should have signed.
        algorithm: DER AlgorithmIdentifier of the signature.
        signed: the very bytes that were signed.
        signature: contents of the BIT STRING.
    """
    key, how = _public_key(spki), _algorithm(algorithm)
    if key is None or how is None:
        return False
    try:
        return _verified(key, how, signed, signature)
    except InvalidSignature:
        return False
    except _UNREADABLE:
        return False


def _verified(key: PublicKeyTypes, how: SignatureAlgorithm, signed: bytes | memoryview, signature: bytes) -> bool:
    data = cast("bytes", signed)  # the library takes any buffer; its type hints know only bytes
    digest = _HASHES.get(how.hash)
    if isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey) and how.name in {"Ed25519", "Ed448"}:
        key.verify(signature, data)
        return True
    if isinstance(key, rsa.RSAPublicKey) and digest is not None:
        scheme = _scheme(how)
        if scheme is not None:
            key.verify(signature, data, scheme, digest)
        return scheme is not None
    if isinstance(key, ec.EllipticCurvePublicKey) and digest is not None and how.name.startswith("ecdsa-with-"):
        key.verify(signature, data, ec.ECDSA(digest))
        return True
    return False


def _scheme(how: SignatureAlgorithm) -> padding.PSS | padding.PKCS1v15 | None:
    if how.name == "RSASSA-PSS":
        return _pss(how)
    return padding.PKCS1v15() if how.name.endswith("WithRSAEncryption") else None


def _pss(how: SignatureAlgorithm) -> padding.PSS | None:
    mask = _HASHES.get(how.mgf_hash)
    salt = how.salt_length
    if mask is None or salt is None or not 0 <= salt <= _MAX_SALT or how.trailer_field != 1:
        return None
    return padding.PSS(padding.MGF1(mask), salt)
