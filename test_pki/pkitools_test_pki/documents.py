"""What is done with a test PKI, as data: ``docs/schemas/test-pki-*-v1.json``, one function a document."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pkitools.frozen import dataclass
from pkitools.text import instant
from pkitools_test_pki.shapes import AuthoritySpec, templates

if TYPE_CHECKING:  # each command loads what it does, and no more
    from pkitools_test_pki.audit import Audit, Problem
    from pkitools_test_pki.authority import Authority
    from pkitools_test_pki.defects import Defect
    from pkitools_test_pki.enrol import Change
    from pkitools_test_pki.faults import Fault
    from pkitools_test_pki.g4_trial.exporting import Exported
    from pkitools_test_pki.g4_trial.importing import Imported
    from pkitools_test_pki.issued import IssuedCertificate
    from pkitools_test_pki.server import PkiServer
    from pkitools_test_pki.server.rehearsal import Rehearsal
    from pkitools_test_pki.store import IssuedRow

Document = dict[str, object]


@dataclass(frozen=True, slots=True)
class CreatedFolder:
    """A test PKI that was created: where, in which shapes, its authorities and its files."""

    folder: str
    shapes: tuple[str, ...]
    base_url: str
    authorities: tuple[AuthoritySpec, ...]
    paths: tuple[Path, ...]


def create_document(created: CreatedFolder) -> Document:
    """Return the whole document of ``create``."""
    names = {authority.name for authority in created.authorities}
    return {
        "schema": "pkitools.test-pki-create/v1",
        "folder": created.folder,
        "shapes": list(created.shapes),
        "base_url": created.base_url,
        "authorities": [
            {"name": a.name, "level": a.level, "issuer": a.issuer, "common_name": a.common_name}
            for a in created.authorities
        ],
        "profiles": [name for name, row in templates().items() if row.issuer in names],
        "files": [str(path) for path in created.paths],
    }


@dataclass(frozen=True, slots=True)
class IssuedFiles:
    """A certificate that was issued, what was changed of the request, and the files."""

    certificate: IssuedCertificate
    changes: tuple[Change, ...]
    paths: tuple[Path, ...]


def issue_document(issued: IssuedFiles) -> Document:
    """Return the whole document of ``issue``."""
    certificate, facts = issued.certificate, issued.certificate.facts
    return {
        "schema": "pkitools.test-pki-issue/v1",
        "profile": certificate.profile,
        "serial_number": f"{certificate.serial_number:x}",
        "subject": facts.subject.text,
        "issuer": facts.issuer.text,
        "not_before": instant(facts.not_before),
        "not_after": instant(facts.not_after),
        "sha256": facts.sha256,
        "changes": [
            {"kind": c.kind, "field": c.field, "before": c.before or None, "after": c.after or None}
            for c in issued.changes
        ],
        "files": [str(path) for path in issued.paths],
    }


@dataclass(frozen=True, slots=True)
class Revoked:
    """A certificate that was revoked, since when, and the CRL that says so."""

    serial_number: int
    reason: str
    moment: datetime
    path: Path


def revoke_document(revoked: Revoked) -> Document:
    """Return the whole document of ``revoke``."""
    return {
        "schema": "pkitools.test-pki-revoke/v1",
        "serial_number": f"{revoked.serial_number:x}",
        "reason": revoked.reason,
        "moment": instant(revoked.moment),
        "crl": str(revoked.path),
    }


def crl_document(paths: Iterable[Path]) -> Document:
    """Return the whole document of ``crl``."""
    return {"schema": "pkitools.test-pki-crl/v1", "files": [str(path) for path in paths]}


def list_document(rows: Iterable[IssuedRow]) -> Document:
    """Return the whole document of ``list``."""
    return {"schema": "pkitools.test-pki-list/v1", "certificates": [_row(row) for row in rows]}


def _row(row: IssuedRow) -> Document:
    subject, not_after = subject_and_end(row)
    revoked = row.revocation
    return {
        "serial_number": f"{row.serial_number:x}",
        "authority": row.authority,
        "state": row.state,
        "profile": row.profile,
        "subject": subject,
        "not_after": instant(not_after) if not_after else None,
        "revoked": {"moment": instant(revoked.moment), "reason": revoked.reason} if revoked else None,
    }


def subject_and_end(row: IssuedRow) -> tuple[str | None, datetime | None]:
    """Return whom a certificate of the list names and when it ends; ``None`` of one that was lost."""
    from pkitools.x509 import read_certificate

    if row.der is None:
        return None, None
    facts = read_certificate(row.der)
    return facts.subject.text, facts.not_after


def verify_document(audit: Audit) -> Document:
    """Return the whole document of ``verify``."""
    return {
        "schema": "pkitools.test-pki-verify/v1",
        "whole": not audit.problems,
        "authorities": audit.authorities,
        "certificates": audit.certificates,
        "revoked": audit.revoked,
        "lost": audit.lost,
        "crls": audit.crls,
        "problems": [_problem(problem) for problem in audit.problems],
        "notes": [_problem(problem) for problem in audit.notes],
    }


def _problem(problem: Problem) -> Document:
    return {"code": problem.code, "params": {name: str(value) for name, value in problem.params.items()}}


@dataclass(frozen=True, slots=True)
class ImportedFolder:
    """A hierarchy of g4-trial that was taken over: from where, to where, and what."""

    source: str
    folder: str
    imported: Imported


def import_document(taken: ImportedFolder) -> Document:
    """Return the whole document of ``import``."""
    imported = taken.imported
    return {
        "schema": "pkitools.test-pki-import/v1",
        "source": taken.source,
        "folder": taken.folder,
        "base_url": imported.base_url,
        "authorities": [{"name": name, "crl_number": imported.crl_numbers[name]} for name in imported.authorities],
        "certificates": imported.certificates,
        "revoked": imported.revoked,
        "elsewhere": list(imported.elsewhere),
        "left_out": list(imported.left_out),
    }


@dataclass(frozen=True, slots=True)
class ExportedFolder:
    """A test PKI that was written as g4-trial would: from where, to where, and what."""

    folder: str
    layout: str
    out: str
    exported: Exported


def export_document(written: ExportedFolder) -> Document:
    """Return the whole document of ``export``."""
    return {
        "schema": "pkitools.test-pki-export/v1",
        "folder": written.folder,
        "layout": written.layout,
        "out": written.out,
        "authorities": list(written.exported.authorities),
        "certificates": written.exported.certificates,
        "left_out": list(written.exported.left_out),
    }


@dataclass(frozen=True, slots=True)
class WrittenCatalogue:
    """The catalogue of broken certificates that was written: where, and its index."""

    folder: str
    index: dict[str, Any]


def broken_document(catalogue: WrittenCatalogue) -> Document:
    """Return the whole document of ``broken``: its index, with the folder."""
    index = dict(catalogue.index)
    return {"schema": index.pop("schema"), "folder": catalogue.folder, **index}


def defects_document(defects: Iterable[Defect]) -> Document:
    """Return the whole document of ``broken --list``."""
    from pkitools_test_pki.defects.catalogue import defect_document

    return {"schema": "pkitools.test-pki-defects/v1", "defects": [defect_document(defect) for defect in defects]}


def faults_document(faults: Iterable[Fault]) -> Document:
    """Return the whole document of ``serve --list-faults``."""
    return {
        "schema": "pkitools.test-pki-faults/v1",
        "faults": [
            {"name": f.name, "kind": f.kind, "status": f.status, "code": f.code, "nl": f.nl, "en": f.en} for f in faults
        ],
    }


@dataclass(frozen=True, slots=True)
class Serving:
    """A test PKI that is being served.

    Args:
        folder: where it is.
        server: what serves it.
        ocsp: who signs the OCSP responses: ``delegated`` or ``issuer``.
        rehearsal: the server for mutual TLS; ``None`` when there is none.
        system: the connected system that is rehearsed.
    """

    folder: str
    server: PkiServer
    ocsp: str
    rehearsal: Rehearsal | None = None
    system: str | None = None


def serve_document(serving: Serving) -> Document:
    """Return the whole document of ``serve``."""
    server, rehearsal = serving.server, serving.rehearsal
    assert server.router is not None  # a folder was given
    return {
        "schema": "pkitools.test-pki-serve/v1",
        "folder": serving.folder,
        "url": server.url,
        "base_url": server.router.base_url,
        "reachable": server.is_where_certificates_say,
        "ocsp": serving.ocsp,
        "faults": list(server.faults.names),
        "tls": {"url": rehearsal.url, "system": serving.system} if rehearsal else None,
        "authorities": [_authority(authority) for authority in server.router.served.pki],
        "crl_kinds": list(server.router.ready_crls.kinds),
    }


def _authority(authority: Authority) -> Document:
    return {
        "name": authority.name,
        "common_name": authority.spec.common_name,
        "certificate": authority.certificate_url,
        "crl": authority.crl_url,
        "ocsp": authority.ocsp_url,
    }
