"""What people are sent: certificates and keys in every container, in any order."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs7

from pkitools.containers.key_facts import stating
from pkitools.requests import PrivateKey
from tests.support.der import integer, oid, sequence, tlv

DATA = "1.2.840.113549.1.7.1"
KEY_BAG = "1.2.840.113549.1.12.10.1.1"
CERT_BAG = "1.2.840.113549.1.12.10.1.3"
X509_CERTIFICATE = "1.2.840.113549.1.9.22.1"
FRIENDLY_NAME = "1.2.840.113549.1.9.20"
JAVA_PROTECTOR = "1.3.6.1.4.1.42.2.17.1.1"
ENTITY_ID = "urn:nl-eid-gdi:1.0:DV:00000099999999910000:entities:9000"

Entry = tuple[str, bytes, PrivateKey | None]
"""An entry of a keystore: its name, the certificate, and its key."""


def pem(*ders: bytes) -> bytes:
    return b"".join(_block("CERTIFICATE", der) for der in ders)


def _block(label: str, der: bytes) -> bytes:
    return f"-----BEGIN {label}-----\n{base64.encodebytes(der).decode()}-----END {label}-----\n".encode()


def corrupt() -> bytes:
    """A PEM block whose base64 was cut short."""
    return b"-----BEGIN CERTIFICATE-----\nMIIB*\n-----END CERTIFICATE-----\n"


def pkcs7_of(*ders: bytes) -> bytes:
    return pkcs7.serialize_certificates([x509.load_der_x509_certificate(der) for der in ders], Encoding.DER)


def pkcs12_of(*entries: Entry, more: Sequence[bytes] = (), names: bool = True) -> bytes:
    """A keystore without encryption and with as many keys as entries: what reads one hands out the first."""
    bags = [bag for name, der, key in entries for bag in _bags(name if names else "", der, key)]
    bags += [_certificate_bag("", der) for der in more]
    safe = sequence(oid(DATA), tlv(0xA0, tlv(0x04, sequence(*bags))))
    return sequence(integer(3), sequence(oid(DATA), tlv(0xA0, tlv(0x04, sequence(safe)))))


def _bags(name: str, der: bytes, key: PrivateKey | None) -> Iterable[bytes]:
    if key is not None:
        pkcs8 = stating(key.native.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()), key.algorithm)
        yield sequence(oid(KEY_BAG), tlv(0xA0, pkcs8), *_name(name))
    yield _certificate_bag(name, der)


def _certificate_bag(name: str, der: bytes) -> bytes:
    value = sequence(oid(X509_CERTIFICATE), tlv(0xA0, tlv(0x04, der)))
    return sequence(oid(CERT_BAG), tlv(0xA0, value), *_name(name))


def _name(name: str) -> Iterable[bytes]:
    if name:
        yield tlv(0x31, sequence(oid(FRIENDLY_NAME), tlv(0x31, tlv(0x1E, name.encode("utf-16-be")))))


def jks_of(*entries: Entry, trusted: Sequence[bytes] = (), passphrase: str = "") -> bytes:
    """A Java keystore; without a passphrase the keys in it are noise, for they are encrypted."""
    written = list(chain((_jks_entry(*entry, passphrase) for entry in entries), map(_jks_trusted, trusted)))
    body = b"\xfe\xed\xfe\xed" + _number(2) + _number(len(written)) + b"".join(written)
    if not passphrase:
        return body + bytes(20)
    words = passphrase.encode("utf-16-be") + b"Mighty Aphrodite"
    return body + hashlib.sha1(words + body, usedforsecurity=False).digest()


def _number(value: int, size: int = 4) -> bytes:
    return value.to_bytes(size, "big")


def _text(value: str) -> bytes:
    return _number(len(value), 2) + value.encode()


def _jks_certificate(der: bytes) -> bytes:
    return _text("X.509") + _number(len(der)) + der


def _jks_entry(name: str, der: bytes, key: PrivateKey | None, passphrase: str = "") -> bytes:
    if key is None:
        return _jks_trusted(der, name)
    held = _locked(key, passphrase.encode("utf-16-be")) if passphrase else b"noise"
    return _number(1) + _text(name) + bytes(8) + _number(len(held)) + held + _number(1) + _jks_certificate(der)


def _locked(key: PrivateKey, passphrase: bytes) -> bytes:
    """A key as Java's own protector locks it: a stream of SHA-1 over it, and a digest behind it."""
    plain = key.native.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    state, stream = bytes(20), b""
    salt = state
    while len(stream) < len(plain):
        state = hashlib.sha1(passphrase + state, usedforsecurity=False).digest()
        stream += state
    mixed = bytes(one ^ other for one, other in zip(plain, stream, strict=False))
    digest = hashlib.sha1(passphrase + plain, usedforsecurity=False).digest()
    return sequence(sequence(oid(JAVA_PROTECTOR), tlv(0x05)), tlv(0x04, salt + mixed + digest))


def jks_with_chains(chains: Iterable[Sequence[bytes]]) -> bytes:
    """A Java keystore with a key entry for each chain."""
    entries = [
        _number(1) + _text(f"key{n}") + bytes(8) + _number(5) + b"noise" + _number(len(held)) + b"".join(held)
        for n, held in enumerate([[_jks_certificate(der) for der in each] for each in chains])
    ]
    return b"\xfe\xed\xfe\xed" + _number(2) + _number(len(entries)) + b"".join(entries) + bytes(20)


def _jks_trusted(der: bytes, name: str = "trusted") -> bytes:
    return _number(2) + _text(name) + bytes(8) + _jks_certificate(der)


def metadata_of(
    *keys: tuple[str | None, bytes], entity_id: str = ENTITY_ID, inside: str = "", kind: str = "SPSSODescriptor"
) -> bytes:
    """SAML metadata of one entity, by default a service provider: a use and a certificate for each KeyDescriptor."""
    told = "".join(_descriptor(use, der) for use, der in keys)
    return (
        f'<?xml version="1.0"?><md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"'
        f' xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="{entity_id}">{inside}'
        f"<md:{kind}>{told}</md:{kind}></md:EntityDescriptor>"
    ).encode()


def _descriptor(use: str | None, der: bytes) -> str:
    attribute = f' use="{use}"' if use else ""
    return f"<md:KeyDescriptor{attribute}>{key_info(der)}</md:KeyDescriptor>"


def key_info(der: bytes) -> str:
    shown = base64.b64encode(der).decode()
    return f"<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{shown}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"


Pack = Callable[[Sequence[Entry]], bytes]

KINDS: dict[str, Pack] = {
    "pem": lambda entries: pem(*(der for _, der, _ in entries)),
    "pkcs7": lambda entries: pkcs7_of(*(der for _, der, _ in entries)),
    "pkcs7-in-pem": lambda entries: _block("PKCS7", pkcs7_of(*(der for _, der, _ in entries))),
    "pkcs12": lambda entries: pkcs12_of(*entries),
    "pkcs12-without-names": lambda entries: pkcs12_of(*entries, names=False),
    "pkcs12-without-keys": lambda entries: pkcs12_of(*((name, der, None) for name, der, _ in entries)),
    "jks": lambda entries: jks_of(*entries),
    "jks-without-keys": lambda entries: jks_of(*((name, der, None) for name, der, _ in entries)),
    "metadata": lambda entries: metadata_of(*((None, der) for _, der, _ in entries)),
}
"""Every container, each with several certificates."""
