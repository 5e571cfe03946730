"""Is this certificate signed by that one's key? Asked where an engine's word on a whole path is not what is needed."""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa

from pkitools.limits import MAX_RSA_BITS
from pkitools.x509.path_certificate import PathCertificate

Scheme = tuple[padding.PKCS1v15 | padding.PSS | ec.ECDSA | None, hashes.HashAlgorithm | None]

_SCHEMES: Final[dict[bytes, Scheme]] = {}
_MAX_SCHEMES: Final = 64


def signed_by(child: PathCertificate, issuer: PathCertificate) -> bool:
    """Check one signature, whatever names and extensions say. False as well for what cannot be checked."""
    try:
        return _verify(child, issuer)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError, KeyError):
        return False


def _verify(child: PathCertificate, issuer: PathCertificate) -> bool:
    key = issuer.native.public_key()
    signature, signed = child.signature, child.der[slice(*child.signed_span)]
    scheme, hash_algorithm = _scheme(child)
    if isinstance(key, rsa.RSAPublicKey):
        if not isinstance(scheme, (padding.PKCS1v15, padding.PSS)) or hash_algorithm is None:
            return False
        if key.key_size > MAX_RSA_BITS:
            return False
        key.verify(signature, signed, scheme, hash_algorithm)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        if not isinstance(scheme, ec.ECDSA):
            return False
        key.verify(signature, signed, scheme)
    elif isinstance(key, (ed25519.Ed25519PublicKey, ed448.Ed448PublicKey)):
        key.verify(signature, signed)
    elif isinstance(key, dsa.DSAPublicKey) and hash_algorithm is not None:
        key.verify(signature, signed, hash_algorithm)
    else:
        return False
    return True


def _scheme(child: PathCertificate) -> Scheme:
    known = _SCHEMES.get(child.signature_algorithm)
    if known is None:
        known = child.native.signature_algorithm_parameters, child.native.signature_hash_algorithm
        if len(_SCHEMES) < _MAX_SCHEMES:
            _SCHEMES[child.signature_algorithm] = known
    return known
