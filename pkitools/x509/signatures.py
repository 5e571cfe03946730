"""Is this signed by that key? Two questions that look like one.

:func:`certificate_signed_by` is asked while a path is looked for: it takes every scheme there is, SHA-1 and DSA too,
because a rule of its own says by name that a scheme is too weak, and a path that is not found cannot say so.

:func:`signed_with_sha2` is asked of CRLs, OCSP responses and those who sign them: with SHA-2 of 256 bits or more, or
EdDSA (ETSI TS 119 312). Nothing after it asks about strength: signed with SHA-1, a list or response proves nothing
today, and no PKIoverheid hierarchy signs so. It checks bytes as they stand, no structure is encoded again, so that a
list of 53 MB costs one hash.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, TypeAlias, cast

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from pkitools.limits import MAX_RSA_BITS
from pkitools.x509.der import DERError
from pkitools.x509.keys import signature_algorithm_of
from pkitools.x509.model import SignatureAlgorithm
from pkitools.x509.native_key import load_public_key
from pkitools.x509.path_certificate import PathCertificate

_UNREADABLE: Final = (ValueError, TypeError, KeyError, UnsupportedAlgorithm)

_KNOWN_KEYS: Final = (
    rsa.RSAPublicKey,
    ec.EllipticCurvePublicKey,
    ed25519.Ed25519PublicKey,
    ed448.Ed448PublicKey,
    dsa.DSAPublicKey,
)

# --- any scheme: of certificates

_Scheme: TypeAlias = tuple[padding.PKCS1v15 | padding.PSS | ec.ECDSA | None, hashes.HashAlgorithm | None]

_SCHEMES: Final[dict[bytes, _Scheme]] = {}
_MAX_SCHEMES: Final = 64


def certificate_signed_by(child: PathCertificate, issuer: PathCertificate) -> bool:
    """Whether the issuer's key signed the certificate, by any scheme and whatever names and extensions say.

    False as well for what cannot be checked. Never raises.
    """
    try:
        return _holds(child, issuer)
    except (InvalidSignature, *_UNREADABLE):
        return False


def _holds(child: PathCertificate, issuer: PathCertificate) -> bool:
    key, verify = _verifier(issuer)
    if verify is None:
        return False
    return verify(key, child, child.signature, child.der[slice(*child.signed_span)])


@lru_cache(maxsize=256)  # an authority has signed more than one: its key is loaded, and told apart, once
def _verifier(issuer: PathCertificate) -> tuple[PublicKeyTypes, _Verify | None]:
    """Return the key of an issuer and how it is used; how is ``None`` where nothing can be verified with it."""
    key = issuer.native.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return key, _by_rsa if key.key_size <= MAX_RSA_BITS else None
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key, _by_curve
    if isinstance(key, (ed25519.Ed25519PublicKey, ed448.Ed448PublicKey)):
        return key, _by_edwards
    return key, _by_dsa if isinstance(key, dsa.DSAPublicKey) else None


_RSA_PADDINGS: Final = frozenset({padding.PKCS1v15, padding.PSS})
_Verify: TypeAlias = Callable[[Any, PathCertificate, bytes, bytes], bool]


def _by_rsa(key: rsa.RSAPublicKey, child: PathCertificate, signature: bytes, signed: bytes) -> bool:
    scheme, hash_algorithm = _scheme_of(child)
    if type(scheme) not in _RSA_PADDINGS or hash_algorithm is None:  # isinstance would take a tenth of the check itself
        return False
    key.verify(signature, signed, cast("padding.PSS", scheme), hash_algorithm)
    return True


def _by_curve(key: ec.EllipticCurvePublicKey, child: PathCertificate, signature: bytes, signed: bytes) -> bool:
    scheme, _ = _scheme_of(child)
    if not isinstance(scheme, ec.ECDSA):
        return False
    key.verify(signature, signed, scheme)
    return True


def _by_edwards(
    key: ed25519.Ed25519PublicKey | ed448.Ed448PublicKey, child: PathCertificate, signature: bytes, signed: bytes
) -> bool:
    _scheme_of(child)  # what it cannot read, it raises
    key.verify(signature, signed)
    return True


def _by_dsa(key: dsa.DSAPublicKey, child: PathCertificate, signature: bytes, signed: bytes) -> bool:
    _, hash_algorithm = _scheme_of(child)
    if hash_algorithm is None:
        return False
    key.verify(signature, signed, hash_algorithm)
    return True


def _scheme_of(child: PathCertificate) -> _Scheme:
    known = _SCHEMES.get(child.signature_algorithm)
    if known is None:
        known = child.native.signature_algorithm_parameters, child.native.signature_hash_algorithm
        if len(_SCHEMES) >= _MAX_SCHEMES:
            _SCHEMES.clear()
        _SCHEMES[child.signature_algorithm] = known
    return known


def can_be_verified(child: PathCertificate, issuer: PathCertificate) -> bool:
    """Whether a signature can be verified at all, whether it holds or not: its scheme and the key are known.

    Never raises. Without it "was not signed by that key" would be a guess where nothing could be computed.
    """
    try:
        key = issuer.native.public_key()
        if not isinstance(key, _KNOWN_KEYS) or (isinstance(key, rsa.RSAPublicKey) and key.key_size > MAX_RSA_BITS):
            return False
        _holds(child, issuer)
    except InvalidSignature:
        return True
    except _UNREADABLE:
        return False
    return True


# --- any scheme: of requests

_ANY_HASH: Final[dict[str | None, hashes.HashAlgorithm]] = {
    "md5": hashes.MD5(),  # noqa: S303  it tells who signed; a rule says that it is too weak
    "sha1": hashes.SHA1(),  # noqa: S303  the same
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


def signed_with(spki: bytes, algorithm: bytes, signed: bytes, signature: bytes) -> bool | None:
    """Whether ``signature`` is that of this key over ``signed``, by any scheme. ``None``: it cannot be verified here.

    A scheme too weak to trust is for the rule that says so; here the question is only who signed. Never raises.

    Args:
        spki, algorithm, signed, signature: as of :func:`signed_with_sha2`.
    """
    key, how = _public_key(spki), _algorithm(algorithm)
    if key is None or how is None or not isinstance(key, _KNOWN_KEYS):
        return None
    digest = _ANY_HASH.get(how.hash)
    if digest is None and how.name not in {"Ed25519", "Ed448"}:
        return None
    try:
        return _verified_with(key, how, digest, signed, signature)
    except InvalidSignature:
        return False
    except _UNREADABLE:
        return None


def _verified_with(
    key: PublicKeyTypes, how: SignatureAlgorithm, digest: hashes.HashAlgorithm | None, signed: bytes, signature: bytes
) -> bool | None:
    if isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
        if digest is None:
            key.verify(signature, signed)
        return digest is None
    if digest is None:  # of EdDSA, and the key is of another kind
        return False
    if isinstance(key, rsa.RSAPublicKey):
        scheme = _any_pss(how) if how.name == "RSASSA-PSS" else padding.PKCS1v15()
        if scheme is None:
            return None
        fits = how.name == "RSASSA-PSS" or how.name.endswith("WithRSAEncryption")
        if fits:
            key.verify(signature, signed, scheme, digest)
        return fits
    if isinstance(key, dsa.DSAPublicKey):
        if how.name.startswith("dsa-with-"):
            key.verify(signature, signed, digest)
        return how.name.startswith("dsa-with-")
    return _signed_by_curve(key, how, digest, signed, signature)


def _signed_by_curve(
    key: PublicKeyTypes, how: SignatureAlgorithm, digest: hashes.HashAlgorithm, signed: bytes, signature: bytes
) -> bool:
    fits = isinstance(key, ec.EllipticCurvePublicKey) and how.name.startswith("ecdsa-with-")
    if fits:
        cast("ec.EllipticCurvePublicKey", key).verify(signature, signed, ec.ECDSA(digest))
    return fits


def _any_pss(how: SignatureAlgorithm) -> padding.PSS | None:
    mask, salt = _ANY_HASH.get(how.mgf_hash), how.salt_length
    if mask is None or salt is None or not 0 <= salt <= _MAX_SALT or how.trailer_field != 1:
        return None
    return padding.PSS(padding.MGF1(mask), salt)


# --- SHA-2 and EdDSA only: of CRLs and OCSP responses

_HASHES: Final[dict[str | None, hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_MAX_SALT: Final = 2048


@lru_cache(maxsize=512)
def _public_key(spki: bytes) -> PublicKeyTypes | None:
    try:
        key = load_public_key(spki)
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


def rsa_bits(spki: bytes) -> int | None:
    """Return the size of an RSA key; ``None`` for a key of another kind, and for none at all."""
    key = _public_key(spki)
    return key.key_size if isinstance(key, rsa.RSAPublicKey) else None


def is_sha2(algorithm: bytes) -> bool:
    """Whether this DER AlgorithmIdentifier is one that :func:`signed_with_sha2` takes for some key."""
    how = _algorithm(algorithm)
    return how is not None and (how.hash in _HASHES or how.name in {"Ed25519", "Ed448"})


def signed_with_sha2(spki: bytes, algorithm: bytes, signed: bytes | memoryview, signature: bytes) -> bool:
    """Whether ``signature`` is that of this key over ``signed``, with SHA-2 or EdDSA. Never raises.

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
    except (InvalidSignature, *_UNREADABLE):
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
