"""OCSP responses (RFC 6960), right or wrong in one way each, assembled from their parts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pkitools.frozen import dataclass
from pkitools.x509 import der as asn1
from pkitools.x509.der import DERError
from pkitools.x509.model import Extension
from pkitools_test_pki import der, extensions
from pkitools_test_pki.algorithms import PSS_SHA512, PrivateKey, SignatureScheme
from pkitools_test_pki.authority import Authority
from pkitools_test_pki.crl import REASONS
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.keys import elliptic_keys
from pkitools_test_pki.names import Attribute, encode

NONCE: Final = "1.3.6.1.5.5.7.48.1.2"
ARCHIVE_CUTOFF: Final = "1.3.6.1.5.5.7.48.1.6"
_BASIC: Final = "1.3.6.1.5.5.7.48.1.1"
_SHA1: Final = "1.3.14.3.2.26"
_ERRORS: Final = {"malformed-request": 1, "internal-error": 2, "try-later": 3, "sig-required": 5, "unauthorized": 6}


@dataclass(frozen=True, slots=True)
class Single:
    """What a response says of one certificate.

    Args:
        serial_number: of it.
        issuer_name, issuer_key: DER name and SubjectPublicKeyInfo of its issuer.
        this_update, next_update: from when to when it holds.
        status: ``good``, ``revoked`` or ``unknown``.
        revoked_at, reason: of a revoked one.
        extensions: singleExtensions.
    """

    serial_number: int
    issuer_name: bytes
    issuer_key: bytes
    this_update: datetime
    next_update: datetime | None
    status: str = "good"
    revoked_at: datetime | None = None
    reason: str | None = None
    extensions: tuple[Extension, ...] = ()

    def encoded(self) -> bytes:
        """Return the SingleResponse in DER."""
        parts = [self._certificate_id(), self._status(), der.generalized_time(self.this_update)]
        if self.next_update is not None:
            parts.append(der.context(0, der.generalized_time(self.next_update)))
        if self.extensions:
            parts.append(der.context(1, _extensions(self.extensions)))
        return der.sequence(*parts)

    def _certificate_id(self) -> bytes:
        algorithm = der.sequence(der.oid(_SHA1), der.NULL)
        hashes = der.octets(_sha1(self.issuer_name)), der.octets(_sha1(_key_octets(self.issuer_key)))
        return der.sequence(algorithm, *hashes, der.integer(self.serial_number))

    def _status(self) -> bytes:
        if self.status == "revoked":
            reason = der.context(0, der.integer(REASONS[self.reason], der.ENUMERATED)) if self.reason else b""
            return der.context(1, der.generalized_time(self.revoked_at or self.this_update), reason)
        return der.context(0 if self.status == "good" else 2, b"", constructed=False)


def _sha1(data: bytes) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()


def _key_octets(spki: bytes) -> bytes:
    parts = asn1.children(spki, asn1.root(spki, asn1.SEQUENCE))
    return asn1.bit_string(spki, parts[-1])[0]


def _extensions(listed: Iterable[Extension]) -> bytes:
    return der.sequence(*(extensions.encode(extension) for extension in listed))


def response(
    singles: Iterable[Single],
    *,
    responder: bytes,
    key: PrivateKey,
    scheme: SignatureScheme,
    produced_at: datetime,
    certificates: Iterable[bytes] = (),
    nonce: bytes | None = None,
    extra: Iterable[Extension] = (),
    flip_bit: bool = False,
) -> bytes:
    """Return a response in DER.

    Args:
        singles: its answers.
        responder: DER name of who signs.
        key, scheme: to sign with.
        produced_at: when.
        certificates: DER, sent along.
        nonce: to give back.
        extra: more responseExtensions.
        flip_bit: spoil the signature.
    """
    listed = [*extra]
    if nonce is not None:
        listed.append(Extension(NONCE, False, der.octets(nonce)))
    tbs = der.sequence(
        der.context(1, responder),
        der.generalized_time(produced_at),
        der.sequence(*(single.encoded() for single in singles)),
        der.context(1, _extensions(listed)) if listed else b"",
    )
    signature = bytearray(scheme.sign(key, tbs))
    if flip_bit:
        signature[len(signature) // 2] ^= 0x10
    sent = [*certificates]
    basic = der.sequence(
        tbs,
        scheme.algorithm_identifier,
        der.bits(bytes(signature)),
        der.context(0, der.sequence(*sent)) if sent else b"",
    )
    body = der.sequence(der.oid(_BASIC), der.octets(basic))
    return der.sequence(der.integer(0, der.ENUMERATED), der.context(0, body))


def error_response(status: str) -> bytes:
    """Return an unsigned error: ``try-later``, ``internal-error``, …"""
    return der.sequence(der.integer(_ERRORS[status], der.ENUMERATED))


def nonce_of(request: bytes) -> bytes | None:
    """Return the nonce of a request, or ``None``."""
    try:
        outer = asn1.only_child(request, asn1.root(request, asn1.SEQUENCE))
        for part in asn1.children(request, outer):
            if part[0] == 0xA2:
                for extension in asn1.children(request, asn1.only_child(request, part)):
                    kind, *_, value = asn1.children(request, extension)
                    if asn1.oid(request, kind) == NONCE:
                        return asn1.contents(request, asn1.node_at(request, value[2], value[3]))
    except (DERError, ValueError):
        return None
    return None


@dataclass(frozen=True, slots=True)
class OcspCase:
    """For whom a response is made.

    Args:
        authority: which issued the certificate.
        serial_number: of it.
        moment: when a validator asks.
        request: what it asks, in DER.
        other: another authority of the same hierarchy.
        stranger: an authority of no hierarchy it trusts.
        responder_crl_url: where the CRL is that lists the responder of ``O4.revoked``.
        skew: how far clocks may differ.
        leeway: how far from that limit the times are, for who asks a while before or after ``moment``.
    """

    authority: Authority
    serial_number: int
    moment: datetime
    request: bytes = b""
    other: Authority | None = None
    stranger: Authority | None = None
    responder_crl_url: str = ""
    skew: timedelta = timedelta(minutes=5)
    leeway: timedelta = timedelta()

    @property
    def too_far(self) -> timedelta:
        """How far times are off that no difference between clocks explains."""
        return self.skew + self.leeway + timedelta(seconds=1)

    def single(self, authority: Authority | None = None, **different: Any) -> Single:
        """Return the answer "good", two hours old and good for a day more, but for what is different."""
        issuer = authority or self.authority
        said: dict[str, Any] = {
            "serial_number": self.serial_number,
            "issuer_name": issuer.subject,
            "issuer_key": issuer.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
            "this_update": self.moment - timedelta(hours=2),
            "next_update": self.moment + timedelta(days=1),
        }
        return Single(**{**said, **different})

    def signed(self, *singles: Single, **different: Any) -> bytes:
        """Return a response of the issuer itself with the nonce of the request, but for what is different."""
        said: dict[str, Any] = {
            "responder": self.authority.subject,
            "key": self.authority.key,
            "scheme": self.authority.signature,
            "produced_at": self.moment - timedelta(hours=2),
            "nonce": nonce_of(self.request),
        }
        return response(singles or (self.single(),), **{**said, **different})

    def delegated(self, authority: Authority, certificate: IssuedCertificate, key: PrivateKey | None = None) -> bytes:
        """Return the answer "good" signed with the key of a certificate that is sent along."""
        signing = key or certificate.key
        if signing is None:
            raise ValueError("the key of the responder is not here")
        return self.signed(
            responder=certificate.facts.subject.der,
            key=signing,
            scheme=_scheme_of(authority, signing),
            certificates=[certificate.der],
        )


def _scheme_of(authority: Authority, key: PrivateKey) -> SignatureScheme:
    from pkitools_test_pki.algorithms import scheme_for

    return scheme_for(key, authority.signature)


def _needed(authority: Authority | None) -> Authority:
    if authority is None:
        raise ValueError("this fault needs a second authority")
    return authority


def _by_responder(case: OcspCase, authority: Authority, **deviation: Any) -> bytes:
    return case.delegated(authority, authority.ocsp_responder(moment=case.moment - timedelta(days=1), **deviation))


def _self_signed(case: OcspCase) -> bytes:
    key = elliptic_keys("rsa:3072")
    name = encode([Attribute("C", "NL"), Attribute("CN", "Self-made OCSP responder")])
    forged = case.authority.ocsp_responder(
        moment=case.moment - timedelta(days=1),
        public_key=key.public_key(),
        signing_key=key,
        issuer_name=name,
        subject=name,
    )
    return case.delegated(case.authority, forged, key)


def _ordinary(case: OcspCase) -> bytes:
    certificate = case.authority.issue(moment=case.moment - timedelta(days=1))
    return case.delegated(case.authority, certificate)


def _revoked_responder(case: OcspCase) -> bytes:
    # without ocsp-nocheck, so that its own status must be looked up
    certificate = case.authority.issue(
        moment=case.moment - timedelta(days=1),
        serial_number=REVOKED_RESPONDER,
        key_usage=["digitalSignature"],
        extended_key_usage=["OCSPSigning"],
        crl_urls=[case.responder_crl_url],
    )
    return case.delegated(case.authority, certificate)


REVOKED_RESPONDER: Final = 0x5EC0DE
"""Serial number of the responder of ``O4.revoked``."""


def _past_responder(case: OcspCase) -> bytes:
    days = timedelta(days=1)
    return _by_responder(case, case.authority, not_before=case.moment - 30 * days, not_after=case.moment - days)


def _many(case: OcspCase) -> bytes:
    return case.signed(*(case.single(serial_number=number) for number in range(1, 10_001)))


OCSP_FAULTS: Final[dict[str, Callable[[OcspCase], bytes]]] = {
    "O1.issuer": lambda case: case.signed(),
    "O1.delegated": lambda case: _by_responder(case, case.authority),
    "O2.revoked": lambda case: case.signed(case.single(status="revoked", reason="keyCompromise")),
    "O2.unknown": lambda case: case.signed(case.single(status="unknown")),
    "O3.try-later": lambda _case: error_response("try-later"),
    "O3.internal-error": lambda _case: error_response("internal-error"),
    "O3.malformed-request": lambda _case: error_response("malformed-request"),
    "O3.sig-required": lambda _case: error_response("sig-required"),
    "O3.unauthorized": lambda _case: error_response("unauthorized"),
    "O4.unrelated": lambda case: _by_responder(case, _needed(case.stranger)),
    "O4.no-eku": _ordinary,
    "O4.self-signed": _self_signed,
    "O4.expired": _past_responder,
    "O4.revoked": _revoked_responder,
    "O4.other-ca": lambda case: _by_responder(case, _needed(case.other)),
    "O4.any-eku": lambda case: _by_responder(case, case.authority, extended_key_usage=["anyExtendedKeyUsage"]),
    "O5.bit": lambda case: case.signed(flip_bit=True),
    "O5.algorithm": lambda case: case.signed(
        scheme=SignatureScheme(
            case.authority.signature.kind,
            case.authority.signature.hash,
            identifier=PSS_SHA512.algorithm_identifier,
        )
    ),
    "O6.serial": lambda case: case.signed(case.single(serial_number=case.serial_number + 1)),
    "O6.issuer": lambda case: case.signed(case.single(_needed(case.other))),
    "O6.none": lambda case: case.signed(
        case.single(_needed(case.other), serial_number=1), case.single(serial_number=2)
    ),
    "O6.contradicting": lambda case: case.signed(case.single(), case.single(status="revoked")),
    "O7.stale": lambda case: case.signed(case.single(next_update=case.moment - case.too_far)),
    "O7.not-yet": lambda case: case.signed(case.single(this_update=case.moment + case.too_far)),
    "O7.no-next-update": lambda case: case.signed(case.single(next_update=None)),
    "O8.differs": lambda case: case.signed(nonce=bytes(32)),
    "O8.absent": lambda case: case.signed(nonce=None),
    "O8.absent-required": lambda case: case.signed(nonce=None),
    "O9.archive-cutoff": lambda case: case.signed(
        case.single(
            extensions=(Extension(ARCHIVE_CUTOFF, False, der.generalized_time(case.moment - timedelta(days=365))),)
        )
    ),
    "O9.critical-extension": lambda case: case.signed(case.single(extensions=(Extension("2.999.1", True, der.NULL),))),
    "O10.empty": lambda _case: b"",
    "O10.no-bytes": lambda _case: der.sequence(der.integer(0, der.ENUMERATED)),
    "O10.ten-thousand": _many,
}
"""Fault → the response that shows it."""
