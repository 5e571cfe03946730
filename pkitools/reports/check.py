"""What ``check`` found, as data: ``docs/schemas/cert-check-v1.json``."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import TYPE_CHECKING

from pkitools.findings import Report
from pkitools.reports.certificate import summary_document
from pkitools.reports.document import instant, report_document

if TYPE_CHECKING:
    from pkitools.checking import CheckResult
    from pkitools.revocation import Attempt, CertificateRevocation, RevocationResult


def cert_check_document(results: Iterable[tuple[str, CheckResult]], reuse: Report | None = None) -> dict[str, object]:
    """Return the whole document.

    Args:
        results: each result with the name of the file it is about.
        reuse: what :func:`pkitools.systems.check_reuse` says of the certificates together.
    """
    return {
        "schema": "pkitools.cert-check/v1",
        "certificates": [check_document(result, name) for name, result in results],
        "reuse": report_document(reuse) if reuse is not None else None,
    }


def check_document(result: CheckResult, file: str) -> dict[str, object]:
    """Return what was found of one certificate, which came from ``file``."""
    known = result.recognition
    return {
        "file": file,
        "certificate": summary_document(result.facts),
        "oin": str(result.oin) if result.oin else None,
        "hierarchy": result.hierarchy.name if result.hierarchy else None,
        "recognised": {
            "match": str(known.match),
            "hierarchy": known.hierarchy.name if known.hierarchy else None,
        },
        "path": [sha256(der).hexdigest() for der in result.path.certificates] if result.path else None,
        "engine": result.engine or None,
        "revocation": _revocation(result.revocation),
        "report": report_document(result.report),
    }


def _revocation(result: RevocationResult) -> dict[str, object]:
    return {
        "policy": str(result.policy),
        "certificates": [_status(entry) for entry in result.certificates],
    }


def _status(entry: CertificateRevocation) -> dict[str, object]:
    return {
        "sha256": entry.certificate.sha256,
        "role": entry.certificate.role,
        "status": str(entry.status.kind),
        "code": entry.status.code or None,
        "reason": entry.status.reason,
        "revoked_at": instant(entry.status.revoked_at),
        "attempts": [_attempt(attempt) for attempt in entry.attempts],
    }


def _attempt(attempt: Attempt) -> dict[str, object]:
    return {
        "source": str(attempt.source),
        "origin": str(attempt.origin),
        "url": attempt.url or None,
        "code": attempt.code or None,
        "status": str(attempt.status.kind),
        "seconds": round(attempt.seconds, 3),
        "notes": list(attempt.notes),
        "produced": instant(attempt.produced),
        "expires": instant(attempt.expires),
    }
