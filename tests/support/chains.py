"""Signed chains, made in a moment: an authority and what it issued, each stating only its deviation from good.

Keys are P-256 unless a test asks for others, and kept by name. The certificates are written byte by byte, so that they
can be wrong in every way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from tests.support.der import NULL, common_name, extension, integer, name, oid, sequence, tlv

MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
START = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2030, 1, 1, tzinfo=UTC)

AKI, SKI, KU, SAN, BC, NC, POLICIES, MAPPINGS, CONSTRAINTS, EKU, INHIBIT_ANY = (
    f"2.5.29.{n}" for n in (35, 14, 15, 17, 19, 30, 32, 33, 36, 37, 54)
)
AIA = "1.3.6.1.5.5.7.1.1"
SERVER, CLIENT = "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"
ECDSA = {
    "sha224": ("1.2.840.10045.4.3.1", hashes.SHA224()),
    "sha256": ("1.2.840.10045.4.3.2", hashes.SHA256()),
    "sha384": ("1.2.840.10045.4.3.3", hashes.SHA384()),
}
DIGITAL_SIGNATURE, KEY_CERT_SIGN, CRL_SIGN = b"\x03\x02\x07\x80", b"\x03\x02\x02\x04", b"\x03\x02\x01\x06"
TRUE = b"\x01\x01\xff"

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
Extensions = Mapping[str, tuple[bool, bytes] | None]


@cache
def key(label: str, curve: type[ec.EllipticCurve] = ec.SECP256R1) -> ec.EllipticCurvePrivateKey:
    """A key by name: the same for the whole session."""
    return ec.generate_private_key(curve())


@dataclass(frozen=True)
class Issued:
    der: bytes
    key: Any
    subject: bytes

    @property
    def spki(self) -> bytes:
        return spki(self.key)


def spki(private: Any) -> bytes:
    encoding, form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    encoded: bytes = private.public_key().public_bytes(encoding, form)
    return encoded


def identifier(private: Any) -> bytes:
    return hashlib.sha256(spki(private)).digest()[:20]


def time(moment: datetime) -> bytes:
    return tlv(0x17, moment.strftime("%y%m%d%H%M%SZ").encode())


def dns(*names: str) -> bytes:
    return sequence(*(tlv(0x82, n.encode()) for n in names))


def purposes(*oids: str) -> bytes:
    return sequence(*map(oid, oids))


def policies(*oids: str) -> bytes:
    return sequence(*(sequence(oid(p)) for p in oids))


def permitted(*bases: bytes) -> bytes:
    return sequence(tlv(0xA0, *(sequence(base) for base in bases)))


def excluded(*bases: bytes) -> bytes:
    return sequence(tlv(0xA1, *(sequence(base) for base in bases)))


def basic_constraints(ca: bool, length: int | None = None) -> bytes:
    return sequence(TRUE if ca else b"", b"" if length is None else integer(length))


def signature(private: Any, signed: bytes, hashed: str) -> bytes:
    if isinstance(private, ec.EllipticCurvePrivateKey):
        return private.sign(signed, ec.ECDSA(ECDSA[hashed][1]))
    made: bytes = private.sign(signed, padding.PKCS1v15(), hashes.SHA256())
    return made


def issue(
    cn: str,
    issuer: Issued | None = None,
    *,
    extensions: Extensions | None = None,
    defaults: Extensions | None = None,
    extra: tuple[bytes, ...] = (),
    own_key: Any = None,
    subject: bytes | None = None,
    issuer_name: bytes | None = None,
    serial: bytes | None = None,
    version: bytes = b"\xa0\x03\x02\x01\x02",
    start: bytes | datetime = START,
    end: bytes | datetime = END,
    hashed: str = "sha256",
    inner_algorithm: bytes | None = None,
) -> Issued:
    """Issue one certificate; without ``issuer`` it signs itself. ``extensions`` replaces or (``None``) removes."""
    private = own_key or key(cn)
    name_der = subject if subject is not None else name(common_name(cn))
    signer = issuer.key if issuer else private
    held = {**(defaults or {}), **(extensions or {})}
    blocks = [extension(o, e[1], TRUE if e[0] else b"") for o, e in held.items() if e is not None]
    if isinstance(signer, ec.EllipticCurvePrivateKey):
        algorithm = sequence(oid(ECDSA[hashed][0]))
    else:
        algorithm = sequence(oid("1.2.840.113549.1.1.11"), NULL)
    numbered = integer(int.from_bytes(hashlib.sha256(name_der + spki(private) + b"".join(blocks)).digest()[:15], "big"))
    tbs = sequence(
        version,
        serial or numbered,
        inner_algorithm or algorithm,
        issuer_name if issuer_name is not None else (issuer.subject if issuer else name_der),
        sequence(*(t if isinstance(t, bytes) else time(t) for t in (start, end))),
        name_der,
        spki(private),
        tlv(0xA3, sequence(*blocks, *extra)) if blocks or extra else b"",
    )
    signed = signature(signer, tbs, hashed)
    return Issued(sequence(tbs, algorithm, tlv(0x03, b"\x00", signed)), private, name_der)


def authority(cn: str, issuer: Issued | None = None, *, path_length: int | None = None, **deviations: Any) -> Issued:
    private = deviations.get("own_key") or key(cn)
    defaults: dict[str, tuple[bool, bytes] | None] = {
        BC: (True, basic_constraints(True, path_length)),
        KU: (True, CRL_SIGN),
        SKI: (False, tlv(0x04, identifier(private))),
    }
    if issuer is not None:
        defaults[AKI] = (False, sequence(tlv(0x80, identifier(issuer.key))))
    return issue(cn, issuer, defaults=defaults, **deviations)


def end_entity(cn: str, issuer: Issued, **deviations: Any) -> Issued:
    defaults: dict[str, tuple[bool, bytes] | None] = {
        KU: (True, DIGITAL_SIGNATURE),
        EKU: (False, purposes(SERVER, CLIENT)),
        SAN: (False, dns(cn)),
        AKI: (False, sequence(tlv(0x80, identifier(issuer.key)))),
    }
    return issue(cn, issuer, defaults=defaults, **deviations)


def crl(issuer: Issued, *revoked: int, number: int | None = 1, reason: int | None = None) -> bytes:
    why = b"" if reason is None else sequence(extension("2.5.29.21", bytes((0x0A, 1, reason))))
    rows = [sequence(integer(serial), time(START), why) for serial in revoked]
    blocks = [] if number is None else [extension("2.5.29.20", integer(number))]
    algorithm = sequence(oid(ECDSA["sha256"][0]))
    signed = sequence(
        integer(1),
        algorithm,
        issuer.subject,
        time(START),
        time(END),
        sequence(*rows) if rows else b"",
        tlv(0xA0, sequence(*blocks)) if blocks else b"",
    )
    return sequence(signed, algorithm, tlv(0x03, b"\x00", signature(issuer.key, signed, "sha256")))


@dataclass(frozen=True)
class Chain:
    """Root, domain, TSP, end entity: the shape of PKIoverheid."""

    root: Issued
    domain: Issued
    tsp: Issued
    leaf: Issued

    @property
    def intermediates(self) -> list[bytes]:
        return [self.tsp.der, self.domain.der]


@cache
def good_chain() -> Chain:
    root = authority("Root")
    domain = authority("Domain", root)
    tsp = authority("TSP", domain, path_length=0)
    return Chain(root, domain, tsp, end_entity("host.example.nl", tsp))
