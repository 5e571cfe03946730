"""OCSP as a responder speaks it (RFC 6960, RFC 9654): a request read strictly, a response assembled and signed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from pkitools.errors import InputError
from pkitools.frozen import dataclass
from pkitools.revocation.ocsp import key_hash
from pkitools.x509 import der as asn1
from pkitools.x509.der import DERError, Node
from pkitools_test_pki import der
from pkitools_test_pki.algorithms import PrivateKey, SignatureScheme
from pkitools_test_pki.crl import REASONS, RevokedEntry
from pkitools_test_pki.ledger import Status

MALFORMED_REQUEST: Final = 1
INTERNAL_ERROR: Final = 2
UNAUTHORIZED: Final = 6

MAX_REQUEST_BYTES: Final = 64 * 1024
_MAX_CERTIFICATES: Final = 100
_NONCE_OCTETS: Final = range(1, 129)  # RFC 9654 2.1
_NONCE: Final = "1.3.6.1.5.5.7.48.1.2"
_BASIC: Final = "1.3.6.1.5.5.7.48.1.1"
_HASHES: Final = {
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}


@dataclass(frozen=True, slots=True)
class AskedCertificate:
    """One certificate asked about.

    Args:
        der: the CertID as the client wrote it; the response repeats it.
        hash: name of its hash; ``None`` for one that is unknown here.
        name_hash, key_hash: of the issuer.
        serial_number: of the certificate.
    """

    der: bytes
    hash: str | None
    name_hash: bytes
    key_hash: bytes
    serial_number: int

    def names(self, subject: bytes, spki: bytes) -> bool:
        """Say whether the issuer is the one with this name and this public key, both DER."""
        if self.hash is None:
            return False
        name_hash = hashlib.new(self.hash, subject, usedforsecurity=False).digest()
        return (self.name_hash, self.key_hash) == (name_hash, key_hash(spki, self.hash))


@dataclass(frozen=True, slots=True)
class OcspRequest:
    """What a client asks; a signature under it is not looked at."""

    certificates: tuple[AskedCertificate, ...]
    nonce: bytes | None


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs a response.

    Args:
        key: the private key.
        signature: how it signs.
        key_hash: SHA-1 of the public key's bits, by which the responder goes.
        certificates: DER to send along, for a delegated responder.
    """

    key: PrivateKey
    signature: SignatureScheme
    key_hash: bytes
    certificates: tuple[bytes, ...] = ()


def read_request(data: bytes) -> OcspRequest:
    """Read a request.

    Raises:
        InputError: these bytes are none, or ask too much.
    """
    if len(data) > MAX_REQUEST_BYTES:
        raise InputError("test_pki.error.ocsp_request", detail=f"{len(data)} bytes")
    try:
        return _read(bytes(data))
    except DERError as error:
        raise InputError("test_pki.error.ocsp_request", detail=error.detail) from None


def _read(data: bytes) -> OcspRequest:
    request = asn1.children(data, asn1.root(data, asn1.SEQUENCE))
    if not 1 <= len(request) <= 2 or request[1:] != [node for node in request[1:] if node[0] == 0xA0]:
        raise DERError("unknown_part", kind="OCSPRequest")
    fields = asn1.children(data, asn1.expect(request[0], asn1.SEQUENCE))
    if fields and fields[0][0] == 0xA0 and asn1.integer(data, asn1.only_child(data, fields.pop(0))) != 0:
        raise DERError("version_not_1")
    if fields and fields[0][0] == 0xA1:
        fields.pop(0)  # requestorName
    if not fields:
        raise DERError("is_none", kind="requestList")
    listed = asn1.children(data, asn1.expect(fields.pop(0), asn1.SEQUENCE))
    if not 1 <= len(listed) <= _MAX_CERTIFICATES:
        raise DERError("how_many", count=len(listed), kind="Request")
    nonce = None
    if fields:
        nonce = _nonce(data, asn1.only_child(data, asn1.expect(fields.pop(0), 0xA2)))
    if fields:
        raise DERError("unknown_part", kind="TBSRequest")
    return OcspRequest(tuple([_certificate(data, node) for node in listed]), nonce)


def _certificate(data: bytes, node: Node) -> AskedCertificate:
    parts = asn1.children(data, asn1.expect(node, asn1.SEQUENCE))
    if not 1 <= len(parts) <= 2:
        raise DERError("parts", kind="Request", count=len(parts))
    fields = asn1.children(data, asn1.expect(parts[0], asn1.SEQUENCE))
    if len(fields) != 4:
        raise DERError("parts", kind="CertID", count=len(fields))
    algorithm = asn1.children(data, asn1.expect(fields[0], asn1.SEQUENCE))
    if not algorithm:
        raise DERError("no_hash_algorithm")
    name_hash, key_hash = (asn1.contents(data, asn1.expect(part, asn1.OCTET_STRING)) for part in fields[1:3])
    named = _HASHES.get(asn1.oid(data, algorithm[0]))
    return AskedCertificate(asn1.encoded(data, parts[0]), named, name_hash, key_hash, asn1.integer(data, fields[3]))


def _nonce(data: bytes, listed: Node) -> bytes | None:
    for extension in asn1.children(data, asn1.expect(listed, asn1.SEQUENCE)):
        parts = asn1.children(data, asn1.expect(extension, asn1.SEQUENCE))
        if not 2 <= len(parts) <= 3:
            raise DERError("parts", count=len(parts), kind="Extension")
        if asn1.oid(data, parts[0]) == _NONCE:
            value = asn1.contents(data, asn1.expect(parts[-1], asn1.OCTET_STRING))
            nonce = asn1.contents(value, asn1.root(value, asn1.OCTET_STRING))
            if len(nonce) not in _NONCE_OCTETS:
                raise DERError("nonce_octets", count=len(nonce))
            return nonce
    return None


def single_response(
    certificate_id: bytes,
    status: Status,
    revocation: RevokedEntry | None,
    this_update: datetime,
    next_update: datetime | None,
) -> bytes:
    """Return a SingleResponse."""
    tags = {"good": 0, "unknown": 2}
    said = _revoked(revocation) if revocation else der.context(tags[status], b"", constructed=False)
    until = der.context(0, der.generalized_time(next_update)) if next_update else b""
    return der.sequence(certificate_id, said, der.generalized_time(this_update), until)


def _revoked(revocation: RevokedEntry) -> bytes:
    reason = b""
    if revocation.reason is not None:
        reason = der.context(0, der.integer(REASONS[revocation.reason], der.ENUMERATED))
    return der.context(1, der.generalized_time(revocation.moment), reason)


def signed_response(
    singles: Sequence[bytes], *, signer: Signer, produced_at: datetime, nonce: bytes | None = None
) -> bytes:
    """Return a successful OCSPResponse around these single responses."""
    extensions = b""
    if nonce is not None:
        extensions = der.context(1, der.sequence(der.sequence(der.oid(_NONCE), der.octets(der.octets(nonce)))))
    responder = der.context(2, der.octets(signer.key_hash))
    data = der.sequence(responder, der.generalized_time(produced_at), der.sequence(*singles), extensions)
    signature = der.bits(signer.signature.sign(signer.key, data))
    sent_along = der.context(0, der.sequence(*signer.certificates)) if signer.certificates else b""
    basic = der.sequence(data, signer.signature.algorithm_identifier, signature, sent_along)
    status = der.integer(0, der.ENUMERATED)
    return der.sequence(status, der.context(0, der.sequence(der.oid(_BASIC), der.octets(basic))))


def error_response(status: int) -> bytes:
    """Return an OCSPResponse that is only an error."""
    return der.sequence(der.integer(status, der.ENUMERATED))
