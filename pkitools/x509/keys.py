"""Public keys and signature algorithms as a certificate, CSR or CRL describes them; nothing is computed with them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

from pkitools.x509 import der_writing as encode
from pkitools.x509.der import (
    BIT_STRING,
    NULL,
    OBJECT_IDENTIFIER,
    SEQUENCE,
    DERError,
    Node,
    bit_string,
    children,
    encoded,
    expect,
    fields,
    integer,
    oid,
    only_child,
    root,
)
from pkitools.x509.der_writing import value
from pkitools.x509.model import PublicKey, SignatureAlgorithm
from pkitools.x509.names import Note
from pkitools.x509.oids import CURVES, HASHES, KEY_ALGORITHMS, RSASSA_PSS, SIGNATURE_ALGORITHMS

_MGF1: Final = "1.2.840.113549.1.1.8"
_MAX_EXPONENT_OCTETS: Final = 1024  # beyond this Python refuses to write a number in decimal


_USUAL_EXPONENT: Final = 65537
_USUAL_SIZES: Final = (2048, 3072, 4096)
_BEHIND_MODULUS: Final = encode.integer(_USUAL_EXPONENT)


def _before_modulus(bits: int) -> bytes:
    """Return the octets of a SubjectPublicKeyInfo before a modulus of this size, which are always the same."""
    modulus = 1 << bits - 1
    numbers = value(SEQUENCE, encode.integer(modulus), _BEHIND_MODULUS)
    algorithm = value(SEQUENCE, encode.oid("1.2.840.113549.1.1.1"), value(NULL))
    return value(SEQUENCE, algorithm, value(BIT_STRING, b"\0", numbers)).partition(modulus.to_bytes(bits // 8, "big"))[
        0
    ]


_USUAL_KEYS: Final = {_before_modulus(bits): bits for bits in _USUAL_SIZES}
_BEFORE_MODULUS: Final = len(next(iter(_USUAL_KEYS)))
_BEFORE_BITS: Final = 24  # of the same keys: two headers of four octets, fifteen of the algorithm, the unused bits


def usual_rsa_bits(spki: bytes) -> int | None:
    """Return the size of an RSA key as nearly all are; ``None`` says only that one has to look.

    As nearly all are: of 2048, 3072 or 4096 bits, with an odd modulus and 65537 for its exponent, in DER. A key of such
    a size and exponent has one encoding but for the octets of its modulus, so it is compared and not parsed.
    """
    bits = _USUAL_KEYS.get(spki[:_BEFORE_MODULUS])
    if bits is None or len(spki) != _BEFORE_MODULUS + bits // 8 + len(_BEHIND_MODULUS):
        return None
    is_usual = spki[_BEFORE_MODULUS] & 0x80 and spki[-len(_BEHIND_MODULUS) - 1] & 1 and spki.endswith(_BEHIND_MODULUS)
    return bits if is_usual else None


def read_public_key(data: bytes, node: Node, note: Note) -> PublicKey:
    """Return the SubjectPublicKeyInfo at ``node``; what is malformed in it is noted and left ``None``."""
    spki = encoded(data, node)
    thumbprint = hashlib.sha256(spki).hexdigest()
    usual = usual_rsa_bits(spki)
    if usual is not None:
        return PublicKey("RSA", usual, None, _USUAL_EXPONENT, thumbprint, spki)
    try:
        algorithm, key = children(data, expect(node, SEQUENCE))
        dotted, parameters = algorithm_identifier(data, algorithm)
    except (DERError, ValueError):
        note("malformed_key:subjectPublicKeyInfo")
        return PublicKey("unknown", None, None, None, thumbprint, spki)
    name, bits = KEY_ALGORITHMS.get(dotted, (dotted, None))
    curve: str | None = None
    exponent: int | None = None
    try:
        if name in {"RSA", "RSASSA-PSS"}:
            modulus, exponent = _rsa(data, key)
            bits = modulus.bit_length()
            if modulus % 2 == 0:
                note("even_modulus:subjectPublicKeyInfo")
        elif name == "EC":
            bits, curve = _curve(data, key, parameters)
        elif name == "DSA" and parameters is not None:
            bits = integer(data, children(data, parameters)[0]).bit_length()
        else:
            bit_string(data, key)
    except (DERError, ValueError, IndexError):
        note("malformed_key:subjectPublicKeyInfo")
    return PublicKey(name, bits, curve, exponent, thumbprint, spki)


_PSS_ALONE: Final = value(SEQUENCE, bytes.fromhex("06092a864886f70d01010a"))  # id-RSASSA-PSS, without parameters


def thumbprints(key: PublicKey) -> frozenset[str]:
    """Return what two public keys that are one have in common at least one of, each a SHA-256 (hex).

    A key for RSASSA-PSS alone (RFC 4055 1.2) is no plain RSA key, though the numbers be the same: OpenSSL takes no
    private key of the one for a certificate of the other. The parameters beside it are no part of the key. Of a private
    key it may not be known which of the two it is (``restated``): that is taken for either.
    """
    if key.algorithm != "RSASSA-PSS" and not (key.restated and key.algorithm == "RSA"):
        return frozenset({key.spki_sha256})
    try:
        numbers = encoded(key.spki, children(key.spki, root(key.spki, SEQUENCE))[1])
    except (DERError, IndexError):
        return frozenset({key.spki_sha256})
    return frozenset({key.spki_sha256, hashlib.sha256(value(SEQUENCE, _PSS_ALONE, numbers)).hexdigest()})


def names_of(keys: Iterable[PublicKey | None]) -> frozenset[str]:
    """Return the :func:`thumbprints` of all keys that are known."""
    return frozenset(name for key in keys if key is not None for name in thumbprints(key))


def is_same_key(one: PublicKey, other: PublicKey) -> bool:
    """Return whether two public keys are one: see :func:`thumbprints`."""
    return not thumbprints(one).isdisjoint(thumbprints(other))


def _rsa(data: bytes, key: Node) -> tuple[int, int]:
    """Return modulus and exponent."""
    # straight into the BIT STRING: its contents are a PKCS#1 RSAPublicKey behind the octet of unused bits
    expect(key, BIT_STRING)
    if data[key[2]] != 0:
        raise DERError("key_unused_bits")
    inner = (BIT_STRING, key[1], key[2] + 1, key[3])
    modulus, exponent = children(data, expect(only_child(data, inner), SEQUENCE))
    if exponent[3] - exponent[2] > _MAX_EXPONENT_OCTETS:
        raise DERError("exponent_too_large")
    return integer(data, modulus), integer(data, exponent)


def _curve(data: bytes, key: Node, parameters: Node | None) -> tuple[int | None, str]:
    bit_string(data, key)
    if parameters is None or parameters[0] != OBJECT_IDENTIFIER:
        return None, "explicit"  # parameters spelled out, or inherited from the issuer: RFC 5480 allows neither
    dotted = oid(data, parameters)
    name, bits = CURVES.get(dotted, (dotted, None))
    return bits, name


def algorithm_identifier(data: bytes, node: Node) -> tuple[str, Node | None]:
    """Return the OID of an AlgorithmIdentifier and its parameters, ``None`` where absent."""
    parts = children(data, expect(node, SEQUENCE))
    if not 1 <= len(parts) <= 2:
        raise DERError("parts", node[1], kind="AlgorithmIdentifier", count=len(parts))
    return oid(data, parts[0]), parts[1] if len(parts) == 2 else None


_PLAIN: dict[bytes, SignatureAlgorithm] = {}
_MAX_PLAIN: Final = 64


def read_signature_algorithm(data: bytes, node: Node, note: Note) -> SignatureAlgorithm:
    """Return the AlgorithmIdentifier at ``node``; what cannot be read of its parameters is noted, and ``None``."""
    der = encoded(data, node)
    known = _PLAIN.get(der)
    if known is not None:
        return known
    try:
        dotted, parameters = algorithm_identifier(data, node)
        algorithm = _signature_algorithm(data, dotted, parameters)
    except (DERError, ValueError):
        note("malformed_signature_algorithm:signatureAlgorithm")
        return _unreadable(data, node)
    if dotted in SIGNATURE_ALGORITHMS and len(_PLAIN) < _MAX_PLAIN:
        _PLAIN[der] = algorithm
    return algorithm


def _unreadable(data: bytes, node: Node) -> SignatureAlgorithm:
    try:
        dotted, _ = algorithm_identifier(data, node)
    except DERError:
        return SignatureAlgorithm("", "unknown")
    return SignatureAlgorithm(dotted, SIGNATURE_ALGORITHMS.get(dotted, (dotted, None))[0])


def _signature_algorithm(data: bytes, dotted: str, parameters: Node | None) -> SignatureAlgorithm:
    name, hash_name = SIGNATURE_ALGORITHMS.get(dotted, (dotted, None))
    if dotted == RSASSA_PSS:
        return _pss(data, dotted, parameters)
    return SignatureAlgorithm(dotted, name, hash_name)


def _pss(data: bytes, dotted: str, parameters: Node | None) -> SignatureAlgorithm:
    """RFC 4055 3.1: every field has a default; an absent SEQUENCE is not allowed in a signature."""
    if parameters is None or parameters[0] == NULL:
        raise DERError("pss_without_parameters")
    hash_name, mgf_hash, salt_length, trailer = "sha1", "sha1", 20, 1
    for tag, field in fields(data, expect(parameters, SEQUENCE), 0xA0, 0xA1, 0xA2, 0xA3).items():
        inner = only_child(data, field)
        if tag == 0xA0:
            hash_name = _hash(data, inner)
        elif tag == 0xA1:
            mgf_hash = _mgf_hash(data, inner)
        elif tag == 0xA2:
            salt_length = integer(data, inner)
        else:
            trailer = integer(data, inner)
    return SignatureAlgorithm(dotted, "RSASSA-PSS", hash_name, mgf_hash, salt_length, trailer)


def _hash(data: bytes, node: Node) -> str:
    """Return the hash at ``node``; of those we know, RFC 4055 2.1 has the parameters absent or NULL."""
    dotted, parameters = algorithm_identifier(data, node)
    if dotted in HASHES and parameters is not None and (parameters[0] != NULL or parameters[2] != parameters[3]):
        raise DERError("hash_parameters", oid=dotted)
    return HASHES.get(dotted, dotted)


def _mgf_hash(data: bytes, node: Node) -> str:
    dotted, parameters = algorithm_identifier(data, node)
    if dotted != _MGF1 or parameters is None:
        raise DERError("mask_generation", oid=dotted)
    return _hash(data, parameters)


def signature_algorithm_of(der: bytes, note: Note) -> SignatureAlgorithm:
    """Return the algorithm of a DER AlgorithmIdentifier standing alone (a CRL's or an OCSP response's)."""
    return read_signature_algorithm(der, root(der, SEQUENCE), note)


def key_identifier(spki: bytes) -> str | None:
    """Return the SHA-1 of the public key's bits, hex: RFC 5280 4.2.1.2 method 1, which PKIoverheid's CAs use.

    Computed, not read from an extension: what an extension says, its issuer chose. ``None`` for a malformed key.
    """
    if usual_rsa_bits(spki) is not None:
        octets = spki[_BEFORE_BITS:]
    else:
        try:
            _, key = children(spki, root(spki, SEQUENCE))
            octets, _ = bit_string(spki, key)
        except (DERError, ValueError):
            return None
    return hashlib.sha1(octets, usedforsecurity=False).hexdigest()
