"""The key of a SubjectPublicKeyInfo, loaded by ``cryptography`` as the key of a certificate.

``load_der_public_key`` reads the same bytes by the same code, and takes besides, for an RSA key, one that stands in no
SubjectPublicKeyInfo. It lives in a package that loads OpenSSH, the ciphers and :mod:`dataclasses` with it: a twentieth
of what ``cert check`` does between its imports and its end.
"""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509 import load_der_x509_certificate

from pkitools.x509 import der as asn1
from pkitools.x509 import der_writing as encode

_VERSION_3: Final = encode.value(asn1.explicit(0), encode.integer(2))
_NOBODY: Final = encode.value(asn1.SEQUENCE)
_SCHEME: Final = encode.value(asn1.SEQUENCE, encode.oid("1.3.101.112"))
_TIME: Final = encode.value(asn1.UTC_TIME, b"000101000000Z")
_ALWAYS: Final = encode.value(asn1.SEQUENCE, _TIME, _TIME)
_AROUND: Final = (_VERSION_3, encode.integer(1), _SCHEME, _NOBODY, _ALWAYS, _NOBODY)
_UNSIGNED: Final = encode.value(asn1.BIT_STRING, b"\x00")


def load_public_key(spki: bytes) -> CertificatePublicKeyTypes:
    """Return the key.

    Args:
        spki: DER SubjectPublicKeyInfo.

    Raises:
        ValueError: it is no key.
        UnsupportedAlgorithm: a key of a kind that is not known.
    """
    signed = encode.value(asn1.SEQUENCE, *_AROUND, spki)
    return load_der_x509_certificate(encode.value(asn1.SEQUENCE, signed, _SCHEME, _UNSIGNED)).public_key()
