"""PKCS#12 keystores, which Java, Windows and OpenSSL open, and Java trust stores, which are PKCS#12 too."""

from __future__ import annotations

import hmac
import os
from collections.abc import Mapping, Sequence
from typing import Final, cast

from asn1crypto.pkcs12 import Pfx
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import KeySerializationEncryption, PrivateFormat, pkcs12

from pkitools.arguments import octets, wrong_type
from pkitools.containers.pkcs12_mac import derive
from pkitools.errors import InputError, SecretError
from pkitools.requests import PrivateKey
from pkitools.text import pattern
from pkitools.x509.given import CERTIFICATE, Given, one_der, several_ders

ROUNDS: Final = 600_000
"""Of PBKDF2: what is advised in 2026, and far below the five million that Java opens at most."""

_MAC_ROUNDS: Final = 100_000
"""Of the MAC: a passphrase can be tried on it as well as on what is encrypted, and cryptography gives it 2,048."""

_SALT: Final = 16
_OLD_ROUNDS: Final = 2048
_SHORTEST_OF_JAVA: Final = 6
_OF_JAVA: Final = pattern(r"[\x20-\x7e]*")
"""What Java derives a key from: of anything else it says that the password is not ASCII, or not right."""


def key_store(
    key: PrivateKey,
    certificate: Given,
    above: Sequence[Given],
    passphrase: bytes,
    *,
    name: str,
    legacy: bool = False,
    rounds: int = ROUNDS,
) -> bytes:
    """Return key, certificate and the certificates above it as PKCS#12.

    Args:
        key: the private key.
        certificate: its certificate.
        above: the certificates of its issuers.
        passphrase: what it is encrypted with: AES-256, PBKDF2-HMAC-SHA256, and a MAC of SHA-256.
        name: the friendly name; Java calls it alias.
        legacy: in the form of before 2019, triple DES and SHA-1, for what reads nothing newer.
        rounds: of the key derivation; the old form has its own number.

    Raises:
        SecretError: the passphrase is empty.
        InputError: a certificate cannot be put in a keystore, or the key is not of the first, or is for RSASSA-PSS
            alone: it would lie in it as a plain RSA key, which does not fit its certificate then.
    """
    encryption = encryption_of(passphrase, legacy=legacy, rounds=rounds)
    ders = one_der(certificate, CERTIFICATE, "certificate"), *several_ders(above, CERTIFICATE, "above")
    leaf, *issuers = map(_loaded, ders)
    if key.algorithm:
        raise InputError("exports.error.keystore_pss")
    native = cast("pkcs12.PKCS12PrivateKeyTypes", key.native)
    try:
        store = pkcs12.serialize_key_and_certificates(name.encode(), native, leaf, issuers, encryption)
    except ValueError as error:  # the key is of another certificate
        raise InputError("exports.error.unfit_for_keystore", detail=str(error)) from error
    return store if legacy else _with_mac(store, passphrase, min(rounds, _MAC_ROUNDS))


def trust_store(roots: Mapping[str, Given], passphrase: bytes, *, legacy: bool = False, rounds: int = ROUNDS) -> bytes:
    """Return a PKCS#12 keystore of which Java trusts what is in it.

    Args:
        roots: alias → what is trusted.
        passphrase, legacy, rounds: as of :func:`key_store`.

    Raises:
        SecretError: the passphrase is empty.
        InputError: a certificate cannot be put in a keystore.
    """
    if not isinstance(roots, Mapping):
        raise wrong_type("roots", roots, "Mapping")
    encryption = encryption_of(passphrase, legacy=legacy, rounds=rounds)
    ders = {alias: one_der(root, CERTIFICATE, "roots") for alias, root in roots.items()}
    entries = [pkcs12.PKCS12Certificate(_loaded(der), alias.encode()) for alias, der in ders.items()]
    store = pkcs12.serialize_java_truststore(entries, encryption)
    return store if legacy else _with_mac(store, passphrase, min(rounds, _MAC_ROUNDS))


def encryption_of(passphrase: bytes, *, legacy: bool = False, rounds: int = ROUNDS) -> KeySerializationEncryption:
    """Return how a keystore is encrypted.

    Raises:
        SecretError: the passphrase is empty.
    """
    secret = octets(passphrase, "passphrase")
    if not secret:
        raise SecretError("requests.error.passphrase_empty")
    pbes = pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC if legacy else pkcs12.PBES.PBESv2SHA256AndAES256CBC
    digest = hashes.SHA1() if legacy else hashes.SHA256()  # noqa: S303  what the old form has
    builder = PrivateFormat.PKCS12.encryption_builder().kdf_rounds(_OLD_ROUNDS if legacy else rounds)
    return builder.key_cert_algorithm(pbes).hmac_hash(digest).build(secret)


def _with_mac(store: bytes, passphrase: bytes, rounds: int) -> bytes:
    """Return a keystore with a MAC of SHA-256 of so many rounds in place of its own (RFC 7292 4 and appendix B)."""
    pfx = Pfx.load(store)
    salt = os.urandom(_SALT)
    mac = pfx["mac_data"]
    key = derive("sha256", passphrase, salt, rounds)
    mac["mac"]["digest"] = hmac.digest(key, pfx["auth_safe"]["content"].contents, "sha256")
    mac["mac_salt"], mac["iterations"] = salt, rounds
    made: bytes = pfx.dump(force=True)
    return made


def refuse_for_java(passphrase: bytes) -> None:
    """Refuse a passphrase with which Java opens no keystore.

    Raises:
        SecretError: it is too short, or has other signs than those of ASCII.
    """
    if _OF_JAVA.fullmatch(octets(passphrase, "passphrase").decode("latin-1")) is None:
        raise SecretError("exports.error.passphrase_signs")
    if len(passphrase) < _SHORTEST_OF_JAVA:
        raise SecretError("exports.error.passphrase_short", count=_SHORTEST_OF_JAVA)


def _loaded(der: bytes) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(der)
    except Exception as error:  # cryptography has its own reasons to refuse a certificate that pkitools reads
        raise InputError("exports.error.unfit_for_keystore", detail=str(error)) from error
