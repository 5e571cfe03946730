"""Signature algorithms, the sound ones and the ones a validator must refuse.

A :class:`SignatureScheme` says what is computed and, separately, what is written in the AlgorithmIdentifier, so that
the two can be made to differ.
"""

from __future__ import annotations

from functools import cached_property
from typing import Final, Literal

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa

from pkitools.errors import InvalidValueError
from pkitools.frozen import dataclass
from pkitools.limits import MAX_RSA_BITS
from pkitools.x509.model import SignatureAlgorithm
from pkitools_test_pki import der

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | ed448.Ed448PublicKey

_HASHES: Final[dict[str, type[hashes.HashAlgorithm]]] = {
    "md5": hashes.MD5,
    "sha1": hashes.SHA1,
    "sha224": hashes.SHA224,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
_HASH_OIDS: Final = {
    "md5": "1.2.840.113549.2.5",
    "sha1": "1.3.14.3.2.26",
    "sha224": "2.16.840.1.101.3.4.2.4",
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
}
_PKCS1_OIDS: Final = {
    "md5": "1.2.840.113549.1.1.4",
    "sha1": "1.2.840.113549.1.1.5",
    "sha224": "1.2.840.113549.1.1.14",
    "sha256": "1.2.840.113549.1.1.11",
    "sha384": "1.2.840.113549.1.1.12",
    "sha512": "1.2.840.113549.1.1.13",
}
_ECDSA_OIDS: Final = {
    "sha1": "1.2.840.10045.4.1",
    "sha224": "1.2.840.10045.4.3.1",
    "sha256": "1.2.840.10045.4.3.2",
    "sha384": "1.2.840.10045.4.3.3",
    "sha512": "1.2.840.10045.4.3.4",
}
_PSS_OID: Final = "1.2.840.113549.1.1.10"
_MGF1_OID: Final = "1.2.840.113549.1.1.8"
_ED_OIDS: Final = {"ed25519": "1.3.101.112", "ed448": "1.3.101.113"}


@dataclass(frozen=True)
class SignatureScheme:
    """How to sign, and how to name it.

    Args:
        kind: ``pss`` and ``pkcs1`` for RSA keys, ``ecdsa``, ``eddsa``.
        hash: ``sha512``, ``sha256``, … ; of no meaning for ``eddsa``.
        mgf_hash: hash of MGF1 (``pss``); the same as ``hash`` when left out.
        salt_length: octets of salt (``pss``).
        trailer_field: written when not 1 (``pss``); the signature itself always ends in 0xBC.
        identifier: AlgorithmIdentifier to write instead of the true one.
    """

    kind: Literal["pss", "pkcs1", "ecdsa", "eddsa"]
    hash: str = "sha256"
    mgf_hash: str | None = None
    salt_length: int = 64
    trailer_field: int = 1
    identifier: bytes | None = None

    @cached_property
    def algorithm_identifier(self) -> bytes:
        """The AlgorithmIdentifier in DER, with the hash's explicit NULL, as the real G4 CAs write it."""
        if self.identifier is not None:
            return self.identifier
        if self.kind == "pss":
            return der.sequence(der.oid(_PSS_OID), self._pss_parameters())
        if self.kind == "pkcs1":
            return der.sequence(der.oid(_PKCS1_OIDS[self.hash]), der.NULL)
        return der.sequence(der.oid(_ECDSA_OIDS[self.hash] if self.kind == "ecdsa" else _ED_OIDS[self.hash]))

    def _pss_parameters(self) -> bytes:
        """RFC 4055 3.1; a default value is left out, as DER asks."""
        mask_hash = self.mgf_hash or self.hash
        parts = []
        if self.hash != "sha1":
            parts.append(der.context(0, _hash_identifier(self.hash)))
        if mask_hash != "sha1":
            parts.append(der.context(1, der.sequence(der.oid(_MGF1_OID), _hash_identifier(mask_hash))))
        if self.salt_length != 20:
            parts.append(der.context(2, der.integer(self.salt_length)))
        if self.trailer_field != 1:
            parts.append(der.context(3, der.integer(self.trailer_field)))
        return der.sequence(*parts)

    def sign(self, key: PrivateKey, data: bytes) -> bytes:
        """Return the signature value over ``data``.

        Raises:
            InvalidValueError: the key is not of the kind the scheme needs.
        """
        if isinstance(key, rsa.RSAPrivateKey) and self.kind in ("pss", "pkcs1"):
            return key.sign(data, self._padding(), _HASHES[self.hash]())
        if isinstance(key, ec.EllipticCurvePrivateKey) and self.kind == "ecdsa":
            return key.sign(data, ec.ECDSA(_HASHES[self.hash]()))
        if isinstance(key, ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey) and self.kind == "eddsa":
            return key.sign(data)
        raise InvalidValueError("test_pki.error.key_does_not_fit", key=type(key).__name__, scheme=self.kind)

    def _padding(self) -> padding.AsymmetricPadding:
        if self.kind == "pkcs1":
            return padding.PKCS1v15()
        return padding.PSS(padding.MGF1(_HASHES[self.mgf_hash or self.hash]()), self.salt_length)


def _hash_identifier(name: str) -> bytes:
    return der.sequence(der.oid(_HASH_OIDS[name]), der.NULL)


PSS_SHA512: Final = SignatureScheme("pss", "sha512", salt_length=64)
"""What every G4 certificate and CRL is signed with."""
RSA_SHA256: Final = SignatureScheme("pkcs1", "sha256")
"""What G1 and G3 are signed with."""
RSA_SHA1: Final = SignatureScheme("pkcs1", "sha1")
ECDSA_SHA256: Final = SignatureScheme("ecdsa", "sha256")
ECDSA_SHA384: Final = SignatureScheme("ecdsa", "sha384")
ED25519: Final = SignatureScheme("eddsa", "ed25519")
ED448: Final = SignatureScheme("eddsa", "ed448")

SCHEMES: Final = {"rsassa-pss-sha512": PSS_SHA512, "sha256-with-rsa": RSA_SHA256}
"""The names the shapes use."""


def scheme_for(key: PrivateKey, wanted: SignatureScheme) -> SignatureScheme:
    """Return ``wanted`` if the key can sign so, else what fits the key: an EC authority of a fast PKI signs ECDSA."""
    if isinstance(key, rsa.RSAPrivateKey):
        return wanted
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return ECDSA_SHA256 if key.curve.key_size <= 256 else ECDSA_SHA384
    return ED25519 if isinstance(key, ed25519.Ed25519PrivateKey) else ED448


def verifies(key: object, algorithm: SignatureAlgorithm, signature: bytes, data: bytes) -> bool:
    """Say whether ``signature`` over ``data`` was made with the private half of ``key``. Never raises."""
    if algorithm.hash not in _HASHES and not isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
        return False
    try:
        _verify(key, algorithm, signature, data)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError, KeyError):
        return False
    return True


def _verify(key: object, algorithm: SignatureAlgorithm, signature: bytes, data: bytes) -> None:
    if isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
        return key.verify(signature, data)
    digest = _HASHES[algorithm.hash or ""]()
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.verify(signature, data, ec.ECDSA(digest))
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size > MAX_RSA_BITS:
        raise UnsupportedAlgorithm(algorithm.name)
    if algorithm.oid != _PSS_OID:
        return key.verify(signature, data, padding.PKCS1v15(), digest)
    mask = padding.MGF1(_HASHES[algorithm.mgf_hash or ""]())
    return key.verify(signature, data, padding.PSS(mask, algorithm.salt_length or 0), digest)
