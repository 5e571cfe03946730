"""What one OCSP response says of one certificate (RFC 6960 3.2, 4.2.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Final

from pkitools.errors import InputError
from pkitools.messages import Detail
from pkitools.revocation.codes import AttemptCode, AttemptStep, MaybeCode, Note
from pkitools.revocation.model import GOOD, RevocationStatus, StatusKind, unknown
from pkitools.revocation.ocsp import OcspResponse, ResponseStatus, SingleResponse, is_about, key_hash
from pkitools.revocation.status_information import (
    OVER_BUDGET,
    Refused,
    RevocationContext,
    StatusInformation,
    require_budget,
    require_fresh,
    require_strong_key,
    still_revoked,
)
from pkitools.x509.oids import OCSP_NO_CHECK, OCSP_SIGNING
from pkitools.x509.path_certificate import DIGITAL_SIGNATURE, NON_REPUDIATION, PathCertificate, load_cached
from pkitools.x509.reader import signed_parts
from pkitools.x509.signatures import signed_with_sha2

_CODE_OF_STATUS: Final = {
    status: AttemptCode(f"ocsp-{status}") for status in ResponseStatus if status is not ResponseStatus.SUCCESSFUL
}

ResponderStatus = Callable[[PathCertificate], RevocationStatus]
"""Tells the status of a delegated responder's own certificate; asked only when its issuer proved to be the CA."""


def judge_ocsp(
    response: OcspResponse,
    certificate: PathCertificate,
    issuer: PathCertificate,
    context: RevocationContext,
    *,
    nonce: bytes | None,
    responder_status: ResponderStatus,
) -> StatusInformation:
    """Return what a response says of a certificate.

    Args:
        response: from anywhere; nothing about it is believed yet.
        certificate: asked about.
        issuer: the next certificate of the path.
        context: moment and options.
        nonce: what was sent; ``None`` for a response that was not asked for by us.
        responder_status: of a delegated responder.
    """
    passed: list[AttemptStep] = []
    notes: tuple[Note, ...] = ()
    single: SingleResponse | None = None
    said: RevocationStatus | None = None
    code: MaybeCode = ""
    detail = ""
    try:
        _require_signature(response, issuer, context, responder_status, passed)
        single = _single(response, certificate, issuer)
        passed.append(AttemptStep.MATCH)
        _require_known_extensions(response, single)
        passed.append(AttemptStep.OCSP_EXTENSION)
        said = _said(single)
        notes = _nonce(response, nonce, context)
        passed.append(AttemptStep.NONCE)
        _require_time(response, single, context, passed)
        if said.code:
            raise Refused(said.code)
        passed.append(AttemptStep.OCSP_KNOWN)
        notes = (*notes, *_age(single, certificate, context))
    except Refused as refused:
        code, detail = refused.code, refused.detail
        if said is None or single is None or not still_revoked(said, single.this_update, context):
            said = unknown(refused.code)
    times = (single.this_update, single.next_update) if single else (response.produced_at, None)
    return StatusInformation(code, said, tuple(passed), detail, notes, *times)


_OLDEST: Final = timedelta(days=10)
_OLDEST_OF_AUTHORITY: Final = timedelta(days=366)


def _age(single: SingleResponse, certificate: PathCertificate, context: RevocationContext) -> tuple[Note, ...]:
    """Return that a response is older than any may be, whatever nextUpdate it gives itself."""
    oldest = _OLDEST_OF_AUTHORITY if certificate.ca else _OLDEST
    return (Note.OLD,) if context.moment - single.this_update > oldest + context.options.skew else ()


def _said(single: SingleResponse) -> RevocationStatus:
    if single.status is StatusKind.GOOD:
        return GOOD
    if single.status is StatusKind.REVOKED:
        return RevocationStatus(StatusKind.REVOKED, "", single.reason, single.revoked_at)
    return unknown(AttemptCode.OCSP_UNKNOWN)


def _require_signature(
    response: OcspResponse,
    issuer: PathCertificate,
    context: RevocationContext,
    responder_status: ResponderStatus,
    passed: list[AttemptStep],
) -> None:
    if response.status is not ResponseStatus.SUCCESSFUL:
        raise Refused(_CODE_OF_STATUS[response.status])
    passed.append(AttemptStep.OCSP_STATUS)
    signer = _responder(response, issuer, context, responder_status)
    passed.append(AttemptStep.RESPONDER)
    require_strong_key(signer.spki, passed)
    require_budget(context, passed)
    if not signed_with_sha2(signer.spki, response.algorithm, response.signed, response.signature):
        raise Refused(AttemptCode.SIGNATURE)
    passed.append(AttemptStep.SIGNATURE)


def _goes_by(response: OcspResponse, candidate: PathCertificate) -> bool:
    if response.responder_key_hash is not None:
        return key_hash(candidate.spki) == response.responder_key_hash
    return candidate.subject == response.responder_name


def _responder(
    response: OcspResponse, issuer: PathCertificate, context: RevocationContext, responder_status: ResponderStatus
) -> PathCertificate:
    """Return who signed: the issuer itself, or one to whom the issuer delegated it (RFC 6960 4.2.2.2)."""
    if _goes_by(response, issuer):
        return issuer
    why: Detail | None = Detail("revocation.detail.no_responder")
    for candidate in _candidates(response.certificates):
        if not _goes_by(response, candidate):
            continue
        why = _not_authorised(candidate, issuer, context) or _not_good(candidate, responder_status)
        if why is None:
            return candidate
    raise Refused(AttemptCode.RESPONDER, why or "")


def _candidates(certificates: Sequence[bytes]) -> Iterator[PathCertificate]:
    for der in certificates:
        try:
            yield load_cached(der)
        except InputError:
            continue


def _not_authorised(candidate: PathCertificate, issuer: PathCertificate, context: RevocationContext) -> Detail | None:
    """Return why the issuer has not delegated to this responder, if it has not."""
    usage = candidate.key_usage
    faults = {
        "not_issued": (candidate.issuer != issuer.subject and candidate.canonical_issuer != issuer.canonical_subject),
        # anyExtendedKeyUsage is no delegation: every certificate of the authority could answer for it
        "no_ocsp_signing": OCSP_SIGNING not in (candidate.extended_key_usage or ()),
        "no_digital_signature": usage is not None and not usage & (DIGITAL_SIGNATURE | NON_REPUDIATION),
        "not_valid_now": not candidate.not_before <= context.moment <= candidate.not_after,
        "not_processed": bool(candidate.unknown_critical or candidate.faults or not candidate.algorithms_agree),
    }
    for fault, present in faults.items():
        if present:
            return Detail(f"revocation.detail.{fault}")
    if not context.budget.spend():
        return Detail(OVER_BUDGET)
    parts = signed_parts(candidate.der)
    if not signed_with_sha2(issuer.spki, parts.algorithm, parts.signed, parts.signature):
        return Detail("revocation.detail.not_signed")
    return None


def _not_good(candidate: PathCertificate, responder_status: ResponderStatus) -> Detail | None:
    status = responder_status(candidate)
    if status.kind is StatusKind.REVOKED:
        return Detail("revocation.detail.responder_revoked")
    if status.kind is StatusKind.GOOD or OCSP_NO_CHECK in candidate.extensions:
        return None
    return Detail("revocation.detail.responder_unknown", fault=str(status.code))


def _single(response: OcspResponse, certificate: PathCertificate, issuer: PathCertificate) -> SingleResponse:
    """Return the response about this certificate; of several the worst."""
    ours = [single for single in response.responses if is_about(single, certificate, issuer)]
    if not ours:
        raise Refused(AttemptCode.NO_MATCH, Detail("revocation.detail.of_others", count=len(response.responses)))
    for status in (StatusKind.REVOKED, StatusKind.UNKNOWN):
        for single in ours:
            if single.status is status:
                return single
    # all say good: the one that holds the shortest
    return min(ours, key=lambda single: single.next_update or single.this_update)


def _require_known_extensions(response: OcspResponse, single: SingleResponse) -> None:
    strange = response.unknown_critical or single.unknown_critical
    if strange:
        raise Refused(AttemptCode.OCSP_EXTENSION, Detail("revocation.detail.critical_extension", oid=strange))


def _require_time(
    response: OcspResponse, single: SingleResponse, context: RevocationContext, passed: list[AttemptStep]
) -> None:
    require_fresh(single.this_update, single.next_update, context, passed)
    _require_signed_in_time(response, single, context)
    passed.append(AttemptStep.PRODUCED_AT)


def _require_signed_in_time(response: OcspResponse, single: SingleResponse, context: RevocationContext) -> None:
    """A response is signed after what it says was known, and before it is looked at (RFC 6960 2.4)."""
    produced, skew = response.produced_at, context.options.skew
    if produced is None or not single.this_update - skew <= produced <= context.moment + skew:
        raise Refused(AttemptCode.PRODUCED_AT, produced.isoformat() if produced else "")


def _nonce(response: OcspResponse, nonce: bytes | None, context: RevocationContext) -> tuple[Note, ...]:
    if nonce is None:
        if context.options.require_nonce:
            raise Refused(AttemptCode.NONCE, Detail("revocation.detail.not_our_request"))
        return ()
    if response.nonce == nonce:
        return ()
    if response.nonce is not None:
        raise Refused(AttemptCode.NONCE, Detail("revocation.detail.another_nonce"))
    if context.options.require_nonce:
        raise Refused(AttemptCode.NONCE, Detail("revocation.detail.no_nonce"))
    return (Note.NONCE_ABSENT,)
