"""What one OCSP response says of one certificate (RFC 6960 3.2, 4.2.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from pkitools.errors import InputError
from pkitools.revocation.model import GOOD, RevocationStatus, StatusKind, unknown
from pkitools.revocation.ocsp import OcspResponse, SingleResponse, is_about, key_hash
from pkitools.revocation.status_information import Refused, StatusInformation, Terms, require_fresh, still_revoked
from pkitools.x509.path_certificate import DIGITAL_SIGNATURE, PathCertificate, load_cached
from pkitools.x509.reader import signed_parts
from pkitools.x509.signatures import signed_by

OCSP_SIGNING: Final = "1.3.6.1.5.5.7.3.9"
NO_CHECK: Final = "1.3.6.1.5.5.7.48.1.5"
_NON_REPUDIATION: Final = 1 << 1

ResponderStatus = Callable[[PathCertificate], RevocationStatus]
"""Tells the status of a delegated responder's own certificate; asked only when its issuer proved to be the CA."""


def judge_ocsp(
    response: OcspResponse,
    certificate: PathCertificate,
    issuer: PathCertificate,
    terms: Terms,
    *,
    nonce: bytes | None,
    responder_status: ResponderStatus,
) -> StatusInformation:
    """Return what a response says of a certificate.

    Args:
        response: from anywhere; nothing about it is believed yet.
        certificate: asked about.
        issuer: the next certificate of the path.
        terms: moment and options.
        nonce: what was sent; ``None`` for a response that was not asked for by us.
        responder_status: of a delegated responder.
    """
    passed: list[str] = []
    notes: tuple[str, ...] = ()
    single: SingleResponse | None = None
    said: RevocationStatus | None = None
    code = detail = ""
    try:
        _require_signature(response, issuer, terms, responder_status, passed)
        single = _single(response, certificate, issuer)
        passed.append("no-match")
        _require_known_extensions(response, single)
        passed.append("ocsp-extension")
        said = _said(single)
        notes = _nonce(response, nonce, terms)
        passed.append("nonce")
        require_fresh(single.this_update, single.next_update, terms, passed)
        if said.code:
            raise Refused(said.code)
        passed.append("ocsp-unknown")
    except Refused as refused:
        code, detail = refused.code, refused.detail
        if said is None or single is None or not still_revoked(said, single.this_update, terms):
            said = unknown(code)
    times = (single.this_update, single.next_update) if single else (response.produced_at, None)
    return StatusInformation(code, said, tuple(passed), detail, notes, *times)


def _said(single: SingleResponse) -> RevocationStatus:
    if single.status == "good":
        return GOOD
    if single.status == "revoked":
        return RevocationStatus(StatusKind.REVOKED, "", single.reason, single.revoked_at)
    return unknown("ocsp-unknown")


def _require_signature(
    response: OcspResponse,
    issuer: PathCertificate,
    terms: Terms,
    responder_status: ResponderStatus,
    passed: list[str],
) -> None:
    if response.status != "successful":
        raise Refused(f"ocsp-{response.status}")
    passed.append("ocsp-status")
    signer = _responder(response, issuer, terms, responder_status)
    passed.append("responder")
    if not terms.budget.spend():
        raise Refused("limit", "signature checks")
    if not signed_by(signer.spki, response.algorithm, response.signed, response.signature):
        raise Refused("signature")
    passed.append("signature")


def _goes_by(response: OcspResponse, candidate: PathCertificate) -> bool:
    if response.responder_key_hash is not None:
        return key_hash(candidate.spki) == response.responder_key_hash
    return candidate.subject == response.responder_name


def _responder(
    response: OcspResponse, issuer: PathCertificate, terms: Terms, responder_status: ResponderStatus
) -> PathCertificate:
    """Return who signed: the issuer itself, or one to whom the issuer delegated it (RFC 6960 4.2.2.2)."""
    if _goes_by(response, issuer):
        return issuer
    why = "no certificate of the responder"
    for candidate in _candidates(response.certificates):
        if not _goes_by(response, candidate):
            continue
        why = _not_authorised(candidate, issuer, terms) or _not_good(candidate, responder_status)
        if not why:
            return candidate
    raise Refused("responder", why)


def _candidates(certificates: Sequence[bytes]) -> Iterator[PathCertificate]:
    for der in certificates:
        try:
            yield load_cached(der)
        except InputError:
            continue


def _not_authorised(candidate: PathCertificate, issuer: PathCertificate, terms: Terms) -> str:
    """Return why the issuer has not delegated to this responder, or an empty string."""
    usage = candidate.key_usage
    faults = {
        "not issued by the authority that issued the certificate": (
            candidate.issuer != issuer.subject and candidate.canonical_issuer != issuer.canonical_subject
        ),
        # anyExtendedKeyUsage is no delegation: every certificate of the authority could answer for it
        "extendedKeyUsage without OCSPSigning": OCSP_SIGNING not in (candidate.extended_key_usage or ()),
        "keyUsage without digitalSignature": usage is not None and not usage & (DIGITAL_SIGNATURE | _NON_REPUDIATION),
        "its certificate is not valid at the moment": not candidate.not_before <= terms.moment <= candidate.not_after,
        "its certificate holds what cannot be processed": bool(
            candidate.unknown_critical or candidate.faults or not candidate.algorithms_agree
        ),
    }
    for fault, present in faults.items():
        if present:
            return fault
    if not terms.budget.spend():
        return "too many signature checks"
    parts = signed_parts(candidate.der)
    if not signed_by(issuer.spki, parts.algorithm, parts.signed, parts.signature):
        return "not signed by the authority that issued the certificate"
    return ""


def _not_good(candidate: PathCertificate, responder_status: ResponderStatus) -> str:
    status = responder_status(candidate)
    if status.kind is StatusKind.REVOKED:
        return "its certificate is revoked"
    if status.kind is StatusKind.GOOD or NO_CHECK in candidate.extensions:
        return ""
    return f"its certificate has no ocsp-nocheck and its own status is unknown ({status.code})"


def _single(response: OcspResponse, certificate: PathCertificate, issuer: PathCertificate) -> SingleResponse:
    """Return the response about this certificate; of several the worst."""
    ours = [single for single in response.responses if is_about(single, certificate, issuer)]
    if not ours:
        raise Refused("no-match", f"{len(response.responses)} about other certificates")
    for status in ("revoked", "unknown"):
        for single in ours:
            if single.status == status:
                return single
    # all say good: the one that holds the shortest
    return min(ours, key=lambda single: single.next_update or single.this_update)


def _require_known_extensions(response: OcspResponse, single: SingleResponse) -> None:
    strange = response.unknown_critical or single.unknown_critical
    if strange:
        raise Refused("ocsp-extension", f"critical extension {strange}")


def _nonce(response: OcspResponse, nonce: bytes | None, terms: Terms) -> tuple[str, ...]:
    if nonce is None:
        if terms.options.require_nonce:
            raise Refused("nonce", "not an answer to our request")
        return ()
    if response.nonce == nonce:
        return ()
    if response.nonce is not None:
        raise Refused("nonce", "another nonce than was sent")
    if terms.options.require_nonce:
        raise Refused("nonce", "no nonce in the response")
    return ("nonce-absent",)
