"""Revocation by everything RFC 5280 section 6.3 allows: indirect and delta CRLs, separate CRL keys, reason scopes.

The plain case, one complete CRL per issuer, is done natively in :mod:`pkitools.revocation`; this is for the
rest. It is handed one path and the CRLs and issuers at hand; it neither searches nor fetches.
:mod:`pkitools.revocation.engine_lists` gives it only what came through our own tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from pyhanko_certvalidator._state import ValProcState
from pyhanko_certvalidator.context import ValidationContext
from pyhanko_certvalidator.errors import (
    CRLValidationError,
    CRLValidationIndeterminateError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import (
    AcceptAllAlgorithms,
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)
from pyhanko_certvalidator.revinfo.validate_crl import verify_crl
from pyhanko_certvalidator.util import ConsList

from pkitools.crl.entries import REASONS
from pkitools.frozen import dataclass
from pkitools.revocation.model import StatusKind
from pkitools.validation.engines.full import run, validation_path

_POLICY = CertRevTrustPolicy(
    # "hard-fail" would accept a revoked certificate that names no distribution point: a CRL is always required
    RevocationCheckingPolicy(RevocationCheckingRule.CRL_REQUIRED, RevocationCheckingRule.NO_CHECK)
)


class EngineCode(StrEnum):
    """Why the engine knows no status."""

    NO_CRL = "no_crl"
    STALE = "stale"
    ENGINE = "engine"


@dataclass(frozen=True, slots=True)
class FullCRLStatus:
    """What the CRLs say of one certificate.

    Args:
        status: good, revoked or unknown.
        code: why unknown: ``no_crl``, ``stale``, ``engine`` (it could not be processed).
        reason: CRLReason of RFC 5280 of a revoked certificate, such as ``keyCompromise``.
        revoked_at: since when, aware UTC.
        detail: the engine's own words; evidence, never a basis for decisions.
    """

    status: StatusKind
    code: EngineCode | None = None
    reason: str = ""
    revoked_at: datetime | None = None
    detail: str = ""


def check_crls_full(
    path: Sequence[bytes],
    crls: Iterable[bytes],
    moment: datetime,
    *,
    other_certificates: Iterable[bytes] = (),
) -> tuple[FullCRLStatus, ...]:
    """Ask of every certificate of a verified path but the anchor whether it is revoked.

    Args:
        path: DER, end entity first, trust anchor last.
        crls: DER of every CRL at hand, delta and indirect ones included.
        moment: aware UTC.
        other_certificates: DER of certificates that may have signed a CRL.

    Returns:
        One status per certificate, end entity first. A certificate above it being revoked does not show in the status
        of one below: each speaks for itself.
    """
    last = len(path) - 1
    try:
        way = validation_path(tuple(path))
        context = _context(way, crls, _distinct(path, other_certificates), moment)
    except Exception as error:  # asn1crypto raises seven kinds on hostile input; none says "good"
        return (FullCRLStatus(StatusKind.UNKNOWN, EngineCode.ENGINE, detail=_brief(error)),) * last
    return tuple(_status(context, way, last - index) for index in range(last))


def _distinct(path: Sequence[bytes], others: Iterable[bytes]) -> tuple[bytes, ...]:
    """The certificates beside the path, without those whose signature value or issuer and serial number is taken.

    The engine remembers by the signature value which certificates it validated, and finds them by issuer and number:
    a forged CRL issuer that copies the signature of a good certificate would pass for validated.
    """
    taken: set[bytes] = set()
    distinct = []
    for der in (*path, *others):
        marks = _marks(der)
        if marks and taken.isdisjoint(marks) and der not in path:
            distinct.append(der)
        taken |= marks
    return tuple(distinct)


def _marks(der: bytes) -> set[bytes]:
    try:
        certificate = asn1_x509.Certificate.load(der, strict=True)
        return {b"s" + certificate.signature, b"n" + certificate.issuer_serial}
    except Exception:  # asn1crypto raises seven kinds on hostile input; what cannot be read signs no CRL for us
        return set()


def _context(
    path: ValidationPath, crls: Iterable[bytes], issuers: Iterable[bytes], moment: datetime
) -> ValidationContext:
    context = ValidationContext(
        trust_roots=[path.trust_anchor],
        other_certs=[*path.iter_certs(include_root=False), *(asn1_x509.Certificate.load(der) for der in issuers)],
        moment=moment,
        allow_fetching=False,
        crls=[asn1_crl.CertificateList.load(der, strict=True) for der in crls],
        revinfo_policy=_POLICY,
        time_tolerance=timedelta(0),
        algorithm_usage_policy=AcceptAllAlgorithms(),
    )
    way = ValidationPath(path.trust_anchor, [], None)
    for certificate in path.iter_certs(include_root=False):
        way = way.copy_and_append(certificate)
        # the path is verified; judged again as if it ended here, a self-issued authority would fail on its own name
        context.record_validation(certificate, way)  # type: ignore[no-untyped-call]  # untyped in the library
    return context


def _status(context: ValidationContext, path: ValidationPath, index: int) -> FullCRLStatus:
    """``index`` counts from the anchor, which is 0."""
    state = ValProcState(cert_path_stack=ConsList.sing(path), init_index=index)
    try:
        run(verify_crl(path[index], path, context, proc_state=state))
    except RevokedError as error:
        return FullCRLStatus(
            StatusKind.REVOKED,
            reason=REASONS.get(int.from_bytes(error.reason.contents), ""),
            revoked_at=error.revocation_dt,
        )
    except CRLValidationIndeterminateError as error:
        words = "; ".join(str(failure[0]) for failure in error.failures) or error.msg
        return FullCRLStatus(
            StatusKind.UNKNOWN, EngineCode.STALE if error.suspect_stale else EngineCode.NO_CRL, detail=words[:500]
        )
    except (CRLValidationError, ValidationError) as error:
        return FullCRLStatus(StatusKind.UNKNOWN, EngineCode.NO_CRL, detail=str(error)[:500])
    except Exception as error:  # it and asn1crypto raise seven kinds on hostile input; none says "good"
        return FullCRLStatus(StatusKind.UNKNOWN, EngineCode.ENGINE, detail=_brief(error))
    return FullCRLStatus(StatusKind.GOOD)


def _brief(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]
