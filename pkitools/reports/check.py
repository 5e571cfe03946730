"""What ``check`` and ``check_file`` found, as data: ``docs/schemas/cert-check-v2.json``, and v1."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, TypeAlias

from pkitools.findings import Report
from pkitools.messages import LANGUAGES, error_sentence
from pkitools.messages.days import days_left
from pkitools.reports.certificate import summary_document
from pkitools.reports.document import instant, report_document

if TYPE_CHECKING:
    from pkitools.checking import CheckResult, JudgedCertificate
    from pkitools.reports.checked_file import CheckedFile
    from pkitools.revocation import Attempt, CertificateRevocation, RevocationResult


More: TypeAlias = "Callable[[CheckedFile, JudgedCertificate], Mapping[str, object]]"
"""What a program adds about a certificate of a file."""


def _nothing(_: CheckedFile, __: JudgedCertificate) -> Mapping[str, object]:
    return {}


def cert_check_document(
    files: Iterable[CheckedFile], reuse: Report | None = None, more: More = _nothing
) -> dict[str, object]:
    """Return the whole document: ``docs/schemas/cert-check-v2.json``.

    Args:
        files: each file that was asked for.
        reuse: what :func:`pkitools.systems.check_reuse` says of the certificates together.
        more: what a program adds about a certificate of a file, such as what to do next in its own words.
    """
    told = tuple(files)
    return {
        "schema": "pkitools.cert-check/v2",
        "files": [_file(file) for file in told],
        "certificates": [
            {
                **_place(one, file.name),
                **check_document(one.result, file.name),
                "ends": instant(one.result.ends),
                "ends_by": one.result.ends_by and one.result.ends_by.name,
                "days_left": _days_left(one.result),
                **more(file, one),
            }
            for file in told
            if file.check is not None
            for one in file.check.judged
        ],
        "reuse": report_document(reuse) if reuse is not None else None,
    }


def cert_check_document_v1(
    results: Iterable[tuple[str, CheckResult]], reuse: Report | None = None
) -> dict[str, object]:
    """Return the whole document as it was before files with several certificates: ``docs/schemas/cert-check-v1.json``.

    Args:
        results: each result with the name of the file it is about.
        reuse: what :func:`pkitools.systems.check_reuse` says of the certificates together.
    """
    return {
        "schema": "pkitools.cert-check/v1",
        "certificates": [check_document(result, name) for name, result in results],
        "reuse": report_document(reuse) if reuse is not None else None,
    }


def _file(file: CheckedFile) -> dict[str, object]:
    check, error, chain = file.check, file.error, file.chain
    read = check or chain
    sentences: dict[str, str] = {chosen: error_sentence(error, chosen) for chosen in LANGUAGES} if error else {}
    return {
        "name": file.name,
        "container": str(read.contents.container) if read else None,
        "certificates": check.count if check else 0,
        "complete": read.is_complete if read else False,
        "used_as": None if chain is None else "copy" if file.is_copy else "chain",
        "report": report_document(check.file_report) if check else None,
        "delivery": delivery_document(check.delivery) if check else None,
        "error": {"code": error.code, "passed_over": file.harmless, **sentences} if error else None,
    }


def delivery_document(delivery: Report) -> dict[str, object]:
    """Return what there is to say of a file as it was delivered: a report that has no verdict."""
    told = report_document(delivery)
    return {key: told[key] for key in ("findings", "not_checked", "met", "not_applicable")}


def _place(one: JudgedCertificate, file: str) -> dict[str, object]:
    """Return which certificate of its file it is, and where it stands."""
    return {
        "file": file,
        "number": one.subject.number,
        "alias": next(iter(one.subject.aliases), None),
        "entity_id": one.subject.entity_id,
        "places": [
            {"position": item.position, "alias": item.alias, "role": item.role, "use": item.use}
            for item in one.subject.items
        ],
    }


def _days_left(result: CheckResult) -> int:
    moment = result.report.moment
    assert moment is not None  # of a certificate there is one; the type serves OINs too
    return days_left(result.ends, moment)


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
