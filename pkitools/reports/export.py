"""What was exported, and a completed chain, as data: ``docs/schemas/export-v1.json`` and ``chain-complete-v1.json``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from pkitools.exports import CertificatePath, Export, ExportNote, form_sheet, sheet_document
from pkitools.messages import LANGUAGES, message
from pkitools.reports.document import source_document
from pkitools.reports.error import ToldError, error_entry
from pkitools.text import instant


def export_document(
    export: Export, backups: Sequence[Path] = (), errors: Iterable[ToldError] = ()
) -> dict[str, object]:
    """Return the whole document: the form, each file that was written, and what to know of them.

    Args:
        export: what was written.
        backups: where what stood in the place of files with a key is kept.
        errors: the parts of what was given that could not be read.
    """
    form, path = export.form, export.material.path
    return {
        "schema": "pkitools.export/v1",
        "form": form.name,
        "program": form.program or None,
        "source": source_document(form.source),
        "tried": form.tried or None,
        "files": [{"path": str(file.path), "secret": file.secret, "holds": list(file.holds)} for file in export.files],
        "backups": [str(backup) for backup in backups],
        "certificate": sheet_document(form_sheet(export.material.certificate)),
        "path": path_document(path),
        "notes": [note_document(note) for note in export.notes],
        "test": list(export.test),
        "errors": [error_entry(error) for error in errors],
    }


def chain_complete_document(
    path: CertificatePath, file: str, written: str | None = None, errors: Iterable[ToldError] = ()
) -> dict[str, object]:
    """Return the whole document: the path of a certificate, what is left out of it, and what is missing.

    Args:
        path: the path.
        file: the file it came from.
        written: where it was written; ``None`` when it was not.
        errors: the parts of what was given that could not be read.
    """
    return {
        "schema": "pkitools.chain-complete/v1",
        "file": file,
        "written": written,
        "complete": path.is_sound,
        "missing": path.missing,
        "address": path.address,
        "lacks_root_only": path.lacks_root_only,
        "why": path.why or ("look_alike" if path.imitation is not None else None),
        "path": path_document(path),
        "left_out": [
            {
                "position": each.position,
                "reason": str(each.reason),
                "subject": each.facts.subject.text if each.facts else None,
                "sha256": each.facts.sha256 if each.facts else None,
            }
            for each in path.left_out
        ],
        "fetches": [
            {"certificate": each.certificate, "url": each.url, "code": str(each.code) or None, "detail": each.detail}
            for each in path.fetches
        ],
        "errors": [error_entry(error) for error in errors],
    }


def path_document(path: CertificatePath) -> list[dict[str, object]]:
    """Return each certificate of a path, the end entity first."""
    return [
        {
            "subject": link.facts.subject.text,
            "sha256": link.facts.sha256,
            "origin": str(link.origin),
            "status": str(link.status),
            "not_after": instant(link.facts.not_after),
        }
        for link in path.links
    ]


def note_document(note: ExportNote) -> dict[str, object]:
    """Return a note as data, with its sentences in every language."""
    told: dict[str, object] = {"code": note.code, "params": {name: str(value) for name, value in note.params.items()}}
    for language in LANGUAGES:
        text = message(note.code, note.params, language)
        told[language] = {"title": text.title, "message": text.message, "remedy": text.remedy}
    return told
