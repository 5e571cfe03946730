"""PKCS#12 keystores, which Java, Windows and OpenSSL open, and Java trust stores, which are PKCS#12 too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import KeySerializationEncryption, PrivateFormat, pkcs12

from pkitools.errors import InputError, SecretError
from pkitools.requests import PrivateKey

ROUNDS: Final = 600_000
"""Of PBKDF2: what is advised in 2026, and far below the five million that Java opens at most."""

_OLD_ROUNDS: Final = 2048


def key_store(
    key: PrivateKey,
    certificate: bytes,
    above: Sequence[bytes],
    passphrase: bytes,
    *,
    name: str,
    legacy: bool = False,
    rounds: int = ROUNDS,
) -> bytes:
    """Return key, certificate and the certificates above it as PKCS#12.

    Args:
        key: the private key.
        certificate: DER of its certificate.
        above: DER of the certificates of its issuers.
        passphrase: what it is encrypted with: AES-256, PBKDF2-HMAC-SHA256, and a MAC of SHA-256.
        name: the friendly name; Java calls it alias.
        legacy: in the form of before 2019, triple DES and SHA-1, for what reads nothing newer.
        rounds: of the key derivation; the old form has its own number.

    Raises:
        SecretError: the passphrase is empty.
        InputError: a certificate cannot be put in a keystore.
    """
    encryption = encryption_of(passphrase, legacy=legacy, rounds=rounds)
    leaf, *issuers = (_loaded(der) for der in (certificate, *above))
    native = cast("pkcs12.PKCS12PrivateKeyTypes", key.native)
    return pkcs12.serialize_key_and_certificates(name.encode(), native, leaf, issuers, encryption)


def trust_store(roots: Mapping[str, bytes], passphrase: bytes, *, legacy: bool = False, rounds: int = ROUNDS) -> bytes:
    """Return a PKCS#12 keystore of which Java trusts what is in it.

    Args:
        roots: alias → DER of what is trusted.
        passphrase, legacy, rounds: as of :func:`key_store`.

    Raises:
        SecretError: the passphrase is empty.
        InputError: a certificate cannot be put in a keystore.
    """
    encryption = encryption_of(passphrase, legacy=legacy, rounds=rounds)
    entries = [pkcs12.PKCS12Certificate(_loaded(der), alias.encode()) for alias, der in roots.items()]
    return pkcs12.serialize_java_truststore(entries, encryption)


def encryption_of(passphrase: bytes, *, legacy: bool = False, rounds: int = ROUNDS) -> KeySerializationEncryption:
    """Return how a keystore is encrypted.

    Raises:
        SecretError: the passphrase is empty.
    """
    if not passphrase:
        raise SecretError("requests.error.passphrase_empty")
    pbes = pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC if legacy else pkcs12.PBES.PBESv2SHA256AndAES256CBC
    digest = hashes.SHA1() if legacy else hashes.SHA256()  # noqa: S303  what the old form has
    builder = PrivateFormat.PKCS12.encryption_builder().kdf_rounds(_OLD_ROUNDS if legacy else rounds)
    return builder.key_cert_algorithm(pbes).hmac_hash(digest).build(passphrase)


def _loaded(der: bytes) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(der)
    except Exception as error:  # cryptography has its own reasons to refuse a certificate that pkitools reads
        raise InputError("exports.error.unfit_for_keystore", detail=str(error)) from error
