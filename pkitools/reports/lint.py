"""What the rules of the source documents say of certificates, as data: ``docs/schemas/cert-lint-v2.json``, and v1."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pkitools.findings import Report
from pkitools.frozen import dataclass
from pkitools.reports.certificate import summary_document
from pkitools.reports.document import report_document
from pkitools.reports.error import ToldError, error_entry
from pkitools.x509 import CertificateFacts

if TYPE_CHECKING:
    from pkitools.rules import Role


@dataclass(frozen=True, slots=True)
class LintedCertificate:
    """One certificate of one file, and what the rules say of it.

    Args:
        file: name of the file.
        position: which part of the file it is, from 1.
        facts: the certificate.
        role: by the rules for which role it was judged.
        profile: by which profile; ``None`` for none.
        report: every outcome.
    """

    file: str
    position: int
    facts: CertificateFacts
    role: Role
    profile: str | None
    report: Report


def cert_lint_document(linted: Iterable[LintedCertificate], errors: Iterable[ToldError] = ()) -> dict[str, object]:
    """Return the whole document: ``docs/schemas/cert-lint-v2.json``.

    Args:
        linted: what could be judged.
        errors: the files, and parts of files, that could not be read.
    """
    return {
        "schema": "pkitools.cert-lint/v2",
        "results": [lint_document(one) for one in linted],
        "errors": [error_entry(error) for error in errors],
    }


def cert_lint_document_v1(linted: Iterable[LintedCertificate]) -> dict[str, object]:
    """Return the whole document as it was before it told what could not be read."""
    return {"schema": "pkitools.cert-lint/v1", "results": [lint_document(one) for one in linted]}


def lint_document(one: LintedCertificate) -> dict[str, object]:
    """Return what the rules say of one certificate."""
    return {
        "file": one.file,
        "position": one.position,
        "certificate": summary_document(one.facts),
        "role": one.role,
        "profile": one.profile,
        "report": report_document(one.report),
    }
