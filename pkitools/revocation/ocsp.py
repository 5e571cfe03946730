"""OCSP messages (RFC 6960, RFC 5019, RFC 9654): a request built, a response read strictly. Nothing is judged here."""

from __future__ import annotations

import hashlib
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final

from pkitools.crl.entries import REASONS
from pkitools.crl.reading import is_cut_off, read_extensions
from pkitools.errors import InputError, LimitError
from pkitools.frozen import dataclass, field, replace
from pkitools.revocation.model import StatusKind
from pkitools.x509 import der as asn1
from pkitools.x509 import der_writing as encode
from pkitools.x509.der import DERError, Node
from pkitools.x509.oids import HOLD_INSTRUCTION, INVALIDITY_DATE, REASON_CODE
from pkitools.x509.path_certificate import PathCertificate
from pkitools.x509.reader import read_time

# the tags of RFC 6960 4.1.1 and 4.2.1, by their field
_REQUEST_EXTENSIONS: Final = asn1.explicit(2)
_RESPONSE_BYTES: Final = asn1.explicit(0)
_CERTIFICATES: Final = asn1.explicit(0)
_VERSION: Final = asn1.explicit(0)
_EXTENSIONS: Final = asn1.explicit(1)
_BY_NAME, _BY_KEY = asn1.explicit(1), asn1.explicit(2)
_NEXT_UPDATE: Final = asn1.explicit(0)
_GOOD, _REVOKED, _UNKNOWN = asn1.context(0), asn1.explicit(1), asn1.context(2)
_REASON: Final = asn1.explicit(0)

NONCE: Final = "1.3.6.1.5.5.7.48.1.2"
_BASIC: Final = "1.3.6.1.5.5.7.48.1.1"
_ARCHIVE_CUTOFF: Final = "1.3.6.1.5.5.7.48.1.6"
_EXTENDED_REVOKE: Final = "1.3.6.1.5.5.7.48.1.9"
_CRL_REFERENCES: Final = "1.3.6.1.5.5.7.48.1.3"
_ENTRY_EXTENSIONS: Final = frozenset({REASON_CODE, HOLD_INSTRUCTION, INVALIDITY_DATE})  # RFC 6960 4.4.5
_PROCESSED: Final = frozenset({NONCE, _ARCHIVE_CUTOFF, _EXTENDED_REVOKE, _CRL_REFERENCES}) | _ENTRY_EXTENSIONS


class ResponseStatus(StrEnum):
    """OCSPResponseStatus (RFC 6960 4.2.1): whether the responder answered at all."""

    SUCCESSFUL = "successful"
    MALFORMED_REQUEST = "malformed-request"
    INTERNAL_ERROR = "internal-error"
    TRY_LATER = "try-later"
    SIG_REQUIRED = "sig-required"
    UNAUTHORIZED = "unauthorized"


_STATUS_NUMBERS: Final[dict[int, ResponseStatus]] = {
    0: ResponseStatus.SUCCESSFUL,
    1: ResponseStatus.MALFORMED_REQUEST,
    2: ResponseStatus.INTERNAL_ERROR,
    3: ResponseStatus.TRY_LATER,
    5: ResponseStatus.SIG_REQUIRED,
    6: ResponseStatus.UNAUTHORIZED,
}

_HASHES: Final[dict[str, str]] = {
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
_SHA1: Final = "1.3.14.3.2.26"  # RFC 5019 2.1.1: the one every responder knows; it names a key, it proves nothing
_MAX_RESPONSES: Final = 100
_MAX_CERTIFICATES: Final = 10
_NONCE_OCTETS: Final = range(1, 129)  # RFC 9654 2.1


@dataclass(frozen=True, slots=True)
class CertificateId:
    """CertID: which certificate a request or response is about."""

    hash_oid: str
    issuer_name_hash: bytes
    issuer_key_hash: bytes
    serial_number: int


@dataclass(frozen=True, slots=True)
class SingleResponse:
    """What is said of one certificate.

    Args:
        certificate: which.
        status: good, revoked or unknown.
        this_update, next_update: aware UTC.
        revoked_at, reason: of a revoked one.
        unknown_critical: OID of a critical extension nothing here processes.
    """

    certificate: CertificateId
    status: StatusKind
    this_update: datetime
    next_update: datetime | None
    revoked_at: datetime | None
    reason: str | None
    unknown_critical: str | None


@dataclass(frozen=True, slots=True)
class OcspResponse:
    """A response. Made by :func:`read_response`.

    Args:
        status: everything below is empty unless it is SUCCESSFUL.
        responder_name: DER of the responder's name, where it goes by name.
        responder_key_hash: SHA-1 of its key, where it goes by key.
        produced_at: when it was signed.
        responses: one per certificate.
        nonce: ours, given back; ``None`` where there is none.
        certificates: DER, as sent along.
        unknown_critical: OID of a critical extension nothing here processes.
        signed, algorithm, signature: for the signature check.
        der: the whole response, as it came.
    """

    status: ResponseStatus
    responder_name: bytes | None = None
    responder_key_hash: bytes | None = None
    produced_at: datetime | None = None
    responses: tuple[SingleResponse, ...] = ()
    nonce: bytes | None = None
    certificates: tuple[bytes, ...] = ()
    unknown_critical: str | None = None
    signed: bytes = field(default=b"", repr=False)
    algorithm: bytes = field(default=b"", repr=False)
    signature: bytes = field(default=b"", repr=False)
    der: bytes = field(default=b"", repr=False)


@lru_cache(maxsize=512)
def _key_bits(spki: bytes) -> bytes:
    parts = asn1.children(spki, asn1.root(spki, asn1.SEQUENCE))
    return asn1.bit_string(spki, parts[-1])[0]


def key_hash(spki: bytes, algorithm: str = "sha1") -> bytes:
    """Return the hash of a public key as OCSP takes it: of the BIT STRING's octets, without tag and unused bits."""
    return hashlib.new(algorithm, _key_bits(spki), usedforsecurity=False).digest()


def certificate_id(certificate: PathCertificate, issuer: PathCertificate, hash_oid: str = _SHA1) -> CertificateId:
    """Return the CertID of a certificate."""
    algorithm = _HASHES[hash_oid]
    name_hash = hashlib.new(algorithm, certificate.issuer, usedforsecurity=False).digest()
    return CertificateId(hash_oid, name_hash, key_hash(issuer.spki, algorithm), certificate.serial_number)


def is_about(single: SingleResponse, certificate: PathCertificate, issuer: PathCertificate) -> bool:
    """Whether a single response is about this certificate: number, issuer's name and issuer's key (RFC 6960 3.2)."""
    named = single.certificate
    return named.hash_oid in _HASHES and named == certificate_id(certificate, issuer, named.hash_oid)


def build_request(certificate: PathCertificate, issuer: PathCertificate, nonce: bytes | None = None) -> bytes:
    """Return the DER of a request for one certificate.

    Args:
        certificate: asked about.
        issuer: who issued it.
        nonce: 1 to 128 octets that a response must give back; 32 are usual (RFC 9654).
    """
    named = certificate_id(certificate, issuer)
    algorithm = encode.value(asn1.SEQUENCE, encode.oid(named.hash_oid), b"\x05\x00")
    hashes = encode.octet_string(named.issuer_name_hash), encode.octet_string(named.issuer_key_hash)
    cert_id = encode.value(asn1.SEQUENCE, algorithm, *hashes, encode.integer(named.serial_number))
    parts = [encode.value(asn1.SEQUENCE, encode.value(asn1.SEQUENCE, cert_id))]
    if nonce is not None:
        extension = encode.value(asn1.SEQUENCE, encode.oid(NONCE), encode.octet_string(encode.octet_string(nonce)))
        parts.append(encode.value(_REQUEST_EXTENSIONS, encode.value(asn1.SEQUENCE, extension)))
    return encode.value(asn1.SEQUENCE, encode.value(asn1.SEQUENCE, *parts))


def read_response(data: bytes, *, limit: int = 1024 * 1024) -> OcspResponse:
    """Read one response.

    Raises:
        InputError: these bytes are none. Its code is ``revocation.error.ocsp_not_der``, ``..._truncated`` or
            ``..._malformed``.
        LimitError: more than ``limit`` bytes, 100 single responses or 10 certificates.
    """
    if len(data) > limit:
        raise LimitError("revocation.error.ocsp_too_large", size=len(data), limit=limit)
    data = bytes(data)
    if data[:1] != b"\x30":
        raise InputError("revocation.error.ocsp_not_der", start=data[:16].hex() or "-")
    try:
        return replace(_read(data), der=data)
    except DERError as error:
        slug = "ocsp_truncated" if is_cut_off(data) else "ocsp_malformed"
        raise InputError(f"revocation.error.{slug}", detail=error.detail) from None


def _read(data: bytes) -> OcspResponse:
    parts = asn1.children(data, asn1.root(data, asn1.SEQUENCE))
    if not 1 <= len(parts) <= 2:
        raise DERError("parts", kind="OCSPResponse", count=len(parts))
    status = _STATUS_NUMBERS.get(asn1.integer(data, parts[0], asn1.ENUMERATED))
    if status is None:
        raise DERError("response_status")
    if status is not ResponseStatus.SUCCESSFUL:
        return OcspResponse(status)
    if len(parts) != 2 or parts[1][0] != _RESPONSE_BYTES:
        raise DERError("response_missing")
    kind, body = asn1.exactly(asn1.children(data, asn1.expect(asn1.only_child(data, parts[1]), asn1.SEQUENCE)), 2)
    if asn1.oid(data, kind) != _BASIC:
        raise DERError("not_basic")
    return _read_basic(asn1.contents(data, asn1.expect(body, asn1.OCTET_STRING)))


def _read_basic(data: bytes) -> OcspResponse:
    parts = asn1.children(data, asn1.root(data, asn1.SEQUENCE))
    if [part[0] for part in parts[:3]] != [asn1.SEQUENCE, asn1.SEQUENCE, asn1.BIT_STRING] or len(parts) > 4:
        raise DERError("not_signed")
    signature, unused = asn1.bit_string(data, parts[2])
    if unused:
        raise DERError("signature_unused_bits")
    certificates: list[Node] = []
    if len(parts) == 4:
        certificates = asn1.children(
            data, asn1.expect(asn1.only_child(data, asn1.expect(parts[3], _CERTIFICATES)), asn1.SEQUENCE)
        )
    if len(certificates) > _MAX_CERTIFICATES:
        raise LimitError("revocation.error.ocsp_too_many", count=len(certificates), limit=_MAX_CERTIFICATES)
    fields = asn1.children(data, parts[0])
    if fields and fields[0][0] == _VERSION and asn1.integer(data, asn1.only_child(data, fields.pop(0))) != 0:
        raise DERError("version_not_1")
    extensions: dict[str, tuple[bool, bytes]] = {}
    if len(fields) == 4:
        extensions = read_extensions(data, asn1.only_child(data, asn1.expect(fields.pop(), _EXTENSIONS)))
    responder, produced, responses = asn1.exactly(fields, 3)
    name, key = _responder(data, responder)
    return OcspResponse(
        status=ResponseStatus.SUCCESSFUL,
        responder_name=name,
        responder_key_hash=key,
        produced_at=read_time(data, asn1.expect(produced, asn1.GENERALIZED_TIME)),
        responses=_singles(data, responses),
        nonce=_nonce(extensions),
        certificates=tuple([asn1.encoded(data, node) for node in certificates]),
        unknown_critical=_unknown(extensions),
        signed=asn1.encoded(data, parts[0]),
        algorithm=asn1.encoded(data, parts[1]),
        signature=signature,
    )


def _unknown(extensions: dict[str, tuple[bool, bytes]]) -> str | None:
    return next((oid for oid, (critical, _) in extensions.items() if critical and oid not in _PROCESSED), None)


def _responder(data: bytes, node: Node) -> tuple[bytes | None, bytes | None]:
    if node[0] == _BY_NAME:
        return asn1.encoded(data, asn1.expect(asn1.only_child(data, node), asn1.SEQUENCE)), None
    if node[0] == _BY_KEY:
        return None, asn1.contents(data, asn1.expect(asn1.only_child(data, node), asn1.OCTET_STRING))
    raise DERError("tag_inside", tag=f"{node[0]:02x}", kind="ResponderID")


def _nonce(extensions: dict[str, tuple[bool, bytes]]) -> bytes | None:
    found = extensions.get(NONCE)
    if found is None:
        return None
    nonce = asn1.contents(found[1], asn1.root(found[1], asn1.OCTET_STRING))
    if len(nonce) not in _NONCE_OCTETS:
        raise DERError("nonce_octets", count=len(nonce))
    return nonce


def _singles(data: bytes, node: Node) -> tuple[SingleResponse, ...]:
    nodes = asn1.children(data, asn1.expect(node, asn1.SEQUENCE))
    if len(nodes) > _MAX_RESPONSES:
        raise LimitError("revocation.error.ocsp_too_many", count=len(nodes), limit=_MAX_RESPONSES)
    return tuple([_single(data, single) for single in nodes])


def _single(data: bytes, node: Node) -> SingleResponse:
    parts = asn1.children(data, asn1.expect(node, asn1.SEQUENCE))
    if not 3 <= len(parts) <= 5:
        raise DERError("parts", kind="SingleResponse", count=len(parts))
    next_update = None
    extensions: dict[str, tuple[bool, bytes]] = {}
    rest = parts[3:]
    if rest and rest[0][0] == _NEXT_UPDATE:
        next_update = read_time(data, asn1.expect(asn1.only_child(data, rest.pop(0)), asn1.GENERALIZED_TIME))
    if rest and rest[0][0] == _EXTENSIONS:
        extensions = read_extensions(data, asn1.only_child(data, rest.pop(0)))
    if rest:
        raise DERError("tag_inside", tag=f"{rest[0][0]:02x}", kind="SingleResponse")
    status, revoked_at, reason = _status(data, parts[1])
    this_update = read_time(data, asn1.expect(parts[2], asn1.GENERALIZED_TIME))
    return SingleResponse(
        _certificate_id(data, parts[0]), status, this_update, next_update, revoked_at, reason, _unknown(extensions)
    )


def _certificate_id(data: bytes, node: Node) -> CertificateId:
    algorithm, name, key, serial = asn1.exactly(asn1.children(data, asn1.expect(node, asn1.SEQUENCE)), 4)
    dotted = (
        asn1.oid(data, asn1.children(data, asn1.expect(algorithm, asn1.SEQUENCE))[0])
        if algorithm[3] > algorithm[2]
        else ""
    )
    name_hash, issuer_key_hash = (asn1.contents(data, asn1.expect(part, asn1.OCTET_STRING)) for part in (name, key))
    return CertificateId(dotted, name_hash, issuer_key_hash, asn1.integer(data, serial))


def _status(data: bytes, node: Node) -> tuple[StatusKind, datetime | None, str | None]:
    tag = node[0]
    if tag in {_GOOD, _UNKNOWN}:
        if node[3] != node[2]:
            raise DERError("status_with_contents")
        return (StatusKind.GOOD if tag == _GOOD else StatusKind.UNKNOWN), None, None
    parts = asn1.children(data, asn1.expect(node, _REVOKED))
    if not 1 <= len(parts) <= 2:
        raise DERError("parts", kind="RevokedInfo", count=len(parts))
    reason = None
    if len(parts) == 2:
        number = asn1.integer(data, asn1.only_child(data, asn1.expect(parts[1], _REASON)), asn1.ENUMERATED)
        if number not in REASONS:
            raise DERError("reason_code", number=number)
        reason = REASONS[number]
    return StatusKind.REVOKED, read_time(data, asn1.expect(parts[0], asn1.GENERALIZED_TIME)), reason
