"""Certificate signing requests of any shape, signed for real; and keys, each made once per test process."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pkitools.requests import PrivateKey, generate_key
from pkitools.requests.keys import wrap_key
from pkitools.x509.oids import ATTRIBUTE_OIDS
from tests.support.der import NULL, PRINTABLE, UTF8, Attribute, integer, name, oid, sequence, tlv

OIN = "00000003273229750000"
PSS = "1.2.840.113549.1.1.10"
EXTENSION_REQUEST = "1.2.840.113549.1.9.14"
_HASHES = {
    "sha1": (hashes.SHA1(), "1.3.14.3.2.26", "1.2.840.113549.1.1.5"),
    "sha256": (hashes.SHA256(), "2.16.840.1.101.3.4.2.1", "1.2.840.113549.1.1.11"),
    "sha512": (hashes.SHA512(), "2.16.840.1.101.3.4.2.3", "1.2.840.113549.1.1.13"),
}


@cache
def pooled_key(spec: str = "rsa:3072") -> PrivateKey:
    return generate_key(spec)


@cache
def small_key(bits: int = 1024, exponent: int = 65537) -> PrivateKey:
    """A key pkitools itself would not make."""
    return wrap_key(rsa.generate_private_key(exponent, bits), made_here=True)  # type: ignore[arg-type]  # 3 or 65537


def attribute(short: str, value: str, tag: int | None = None) -> Attribute:
    usual = PRINTABLE if short in {"C", "serialNumber"} else UTF8
    return ATTRIBUTE_OIDS[short], usual if tag is None else tag, value.encode("utf-16-be" if tag == 0x1E else "utf-8")


def subject(**values: str | None) -> list[Attribute]:
    """The subject of a right G4 request, with values replaced, added, or left out (``None``)."""
    usual: dict[str, str | None] = {
        "C": "NL",
        "O": "Gemeente Voorbeeld",
        "CN": "api.example.nl",
        "organizationIdentifier": "NTRNL-27322975",
        "serialNumber": OIN,
    }
    return [attribute(short, value) for short, value in {**usual, **values}.items() if value is not None]


def dns(*names: str) -> bytes:
    return san(*(tlv(0x82, text.encode("ascii", "backslashreplace")) for text in names))


def san(*names: bytes) -> bytes:
    return extension("2.5.29.17", sequence(*names))


def extension(dotted: str, value: bytes) -> bytes:
    return sequence(oid(dotted), tlv(0x04, value))


def request(
    rdns: Sequence[Attribute] | None = None,
    *extensions: bytes,
    key: PrivateKey | None = None,
    scheme: str = "pss",
    digest: str | None = None,
    salt: int = 64,
    attributes: Sequence[bytes] = (),
    spoilt: bool = False,
) -> bytes:
    """A DER request; without arguments one that is right for g4-tls."""
    key = key or pooled_key()
    if rdns is None and not extensions:
        extensions = (dns("api.example.nl"),)
    spki = key.native.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    asked = sequence(oid(EXTENSION_REQUEST), tlv(0x31, sequence(*extensions))) if extensions else b""
    names = name(*(subject() if rdns is None else rdns))
    body = sequence(integer(0), names, spki, tlv(0xA0, asked, *attributes))
    algorithm, signature = _sign(key, body, scheme, digest or ("sha512" if scheme == "pss" else "sha256"), salt)
    if spoilt:
        signature = bytes([signature[0] ^ 1]) + signature[1:]
    return sequence(body, algorithm, tlv(0x03, b"\x00" + signature))


def _sign(key: PrivateKey, body: bytes, scheme: str, digest: str, salt: int) -> tuple[bytes, bytes]:
    chosen, hash_oid, pkcs1_oid = _HASHES[digest]
    if not isinstance(key.native, rsa.RSAPrivateKey):
        from cryptography.hazmat.primitives.asymmetric import ec

        return sequence(oid("1.2.840.10045.4.3.2")), key.native.sign(body, ec.ECDSA(hashes.SHA256()))
    if scheme == "pkcs1":
        return sequence(oid(pkcs1_oid), NULL), key.native.sign(body, padding.PKCS1v15(), chosen)
    hashed = sequence(oid(hash_oid), NULL)
    mgf = sequence(oid("1.2.840.113549.1.1.8"), hashed)
    parameters = sequence(tlv(0xA0, hashed), tlv(0xA1, mgf), tlv(0xA2, integer(salt)))
    return sequence(oid(PSS), parameters), key.native.sign(body, padding.PSS(padding.MGF1(chosen), salt), chosen)
