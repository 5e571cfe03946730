"""Requests judged and made, as data: ``docs/schemas/csr-check-v2.json``, ``csr-create-v2.json``, and the v1 of both."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pkitools.findings import Outcome, Report
from pkitools.frozen import dataclass
from pkitools.messages import LANGUAGES
from pkitools.reports.document import outcome_document, report_document, source_document
from pkitools.reports.error import ToldError, error_entry
from pkitools.requests import RequestFacts, SignedRequest, request_document
from pkitools.text import instant

if TYPE_CHECKING:  # a request that is judged needs nothing of how one is ordered
    from pkitools.findings import Basis
    from pkitools.ordering import Choice, Reason, RequestChange, SelfSigned


@dataclass(frozen=True, slots=True)
class WrittenRequest:
    """One request that is on disk.

    Args:
        prefix: path of its files without ``.csr`` and ``.key``.
        request: what was written.
        encrypted: whether the key file is; of no meaning when the key was there before.
        backups: where what stood in the place of the files is kept.
        warnings: what its check found that asks attention, worst first.
        choice: what was chosen for the system it is for; ``None`` where none was named.
        old_file: the file of the certificate that it renews.
        changes: what is otherwise than in that; ``None`` where it renews none.
        kept: an earlier run of the batch made its key, which stands beside it.
        completed: that run did not make the request: it was made now, with that key.
    """

    prefix: str
    request: SignedRequest
    encrypted: bool
    backups: tuple[Path, ...] = ()
    warnings: tuple[Outcome, ...] = ()
    choice: Choice | None = None
    old_file: str | None = None
    changes: tuple[RequestChange, ...] | None = None
    kept: bool = False
    completed: bool = False

    @property
    def request_file(self) -> str:
        """Path of the request."""
        return f"{self.prefix}.csr"

    @property
    def key_file(self) -> str | None:
        """Path of the key; ``None`` when it was there before, and not from an earlier run of the batch."""
        return f"{self.prefix}.key" if self.request.key.made_here or self.kept else None


@dataclass(frozen=True, slots=True)
class WrittenCertificate:
    """A self-signed certificate that is on disk.

    Args:
        prefix: path of its files without ``.pem`` and ``.key``.
        made: what was written.
        encrypted: whether the key file is; of no meaning when the key was there before.
        backups: where what stood in the place of the files is kept.
    """

    prefix: str
    made: SelfSigned
    encrypted: bool
    backups: tuple[Path, ...] = ()

    @property
    def certificate_file(self) -> str:
        """Path of the certificate."""
        return f"{self.prefix}.pem"

    @property
    def key_file(self) -> str | None:
        """Path of the key; ``None`` when it was there before."""
        return f"{self.prefix}.key" if self.made.key.made_here else None


def self_signed_document(written: WrittenCertificate) -> dict[str, object]:
    """Return the whole document: the certificate that was written, where, and why it is what it is."""
    made, plan = written.made, written.made.order.plan
    return {
        "schema": "pkitools.self-signed/v1",
        "environment": str(plan.environment),
        "oin": plan.subject.get("serialNumber"),
        "certificate_file": written.certificate_file,
        "key_file": written.key_file,
        "key_encrypted": written.encrypted if written.key_file else None,
        "backups": [str(path) for path in written.backups],
        "days": made.days,
        "not_before": instant(made.facts.not_before),
        "not_after": instant(made.facts.not_after),
        "sha256": made.facts.sha256,
        "choice": choice_document(made.order.choice),
    }


def csr_check_document(
    judged: Iterable[tuple[RequestFacts, Report]],
    profile: str | None = None,
    tsp: str | None = None,
    errors: Iterable[ToldError] = (),
) -> dict[str, object]:
    """Return the whole document: each request with its report, and the names of what they were held to.

    Args:
        judged: each request with its report.
        profile, tsp: names of what they were held to.
        errors: the parts of the file that could not be read.
    """
    return {
        **csr_check_document_v1(judged, profile, tsp),
        "schema": "pkitools.csr-check/v2",
        "errors": [error_entry(error) for error in errors],
    }


def csr_check_document_v1(
    judged: Iterable[tuple[RequestFacts, Report]], profile: str | None = None, tsp: str | None = None
) -> dict[str, object]:
    """Return the whole document as it was before it told what could not be read."""
    return {
        "schema": "pkitools.csr-check/v1",
        "profile": profile,
        "tsp": tsp,
        "results": [
            {"request": request_document(facts), "report": report_document(report)} for facts, report in judged
        ],
    }


def csr_create_document(written: Iterable[WrittenRequest]) -> dict[str, object]:
    """Return the whole document: each request that was written, where, and what to know about it."""
    return {"schema": "pkitools.csr-create/v2", "requests": [_with_reasons(one) for one in written]}


def _with_reasons(one: WrittenRequest) -> dict[str, object]:
    warnings = [outcome_document(each) for each in one.warnings]
    return {
        **_written(one),
        "warnings": warnings,
        "choice": choice_document(one.choice),
        "renewal": _renewal(one),
        "kept": one.kept,
    }


def _renewal(one: WrittenRequest) -> dict[str, object] | None:
    if one.changes is None:
        return None
    told = [{"code": each.code, "text": {of: each.sentence(of) for of in LANGUAGES}} for each in one.changes]
    return {"certificate_file": one.old_file, "changes": told}


def choice_document(choice: Choice | None) -> dict[str, object] | None:
    """Return what was chosen for a system and why; ``None`` where nothing was."""
    if choice is None:
        return None
    return {
        "system": choice.system.name,
        "tsp": choice.tsp.name if choice.tsp else None,
        "key_type": choice.key_type,
        "signature": str(choice.signature),
        "reasons": [_reason(reason) for reason in choice.reasons],
    }


def _reason(reason: Reason) -> dict[str, object]:
    basis: Basis | None = reason.basis
    source = reason.statement.source if reason.statement else basis.source if basis else None
    certainty = reason.statement.certainty if reason.statement else basis.certainty if basis else None
    return {
        "about": str(reason.about),
        "code": reason.code,
        "attention": reason.attention,
        "text": {language: reason.sentence(language) for language in LANGUAGES},
        "source": source_document(source) if source else None,
        "certainty": str(certainty) if certainty else None,
    }


def csr_create_document_v1(written: Iterable[WrittenRequest]) -> dict[str, object]:
    """Return the whole document as it was before it had what the check of each request warns of."""
    return {"schema": "pkitools.csr-create/v1", "requests": [_written(one) for one in written]}


def _written(one: WrittenRequest) -> dict[str, object]:
    plan = one.request.plan
    return {
        "profile": plan.profile.name,
        "environment": str(plan.environment),
        "oin": plan.subject.get("serialNumber"),
        "request_file": one.request_file,
        "key_file": one.key_file,
        "key_encrypted": one.encrypted if one.key_file else None,
        "backups": [str(path) for path in one.backups],
        "request": request_document(one.request.facts),
    }
