"""Is this certificate signed by that one's key? Asked only when a path is refused or there are several."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa

from pkitools.limits import MAX_RSA_BITS
from pkitools.validation.certificate import PathCertificate


def signed_by(child: PathCertificate, issuer: PathCertificate) -> bool:
    """Check one signature, whatever names and extensions say. False as well for what cannot be checked."""
    try:
        return _verify(child, issuer)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError, KeyError):
        return False


def _verify(child: PathCertificate, issuer: PathCertificate) -> bool:
    key = issuer.native.public_key()
    certificate = child.native
    signed, signature = certificate.tbs_certificate_bytes, certificate.signature
    hash_algorithm = certificate.signature_hash_algorithm
    if isinstance(key, (ed25519.Ed25519PublicKey, ed448.Ed448PublicKey)):
        key.verify(signature, signed)
    elif hash_algorithm is None:
        return False
    elif isinstance(key, rsa.RSAPublicKey):
        scheme = certificate.signature_algorithm_parameters
        if key.key_size > MAX_RSA_BITS or not isinstance(scheme, (padding.PKCS1v15, padding.PSS)):
            return False
        key.verify(signature, signed, scheme, hash_algorithm)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, signed, ec.ECDSA(hash_algorithm))
    elif isinstance(key, dsa.DSAPublicKey):
        key.verify(signature, signed, hash_algorithm)
    else:
        return False
    return True
